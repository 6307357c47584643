/**
 * The invariants of central, under random reports, people, silences, restarts, full disks and failing channels, on the real store:
 * no phantom and no silent loss, repeats and late reports change nothing, suppression has a standing cause, silence opens no gate,
 * a restart is invisible, every outbox row comes to an end, freeze frames are never altered, times run forward.
 */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { Alert } from "../model/api.ts";
import { gateOf } from "../model/gate.ts";
import type { ReportMessage } from "../model/report.ts";
import type { EpisodeRow } from "../store/store.ts";
import type { Outcome } from "../channels/channel.ts";
import { ERROR, INFO, message, openBed, WARNING, type Bed } from "./testbed.ts";

const SECOND = "0300-0200-0002-0003";
const CODES = [ERROR, WARNING, SECOND, INFO];
const PRINTERS = ["p1", "p2"];
const LETTERS_OF_THE_HIDDEN = ["G", "H", "I"];
const OPTIONS = {
  suppresses: { [ERROR]: [WARNING], [WARNING]: [SECOND, ERROR], [SECOND]: [WARNING] },
  definitions: { [ERROR]: { latching: true }, [SECOND]: { onDelayMs: 2_000, offDelayMs: 3_000 } },
};

const code = fc.constantFrom(...CODES);
const printer = fc.constantFrom("p1", "p1", "p1", "p2");
const action = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant("report" as const),
      code,
      printer,
      status: fc.constantFrom("fail" as const, "fail" as const, "pass" as const, "not_tested" as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("repeat" as const), back: fc.nat(5) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("act" as const),
      code,
      printer,
      what: fc.constantFrom("ack" as const, "reset" as const, "shelve" as const, "unshelve" as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("link" as const), printer, isUp: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(500, 4_000, 70_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restart" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("full disk" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("channel" as const),
      outcome: fc.constantFrom<Outcome>(
        { kind: "sent" },
        { kind: "failed", retry: true, detail: "x" },
        { kind: "failed", retry: false, detail: "y" },
      ),
    }),
  },
);
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

const sent: ReportMessage[] = [];

async function perform(bed: Bed, step: Action): Promise<void> {
  const central = bed.central();
  switch (step.do) {
    case "report": {
      const report = message(step.code, step.status, sent.length + 1, { printer: step.printer });
      if ((await central.ingest([report])).accepted === 1) sent.push(report);
      return;
    }
    case "repeat": {
      const before = await everything(bed);
      const again = sent.slice(-1 - step.back);
      const result = await central.ingest(again);
      expect(result.accepted).toBe(0);
      expect(await everything(bed)).toEqual(before);
      return;
    }
    case "act": {
      const id = `${step.printer}~${step.code}`;
      const known = (await central.alerts({ limit: 100 })).items.find((alert) => alert.id === id);
      const command = {
        ack: { type: "ack", version: known?.version ?? 0 },
        reset: { type: "reset" },
        shelve: { type: "shelve", minutes: 1, reason: "r", oneShot: false },
        unshelve: { type: "unshelve" },
      } as const;
      const gateBefore = known && central.printer(step.printer).gate;
      await central
        .command(id, command[step.what], { name: "ann" })
        .catch((error: unknown) => expect(error).toMatchObject({ code: "refused" }));
      if (gateBefore !== undefined && step.what !== "reset") expect(central.printer(step.printer).gate).toEqual(gateBefore);
      return;
    }
    case "link": {
      bed.news(step.printer, true);
      const gate = central.printer(step.printer).gate;
      bed.news(step.printer, step.isUp);
      await bed.settle();
      expect(central.printer(step.printer).gate).toEqual(gate);
      return;
    }
    case "wait":
      return bed.pass(step.ms);
    case "restart": {
      await bed.settle();
      const before = await everything(bed);
      await bed.restart();
      expect(await everything(bed)).toEqual(before);
      return;
    }
    case "full disk": {
      const before = await everything(bed);
      bed.diskFull = true;
      await expect(central.ingest([message(WARNING, "fail", sent.length + 1)])).rejects.toMatchObject({ reason: "unavailable" });
      expect(await everything(bed)).toEqual(before);
      bed.diskFull = false;
      await bed.pass(2_000);
      expect(central.unready()).toBeUndefined();
      return;
    }
    case "channel":
      bed.answer = () => step.outcome;
  }
}

/** All that may not change without a cause: alerts, gates, history. The printer of the system itself has a history of its own. */
async function everything(bed: Bed): Promise<unknown> {
  const ours = ({ printer: id }: { printer: string }): boolean => PRINTERS.includes(id);
  const alerts = (await bed.central().alerts({ limit: 100, state: "all" })).items.filter(ours).sort((a, b) => (a.id < b.id ? -1 : 1));
  const history = (await bed.central().history({ limit: 1_000 })).items.filter(ours);
  return { alerts, history };
}

async function check(bed: Bed): Promise<void> {
  // what the last action set going in the background must not fall between two of the reads below
  await bed.settle();
  const central = bed.central();
  const { items: alerts } = await central.alerts({ limit: 100, state: "all" });
  const byId = new Map(alerts.map((alert) => [alert.id, alert]));
  for (const alert of alerts) {
    checkSuppression(alert, byId);
    const events = (await central.history({ alert: alert.id, limit: 1_000 })).items.map(({ event }) => event).reverse();
    const turns = events.filter((event) => event === "raise" || event === "clear");
    // a priority or a shelf may tell a raise anew, but an activation is counted by its episode
    turns.forEach((event, index) => expect(event).toBe(index % 2 === 0 ? "raise" : "clear"));
    const episodes = await bed.store().episodes(alert.id, 1_000);
    expect(episodes).toHaveLength(alert.episode);
    expect(turns.filter((event) => event === "raise")).toHaveLength(alert.episode);
    expect(alert.active).toBe(turns.length % 2 === 1);
    for (const episode of episodes) checkEpisode(episode);
  }
  for (const view of central.printers()) {
    const held = alerts.filter((alert) => alert.printer === view.id && alert.held);
    expect(view.gate).toEqual(gateOf(held));
  }
}

/** The frames of this run, by episode: they are never altered. */
const frames = new Map<string, unknown>();

function checkEpisode({ alert, n, raisedAt, acknowledgedAt, clearedAt, closedAt, freezeFrame }: EpisodeRow): void {
  expect(freezeFrame).not.toBeNull();
  const key = `${alert}#${n}`;
  if (frames.has(key)) expect(freezeFrame).toEqual(frames.get(key));
  else frames.set(key, freezeFrame);
  expect(acknowledgedAt ?? raisedAt).toBeGreaterThanOrEqual(raisedAt);
  expect(clearedAt ?? raisedAt).toBeGreaterThanOrEqual(raisedAt);
  if (closedAt !== null) expect(closedAt).toBeGreaterThanOrEqual(clearedAt ?? Number.POSITIVE_INFINITY);
}

function checkSuppression(alert: Alert, byId: ReadonlyMap<string, Alert>): void {
  if (alert.level === 1) expect(alert.suppressedBy).toEqual([]);
  const seen = new Set([alert.id]);
  let causes: readonly string[] = alert.suppressedBy;
  while (causes.length > 0) {
    const standing = causes.map((id) => byId.get(id));
    for (const cause of standing) expect(cause?.active).toBe(true);
    if (standing.some((cause) => cause?.suppressedBy.length === 0)) return;
    for (const id of causes) expect(seen.has(id)).toBe(false);
    for (const id of causes) seen.add(id);
    causes = standing.flatMap((cause) => cause?.suppressedBy ?? []);
  }
}

async function checkEnd(bed: Bed): Promise<void> {
  bed.answer = () => ({ kind: "sent" });
  for (let minute = 0; minute < 12; minute++) await bed.pass(60_000);
  expect(await bed.store().loadUndecided(10)).toEqual([]);
  expect(await bed.store().loadPendingDeliveries(10)).toEqual([]);
  const delivered = new Set<string>();
  for (const { id } of (await bed.central().alerts({ limit: 100, state: "all" })).items) {
    const deliveries = await bed.store().deliveries(id, 1_000);
    for (const row of deliveries) if (row.state === "delivered") delivered.add(row.outbox);
    const { items: history } = await bed.central().history({ alert: id, limit: 1_000 });
    for (const kind of ["raise", "clear"]) {
      // what happened in sight was decided, told or held back with a reason
      const inSight = history.filter(({ event, isa }) => event === kind && !LETTERS_OF_THE_HIDDEN.includes(isa)).length;
      expect(deliveries.filter((row) => row.kind === kind).length).toBeGreaterThanOrEqual(inSight);
    }
  }
  for (const id of delivered) expect(bed.told.some(({ notification }) => notification.id === id)).toBe(true);
}

it("keeps its invariants whatever happens", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 15, maxLength: 60 }), async (steps) => {
      sent.length = 0;
      frames.clear();
      const bed = await openBed(OPTIONS);
      try {
        for (const id of PRINTERS) bed.news(id, true);
        for (const step of steps) {
          await perform(bed, step);
          await check(bed);
        }
        await checkEnd(bed);
      } finally {
        await bed.close();
      }
    }),
    { numRuns: 30 },
  );
});

it("ends in the same state whatever the order of arrival, and counts what it dropped", { timeout: 120_000 }, async () => {
  const reports = fc.array(fc.record({ code, status: fc.constantFrom("fail" as const, "pass" as const) }), { minLength: 2, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(
      reports.chain((list) =>
        fc.tuple(
          fc.constant(list),
          fc.shuffledSubarray(
            list.map((_, index) => index),
            { minLength: list.length },
          ),
        ),
      ),
      async ([list, order]) => {
        const batch = order.map((index) => message(list[index]?.code ?? ERROR, list[index]?.status ?? "fail", index));
        const [one, other] = [await openBed(), await openBed()];
        try {
          const result = await one.central().ingest([...batch, ...batch]);
          // what is accepted is what is newer than all before it
          const rising = order.filter((index, position) => order.slice(0, position).every((earlier) => earlier < index));
          expect(result.accepted).toBe(rising.length);
          expect(result.accepted + result.late + result.duplicates).toBe(2 * batch.length);
          for (const index of rising)
            await other.central().ingest([message(list[index]?.code ?? ERROR, list[index]?.status ?? "fail", index)]);
          expect(await everything(other)).toEqual(await everything(one));
        } finally {
          await one.close();
          await other.close();
        }
      },
    ),
    { numRuns: 20 },
  );
});
