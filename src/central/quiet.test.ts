/** Quiet codes: the maker's internal ones and levels that do not exist are recorded and found, and stand in nobody's way. */
import { afterEach, describe, expect, it } from "vitest";
import type { AlertStateFilter } from "../model/api.ts";
import { alertId } from "./ledger.ts";
import { INFO, openBed, WARNING, type Bed, type BedOptions } from "./testbed.ts";

let bed: Bed;
const open = async (options?: BedOptions): Promise<void> => void (bed = await openBed(options));
afterEach(() => bed.close());

const GHOST = "0500-0600-0001-0070";
const SECOND_GHOST = "0500-0600-0002-0070";
const QUIET = { priority: "log", autoAck: true } as const;
const GHOSTS: BedOptions = {
  lanes: { [GHOST]: "internal", [SECOND_GHOST]: "internal" },
  definitions: { [GHOST]: QUIET, [SECOND_GHOST]: QUIET },
};
const OPEN = { startBlocked: false, resumeBlocked: false };
const codesOf = async (state: AlertStateFilter): Promise<string[]> =>
  (await bed.central().alerts({ state, limit: 100 })).items.map(({ code }) => code).sort();

describe("internal codes", () => {
  it("block no gate, are no trouble of the printer, and keep out of the open list", async () => {
    await open(GHOSTS);
    await bed.report(GHOST, "fail");
    await bed.report(SECOND_GHOST, "fail");
    const nothing = { gate: OPEN, worst: null, counts: { error: 0, warning: 0, info: 0 } };
    expect(bed.central().printer("p1")).toMatchObject(nothing);
    await bed.report(INFO, "fail");
    expect(bed.central().printer("p1")).toMatchObject({ gate: OPEN, worst: { code: INFO }, counts: { error: 0, warning: 0, info: 1 } });
    expect(await codesOf("open")).toEqual([INFO]);
    expect(await codesOf("closed")).toEqual([]);
    expect(await codesOf("active")).toEqual([INFO, GHOST, SECOND_GHOST]);
    expect(await codesOf("all")).toEqual([INFO, GHOST, SECOND_GHOST]);
    const ghost = await bed.central().alert(alertId("p1", GHOST));
    expect(ghost).toMatchObject({ lane: "internal", active: true, held: true, isa: "C", occurrences: 1 });
    expect(ghost.episodes).toHaveLength(1);
    await bed.restart();
    expect(await codesOf("open")).toEqual([INFO]);
    expect(bed.central().printer("p1")).toMatchObject({ gate: OPEN, worst: { code: INFO } });
    await bed.pass(120_000);
    expect(bed.told.map(({ notification }) => notification.alert.code)).toEqual([INFO]);
    await bed.report(GHOST, "pass");
    expect(await codesOf("closed")).toEqual([GHOST]);
  });

  it("that a site gave a priority are shown like others, and still block no gate", async () => {
    await open({ ...GHOSTS, definitions: { [GHOST]: { priority: "normal" } } });
    await bed.report(GHOST, "fail");
    expect(bed.central().printer("p1")).toMatchObject({ gate: OPEN, worst: { code: GHOST }, counts: { error: 1 } });
    expect(await codesOf("open")).toEqual([GHOST]);
  });

  it("follow the catalogue when it changed while central was down", async () => {
    const options: { -readonly [K in keyof BedOptions]: BedOptions[K] } = { definitions: { [GHOST]: QUIET }, lanes: {} };
    await open(options);
    await bed.report(GHOST, "fail");
    expect(await codesOf("open")).toEqual([GHOST]);
    options.lanes = { [GHOST]: "internal" };
    await bed.restart();
    expect(await codesOf("open")).toEqual([]);
    expect(bed.central().printer("p1")).toMatchObject({ gate: OPEN, worst: null });
    options.lanes = {};
    await bed.restart();
    expect(await codesOf("open")).toEqual([GHOST]);
    expect(bed.central().printer("p1").gate.startBlocked).toBe(true);
  });
});

describe("undocumented codes", () => {
  it("stay in the gate and in the list", async () => {
    await open({ lanes: { [WARNING]: "undocumented" }, definitions: { [WARNING]: { priority: "log" } } });
    await bed.report(WARNING, "fail");
    expect(bed.central().printer("p1")).toMatchObject({ gate: { resumeBlocked: true }, worst: { code: WARNING } });
    expect(await codesOf("open")).toEqual([WARNING]);
  });
});

describe("levels that do not exist", () => {
  it.each(["0300-0100-0000-0001", "0300-0100-0005-0001", "0300-0100-00FF-0001", "0300-0100-FFFF-0001"])(
    "%s is recorded, quiet, and blocks nothing",
    async (code) => {
      await open({ lanes: { [code]: "undocumented" }, definitions: { [code]: QUIET } });
      expect(await bed.report(code, "fail")).toMatchObject({ accepted: 1 });
      expect(bed.central().printer("p1")).toMatchObject({ gate: OPEN, worst: null, counts: { error: 0, warning: 0, info: 0 } });
      expect(await bed.central().alert(alertId("p1", code))).toMatchObject({ severity: "invalid", active: true, episode: 1 });
      expect(await codesOf("open")).toEqual([]);
      expect(await codesOf("all")).toEqual([code]);
      await bed.pass(120_000);
      expect(bed.told).toEqual([]);
    },
  );
});
