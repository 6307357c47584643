/** The site's own priorities: durable, over catalogue and configuration, at once for what stands and for what comes. */
import { afterEach, describe, expect, it } from "vitest";
import type { CodeSummary } from "../model/api.ts";
import type { HmsCode } from "../model/code.ts";
import type { Priority } from "../model/priority.ts";
import { createDraft } from "./draft.ts";
import { alertId } from "./ledger.ts";
import { createPriorities, MAX_OWN_PRIORITIES, PRIORITIES_KEY } from "./priorities.ts";
import { INFO, openBed, smallCatalogue, WARNING, type Bed, type BedOptions } from "./testbed.ts";

let bed: Bed | undefined;
afterEach(async () => {
  await bed?.close();
  bed = undefined;
});

const ann = { name: "ann" };
const GHOST = "0500-0600-0002-0070" as HmsCode;
const QUIET = { priority: "log", autoAck: true } as const;
const GHOSTS: BedOptions = { lanes: { [GHOST]: "internal" }, definitions: { [GHOST]: QUIET } };

function kit(options?: BedOptions) {
  const open = async (): Promise<Bed> => (bed = await openBed(options));
  const openCodes = async (b: Bed): Promise<string[]> =>
    (await b.central().alerts({ state: "open", limit: 100 })).items.map(({ code }) => code);
  const told = (b: Bed): string[] => b.told.map(({ notification: { kind, alert } }) => `${kind} ${alert.code} ${alert.priority}`);
  const historyOf = async (b: Bed, code: string) =>
    (await b.central().alert(alertId("p1", code))).transitions.map(({ event, actor, note }) => ({ event, actor, note })).reverse();
  return { open, openCodes, told, historyOf };
}

describe("a quiet code that is promoted", () => {
  it("counts, stands in the list and is told at once, with who did it in the history", async () => {
    const { open, openCodes, told, historyOf } = kit(GHOSTS);
    const b = await open();
    await b.report(GHOST, "fail");
    await b.pass(120_000);
    expect([told(b), await openCodes(b), b.central().printer("p1").worst]).toEqual([[], [], null]);
    expect(b.central().code(GHOST)).toMatchObject({ priority: "log", ownPriority: null });

    expect(await b.central().setPriority(GHOST, "normal", ann)).toMatchObject({ code: GHOST, priority: "normal", ownPriority: "normal" });
    expect(await openCodes(b)).toEqual([GHOST]);
    expect(b.central().printer("p1")).toMatchObject({ worst: { code: GHOST, priority: "normal" }, counts: { warning: 1 } });
    await b.pass(120_000);
    expect(told(b)).toEqual([`raise ${GHOST} normal`]);
    expect(await historyOf(b, GHOST)).toEqual([
      { event: "raise", actor: null, note: null },
      { event: "priority", actor: "ann", note: "normal for every printer of this site" },
    ]);
    const change = b.changes.find((one) => one.type === "alert" && one.transition?.event === "priority");
    expect(change).toMatchObject({ alert: { priority: "normal" } });
  });

  it("is one also where it comes later, on every printer, and after a restart", async () => {
    const { open, openCodes, told } = kit(GHOSTS);
    const b = await open();
    await b.central().setPriority(GHOST, "high", ann);
    await b.restart();
    expect(b.central().code(GHOST)).toMatchObject({ priority: "high", ownPriority: "high" });
    await b.report(GHOST, "fail", { printer: "p2" });
    await b.pass(120_000);
    expect(await openCodes(b)).toEqual([GHOST]);
    expect(told(b)).toEqual([`raise ${GHOST} high`]);
    await b.restart();
    expect(await openCodes(b)).toEqual([GHOST]);
  });

  it("goes back to what the catalogue says", async () => {
    const { open, openCodes, told, historyOf } = kit(GHOSTS);
    const b = await open();
    await b.report(GHOST, "fail");
    await b.central().setPriority(GHOST, "normal", ann);
    await b.pass(120_000);
    expect(await b.central().setPriority(GHOST, null, ann)).toMatchObject({ priority: "log", ownPriority: null });
    await b.restart();
    expect([await openCodes(b), b.central().printer("p1").worst]).toEqual([[], null]);
    expect((await historyOf(b, GHOST)).at(-1)).toEqual({ event: "priority", actor: "ann", note: "as in the catalogue: log" });
    const before = told(b).length;
    await b.report(GHOST, "pass");
    await b.report(GHOST, "fail");
    await b.pass(120_000);
    expect(told(b)).toHaveLength(before);
  });
});

describe("any code", () => {
  it.each<readonly [string, Priority, Priority]>([
    [WARNING, "normal", "urgent"],
    [WARNING, "normal", "log"],
    [INFO, "low", "high"],
  ])("%s goes from %s to %s on every printer where it stands, and on those where it rests", async (code, from, to) => {
    const { open } = kit();
    const b = await open();
    for (const printer of ["p1", "p2", "p3"]) await b.report(code, "fail", { printer });
    await b.report(code, "pass", { printer: "p3" });
    await b.central().command(alertId("p3", code), { type: "comment", text: "x" }, ann);
    await b.central().setPriority(code as HmsCode, to, ann);
    for (const id of ["p1", "p2", "p3"]) expect((await b.central().alert(alertId(id, code))).priority).toBe(to);
    // a second time changes nothing
    const before = await b.central().history({ limit: 100 });
    await b.central().setPriority(code as HmsCode, to, ann);
    expect(await b.central().history({ limit: 100 })).toEqual(before);
    await b.central().setPriority(code as HmsCode, null, ann);
    await b.report(code, "fail", { printer: "p4" });
    for (const id of ["p1", "p4"]) expect((await b.central().alert(alertId(id, code))).priority).toBe(from);
  });

  it("that rests takes what the configuration says since, so that it is raised with it", async () => {
    const options: { -readonly [K in keyof BedOptions]: BedOptions[K] } = {};
    const { open } = kit(options);
    const b = await open();
    await b.report(INFO, "fail");
    await b.report(INFO, "pass");
    options.definitions = { [INFO]: { priority: "high" } };
    await b.restart();
    await b.report(INFO, "fail");
    expect(await b.central().alert(alertId("p1", INFO))).toMatchObject({ active: true, priority: "high" });
  });

  it("keeps its priority when it cannot be written down", async () => {
    const { open } = kit();
    const b = await open();
    await b.report(WARNING, "fail");
    b.diskFull = true;
    await expect(b.central().setPriority(WARNING, "urgent", ann)).rejects.toMatchObject({ reason: "unavailable" });
    b.diskFull = false;
    await b.pass(5_000);
    expect(b.central().unready()).toBeUndefined();
    expect(b.central().code(WARNING)).toMatchObject({ priority: "normal", ownPriority: null });
    expect(await b.central().alert(alertId("p1", WARNING))).toMatchObject({ priority: "normal" });
  });

  it("is refused where it is no fault", async () => {
    const { open } = kit();
    const b = await open();
    await expect(b.central().setPriority("0300-0001" as HmsCode, "high", ann)).rejects.toMatchObject({ reason: "invalid" });
  });
});

describe("the setting", () => {
  const summary: CodeSummary = { code: WARNING, title: "", severity: "warning", priority: "normal", module: "", documented: true };
  const catalogue = { ...smallCatalogue({}), search: () => [summary], list: () => [summary] };

  it("reaches lists and searches", () => {
    const priorities = createPriorities(catalogue);
    priorities.load(JSON.stringify({ [WARNING]: "low" }));
    expect(priorities.catalogue.search("x", 9)).toEqual([{ ...summary, priority: "low" }]);
    expect(priorities.catalogue.list()).toEqual([{ ...summary, priority: "low" }]);
    priorities.load(undefined);
    expect(priorities.catalogue.list()).toEqual([summary]);
  });

  it.each(["[]", "7", '{"0300-0200-0002-0002":"extreme"}', '{"nonsense":"low"}'])("%s is taken as none", (text) => {
    const priorities = createPriorities(catalogue);
    priorities.load(text);
    expect(priorities.of(WARNING)).toBeUndefined();
    expect(priorities.catalogue.definition(WARNING)).toEqual(catalogue.definition(WARNING));
  });

  it("has an end, and what stands in it can be changed still", () => {
    const priorities = createPriorities(catalogue);
    const draft = createDraft();
    const codeOf = (n: number): HmsCode => `0300-0100-0002-${n.toString(16).toUpperCase().padStart(4, "0")}` as HmsCode;
    priorities.set(draft, codeOf(0), "low");
    expect(draft.changes().settings).toEqual([{ key: PRIORITIES_KEY, value: `{"${codeOf(0)}":"low"}` }]);
    priorities.load(JSON.stringify(Object.fromEntries(Array.from({ length: MAX_OWN_PRIORITIES }, (_, n) => [codeOf(n), "low"]))));
    expect(priorities.refusal(codeOf(MAX_OWN_PRIORITIES), "low")).toMatchObject({ reason: "conflict" });
    expect(priorities.refusal(codeOf(MAX_OWN_PRIORITIES), null)).toBeUndefined();
    expect(priorities.refusal(codeOf(0), "high")).toBeUndefined();
  });
});
