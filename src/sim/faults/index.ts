/**
 * Every fault and every awkward healthy condition that a virtual machine can have, as one table. A new one is one entry in the file
 * of its subject.
 */
import type { ModelFacts } from "../models.ts";
import { ELECTRONICS_FAULTS } from "./electronics.ts";
import { EXTRUSION_FAULTS } from "./extrusion.ts";
import { FAN_FAULTS } from "./fans.ts";
import type { Fault } from "./fault.ts";
import { HEALTHY_CONDITIONS } from "./healthy.ts";
import { HEATER_FAULTS } from "./heaters.ts";
import { MOTION_FAULTS } from "./motion.ts";
import { THERMISTOR_FAULTS } from "./thermistors.ts";
import { VENDOR_FAULTS } from "./vendor.ts";

export const FAULTS: readonly Fault[] = [
  ...HEATER_FAULTS,
  ...THERMISTOR_FAULTS,
  ...FAN_FAULTS,
  ...MOTION_FAULTS,
  ...EXTRUSION_FAULTS,
  ...ELECTRONICS_FAULTS,
  ...VENDOR_FAULTS,
  ...HEALTHY_CONDITIONS,
];

const BY_NAME: ReadonlyMap<string, Fault> = new Map(FAULTS.map((fault) => [fault.name, fault]));

export function faultNamed(name: string): Fault | undefined {
  return BY_NAME.get(name);
}

/** What a model can have. */
export function faultsOf(facts: ModelFacts): readonly Fault[] {
  return FAULTS.filter((fault) => fault.needs?.(facts) ?? true);
}

/** Faults of a model that somebody will be told of, by its own firmware or by us. */
export function toldFaultsOf(facts: ModelFacts): readonly Fault[] {
  return faultsOf(facts).filter(({ vendor, expects }) => {
    const isVendors = facts.firmware === "bambu" && vendor !== undefined;
    return isVendors || (expects[facts.firmware]?.length ?? 0) > 0;
  });
}

export interface FaultAt {
  readonly name: string;
  readonly atS: number;
  /** 1 is its full size. */
  readonly size: number;
}

const FAULT_AT = /^([a-z0-9-]+)(?::([0-9.]+))?(?:@([0-9.]+)s?)?$/;

/** "NAME@SECONDS" or "NAME:SIZE@SECONDS", as the command line takes it; without a time at once. Undefined for what is none. */
export function parseFaultAt(text: string): FaultAt | undefined {
  const [, name = "", sizeText = "1", atText = "0"] = FAULT_AT.exec(text) ?? [];
  const size = Number(sizeText);
  const atS = Number(atText);
  const isGood = faultNamed(name) !== undefined && size > 0 && size <= 1 && Number.isFinite(atS);
  return isGood ? { name, atS, size } : undefined;
}
