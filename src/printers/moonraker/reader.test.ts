/** Frames into readings: each object by a table, the host's states in time, console lines. */
import { describe, expect, it } from "vitest";
import { type HmsCode } from "../../model/code.ts";
import type { Readings } from "../../model/telemetry.ts";
import { createMoonrakerReader, type FrameResult, type MoonrakerReader } from "./reader.ts";

const CODES: readonly (readonly [RegExp, string])[] = [
  [/ADC out of range/, "0300-0200-0001-E002"],
  [/Klippy Host not connected/, "E100-0100-0001-E001"],
  [/attempting to connect/, "E100-0100-0003-E001"],
  [/Printer is shutdown/, "E100-0100-0001-E004"],
  [/bogus/, "E100-0400-0001-E001"],
  [/Unknown command/, "E100-0500-0003-E007"],
  [/No trigger on stepper_x/, "0300-1000-0002-E001"],
  [/Probe triggered/, "0300-2D00-0002-E002"],
  [/filament runout/, "E100-0E00-0002-E001"],
  [/Currently Throttled/, "E100-0600-0003-E002"],
];
const codeOf = (text: string): HmsCode | undefined => CODES.find(([words]) => words.test(text))?.[1] as HmsCode | undefined;

const create = (): MoonrakerReader => createMoonrakerReader({ codeOf });
const readingsOf = (result: FrameResult): Readings => (result.kind === "sample" ? result.readings : {});
const status = (objects: object, eventTime = 100): object => ({ method: "notify_status_update", params: [objects, eventTime] });
const notice = (method: string, ...params: unknown[]): object => (params.length === 0 ? { method } : { method, params });
const line = (text: string): object => notice("notify_gcode_response", text);
const info = (state: string, message: string, more: object = {}): object => ({ result: { state, state_message: message, ...more }, id: 3 });

/** What is known after frames, but for the clock that comes with every status. */
function after(...objects: readonly object[]): Readings {
  const reader = create();
  const { hostTimeS: _, ...rest } = Object.assign({}, ...objects.map((one) => readingsOf(reader.accept(status(one), 0)))) as Readings;
  return rest;
}

describe("single objects", () => {
  it.each<[string, object, Readings]>([
    [
      "extruder",
      { extruder: { temperature: 210.4, target: 210, power: 0.5 } },
      { nozzleTempC: 210.4, nozzleTargetC: 210, nozzleDutyPct: 50 },
    ],
    ["second extruder", { extruder1: { temperature: 20 } }, { leftNozzleTempC: 20 }],
    ["bed", { heater_bed: { temperature: 60, target: 0, power: 0 } }, { bedTempC: 60, bedTargetC: 0, bedDutyPct: 0 }],
    [
      "chamber heater",
      { "heater_generic chamber": { temperature: 45, target: 50, power: 1 } },
      { chamberTempC: 45, chamberTargetC: 50, chamberDutyPct: 100 },
    ],
    ["a heater of no known part", { "heater_generic dryer": { temperature: 45 } }, {}],
    ["part fan", { fan: { speed: 1, rpm: 5_900 } }, { partFanPct: 100, partFanRpm: 5_900 }],
    ["a fan without tachometer", { fan: { speed: 0.2, rpm: null } }, { partFanPct: 20 }],
    ["hotend fan", { "heater_fan my_fan": { speed: 1, rpm: 9_000 } }, { hotendFanPct: 100, hotendFanRpm: 9_000 }],
    ["controller fan", { "controller_fan electronics": { speed: 0.5 } }, { controllerFanPct: 50 }],
    ["exhaust fan", { "fan_generic exhaust": { speed: 0.3 } }, { chamberFanPct: 30 }],
    ["a fan of no known part", { "fan_generic nevermind": { speed: 0.3 } }, {}],
    [
      "cooled chamber: its target is no heater's",
      { "temperature_fan chamber": { speed: 1, temperature: 40, target: 35 } },
      { chamberFanPct: 100, chamberTempC: 40 },
    ],
    ["board sensor", { "temperature_sensor mcu_temp": { temperature: 51 } }, { boardTempC: 51 }],
    ["host sensor", { "temperature_sensor raspberry_pi": { temperature: 61 } }, { hostTempC: 61 }],
    ["chamber sensor", { "temperature_sensor Chamber": { temperature: 31 } }, { chamberTempC: 31 }],
    ["a sensor of no known part", { "temperature_sensor pip": { temperature: 31 } }, {}],
    [
      "job",
      { print_stats: { state: "printing", filename: "a/b.gcode", info: { current_layer: 3, total_layer: 9 } } },
      { state: "printing", jobName: "b.gcode", layer: 3, totalLayers: 9 },
    ],
    ["layers that the slicer does not tell", { print_stats: { info: { current_layer: null, total_layer: null } } }, {}],
    ["a cancelled job is no failed one", { print_stats: { state: "cancelled" } }, { state: "idle" }],
    ["a job that failed", { print_stats: { state: "error" } }, { state: "failed" }],
    ["progress", { display_status: { progress: 0.4205 } }, { progressPct: 42.1 }],
    [
      "place",
      { toolhead: { position: [1, 2, 3, 4], homed_axes: "xy", estimated_print_time: 9.5 } },
      { xMm: 1, yMm: 2, zMm: 3, homedAxes: "xy", mcuTimeS: 9.5 },
    ],
    [
      "extrusion",
      { motion_report: { live_position: [1, 2, 3, 40.5], live_extruder_velocity: 2.5 } },
      { extrudedMm: 40.5, extrusionMmS: 2.5 },
    ],
    ["filament switch", { "filament_switch_sensor a": { enabled: true, filament_detected: false } }, { filamentAtExtruder: false }],
    ["a switch that is not in use", { "filament_switch_sensor a": { enabled: false, filament_detected: false } }, {}],
    ["filament motion", { "filament_motion_sensor e": { enabled: true, filament_detected: true } }, { filamentMoving: true }],
    ["filament width", { hall_filament_width_sensor: { Diameter: 1.71 } }, { filamentWidthMm: 1.71 }],
    ["no mesh", { bed_mesh: { probed_matrix: [[]] } }, {}],
    [
      "mesh",
      {
        bed_mesh: {
          probed_matrix: [
            [0, 0.1],
            [0.2, 0],
          ],
        },
      },
      {
        bedMesh: [
          [0, 0.1],
          [0.2, 0],
        ],
      },
    ],
    [
      "a mesh with a hole",
      {
        bed_mesh: {
          probed_matrix: [
            [0, null],
            [0.2, 0],
          ],
        },
      },
      {},
    ],
    ["speed", { gcode_move: { speed_factor: 1.2 } }, { speedPct: 120 }],
    [
      "board link",
      { mcu: { last_stats: { bytes_write: 10, bytes_retransmit: 9, bytes_invalid: 0 } } },
      { mcuBytesSent: 10, mcuBytesRetransmit: 9, mcuBytesInvalid: 0 },
    ],
    ["counters that are not told are not 0", { mcu: { last_stats: { bytes_write: 10 } } }, { mcuBytesSent: 10 }],
    [
      "CAN",
      { "canbus_stats ebb": { rx_error: 1, tx_error: null, tx_retries: 4, bus_state: "warn" } },
      { canErrors: 1, canRetries: 4, canState: "warn" },
    ],
    ["driver", { "tmc2209 stepper_x": { drv_status: { otpw: 1, cs_actual: 1, stst: 1 } } }, { driverFlags: ["x otpw"] }],
    ["a driver that is off", { "tmc2209 extruder": { drv_status: null } }, { driverFlags: [] }],
    ["temperatures that are none", { extruder: { temperature: "warm", target: null, power: 7 } }, {}],
    ["objects of no interest", { gcode: { commands: {} }, "gcode_macro X": { a: 1 }, query_endstops: {} }, {}],
  ])("%s", (_, objects, expected) => {
    expect(after(objects)).toEqual(expected);
  });
});

describe("objects together", () => {
  it("tells a value once", () => {
    const reader = create();
    expect(reader.accept(status({ fan: { speed: 1 } }), 0).kind).toBe("sample");
    expect(reader.accept(status({ fan: { speed: 1 } }), 0)).toEqual({ kind: "unchanged" });
  });

  it("has one sensor for one reading, and the heater knows best", () => {
    const sensor = { "temperature_sensor chamber": { temperature: 30 } };
    expect(after(sensor, { "temperature_sensor chamber_2": { temperature: 99 } })).toEqual({ chamberTempC: 30 });
    expect(after(sensor, { "heater_generic chamber": { temperature: 40 } }, { "temperature_sensor chamber": { temperature: 31 } })).toEqual(
      { chamberTempC: 40 },
    );
  });

  it("adds up what several boards lost, and tells the worst bus", () => {
    const all = after(
      { mcu: { last_stats: { bytes_invalid: 1 } }, "canbus_stats a": { bus_state: "passive", tx_error: 2 } },
      { "mcu ebb": { last_stats: { bytes_invalid: 2 } }, "canbus_stats b": { bus_state: "active", rx_error: 3 } },
    );
    expect(all).toEqual({ mcuBytesInvalid: 3, canErrors: 5, canState: "passive" });
  });

  it("wants filament at every switch that is in use", () => {
    const switches = {
      "filament_switch_sensor a": { enabled: true, filament_detected: true },
      "filament_switch_sensor b": { enabled: true, filament_detected: false },
    };
    expect(after(switches)).toEqual({ filamentAtExtruder: false });
    expect(after(switches, { "filament_switch_sensor b": { enabled: false } })).toEqual({ filamentAtExtruder: true });
  });

  it("takes back a job's name", () => {
    expect(after({ print_stats: { filename: "a.gcode" } }, { print_stats: { filename: "" } })).toEqual({ jobName: "" });
  });

  it("gives a new mesh only when it is another", () => {
    const reader = create();
    const mesh = { bed_mesh: { probed_matrix: [[0, 1]] } };
    expect(readingsOf(reader.accept(status(mesh), 0)).bedMesh).toEqual([[0, 1]]);
    expect(readingsOf(reader.accept(status(structuredClone(mesh)), 0)).bedMesh).toBeUndefined();
  });
});

describe("the computer", () => {
  it("has a load per core once its cores are known", () => {
    const reader = create();
    const load = { system_stats: { sysload: 3 } };
    expect(readingsOf(reader.accept(status(load), 0)).hostLoad).toBeUndefined();
    expect(readingsOf(reader.accept(info("ready", "", { cpu_info: "4 core ARM", software_version: "v0.13" }), 0)).firmware).toBe("v0.13");
    expect(readingsOf(reader.accept(status(load), 0)).hostLoad).toBe(0.75);
  });

  it("tells its clock, its heat and its supply", () => {
    const reader = create();
    const stats = {
      moonraker_stats: { time: 1_795_328_202.5 },
      cpu_temp: 61.2,
      throttled_state: { flags: ["Under-Voltage Detected", "Previously Throttled", "Currently Throttled"] },
    };
    expect(readingsOf(reader.accept(notice("notify_proc_stat_update", stats), 0))).toEqual({
      sourceTimeMs: 1_795_328_202_500,
      hostTempC: 61.2,
      underVoltage: true,
      hmsCodes: ["E100-0600-0003-E002"],
    });
    expect(readingsOf(reader.accept(notice("notify_cpu_throttled", { flags: [] }), 0))).toEqual({ underVoltage: false });
  });

  it("may know no heat", () => {
    expect(create().accept(notice("notify_proc_stat_update", { cpu_temp: null }), 0)).toEqual({ kind: "unchanged" });
  });
});

/** Frames and ticks at seconds; what stood when each code list came, as "second codes". */
function codesOver(story: readonly (readonly [second: number, frame?: object])[], reader = create()): string[] {
  const told: string[] = [];
  for (const [second, frame] of story) {
    const { hmsCodes, hostState } = readingsOf(frame === undefined ? reader.tick(second * 1_000) : reader.accept(frame, second * 1_000));
    if (hostState !== undefined || hmsCodes !== undefined) told.push([second, hostState ?? "-", ...(hmsCodes ?? [])].join(" "));
  }
  return told;
}

const READY = [0, info("ready", "Printer is ready")] as const;
const GONE = notice("notify_klippy_disconnected");
const BACK = notice("notify_klippy_ready");
const NOT_THERE = { error: { code: 503, message: "Klippy Host not connected" }, id: 7 };

describe("the host", () => {
  it("restarts without a word, and is ready when its readings come", () => {
    const story = [READY, [1, GONE], [2], [3, NOT_THERE], [4, BACK], [30], [31, status({})]] as const;
    expect(codesOver(story)).toEqual(["0 ready", "1 disconnected", "4 startup", "31 ready"]);
  });

  it("is gone when it stays away", () => {
    expect(codesOver([READY, [1, GONE], [6, NOT_THERE], [8, BACK]])).toEqual([
      "0 ready",
      "1 disconnected",
      "6 - E100-0100-0001-E001",
      "8 startup",
    ]);
    expect(codesOver([READY, [1, GONE], [10], [11]])).toEqual(["0 ready", "1 disconnected", "11 - E100-0100-0001-E001"]);
    expect(
      codesOver([
        [0, { result: { klippy_connected: false } }],
        [5, { result: { klippy_connected: false } }],
      ]),
    ).toEqual(["0 disconnected", "5 - E100-0100-0001-E001"]);
  });

  it("keeps the reason why it stopped until it is ready again", () => {
    const shutdown = status({ webhooks: { state: "shutdown", state_message: "MCU shutdown: ADC out of range" } });
    const story = [
      READY,
      [1, shutdown],
      [1, notice("notify_klippy_shutdown")],
      [2, line("!! No trigger on stepper_x")],
      [3, GONE],
      [20, NOT_THERE],
      [30, info("startup", "attempting to connect")],
      [80],
      [81, BACK],
    ] as const;
    expect(codesOver(story)).toEqual(["0 ready", "1 shutdown 0300-0200-0001-E002", "3 disconnected", "30 startup", "81 -"]);
  });

  it("stops for a reason that nobody knows", () => {
    expect(codesOver([READY, [1, notice("notify_klippy_shutdown")]])).toEqual(["0 ready", "1 shutdown E100-0100-0001-E004"]);
  });

  it("says that its configuration is wrong only when asked", () => {
    expect(codesOver([READY, [1, GONE], [7, info("error", "Option 'bogus' is not valid")], [8, GONE], [10, BACK]])).toEqual([
      "0 ready",
      "1 disconnected",
      "7 error E100-0400-0001-E001",
      "8 disconnected",
      "10 startup",
    ]);
  });

  it("looks for its board for too long", () => {
    expect(codesOver([[0, info("startup", "attempting to connect")], [29], [30]])).toEqual(["0 startup", "30 - E100-0100-0003-E001"]);
  });
});

describe("the console", () => {
  const homed = (axes: string): object => status({ toolhead: { homed_axes: axes } });
  const job = (state: string): object => status({ print_stats: { state } });

  it.each<[string, readonly (readonly [number, object?])[], readonly string[]]>([
    ["a mistake is told for a minute", [[1, line('// Unknown command:"X"')], [60], [61]], ["1 - E100-0500-0003-E007", "61 -"]],
    [
      "a failed homing stands until the axis stays homed",
      [
        [1, homed("xyz")],
        [2, line("!! No trigger on stepper_x after full movement")],
        [3, homed("")],
        [30, homed("x")],
        [37, homed("")],
        [50, homed("x")],
        [64],
        [65],
      ],
      ["2 - 0300-1000-0002-E001", "65 -"],
    ],
    [
      "a probe is well when it measures",
      [
        [1, homed("xyz")],
        [2, line("!! Probe triggered prior to movement")],
        [900],
        [901, line("// probe: at 20.0,20.0 bed will contact at z=-0.1")],
      ],
      ["2 - 0300-2D00-0002-E002", "901 -"],
    ],
    [
      "a runout stands until the job goes on",
      [[1, job("printing")], [2, line("!! filament runout")], [3, job("paused")], [900], [901, job("printing")]],
      ["2 - E100-0E00-0002-E001", "901 -"],
    ],
    [
      "or ends",
      [
        [1, job("printing")],
        [2, line("!! filament runout")],
        [3, job("paused")],
        [901, job("cancelled")],
      ],
      ["2 - E100-0E00-0002-E001", "901 -"],
    ],
    [
      "a new job ends all",
      [
        [1, job("standby")],
        [2, line("!! No trigger on stepper_x")],
        [3, job("printing")],
      ],
      ["2 - 0300-1000-0002-E001", "3 -"],
    ],
    [
      "so does a restart",
      [
        [2, line("!! No trigger on stepper_x")],
        [3, GONE],
        [4, BACK],
      ],
      ["2 - 0300-1000-0002-E001", "3 disconnected", "4 startup"],
    ],
    [
      "notes are no errors",
      [
        [1, line("// filament runout")],
        [2, line("echo: No trigger on stepper_x")],
      ],
      [],
    ],
  ])("%s", (_, story, told) => {
    expect(codesOver([READY, ...story]).slice(1)).toEqual(told);
  });

  it("gives the result of a probe test, each once", () => {
    const reader = create();
    const text =
      "// probe accuracy results: maximum 2.519, minimum 2.507, range 0.0125, average 2.513, median 2.513, standard deviation 0.00625";
    expect(readingsOf(reader.accept(line(text), 0)).probe).toEqual({ count: 1, rangeMm: 0.0125, sigmaMm: 0.00625 });
    expect(readingsOf(reader.accept(line(text), 0)).probe?.count).toBe(2);
  });
});

describe("what machines are made to say", () => {
  it("counts homings through, whichever way they were found", () => {
    const stepper = { rotation_distance: 40, microsteps: 16, full_steps_per_rotation: 200 };
    const reader = create();
    const home = (position: number): object => ({
      endstop_phase: { last_home: { stepper_x: { mcu_position: position, phase: 0, phases: 64 } } },
    });
    const settings = { settings: { printer: { kinematics: "cartesian" }, stepper_x: stepper } };
    const found = [{ configfile: settings, toolhead: { homed_axes: "xyz" } }, home(100), home(340), home(341)].map(
      (objects) => readingsOf(reader.accept(status(objects), 0)).homing,
    );
    expect(found).toEqual([
      undefined,
      undefined,
      { axis: "x", count: 1, offMm: 3, sigmaMm: 0.1 },
      { axis: "x", count: 2, offMm: 0.0125, sigmaMm: 0.1 },
    ]);
  });

  it("takes readings from the console", () => {
    const reader = create();
    expect(readingsOf(reader.accept(line("// openhms: xBeltHz=92.4 nozzleTempC=900"), 0))).toEqual({ xBeltHz: 92.4 });
  });
});
