/** Messages into readings: each field by a table, merging by properties, recordings where they are at hand, hostile bytes. */
import * as fc from "fast-check";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Readings } from "../../model/telemetry.ts";
import { STAGES } from "./constants.ts";
import { createBambuWire, type WireResult } from "./wire.ts";

const bytes = (value: unknown): Uint8Array => Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
const readingsOf = (result: WireResult): Readings => (result.kind === "sample" || result.kind === "version" ? result.readings : {});

/** The readings after a row of `print` objects, as a snapshot would hold them. */
function after(prints: readonly unknown[], serial?: string): Readings {
  const wire = createBambuWire(serial === undefined ? {} : { serial });
  return Object.assign({}, ...prints.map((print) => readingsOf(wire.accept(bytes({ print })))));
}

const X1C = "00M00A000000001";
const P1P = "01S00A000000001";
const P2S = "22E00A000000001";
const X1E = "03W00A000000001";
const packed = (current: number, target: number): number => target * 0x1_0000 + current;

describe("single fields", () => {
  it.each<[string, unknown, Readings, string?]>([
    ["state", { gcode_state: "PAUSE" }, { state: "paused" }],
    ["a state that is not known", { gcode_state: "DANCING" }, { state: "unknown" }],
    ["stage", { gcode_state: "PREPARE", stg_cur: 2 }, { state: "preparing", stage: "preheating the bed" }],
    ["stage 0 counts while printing", { gcode_state: "RUNNING", stg_cur: 0 }, { state: "printing", stage: "printing" }],
    ["stage 0 of an A1 at rest", { gcode_state: "IDLE", stg_cur: 0 }, { state: "idle", stage: "idle" }],
    ["stage 255 of a P1 at rest", { gcode_state: "FINISH", stg_cur: 255 }, { state: "finished", stage: "finished" }],
    ["stage -1 of an X1 at rest", { gcode_state: "IDLE", stg_cur: -1 }, { state: "idle", stage: "idle" }],
    ["a stage of tomorrow", { gcode_state: "RUNNING", stg_cur: 400 }, { state: "printing", stage: "stage 400" }],
    ["numbers written as text", { mc_percent: "41", bed_temper: "61.5" }, { progressPct: 41, bedTempC: 61.5 }],
    ["numbers that are none", { mc_percent: "much", bed_temper: {}, layer_num: -3, spd_mag: 1e300 }, {}],
    ["layers in the other place", { "3D": { layer_num: 7, total_layer_num: 90 } }, { layer: 7, totalLayers: 90 }],
    [
      "fan strings",
      { cooling_fan_speed: "15", big_fan1_speed: "3", big_fan2_speed: "0", heatbreak_fan_speed: "12" },
      { partFanPct: 100, auxFanPct: 20, chamberFanPct: 0, hotendFanPct: 80 },
    ],
    [
      "fan_gear is finer than the strings",
      { fan_gear: 0x804dff, cooling_fan_speed: "15", big_fan1_speed: "5" },
      { partFanPct: 100, auxFanPct: 30, chamberFanPct: 50 },
    ],
    ["Wi-Fi", { wifi_signal: "-53dBm" }, { wifiDbm: -53 }],
    ["Wi-Fi -90 where there is no cable", { wifi_signal: "-90dBm" }, { wifiDbm: -90 }, P1P],
    ["Wi-Fi -90 where there is one", { wifi_signal: "-90dBm" }, { wired: true }, X1E],
    ["Wi-Fi -90 of an unknown machine", { wifi_signal: "-90dBm" }, {}],
    ["chamber 5 without a thermometer", { chamber_temper: 5 }, {}, P1P],
    ["chamber 5 of an unknown machine", { chamber_temper: 5 }, {}],
    ["chamber 5 in the cold", { chamber_temper: 5 }, { chamberTempC: 5 }, X1C],
    ["chamber packed", { chamber_temper: packed(41, 60) }, { chamberTempC: 41, chamberTargetC: 60 }],
    ["chamber of the newer kind", { device: { ctc: { info: { temp: packed(38, 0) } } } }, { chamberTempC: 38, chamberTargetC: 0 }],
    ["bed of the newer kind", { device: { bed: { info: { temp: packed(69, 70) } } } }, { bedTempC: 69, bedTargetC: 70 }],
    [
      "two extruders: the plain field is whichever prints",
      {
        nozzle_temper: 200,
        nozzle_target_temper: 200,
        device: {
          extruder: {
            info: [
              { id: 0, temp: packed(30, 0) },
              { id: 1, temp: packed(200, 200) },
            ],
          },
        },
      },
      { nozzleTempC: 30, nozzleTargetC: 0, leftNozzleTempC: 200, leftNozzleTargetC: 200 },
    ],
    ["door of an X1", { home_flag: 0x80_0000, stat: "0" }, { doorOpen: true }, X1C],
    ["door of an X1, signed", { home_flag: 0x80_0000 | -0x8000_0000 }, { doorOpen: true }, X1C],
    ["door of a P2S", { home_flag: 0x80_0000, stat: "46258008" }, { doorOpen: false }, P2S],
    ["door in 63 bits", { stat: "7fffffffffa58008" }, { doorOpen: true }, P2S],
    ["no door on a P1P", { home_flag: 0x80_0000, stat: "46A58008" }, {}, P1P],
    ["filament at the extruder", { hw_switch_state: 1 }, { filamentAtExtruder: true }],
    ["job", { subtask_name: "", gcode_file: "/data/Metadata/bracket.gcode" }, { jobName: "bracket.gcode" }],
    ["hms", { hms: [{ attr: 0x0300_0300, code: 0x0001_0001 }] }, { hmsCodes: ["0300-0300-0001-0001"] } as unknown as Readings],
    ["hms, signed", { hms: [{ attr: -1, code: -2 }, { attr: "x" }, null] }, { hmsCodes: ["FFFF-FFFF-FFFF-FFFE"] } as unknown as Readings],
    ["device error", { print_error: 0x0300_8003 }, { deviceCodes: ["0300-8003"] } as unknown as Readings],
    ["device error above 0x80000000", { print_error: 0x8020_4003 - 0x1_0000_0000 }, { deviceCodes: ["8020-4003"] } as unknown as Readings],
    ["a status of the job is no error", { print_error: 0x0300_0002 }, { deviceCodes: [] }],
  ])("%s", (_name, print, expected, serial) => {
    expect(after([print], serial)).toEqual(expected);
  });

  it("has a word for each stage", () => {
    expect(STAGES).toHaveLength(78);
    expect(STAGES[26]).toBe("paused: AMS lost");
    expect(STAGES[54]).toBe("waiting for the bed temperature");
  });
});

describe("one thing told in two ways", () => {
  const device = (temp: number): unknown => ({ extruder: { info: [{ id: 0, temp }] } });
  it.each<[string, unknown[], number]>([
    ["together: packed", [{ nozzle_temper: 219.6, device: device(packed(220, 220)) }], 220],
    ["together in the other order", [{ device: device(packed(220, 220)), nozzle_temper: 190 }], 220],
    ["later the plain field alone moves", [{ device: device(packed(220, 220)) }, { nozzle_temper: 180.5 }], 180.5],
    ["and the packed one again", [{ device: device(packed(220, 220)) }, { nozzle_temper: 180.5 }, { device: device(packed(150, 0)) }], 150],
  ])("%s", (_name, prints, expected) => {
    expect(after(prints).nozzleTempC).toBe(expected);
  });
});

describe("merging", () => {
  const full = {
    msg: 0,
    gcode_state: "RUNNING",
    hms: [{ attr: 0x0300_0300, code: 0x0001_0001 }],
    print_error: 0x0300_8003,
    subtask_name: "bracket",
    ams: {
      tray_exist_bits: "1000b",
      ams: [
        {
          id: "0",
          humidity_raw: "21",
          temp: "24.5",
          tray: [
            { id: "0", tray_type: "PLA", tray_color: "FF6A13FF", remain: 80 },
            { id: "1", tray_type: "PETG", tray_color: "000000FF", remain: -1 },
            { id: "2" },
            { id: "3", tray_type: "ABS" },
          ],
        },
        { id: "128", humidity: "5", temp: "0.0", tray: [{ id: "0", tray_type: "PA-CF" }] },
      ],
    },
  };

  it("keeps what a message does not name", () => {
    expect(after([full, { msg: 1, mc_percent: 3 }, {}])).toEqual({ ...after([full]), progressPct: 3 });
  });

  it("replaces the hms list whole and clears a device error with 0", () => {
    expect(after([full, { msg: 1, hms: [], print_error: 0 }])).toMatchObject({ hmsCodes: [], deviceCodes: [] });
  });

  it("names units and slots and tells what is loaded", () => {
    expect(after([full]).filamentUnits).toEqual([
      {
        name: "AMS A",
        humidityPct: 21,
        tempC: 24.5,
        slots: [
          { slot: 1, loaded: true, material: "PLA", color: "FF6A13", remainPct: 80 },
          { slot: 2, loaded: true, material: "PETG", color: "000000" },
          { slot: 3, loaded: false },
          { slot: 4, loaded: true, material: "ABS" },
        ],
      },
      { name: "AMS-HT A", slots: [{ slot: 1, loaded: true, material: "PA-CF" }] },
    ]);
  });

  it("changes one slot of one unit", () => {
    const units = after([full, { msg: 1, ams: { ams: [{ id: "0", tray: [{ id: "1", remain: 55 }] }] } }]).filamentUnits;
    expect(units?.[0]?.slots[1]).toEqual({ slot: 2, loaded: true, material: "PETG", color: "000000", remainPct: 55 });
    expect(units?.[0]?.slots[0]?.remainPct).toBe(80);
    expect(units).toHaveLength(2);
  });

  it("empties a slot by its bit, and drops a unit only when the printer says that it told everything", () => {
    const less = { tray_exist_bits: "1000a", ams: [{ id: "0" }] };
    expect(after([full, { msg: 1, ams: less }]).filamentUnits?.map((unit) => [unit.name, unit.slots[0]?.loaded])).toEqual([
      ["AMS A", false],
      ["AMS-HT A", true],
    ]);
    expect(after([full, { msg: 0, ams: less }]).filamentUnits?.map((unit) => unit.name)).toEqual(["AMS A"]);
  });

  it("takes an old job name back, and tells no empty one before", () => {
    expect(after([full, { subtask_name: "" }]).jobName).toBe("");
    expect(after([{ subtask_name: "", gcode_file: "" }])).toEqual({});
  });

  it("learns the model late and corrects what depends on it", () => {
    const wire = createBambuWire();
    expect(readingsOf(wire.merge({ print: { chamber_temper: 5, stat: "46A58008", ams: full.ams } }))).not.toHaveProperty("chamberTempC");
    const version = {
      info: {
        command: "get_version",
        module: [{ name: "ota", sn: "MOCK", sw_ver: "01.02.03.04", product_name: "Bambu Lab P2S" }, { name: "ams_f1/0" }],
      },
    };
    expect(readingsOf(wire.merge(version))).toMatchObject({
      model: "P2S",
      firmware: "01.02.03.04",
      chamberTempC: 5,
      doorOpen: true,
      filamentUnits: [{ name: "AMS Lite A" }, {}],
    });
  });

  it.each<[string, unknown, string]>([
    ["product name", { product_name: "Bambu Lab X1-Carbon" }, "X1C"],
    ["project name", { project_name: "N2S" }, "A1"],
    ["serial", { sn: "094XYZ000000001" }, "H2D"],
    ["a machine of tomorrow", { product_name: "Bambu Lab Z9" }, "Z9"],
  ])("knows the model by its %s", (_name, module, model) => {
    expect(
      readingsOf(createBambuWire().merge({ info: { command: "get_version", module: [{ name: "ota", ...(module as object) }] } })).model,
    ).toBe(model);
  });
});

describe("what is no report", () => {
  it.each<[string, unknown, WireResult["kind"]]>([
    ["half a message", '{"print":{"hms":[', "ignored"],
    ["nothing", "", "ignored"],
    ["a list", [1, 2], "ignored"],
    ["another family", { system: { command: "ledctrl" } }, "ignored"],
    ["an answer", { print: { command: "pause", result: "SUCCESS", sequence_id: "7" } }, "reply"],
    ["an order of another client", { print: { command: "gcode_line", param: "M104 S300" } }, "ignored"],
    ["too long", `"${"x".repeat(1 << 20)}"`, "ignored"],
  ])("%s", (_name, message, kind) => {
    expect(createBambuWire().accept(bytes(message)).kind).toBe(kind);
  });

  it("reads around bytes that are no UTF-8", () => {
    const name = Buffer.concat([Buffer.from('{"print":{"subtask_name":"caf'), Buffer.from([0xe9]), Buffer.from('","mc_percent":12}}')]);
    expect(readingsOf(createBambuWire().accept(name))).toEqual({ jobName: "caf\ufffd", progressPct: 12 });
  });

  it("is not moved by hostile keys", () => {
    const wire = createBambuWire();
    const evil =
      '{"__proto__":{"polluted":1},"print":{"__proto__":{"mc_percent":9},"constructor":7,"ams":{"ams":[{"id":"__proto__","tray":[{"id":"0"}]}]}}}';
    expect(readingsOf(wire.accept(bytes(evil)))).toEqual({ filamentUnits: [] });
    expect({}).not.toHaveProperty("polluted");
    expect(wire.accept(bytes(`{"print":{"device":${"[".repeat(200_000)}${"]".repeat(200_000)}}}`)).kind).toBe("sample");
  });

  it("throws at nothing, whatever comes", () => {
    const wire = createBambuWire();
    const keys = [
      "hms",
      "ams",
      "tray",
      "id",
      "device",
      "extruder",
      "info",
      "temp",
      "print_error",
      "gcode_state",
      "stg_cur",
      "fan_gear",
      "home_flag",
      "stat",
      "wifi_signal",
      "3D",
      "module",
      "chamber_temper",
    ];
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.integer(),
        fc.double(),
        fc.string(),
        fc.array(tie("any"), { maxLength: 4 }),
        fc.dictionary(fc.constantFrom(...keys), tie("any"), { maxKeys: 8 }),
      ),
    })).any;
    fc.assert(
      fc.property(fc.constantFrom("print", "info"), value, (family, body) => {
        const message = family === "info" ? { info: { command: "get_version", module: body } } : { print: body };
        wire.accept(bytes(message));
      }),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (payload) => void wire.accept(payload)),
      { numRuns: 1_000 },
    );
  });
});

const captures = process.env["OPENHMS_CAPTURES"] ?? join(import.meta.dirname, "../../../../shared/captures");
const folder = join(captures, "bambu");

function capture(name: string): { print: Record<string, unknown>; info: unknown } {
  const file = JSON.parse(readFileSync(join(folder, name), "utf8"));
  return { print: file.pushall?.print ?? file.push_all, info: file.get_version.info ?? file.get_version };
}

describe.skipIf(!existsSync(folder))("recordings (skipped where there are none: set OPENHMS_CAPTURES)", () => {
  it.each<[string, Readings, string | undefined]>([
    ["a1.json", { state: "idle", stage: "idle", bedTempC: 29.75, wifiDbm: -48, hmsCodes: [] }, "A1"],
    [
      "h2d.json",
      { nozzleTempC: 245, leftNozzleTempC: 47, bedTempC: 70, chamberTempC: 35, chamberFanPct: 32, doorOpen: false, layer: 1 },
      "H2D",
    ],
    ["misc.json", { partFanPct: 100, auxFanPct: 70, chamberTempC: 36, hmsCodes: ["0C00-0300-0003-0007"] as unknown as [] }, undefined],
    ["p1p.json", { state: "failed", stage: "failed", nozzleTempC: 21.25, remainingMin: 759 }, "P1P"],
    ["p1pnoams.json", { filamentUnits: [], progressPct: 100, nozzleTempC: 25.90625 }, "P1P"],
    ["p2s.json", { nozzleTempC: 254, nozzleTargetC: 255, layer: 170, doorOpen: false }, "P2S"],
    ["x1cmultiams.json", { chamberTempC: 25, doorOpen: false, totalLayers: 480 }, "X1C"],
  ])("%s", (name, expected, model) => {
    const { print, info } = capture(name);
    const wire = createBambuWire();
    const readings = { ...readingsOf(wire.merge({ print })), ...readingsOf(wire.merge({ info })) };
    expect(readings).toMatchObject(expected);
    expect(readings.model).toBe(model);
  });

  it.each(["a1.json", "h2d.json", "misc.json", "p1p.json", "p2s.json", "x1cmultiams.json"])(
    "%s split into parts in any order tells the same",
    (name) => {
      const { print } = capture(name);
      const keys = Object.keys(print).filter((key) => key !== "msg" && key !== "command");
      const whole = after([print]);
      fc.assert(
        fc.property(fc.shuffledSubarray(keys, { minLength: keys.length }), fc.integer({ min: 1, max: 9 }), (order, size) => {
          const parts: Record<string, unknown>[] = [];
          for (let i = 0; i < order.length; i += size)
            parts.push({ msg: 1, ...Object.fromEntries(order.slice(i, i + size).map((key) => [key, print[key]])) });
          expect(after(parts)).toEqual(whole);
          expect(after([print, ...parts])).toEqual(whole);
        }),
        { numRuns: 30 },
      );
    },
  );
});
