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

/** A snapshot of a printer nobody has heard of yet. */
export function emptySnapshot(printer: PrinterId): Snapshot {
  return { printer, connected: false };
}

/** The snapshot after a sample. Readings the sample does not carry stay as they were. */
export function applySample(snapshot: Snapshot, sample: Sample): Snapshot {
  return { ...snapshot, ...sample.readings, at: sample.at };
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
] as const satisfies readonly { name: keyof Readings; label: string; unit: string }[];

export type SignalName = (typeof SIGNALS)[number]["name"];
