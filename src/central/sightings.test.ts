/** Where codes were seen: every raise counts once, by model and firmware, durable with its alert, and within bounds. */
import { afterEach, describe, expect, it } from "vitest";
import { at, createFakeClock } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import type { AlertRow, SightingRow } from "../store/store.ts";
import { createDraft } from "./draft.ts";
import type { Fleet } from "./fleet.ts";
import { createSightings, MAX_MACHINES, MAX_SIGHTINGS, MAX_UNDOCUMENTED_SIGHTINGS, OTHER_MACHINES } from "./sightings.ts";
import { openBed, smallCatalogue, START, WARNING, type Bed, type BedOptions } from "./testbed.ts";

let bed: Bed | undefined;
afterEach(async () => {
  await bed?.close();
  bed = undefined;
});

const NEW = "0300-7700-0002-1234" as HmsCode;
const FIELD: BedOptions = { lanes: { [NEW]: "undocumented" }, definitions: { [NEW]: { priority: "log" } } };
const open = async (options: BedOptions = FIELD): Promise<Bed> => (bed = await openBed(options));
const iso = (ms: number): string => new Date(ms).toISOString();

describe("a raise", () => {
  it("counts once for model and firmware of its printer, after restarts too", async () => {
    const b = await open();
    b.news("p1", true, { model: "X1C", firmware: "01.08" });
    b.news("p2", true, { model: "P1S" });
    await b.report(NEW, "fail");
    await b.report(NEW, "fail");
    await b.report(NEW, "pass");
    await b.pass(60_000);
    await b.report(NEW, "fail", { printer: "p2" });
    await b.restart();
    b.news("p1", true, { model: "X1C", firmware: "01.09" });
    await b.report(NEW, "fail");
    await b.report(NEW, "fail", { printer: "p3" });
    const later = iso(START + 60_000);
    const seen = b.central().sightings(NEW);
    expect(seen).toMatchObject({ code: NEW, raises: 4, firstSeenAt: iso(START), lastSeenAt: later, printerCount: 3, changes: [] });
    expect(seen.machines).toHaveLength(4);
    expect(seen.machines).toEqual(
      expect.arrayContaining([
        { model: "X1C", firmware: "01.08", raises: 1, firstSeenAt: iso(START), lastSeenAt: iso(START) },
        { model: "X1C", firmware: "01.09", raises: 1, firstSeenAt: later, lastSeenAt: later },
        { model: "P1S", firmware: "", raises: 1, firstSeenAt: later, lastSeenAt: later },
        { model: "", firmware: "", raises: 1, firstSeenAt: later, lastSeenAt: later },
      ]),
    );
    expect(seen.machines.at(-1)).toMatchObject({ firmware: "01.08" });
    expect(seen.printers.find(({ id }) => id === "p1")).toEqual({
      id: "p1",
      name: "Printer p1",
      model: "X1C",
      alert: `p1~${NEW}`,
      raises: 2,
      lastSeenAt: later,
      active: true,
    });
  });

  it("is counted only when it is on disk", async () => {
    const b = await open();
    await b.report(NEW, "fail");
    let seenBefore: number | undefined;
    b.beforeCommit = () => void (seenBefore ??= b.central().sightings(NEW).raises);
    await b.report(NEW, "fail", { printer: "p2" });
    expect([seenBefore, b.central().sightings(NEW).raises]).toEqual([1, 2]);
    b.diskFull = true;
    await expect(b.report(NEW, "fail", { printer: "p3" })).rejects.toMatchObject({ reason: "unavailable" });
    b.diskFull = false;
    await b.pass(5_000);
    expect(b.central().unready()).toBeUndefined();
    await b.report(NEW, "fail", { printer: "p3" });
    expect(b.central().sightings(NEW).raises).toBe(3);
    expect((await b.store().loadSightings()).find(({ code }) => code === NEW)?.count).toBe(3);
  });
});

describe("what nobody has described", () => {
  it("is listed as it was seen, newest first, until somebody does", async () => {
    const other = "0300-7700-0002-0001" as HmsCode;
    const b = await open({ lanes: { [NEW]: "undocumented", [other]: "internal" } });
    await b.report(NEW, "fail");
    await b.pass(1_000);
    await b.report(other, "fail");
    await b.report(WARNING, "fail");
    expect(b.central().undescribed(9)).toMatchObject([
      { code: other, raises: 1, documented: false, lastSeenAt: iso(START + 1_000) },
      { code: NEW, raises: 1, documented: false, lastSeenAt: iso(START) },
    ]);
    expect(b.central().undescribed(1)).toHaveLength(1);
    await b.central().describe(other, { title: "Known now", summary: "It is known." }, { name: "ann" });
    expect(
      b
        .central()
        .undescribed(9)
        .map(({ code }) => code),
    ).toEqual([NEW]);
  });
});

describe("too many codes", () => {
  it("are told by the system itself; the alert of the new one stands all the same", { timeout: 60_000 }, async () => {
    const b = await open();
    const codeOf = (n: number): HmsCode => `0300-7700-0003-${n.toString(16).toUpperCase().padStart(4, "0")}` as HmsCode;
    const sightings = Array.from({ length: MAX_SIGHTINGS }, (_, n) => ({ code: codeOf(n), model: "", firmware: "", count: 1 }));
    await b.store().commit({ sightings: sightings.map((row) => ({ ...row, firstAt: at(START), lastAt: at(START) })) });
    await b.restart();
    await b.report(NEW, "fail");
    expect(await b.central().alert(`p1~${NEW}`)).toMatchObject({ active: true });
    const { transitions } = await b.central().alert("openhms~F000-0700-0003-0001");
    expect(transitions).toMatchObject([{ event: "raise", note: `code: too many were seen; where ${NEW} was seen is not counted` }]);
  });
});

describe("the bounds", () => {
  const machine = { model: "X1C", firmware: "1" };
  const fleet = { get: () => ({ model: machine.model, snapshot: { firmware: machine.firmware } }) } as unknown as Fleet;
  const lane = (code: HmsCode) => (code.startsWith("0300-77") ? "undocumented" : "documented");
  const kit = () => createSightings({ catalogue: { ...smallCatalogue({}), lane }, clock: createFakeClock(at(START)), fleet });
  const codeOf = (n: number, head: string): HmsCode =>
    `${head}-${(n >>> 16).toString(16).padStart(4, "0")}-${(n & 0xffff).toString(16).toUpperCase().padStart(4, "0")}` as HmsCode;
  const rowOf = (code: HmsCode): SightingRow => ({ code, ...machine, firstAt: at(0), lastAt: at(0), count: 1 });
  const rows = (count: number, head: string): SightingRow[] => Array.from({ length: count }, (_, n) => rowOf(codeOf(n, head)));
  /** What a raise writes. */
  function raise(sightings: ReturnType<typeof kit>, code: HmsCode): readonly SightingRow[] {
    const draft = createDraft();
    sightings.raised(draft, { code, printer: "p1" } as unknown as AlertRow, 1);
    sightings.publish(draft.sightings.values());
    return [...draft.sightings.values()];
  }

  it("invented codes fill their part; known ones count on, and documented codes have room", () => {
    const sightings = kit();
    sightings.load(rows(MAX_UNDOCUMENTED_SIGHTINGS, "0300-7700"));
    expect(raise(sightings, "0300-7701-0002-0001" as HmsCode)).toEqual([]);
    expect(raise(sightings, codeOf(5, "0300-7700"))).toMatchObject([{ count: 2, model: "X1C", firstAt: 0, lastAt: START }]);
    expect(raise(sightings, WARNING)).toMatchObject([{ count: 1, model: "X1C" }]);
  });

  it("when all is full, known codes count on, on other machines as one", () => {
    const sightings = kit();
    sightings.load(rows(MAX_SIGHTINGS, "0300-0200"));
    expect(raise(sightings, "0C00-0100-0001-0001" as HmsCode)).toEqual([]);
    machine.firmware = "2";
    const known = codeOf(1, "0300-0200");
    expect(raise(sightings, known)).toMatchObject([{ model: OTHER_MACHINES, firmware: "", count: 1 }]);
    machine.firmware = "3";
    expect(raise(sightings, known)).toMatchObject([{ model: OTHER_MACHINES, count: 2 }]);
    machine.firmware = "1";
  });

  it("invented firmware of one code counts as one after a while, and steers no screen", () => {
    const sightings = kit();
    for (let n = 0; n < 3 * MAX_MACHINES; n++) {
      machine.firmware = `9.${n}`;
      raise(sightings, WARNING);
    }
    expect(sightings.of(WARNING)).toHaveLength(MAX_MACHINES + 1);
    expect(sightings.of(WARNING).reduce((sum, { count }) => sum + count, 0)).toBe(3 * MAX_MACHINES);
    machine.firmware = `\u001b[2J\u202e${"x".repeat(500)}`;
    expect(raise(kit(), WARNING)[0]?.firmware).toMatch(/^\[2Jx{1,64}$/);
    machine.firmware = "1";
  });
});
