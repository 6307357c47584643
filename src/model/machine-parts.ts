/**
 * Parts that many printers have more than one of a kind of: which readings are theirs, and how their codes begin. Detectors that ask
 * the same question of several parts walk these lists.
 */
import type { Readings } from "./telemetry.ts";

/** Names of readings that are numbers. */
export type NumericReading = { [K in keyof Readings]-?: Readings[K] extends number | undefined ? K : never }[keyof Readings];

export interface HeaterPart {
  readonly name: "nozzle" | "leftNozzle" | "bed" | "chamber";
  readonly label: string;
  /** Module, unit, part and part number of its codes: "0300-0200". */
  readonly prefix: string;
  readonly temp: NumericReading;
  readonly target: NumericReading;
  readonly duty: NumericReading;
}

export const HEATERS: readonly HeaterPart[] = [
  { name: "nozzle", label: "nozzle", prefix: "0300-0200", temp: "nozzleTempC", target: "nozzleTargetC", duty: "nozzleDutyPct" },
  {
    name: "leftNozzle",
    label: "left nozzle",
    prefix: "0300-1E00",
    temp: "leftNozzleTempC",
    target: "leftNozzleTargetC",
    duty: "leftNozzleDutyPct",
  },
  { name: "bed", label: "heatbed", prefix: "0300-0100", temp: "bedTempC", target: "bedTargetC", duty: "bedDutyPct" },
  { name: "chamber", label: "chamber", prefix: "0300-9100", temp: "chamberTempC", target: "chamberTargetC", duty: "chamberDutyPct" },
];

export interface FanPart {
  readonly name: "hotend" | "part" | "aux" | "chamber" | "controller";
  readonly label: string;
  readonly prefix: string;
  readonly duty: NumericReading;
  readonly rpm: NumericReading;
}

export const FANS: readonly FanPart[] = [
  { name: "hotend", label: "hotend fan", prefix: "0300-0300", duty: "hotendFanPct", rpm: "hotendFanRpm" },
  { name: "part", label: "part cooling fan", prefix: "0300-0400", duty: "partFanPct", rpm: "partFanRpm" },
  { name: "aux", label: "auxiliary fan", prefix: "0300-3200", duty: "auxFanPct", rpm: "auxFanRpm" },
  { name: "chamber", label: "chamber fan", prefix: "0300-3300", duty: "chamberFanPct", rpm: "chamberFanRpm" },
  { name: "controller", label: "controller fan", prefix: "0300-3500", duty: "controllerFanPct", rpm: "controllerFanRpm" },
];
