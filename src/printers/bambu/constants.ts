/**
 * Facts about Bambu printers, as tables: models with what each one has, how to recognise a model, job states and stages.
 * Nothing here computes; the numbers and spellings are the printer's, the words are ours.
 */
import type { PrinterState } from "../../model/telemetry.ts";

export interface ModelTraits {
  /** A real chamber thermometer; without one the printer reports a constant 5. */
  readonly chamberSensor: boolean;
  /** Where the door or cover switch is reported. */
  readonly door: "home_flag" | "stat" | "none";
  /** An Ethernet port; then -90 dBm means "on the cable". */
  readonly ethernet: boolean;
}

const OPEN_FRAME: ModelTraits = { chamberSensor: false, door: "none", ethernet: false };
const ENCLOSED: ModelTraits = { chamberSensor: true, door: "stat", ethernet: false };

export const MODELS: ReadonlyMap<string, ModelTraits> = new Map([
  ["X1", { chamberSensor: true, door: "home_flag", ethernet: false }],
  ["X1C", { chamberSensor: true, door: "home_flag", ethernet: false }],
  ["X1E", { chamberSensor: true, door: "stat", ethernet: true }],
  ["P1P", OPEN_FRAME],
  ["P1S", OPEN_FRAME],
  ["P2S", ENCLOSED],
  ["A1 mini", OPEN_FRAME],
  ["A1", OPEN_FRAME],
  ["A2L", OPEN_FRAME],
  ["H2S", ENCLOSED],
  ["H2D", ENCLOSED],
  ["H2D Pro", { chamberSensor: true, door: "stat", ethernet: true }],
  ["H2C", ENCLOSED],
  ["X2D", ENCLOSED],
]);

/** The first three characters of a serial number. */
export const MODEL_OF_SERIAL: ReadonlyMap<string, string> = new Map([
  ["00M", "X1C"],
  ["00W", "X1C"],
  ["03W", "X1E"],
  ["01S", "P1P"],
  ["01P", "P1S"],
  ["030", "A1 mini"],
  ["039", "A1"],
  ["22E", "P2S"],
  ["093", "H2S"],
  ["094", "H2D"],
  ["239", "H2D Pro"],
  ["31B", "H2C"],
  ["20P", "X2D"],
  ["26A", "A2L"],
]);

/** `product_name` without the maker, in lower case letters and digits. */
export const MODEL_OF_PRODUCT: ReadonlyMap<string, string> = new Map([
  ["x1", "X1"],
  ["x1carbon", "X1C"],
  ["x1c", "X1C"],
  ["x1e", "X1E"],
  ["p1p", "P1P"],
  ["p1s", "P1S"],
  ["p2s", "P2S"],
  ["a1mini", "A1 mini"],
  ["a1", "A1"],
  ["a2l", "A2L"],
  ["h2s", "H2S"],
  ["h2d", "H2D"],
  ["h2dpro", "H2D Pro"],
  ["h2c", "H2C"],
  ["x2d", "X2D"],
]);

/** `project_name`: the maker's inner name of a machine. */
export const MODEL_OF_PROJECT: ReadonlyMap<string, string> = new Map([
  ["C11", "P1P"],
  ["C12", "P1S"],
  ["C13", "X1E"],
  ["N7", "P2S"],
  ["N1", "A1 mini"],
  ["N2S", "A1"],
  ["N9", "A2L"],
  ["N6", "X2D"],
  ["O1D", "H2D"],
  ["O1E", "H2D Pro"],
  ["O2D", "H2D Pro"],
  ["O1C", "H2C"],
  ["O1C2", "H2C"],
  ["O1S", "H2S"],
]);

export const STATE_OF_GCODE: ReadonlyMap<string, PrinterState> = new Map([
  ["IDLE", "idle"],
  ["INIT", "preparing"],
  ["PREPARE", "preparing"],
  ["SLICING", "preparing"],
  ["RUNNING", "printing"],
  ["PAUSE", "paused"],
  ["FINISH", "finished"],
  ["FAILED", "failed"],
]);

/** `stg_cur` when nothing is going on: X1 and H2 say -1, P1 and A1 say 255. */
export const STAGE_IDLE_X1 = -1;
export const STAGE_IDLE_P1 = 255;
/** Some models also say 0, "printing", while idle; only the job state tells. */
export const STAGE_PRINTING = 0;

/** What `stg_cur` means; the index is the number. */
export const STAGES: readonly string[] = [
  "printing",
  "levelling the bed",
  "preheating the bed",
  "tuning vibration",
  "changing filament",
  "paused by M400",
  "paused: filament ran out",
  "heating the nozzle",
  "calibrating flow dynamics",
  "scanning the bed",
  "inspecting the first layer",
  "recognising the build plate",
  "calibrating the lidar",
  "homing",
  "cleaning the nozzle",
  "checking the nozzle temperature",
  "paused by a person",
  "paused: front cover fell off",
  "calibrating the lidar",
  "calibrating the flow rate",
  "paused: nozzle temperature fault",
  "paused: bed temperature fault",
  "unloading filament",
  "paused: lost steps",
  "loading filament",
  "calibrating motor noise",
  "paused: AMS lost",
  "paused: hotend fan slow",
  "paused: chamber temperature fault",
  "cooling the chamber",
  "paused by the G-code",
  "playing motor noise",
  "paused: nozzle wrapped in filament",
  "paused: filament cutter fault",
  "paused: first layer fault",
  "paused: nozzle clogged",
  "measuring motion precision",
  "improving motion precision",
  "measuring motion precision",
  "calibrating the nozzle offset",
  "levelling the bed hot",
  "checking the quick-release lever",
  "checking door and cover",
  "calibrating the laser",
  "checking the platform",
  "locating the overhead camera",
  "calibrating the overhead camera",
  "levelling the bed, part 1",
  "levelling the bed, part 2",
  "heating the chamber",
  "cooling the bed",
  "printing calibration lines",
  "checking the material",
  "calibrating the live camera",
  "waiting for the bed temperature",
  "locating the material",
  "calibrating the cutter offset",
  "measuring the surface",
  "evening out heat",
  "homing the blade holder",
  "calibrating the camera offset",
  "locating the blade holder",
  "testing the hotend change",
  "evening out the chamber",
  "preparing the hotend",
  "calibrating clump detection",
  "cleaning the air",
  "setting up the rotary attachment",
  "moving to the purge chute",
  "cooling the nozzle",
  "moving to the bed centre",
  "fitting arcs",
  "recognising the hotend",
  "aligning the plate",
  "looking for objects on the bed",
  "looking for objects under the bed",
  "extruding before the print",
  "preparing the AMS",
];

/** Bits of `home_flag` (a signed 32-bit number) and `stat` (hex text of up to 63 bits). */
export const HOME_FLAG_WIRED_BIT = 18;
export const HOME_FLAG_DOOR_BIT = 23;
export const STAT_DOOR_BIT = 23;

/** What `wifi_signal` says while the cable is in use. */
export const WIFI_DBM_ON_CABLE = -90;
/** What `chamber_temper` says where there is no thermometer. */
export const CHAMBER_WITHOUT_SENSOR_C = 5;
/** A `chamber_temper` above this is two numbers in one: target and current. */
export const CHAMBER_PACKED_ABOVE = 500;
/** Fan strings count in fifteenths. */
export const FAN_STEPS = 15;
/** `ams_id` from here on is an AMS-HT. */
export const FIRST_AMS_HT = 128;
