/** What people say of episodes: durable, the last word counts, the others stay in the history, and it counts for the right detector. */
import * as fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { LabelCount } from "../store/store.ts";
import { precisionOf } from "./labels.ts";
import { alertId } from "./ledger.ts";
import { ERROR, INFO, openBed, START, WARNING, type Bed, type BedOptions } from "./testbed.ts";

let bed: Bed;
const open = async (options?: BedOptions): Promise<void> => void (bed = await openBed(options));
afterEach(() => bed.close());

const ann = { name: "ann" };
const bob = { name: "bob" };
const idOf = (code: string, printer = "p1"): string => alertId(printer, code);
type Said = { readonly verdict: "real" | "false" | "unsure" | null; readonly note?: string; readonly episode?: number };
const say = (code: string, said: Said, actor = ann) => bed.central().command(idOf(code), { type: "label", ...said }, actor);
const labelsOf = async (code: string) => (await bed.central().alert(idOf(code))).episodes.map(({ n, label }) => [n, label]);
const notesOf = async (code: string) =>
  (await bed.central().alert(idOf(code))).transitions.flatMap(({ event, episode, actor, note }) =>
    event === "label" ? [`${episode} ${actor}: ${note}`] : [],
  );
const raise = async (code: string, times = 1, more = {}): Promise<void> => {
  for (let n = 0; n < times; n++) {
    await bed.report(code, "fail", more);
    await bed.report(code, "pass", more);
  }
};

describe("a word on an episode", () => {
  it("stands with it over a restart, changes nothing of the alert, and is told to open pages", async () => {
    await open();
    await raise(WARNING, 2);
    const before = await bed.central().alert(idOf(WARNING));
    bed.changes.length = 0;
    const alert = await say(WARNING, { verdict: "real", note: "the belt was torn" });
    expect(alert).toMatchObject({ id: idOf(WARNING), version: before.version, isa: before.isa, episode: 2 });
    expect(bed.changes).toContainEqual(
      expect.objectContaining({ type: "alert", transition: expect.objectContaining({ event: "label", episode: 2, actor: "ann" }) }),
    );
    await bed.restart();
    const label = { verdict: "real", note: "the belt was torn", by: "ann", at: new Date(START).toISOString() };
    expect(await labelsOf(WARNING)).toEqual([
      [2, label],
      [1, null],
    ]);
    expect((await bed.central().history({ event: "label", limit: 9 })).items).toMatchObject([{ note: "real: the belt was torn" }]);
  });

  it("is replaced by the next one; those before stay in the history, taking back too", async () => {
    await open();
    await raise(WARNING, 2);
    await say(WARNING, { verdict: "unsure" });
    await bed.pass(60_000);
    await say(WARNING, { verdict: "false", note: "dust", episode: 1 }, bob);
    await say(WARNING, { verdict: "real", episode: 1 });
    await say(WARNING, { verdict: null });
    expect(await labelsOf(WARNING)).toEqual([
      [2, null],
      [1, { verdict: "real", note: null, by: "ann", at: new Date(START + 60_000).toISOString() }],
    ]);
    expect(await notesOf(WARNING)).toEqual(["2 ann: none", "1 ann: real", "1 bob: false: dust", "2 ann: unsure"]);
    await expect(say(WARNING, { verdict: null })).rejects.toMatchObject({ reason: "not-found" });
  });

  it("needs an episode that there is", async () => {
    await open({ definitions: { [INFO]: { onDelayMs: 5_000 } } });
    await raise(WARNING);
    await bed.report(INFO, "fail");
    const refusal = (message: string) => ({ reason: "not-found", message });
    await expect(say(ERROR, { verdict: "real" })).rejects.toMatchObject(refusal(`there is no alert "${idOf(ERROR)}"`));
    await expect(say(WARNING, { verdict: "real", episode: 2 })).rejects.toMatchObject(
      refusal(`the alert "${idOf(WARNING)}" has no episode 2; its latest is 1`),
    );
    await expect(say(INFO, { verdict: "real" })).rejects.toMatchObject(refusal(`the alert "${idOf(INFO)}" has not been raised yet`));
    expect(await bed.central().precision({})).toEqual([]);
  });

  it("that could not be written down is refused and leaves nothing", async () => {
    await open();
    await raise(WARNING);
    bed.diskFull = true;
    await expect(say(WARNING, { verdict: "real" })).rejects.toMatchObject({ reason: "unavailable" });
    bed.diskFull = false;
    await bed.pass(5_000);
    expect([await labelsOf(WARNING), await notesOf(WARNING)]).toEqual([[[1, null]], []]);
  });
});

describe("precision", () => {
  it("counts for the detector that raised the episode, whoever found it later", async () => {
    await open({ definitions: { [WARNING]: { offDelayMs: 5_000 } } });
    await bed.report(WARNING, "fail", { detector: "first" });
    await bed.report(WARNING, "pass", { detector: "first" });
    await bed.report(WARNING, "fail", { detector: "second" });
    expect(await bed.central().alert(idOf(WARNING))).toMatchObject({ detector: "first", seenBy: ["second"], episode: 1 });
    await say(WARNING, { verdict: "real" });
    expect(await bed.central().precision({})).toMatchObject([{ detector: "first", code: WARNING, real: 1, precision: 1, high: 1 }]);
  });

  it("counts for the first one, too, where the raise waited for its delay", async () => {
    await open({ definitions: { [WARNING]: { onDelayMs: 5_000 } } });
    await bed.report(WARNING, "fail", { detector: "first" });
    await bed.report(WARNING, "fail", { detector: "second" });
    await bed.pass(10_000);
    await say(WARNING, { verdict: "false" });
    expect(await bed.central().precision({})).toMatchObject([{ detector: "first", false: 1 }]);
  });

  it("follows the last words, of one printer and of episodes since an instant", async () => {
    await open();
    await raise(WARNING, 3);
    await raise(INFO, 1, { detector: "other" });
    for (const episode of [1, 2, 3]) await say(WARNING, { verdict: "real", episode });
    await say(WARNING, { verdict: "false", episode: 2 });
    await say(INFO, { verdict: "unsure" });
    await bed.pass(60_000);
    await bed.report(WARNING, "fail", { printer: "p2" });
    await bed.central().command(idOf(WARNING, "p2"), { type: "label", verdict: "false" }, bob);
    const unknown = { detector: "other", code: INFO, real: 0, false: 0, unsure: 1, precision: null, low: null, high: null };
    expect(await bed.central().precision({})).toMatchObject([unknown, { code: WARNING, real: 2, false: 2, unsure: 0, precision: 0.5 }]);
    expect(await bed.central().precision({ printer: "p1" })).toMatchObject([unknown, { real: 2, false: 1 }]);
    expect(await bed.central().precision({ sinceMs: START + 30_000 })).toMatchObject([{ real: 0, false: 1, precision: 0, low: 0 }]);
    expect(await bed.central().precision({ printer: "no printer's name" })).toEqual([]);
    await say(WARNING, { verdict: null, episode: 2 });
    expect(await bed.central().precision({ printer: "p1" })).toMatchObject([unknown, { real: 2, false: 0, precision: 1 }]);
  });

  it("adds up to what was counted, and lies within its interval", async () => {
    await open();
    const verdicts = fc.subarray(["real", "false", "unsure"] as const, { minLength: 1 });
    const counted = fc.record({ detector: fc.constantFrom("a", "b"), code: fc.constantFrom(ERROR, INFO), verdicts, count: fc.nat(50) });
    fc.assert(
      fc.property(fc.uniqueArray(counted, { selector: ({ detector, code }) => `${detector} ${code}` }), (groups) => {
        const counts = groups.flatMap(({ detector, code, verdicts: said, count }) =>
          said.map((verdict, index): LabelCount => ({ detector, code, verdict, count: count + index })),
        );
        const items = precisionOf(counts);
        expect(items).toHaveLength(groups.length);
        expect(items.reduce((sum, item) => sum + item.real + item.false + item.unsure, 0)).toBe(
          counts.reduce((sum, { count }) => sum + count, 0),
        );
        for (const { real, false: wrong, precision, low, high } of items) {
          if (real + wrong === 0) expect([precision, low, high]).toEqual([null, null, null]);
          else expect((low ?? 1) <= (precision ?? -1) + 1e-9 && (precision ?? 2) <= (high ?? 0) + 1e-9).toBe(true);
        }
      }),
    );
  });
});
