/**
 * The language of the acceptance tests: what happens at which second, and what must be true then. Hides the clock, which goes on in
 * steps with everything done in between, so times are exact. At the same instant, things happen in the order they are written.
 */
import { expect } from "vitest";
import { loadCatalogue } from "../../src/catalogue/load.ts";
import type { Command } from "../../src/central/central.ts";
import { RefusedError } from "../../src/lib/errors.ts";
import { at, toIso } from "../../src/lib/time.ts";
import type { Alert, Printer } from "../../src/model/api.ts";
import type { ReportStatus } from "../../src/model/report.ts";
import type { Model } from "../../src/sim/models.ts";
import { START, startSystem, type System } from "./system.ts";

const STEP_MS = 250;

/** "10s", "2m30s", "1h". */
type Time = string;
export type GateWord = "open" | "no resume" | "no start";

/** Things that happen, and what is true once they have happened. */
export interface Moment {
  fault(printer: string, fault: string): Moment;
  fix(printer: string, fault: string): Moment;
  /** The person at the printer's own screen. */
  confirmOnPrinter(printer: string): Moment;
  cancelJob(printer: string): Moment;
  /** A detector of somebody else, over the bus. */
  report(printer: string, code: string, status: ReportStatus): Moment;
  acknowledge(printer: string, code: string, options?: { readonly asSeenAt?: Time; readonly refused?: RegExp }): Moment;
  reset(printer: string, code: string, options?: { readonly refused?: RegExp }): Moment;
  shelve(printer: string, code: string, minutes: number): Moment;
  centralStops(): Moment;
  centralStarts(): Moment;
  edgeStops(): Moment;
  edgeStarts(): Moment;

  /** As the list and the live feed show it. */
  alert(printer: string, code: string, expected: Partial<Alert>): Moment;
  noAlert(printer: string, code: string): Moment;
  /** The codes in the open list of a printer, in any order. */
  list(printer: string, codes: readonly string[]): Moment;
  gate(printer: string, gate: GateWord): Moment;
  printer(printer: string, expected: Partial<Printer>): Moment;
  /** The events of an alert's history, oldest first. */
  history(printer: string, code: string, events: readonly string[]): Moment;
  /** The latest episode keeps the signals of the minutes before it, and the report that raised it. */
  freezeFrame(printer: string, code: string, signal: string): Moment;
}

export interface Timeline {
  at(time: Time): Moment;
  /** Not yet true at `from`, true at some moment until `to`. */
  between(from: Time, to: Time): { alert(printer: string, code: string, expected: Partial<Alert>): void };
  /** Everything the phone was told from the start to `until`: "18s raise x1 0300-0300-0001-0001". */
  notifications(until: Time, lines: readonly string[]): void;
}

interface Entry {
  readonly atMs: number;
  readonly run: () => Promise<void>;
  /** Where it is written, for the message when it fails. */
  readonly site: Error;
}

export async function timeline(printers: Readonly<Record<string, Model>>, write: (t: Timeline) => void): Promise<void> {
  const system = await startSystem({ printers, catalogue: await loadCatalogue() });
  try {
    const entries: Entry[] = [];
    write(createTimeline(system, entries));
    entries.sort((a, b) => a.atMs - b.atMs);
    for (const entry of entries) {
      await passUntil(system, entry.atMs);
      await entry.run().catch((error: unknown) => {
        throw located(error, entry);
      });
      await system.settle();
    }
  } finally {
    await system.close();
  }
}

async function passUntil(system: System, ms: number, isEnough: () => Promise<boolean> = async () => false): Promise<void> {
  const { clock } = system;
  while (clock.now() < START + ms && !(await isEnough())) {
    clock.advanceTo(at(Math.min(START + ms, clock.now() + STEP_MS)));
    await system.settle();
  }
}

function located(error: unknown, { atMs, site }: Entry): unknown {
  if (!(error instanceof Error)) return error;
  error.message = `at ${timeText(atMs)}: ${error.message}`;
  const inTest = site.stack?.split("\n").filter((line) => line.includes(".test.ts")) ?? [];
  error.stack = [`${error.name}: ${error.message}`, ...inTest].join("\n");
  return error;
}

function createTimeline(system: System, entries: Entry[]): Timeline {
  const plan = (atMs: number, run: () => Promise<void>): void => void entries.push({ atMs, run, site: new Error("here") });
  return {
    at: (time) => createMoment(system, (run) => plan(timeMs(time), run)),
    between: (from, to) => ({
      alert: (printer, code, expected) =>
        plan(timeMs(from), async () => {
          const isTrue = async (): Promise<boolean> => {
            const alert = await find(system, printer, code);
            return alert !== undefined && Object.entries(expected).every(([key, value]) => alert[key as keyof Alert] === value);
          };
          expect(await isTrue(), `already true: ${code} on ${printer}`).toBe(false);
          await passUntil(system, timeMs(to), isTrue);
          expect(await find(system, printer, code)).toMatchObject(expected);
        }),
    }),
    notifications: (until, lines) =>
      plan(timeMs(until), async () => {
        const told = system.told.map(({ at: time, notification: { kind, alert } }) => {
          return `${timeText(time - START)} ${kind} ${alert.printer} ${alert.code}`;
        });
        expect(told).toEqual(lines);
        for (const { notification } of system.told) expect(notification.body).toContain(notification.alert.code);
        for (const { notification } of system.told) expect(notification.url).toMatch(/\/alerts\/.+/);
        expect(new Set(system.told.map(({ notification }) => notification.id)).size, "different notifications").toBe(told.length);
      }),
  };
}

function createMoment(system: System, plan: (run: () => Promise<void>) => void): Moment {
  const then = (run: () => unknown): Moment => {
    plan(async () => void (await run()));
    return moment;
  };
  const order = (printer: string, code: string, command: Command, refused?: RegExp): Promise<void> =>
    give(system, `${printer}~${code}`, command, refused);
  let outside = 0;
  const moment: Moment = {
    fault: (printer, fault) => then(() => expect(system.machine(printer).setFault(fault), `${printer} can have ${fault}`).toBe(true)),
    fix: (printer, fault) => then(() => expect(system.machine(printer).clearFault(fault), `${printer} has ${fault}`).toBe(true)),
    confirmOnPrinter: (printer) => then(() => expect(system.machine(printer).cleanPrintError()).toEqual({ ok: true })),
    cancelJob: (printer) => then(() => expect(system.machine(printer).stop()).toEqual({ ok: true })),
    report: (printer, code, status) =>
      then(async () => {
        const now = system.clock.now();
        const report = { v: 1, printer, detector: "outside", boot: `outside-${now}`, seq: outside++, at: toIso(now), code, status };
        expect(await system.central().ingest([report])).toMatchObject({ accepted: 1 });
      }),
    acknowledge: (printer, code, { asSeenAt, refused } = {}) =>
      then(() => order(printer, code, { type: "ack", version: versionSeen(system, `${printer}~${code}`, asSeenAt) }, refused)),
    reset: (printer, code, { refused } = {}) => then(() => order(printer, code, { type: "reset" }, refused)),
    shelve: (printer, code, minutes) => then(() => order(printer, code, { type: "shelve", minutes, reason: "known", oneShot: false })),
    centralStops: () => then(system.stopCentral),
    centralStarts: () => then(system.startCentral),
    edgeStops: () => then(system.stopEdge),
    edgeStarts: () => then(system.startEdge),

    alert: (printer, code, expected) =>
      then(async () => {
        const alert = await find(system, printer, code);
        expect(alert).toMatchObject(expected);
        const live = lastSeen(system, `${printer}~${code}`);
        expect(live, "the live feed").toMatchObject({ version: alert?.version, isa: alert?.isa, quality: alert?.quality });
      }),
    noAlert: (printer, code) => then(async () => expect(await find(system, printer, code)).toBeUndefined()),
    list: (printer, codes) =>
      then(async () => {
        const { items } = await system.central().alerts({ state: "open", printer, limit: 100 });
        expect(items.map(({ code }) => code).toSorted()).toEqual(codes.toSorted());
      }),
    gate: (printer, gate) =>
      then(() => {
        const { startBlocked, resumeBlocked } = system.central().printer(printer).gate;
        expect({ startBlocked, resumeBlocked }).toEqual({ startBlocked: gate === "no start", resumeBlocked: gate !== "open" });
      }),
    printer: (printer, expected) => then(() => expect(system.central().printer(printer)).toMatchObject(expected)),
    history: (printer, code, events) =>
      then(async () => {
        const { items } = await system.central().history({ alert: `${printer}~${code}`, limit: 100 });
        expect(items.map(({ event }) => event).toReversed()).toEqual(events);
      }),
    freezeFrame: (printer, code, signal) =>
      then(async () => {
        const [episode] = (await system.central().alert(`${printer}~${code}`)).episodes;
        const frame = episode?.freezeFrame;
        expect(frame?.report).toMatchObject({ printer, code, status: "fail" });
        const before = frame?.at.filter(
          (ms, i) => ms < Date.parse(episode?.raisedAt ?? "") && typeof frame.signals[signal]?.[i] === "number",
        );
        expect(before?.length ?? 0, `values of ${signal} before the fault`).toBeGreaterThan(0);
      }),
  };
  return moment;
}

async function give(system: System, alert: string, command: Command, refused: RegExp | undefined): Promise<void> {
  const before = (await system.central().alert(alert)).version;
  const answer = system.central().command(alert, command, { name: "display" });
  if (refused === undefined) return void (await answer);
  await expect(answer).rejects.toThrow(RefusedError);
  await expect(answer).rejects.toThrow(refused);
  expect((await system.central().alert(alert)).version, "a refusal changes nothing").toBe(before);
}

/** Undefined where central never heard of it. */
async function find(system: System, printer: string, code: string): Promise<Alert | undefined> {
  const { items } = await system.central().alerts({ state: "all", printer, limit: 100 });
  return items.find((alert) => alert.code === code);
}

const lastSeen = (system: System, id: string, untilMs = Number.POSITIVE_INFINITY): Alert | undefined =>
  system.seen.findLast((one) => one.alert.id === id && one.at <= START + untilMs)?.alert;

function versionSeen(system: System, id: string, asSeenAt: Time | undefined): number {
  const alert = lastSeen(system, id, asSeenAt === undefined ? undefined : timeMs(asSeenAt));
  if (alert === undefined) throw new Error(`nobody has seen ${id}`);
  return alert.version;
}

const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000 };

function timeMs(time: Time): number {
  const parts = [...time.matchAll(/([0-9.]+)([hms])/g)];
  if (parts.map(([part]) => part).join("") !== time || time === "") throw new Error(`not a time: ${time}`);
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit ?? ""] ?? Number.NaN), 0);
}

function timeText(ms: number): Time {
  const [hours, minutes, seconds] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, (ms / 1_000) % 60];
  const text = [hours > 0 ? `${hours}h` : "", minutes > 0 ? `${minutes}m` : "", seconds > 0 ? `${seconds}s` : ""].join("");
  return text === "" ? "0s" : text;
}
