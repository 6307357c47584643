/** Alerts that come and go too often: how many raises are told, and the one alert on their printer that says so. */
import * as fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { MAX_RAISES_PER_HOUR } from "../model/notify.ts";
import { at } from "../lib/time.ts";
import type { Alert } from "../model/api.ts";
import { alertId } from "./ledger.ts";
import { CHATTER_SPAN_MS, countRaise } from "./chatter.ts";
import { ERROR, INFO, openBed, WARNING, type Bed, type BedOptions } from "./testbed.ts";

const CHATTERING = "F000-0600-0003-0001";
const HOUR_MS = 3_600_000;
const PRINTERS = ["p1", "p2"] as const;

describe("countRaise", () => {
  it("binds when there were more within the span than are told", () => {
    const times: Parameters<typeof countRaise>[0] = [];
    const minutes = [0, 10, 20, 30, 61, 62, 200];
    expect(minutes.map((minute) => countRaise(times, at(minute * 60_000)))).toEqual([false, false, false, true, true, true, false]);
    expect(countRaise([at(0), at(1), at(2)], at(CHATTER_SPAN_MS))).toBe(false);
  });

  it("keeps no more than it needs, however fast it goes", () => {
    const times: Parameters<typeof countRaise>[0] = [];
    for (let raise = 0; raise < 5_000; raise++) countRaise(times, at(raise));
    expect(times.length).toBeLessThan(2_000);
  });
});

let bed: Bed;
const open = async (options?: BedOptions): Promise<void> => void (bed = await openBed(options));

async function flap(code: string, turns: number, printer = "p1"): Promise<void> {
  for (let turn = 0; turn < turns; turn++) {
    await bed.report(code, "fail", { printer, detector: `${printer}-test` });
    await bed.pass(10_000);
    await bed.report(code, "pass", { printer, detector: `${printer}-test` });
  }
}

const metas = async (on: Bed): Promise<readonly Alert[]> =>
  (await on.central().alerts({ state: "all", limit: 1_000 })).items.filter(({ code }) => code === CHATTERING);

describe.each<[string, BedOptions]>([
  ["a channel", {}],
  ["no channel", { channels: [] }],
])("with %s", (_name, options) => {
  afterEach(() => bed.close());

  it("says so once per printer, with what flaps and how often, and is over after an hour of calm", async () => {
    await open(options);
    await flap(WARNING, MAX_RAISES_PER_HOUR);
    expect(await metas(bed)).toEqual([]);
    await flap(WARNING, 4);
    await flap(INFO, 5);
    expect(await metas(bed)).toMatchObject([{ id: alertId("p1", CHATTERING), active: true, episode: 1, detector: "central" }]);
    const { transitions, episodes } = await bed.central().alert(alertId("p1", CHATTERING));
    expect(transitions.at(-1)?.note).toBe(`${WARNING} was raised 4 times within an hour`);
    expect(episodes[0]?.freezeFrame?.report).toMatchObject({ evidence: { code: WARNING, raises: 4 } });
    await bed.pass(50 * 60_000);
    expect(await metas(bed)).toMatchObject([{ active: true }]);
    await bed.pass(10 * 60_000);
    expect(await metas(bed)).toMatchObject([{ active: false, episode: 1 }]);
    await flap(WARNING, MAX_RAISES_PER_HOUR + 1, "p2");
    expect((await metas(bed)).filter(({ active }) => active).map(({ printer }) => printer)).toEqual(["p2"]);
  });

  it("counts on over a restart, and ends what calmed down meanwhile", async () => {
    await open(options);
    await flap(WARNING, MAX_RAISES_PER_HOUR);
    await bed.restart();
    await bed.report(WARNING, "fail", { boot: "b2" });
    expect(await metas(bed)).toMatchObject([{ active: true }]);
    await bed.restart({ downMs: 30 * 60_000 });
    expect(await metas(bed)).toMatchObject([{ active: true }]);
    await bed.pass(29 * 60_000);
    expect(await metas(bed)).toMatchObject([{ active: true }]);
    await bed.pass(2 * 60_000);
    expect(await metas(bed)).toMatchObject([{ active: false }]);
    await flap(WARNING, MAX_RAISES_PER_HOUR + 1, "p2");
    await bed.restart({ downMs: 3 * HOUR_MS });
    expect((await metas(bed)).map(({ active }) => active)).toEqual([false, false]);
  });

  it("leaves errors, hidden alerts and the log alone", async () => {
    await open({ ...options, definitions: { [INFO]: { priority: "log" } } });
    await flap(ERROR, 8);
    await flap(INFO, 8);
    await bed.report(WARNING, "fail");
    const shelve = { type: "shelve", minutes: 300, reason: "it flaps", oneShot: false } as const;
    await bed.central().command(alertId("p1", WARNING), shelve, { name: "ann" });
    await flap(WARNING, 8);
    expect(await metas(bed)).toEqual([]);
  });
});

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("flap" as const),
      code: fc.constantFrom(WARNING, WARNING, INFO, ERROR),
      printer: fc.constantFrom(...PRINTERS),
      forMs: fc.constantFrom(2_000, 8_000, 70_000),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("wait" as const), forMs: fc.constantFrom(10_000, 240_000, 1_200_000, 3_000_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("shelve" as const), printer: fc.constantFrom(...PRINTERS) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restart" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

async function perform(on: Bed, what: Step): Promise<void> {
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 60_000) await on.pass(Math.min(left, 60_000));
  };
  switch (what.do) {
    case "flap": {
      const by = { printer: what.printer, detector: `${what.printer}-test` };
      await on.report(what.code, "fail", by);
      await pass(what.forMs);
      await on.report(what.code, "pass", by);
      return on.settle();
    }
    case "wait":
      return pass(what.forMs);
    case "shelve":
      // where there is something to shelve; at the end of the shelf it may be told anew
      await on
        .central()
        .command(alertId(what.printer, WARNING), { type: "shelve", minutes: 1, reason: "r", oneShot: false }, { name: "ann" })
        .catch((error: unknown) => expect(error).toMatchObject({ reason: "not-found" }));
      return;
    case "restart":
      return on.restart();
  }
}

/** Invariant 11. Returns how often the guard of the channel was seen to bind. */
async function checkChatter(on: Bed, seen: Set<string>): Promise<void> {
  const standing = new Map((await metas(on)).map((alert) => [alert.printer, alert]));
  for (const printer of PRINTERS) {
    for (const code of [WARNING, INFO, CHATTERING]) {
      const raises = (await on.store().deliveries(alertId(printer, code), 1_000)).filter(({ kind }) => kind === "raise").reverse();
      const told = raises.filter(({ state }) => state === "delivered").map((row) => row.at);
      told.forEach((time, index) => {
        const before = told[index - MAX_RAISES_PER_HOUR];
        if (before !== undefined) expect(time - before).toBeGreaterThanOrEqual(HOUR_MS);
      });
      for (const { outbox, reason } of raises) {
        if (reason !== "chattering" || seen.has(outbox)) continue;
        seen.add(outbox);
        expect(standing.get(printer)).toMatchObject({ active: true });
      }
    }
  }
}

it("tells no more raises an hour than it may, and says so while it holds any back, channels or not", { timeout: 120_000 }, async () => {
  let bound = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      const seen = new Set<string>();
      const [heard, unheard] = [await openBed(), await openBed({ channels: [] })];
      try {
        for (const what of steps) {
          await perform(heard, what);
          await perform(unheard, what);
          await checkChatter(heard, seen);
          expect(await metas(unheard)).toEqual(await metas(heard));
        }
        for (const on of [heard, unheard]) {
          for (let minute = 0; minute < 62; minute += 2) await on.pass(120_000);
          for (const { active } of await metas(on)) expect(active).toBe(false);
        }
        bound += seen.size;
      } finally {
        await heard.close();
        await unheard.close();
      }
    }),
    // chance alone may try nothing that binds
    { numRuns: 8, examples: [[Array.from({ length: 5 }, () => ({ do: "flap", code: WARNING, printer: "p1", forMs: 8_000 }) as const)]] },
  );
  // else nothing was tried
  expect(bound).toBeGreaterThan(0);
});
