/**
 * Telemetry: what a printer says of itself. A Sample is a partial reading at one instant; the Snapshot is everything known of
 * one printer. Names carry their unit; what is not known is absent, never 0. Temperatures °C, fans % of full duty.
 */
import type { Timestamp } from "../lib/time.ts";
import type { HmsCode } from "./code.ts";

declare const printerId: unique symbol;
/** The id a site gives a printer: 1-64 of a-z, A-Z, 0-9, `-`, `_`, `.`; it stands in URLs and MQTT topics. */
export type PrinterId = string & { readonly [printerId]: "PrinterId" };

export const PRINTER_ID_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$";
const PRINTER_ID = new RegExp(PRINTER_ID_PATTERN);

export function isPrinterId(text: string): text is PrinterId {
  return PRINTER_ID.test(text);
}

/** They stand in topics where a printer's id would: `hms/v1/edge/…`, `hms/v1/status`. */
const RESERVED_PRINTER_IDS: ReadonlySet<string> = new Set(["edge", "status"]);

/** Why a well-formed id may not be given to a printer; undefined when it may. */
export function reservedReason(id: string): string | undefined {
  return RESERVED_PRINTER_IDS.has(id) ? `"${id}" is reserved for OpenHMS's own MQTT topics; choose another id` : undefined;
}

export const PRINTER_STATES = ["idle", "preparing", "printing", "paused", "finished", "failed", "unknown"] as const;
export type PrinterState = (typeof PRINTER_STATES)[number];

export interface FilamentSlot {
  /** 1-4. */
  readonly slot: number;
  readonly loaded: boolean;
  readonly material?: string;
  /** RRGGBB. */
  readonly color?: string;
  readonly remainPct?: number;
}

export interface FilamentUnit {
  /** The name a person reads: "AMS A", "AMS-HT B". */
  readonly name: string;
  readonly humidityPct?: number;
  readonly tempC?: number;
  readonly slots: readonly FilamentSlot[];
  /** How many loads there were, how long the latest took, how often it had to try again. */
  readonly loads?: number;
  readonly loadS?: number;
  readonly loadRetries?: number;
}

export const HOST_STATES = ["ready", "startup", "shutdown", "error", "disconnected"] as const;
export type HostState = (typeof HOST_STATES)[number];

/** How an axis that already knew where it was found its end anew. */
export interface HomingResult {
  readonly axis: "x" | "y" | "z";
  /** Counts homings, so that the same result twice is two. */
  readonly count: number;
  /** Trigger against order: what was lost on the way; with the standard deviation of that measurement. */
  readonly offMm: number;
  readonly sigmaMm: number;
}

/** Several probings of one point. */
export interface ProbeResult {
  readonly count: number;
  readonly rangeMm: number;
  readonly sigmaMm: number;
}

/** Every reading there is. Detectors and charts use these names. */
export interface Readings {
  readonly state?: PrinterState;
  /** What the printer is doing now, in words ("auto bed levelling"). */
  readonly stage?: string;
  readonly jobName?: string;
  readonly progressPct?: number;
  readonly remainingMin?: number;
  readonly layer?: number;
  readonly totalLayers?: number;
  /** The right or only nozzle. */
  readonly nozzleTempC?: number;
  readonly nozzleTargetC?: number;
  readonly leftNozzleTempC?: number;
  readonly leftNozzleTargetC?: number;
  readonly bedTempC?: number;
  readonly bedTargetC?: number;
  readonly chamberTempC?: number;
  readonly chamberTargetC?: number;
  readonly partFanPct?: number;
  readonly auxFanPct?: number;
  readonly chamberFanPct?: number;
  readonly hotendFanPct?: number;
  readonly wifiDbm?: number;
  readonly wired?: boolean;
  readonly doorOpen?: boolean;
  readonly speedPct?: number;
  readonly filamentAtExtruder?: boolean;
  readonly filamentUnits?: readonly FilamentUnit[];
  /** Heater power, % of full, as its controller asks for it. */
  readonly nozzleDutyPct?: number;
  readonly leftNozzleDutyPct?: number;
  readonly bedDutyPct?: number;
  readonly chamberDutyPct?: number;
  /** Tachometers. A fan without one has none of these. */
  readonly partFanRpm?: number;
  readonly hotendFanRpm?: number;
  readonly auxFanRpm?: number;
  readonly chamberFanRpm?: number;
  readonly controllerFanPct?: number;
  readonly controllerFanRpm?: number;
  /** Where the hotend's heat should not arrive. */
  readonly heatsinkTempC?: number;
  /** The printer's controller board, and the computer that drives it. */
  readonly boardTempC?: number;
  readonly hostTempC?: number;
  /** Where the toolhead was ordered to, in machine coordinates. */
  readonly xMm?: number;
  readonly yMm?: number;
  readonly zMm?: number;
  /** Axes that know where they are: "", "x", "xyz". */
  readonly homedAxes?: string;
  readonly homing?: HomingResult;
  /** Encoder against order, of axes that are driven in a closed loop. */
  readonly xErrorMm?: number;
  readonly yErrorMm?: number;
  /** Mean motor load of the printer's own fixed test move, % of stall. A new value comes with each test. */
  readonly xLoadPct?: number;
  readonly yLoadPct?: number;
  /** Resonance of the free belt, from the printer's own sweep. */
  readonly xBeltHz?: number;
  readonly yBeltHz?: number;
  /** Largest shock at the toolhead since the sample before, in standard deviations of its own normal shaking. */
  readonly shockSigma?: number;
  /** Heights of the bed, mm, rows from front to back; a new array with every measurement. */
  readonly bedMesh?: readonly (readonly number[])[];
  readonly probe?: ProbeResult;
  /** What stepper drivers complain of now: "x otpw", "e s2g"; empty when all are well. */
  readonly driverFlags?: readonly string[];
  /** Filament that the extruder was ordered to push, and that a sensor saw pass, mm since any start; both may jump back to 0. */
  readonly extrudedMm?: number;
  readonly filamentSeenMm?: number;
  readonly extrusionMmS?: number;
  /** Whether a motion sensor sees filament follow the extruder. */
  readonly filamentMoving?: boolean;
  readonly filamentWidthMm?: number;
  /** Force at the extruder motor, % of what makes it skip. */
  readonly extruderLoadPct?: number;
  /** What the host program says of itself; `hostMessage` is its reason when it is not "ready". */
  readonly hostState?: HostState;
  readonly hostMessage?: string;
  /** The host's words when it ended a job with an error that has no code; empty when the words are known. */
  readonly jobError?: string;
  /** The host's own steady clock, and that of its controller board; they stand still when the program or the board does. */
  readonly hostTimeS?: number;
  readonly mcuTimeS?: number;
  /** The printer's wall clock when it made the message, ms since 1970. */
  readonly sourceTimeMs?: number;
  /** Counters of the link to the controller board; they grow and start over with the host. */
  readonly mcuBytesSent?: number;
  readonly mcuBytesRetransmit?: number;
  readonly mcuBytesInvalid?: number;
  readonly canErrors?: number;
  readonly canRetries?: number;
  readonly canState?: "active" | "warn" | "passive" | "off";
  /** Load of the host per core. */
  readonly hostLoad?: number;
  readonly supplyV?: number;
  readonly underVoltage?: boolean;
  readonly brownouts?: number;
  readonly firmware?: string;
  readonly model?: string;
  readonly serial?: string;
  /** The vendor's standing conditions, the whole list; an empty list says there are none, absent says nothing. */
  readonly hmsCodes?: readonly HmsCode[];
  /** The vendor's device errors now blocking the job (0 or 1 on a Bambu printer); same rule. */
  readonly deviceCodes?: readonly HmsCode[];
}

export interface Sample {
  readonly at: Timestamp;
  readonly readings: Readings;
}

export interface Snapshot extends Readings {
  readonly printer: PrinterId;
  /** When the last sample came; undefined before the first. */
  readonly at?: Timestamp;
  readonly connected: boolean;
  /** Why there is no connection, in words for a person. */
  readonly linkReason?: string;
}

/** Every reading by name, so that a snapshot has one shape from the first sample on: merging is four times as fast then. */
export const READING_NAMES = [
  "state",
  "stage",
  "jobName",
  "progressPct",
  "remainingMin",
  "layer",
  "totalLayers",
  "nozzleTempC",
  "nozzleTargetC",
  "leftNozzleTempC",
  "leftNozzleTargetC",
  "bedTempC",
  "bedTargetC",
  "chamberTempC",
  "chamberTargetC",
  "partFanPct",
  "auxFanPct",
  "chamberFanPct",
  "hotendFanPct",
  "wifiDbm",
  "wired",
  "doorOpen",
  "speedPct",
  "filamentAtExtruder",
  "filamentUnits",
  "nozzleDutyPct",
  "leftNozzleDutyPct",
  "bedDutyPct",
  "chamberDutyPct",
  "partFanRpm",
  "hotendFanRpm",
  "auxFanRpm",
  "chamberFanRpm",
  "controllerFanPct",
  "controllerFanRpm",
  "heatsinkTempC",
  "boardTempC",
  "hostTempC",
  "xMm",
  "yMm",
  "zMm",
  "homedAxes",
  "homing",
  "xErrorMm",
  "yErrorMm",
  "xLoadPct",
  "yLoadPct",
  "xBeltHz",
  "yBeltHz",
  "shockSigma",
  "bedMesh",
  "probe",
  "driverFlags",
  "extrudedMm",
  "filamentSeenMm",
  "extrusionMmS",
  "filamentMoving",
  "filamentWidthMm",
  "extruderLoadPct",
  "hostState",
  "hostMessage",
  "jobError",
  "hostTimeS",
  "mcuTimeS",
  "sourceTimeMs",
  "mcuBytesSent",
  "mcuBytesRetransmit",
  "mcuBytesInvalid",
  "canErrors",
  "canRetries",
  "canState",
  "hostLoad",
  "supplyV",
  "underVoltage",
  "brownouts",
  "firmware",
  "model",
  "serial",
  "hmsCodes",
  "deviceCodes",
] as const satisfies readonly (keyof Readings)[];

const NOTHING_READ: Readings = Object.fromEntries(READING_NAMES.map((name) => [name, undefined]));

/** A snapshot of a printer nobody has heard of yet. What is not known is there as `undefined`, and gone in JSON. */
export function emptySnapshot(printer: PrinterId): Snapshot {
  return { ...NOTHING_READ, printer, connected: false };
}

/** The snapshot after a sample. Readings the sample does not carry stay as they were. */
export function applySample(snapshot: Snapshot, sample: Sample): Snapshot {
  // names that stand there already keep the shape; spreading both would make a new one each time
  const next: Record<string, unknown> = { ...snapshot };
  for (const name in sample.readings) next[name] = sample.readings[name as keyof Readings];
  next["at"] = sample.at;
  return next as unknown as Snapshot;
}

/** The numeric signals that are kept as series for sparklines and freeze frames, with what a chart needs. */
export const SIGNALS = [
  { name: "nozzleTempC", label: "Nozzle", unit: "°C" },
  { name: "nozzleTargetC", label: "Nozzle target", unit: "°C" },
  { name: "leftNozzleTempC", label: "Left nozzle", unit: "°C" },
  { name: "bedTempC", label: "Bed", unit: "°C" },
  { name: "bedTargetC", label: "Bed target", unit: "°C" },
  { name: "chamberTempC", label: "Chamber", unit: "°C" },
  { name: "partFanPct", label: "Part fan", unit: "%" },
  { name: "auxFanPct", label: "Aux fan", unit: "%" },
  { name: "chamberFanPct", label: "Chamber fan", unit: "%" },
  { name: "hotendFanPct", label: "Hotend fan", unit: "%" },
  { name: "wifiDbm", label: "Wi-Fi", unit: "dBm" },
  { name: "progressPct", label: "Progress", unit: "%" },
  { name: "nozzleDutyPct", label: "Nozzle power", unit: "%" },
  { name: "bedDutyPct", label: "Bed power", unit: "%" },
  { name: "hotendFanRpm", label: "Hotend fan speed", unit: "rpm" },
  { name: "partFanRpm", label: "Part fan speed", unit: "rpm" },
] as const satisfies readonly { name: keyof Readings; label: string; unit: string }[];

export type SignalName = (typeof SIGNALS)[number]["name"];
