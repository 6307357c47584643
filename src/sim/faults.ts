/**
 * The faults a virtual machine can have, as one table: what breaks, when the firmware notices, which of the vendor's codes it raises,
 * and what it does to the job. A fault stands until it is fixed. A new fault is one entry here.
 */
import { type HmsCode, parseCode } from "../model/code.ts";
import type { Damage, Physics } from "./physics.ts";
import type { ModelFacts } from "./models.ts";

/** What the firmware does when it notices: stop the job (no start), pause it (no resume), nothing, or drop off the network. */
export type FaultEffect = "stop" | "pause" | "none" | "offline";

export interface Fault {
  readonly name: string;
  readonly about: string;
  readonly effect: FaultEffect;
  /** Canonical HMS codes that stand while the fault does. */
  readonly hms: readonly HmsCode[];
  /** Device error that is shown once, when the firmware notices. */
  readonly device?: HmsCode;
  /** `stg_cur` while paused by it. */
  readonly pausedStage?: number;
  readonly damage?: Partial<Damage>;
  /** Simulated seconds from the breakage until the firmware notices. */
  readonly noticedAfterS: number;
  /** Noticed at the latest then, and earlier when this is true. */
  readonly noticedWhen?: (physics: Physics) => boolean;
  /** The code comes and goes. */
  readonly flaps?: { readonly onS: number; readonly offS: number };
  readonly needs?: (facts: ModelFacts) => boolean;
}

const OVERTEMP_MARGIN_C = 25;

export const FAULTS: readonly Fault[] = [
  {
    name: "nozzle-heater-overtemp",
    about: "the nozzle heater is stuck on and the nozzle runs too hot",
    effect: "stop",
    hms: [parseCode("0300-0200-0001-0003")],
    pausedStage: 20,
    damage: { nozzleHeaterStuckOn: true },
    noticedAfterS: 60,
    noticedWhen: ({ nozzles }) => nozzles[0] !== undefined && nozzles[0].readC > nozzles[0].targetC + OVERTEMP_MARGIN_C,
  },
  {
    name: "bed-thermistor-open",
    about: "the wire of the bed's temperature sensor is broken",
    effect: "stop",
    hms: [parseCode("0300-0100-0001-0007")],
    pausedStage: 21,
    damage: { bedSensorOpen: true },
    noticedAfterS: 2,
  },
  {
    name: "hotend-fan-stall",
    about: "the hotend fan does not turn",
    effect: "stop",
    hms: [parseCode("0300-0300-0001-0001")],
    pausedStage: 27,
    damage: { hotendFanStalled: true },
    noticedAfterS: 8,
  },
  {
    name: "z-homing-failed",
    about: "the Z axis does not find its end; told as a device error alone",
    effect: "stop",
    hms: [],
    device: parseCode("0300-4000"),
    noticedAfterS: 2,
  },
  {
    name: "part-fan-stall",
    about: "the part cooling fan does not turn",
    effect: "pause",
    hms: [parseCode("0300-0400-0002-0001")],
    damage: { partFanStalled: true },
    noticedAfterS: 8,
  },
  {
    name: "front-cover-off",
    about: "the front cover of the toolhead fell off",
    effect: "pause",
    hms: [parseCode("0300-1200-0002-0001")],
    pausedStage: 17,
    noticedAfterS: 1,
  },
  {
    name: "ams-runout",
    about: "the filament of AMS A slot 2 ran out",
    effect: "pause",
    hms: [parseCode("0700-2100-0002-0001")],
    device: parseCode("0700-8011"),
    pausedStage: 6,
    noticedAfterS: 3,
  },
  {
    name: "filament-tangle",
    about: "the spool in AMS A slot 1 is tangled and the AMS cannot pull",
    effect: "pause",
    hms: [parseCode("0700-6000-0002-0001")],
    device: parseCode("0700-8006"),
    noticedAfterS: 4,
  },
  {
    name: "nozzle-clog",
    about: "the nozzle is clogged; told as a device error alone",
    effect: "pause",
    hms: [],
    device: parseCode("0300-8016"),
    pausedStage: 35,
    noticedAfterS: 5,
  },
  {
    name: "belt-loose",
    about: "the X belt is loose and resonates too low",
    effect: "pause",
    hms: [parseCode("0300-1000-0002-0001")],
    noticedAfterS: 2,
  },
  {
    name: "spaghetti",
    about: "the print came loose and the camera sees spaghetti",
    effect: "pause",
    hms: [parseCode("0C00-0300-0003-0008")],
    device: parseCode("0300-8003"),
    noticedAfterS: 5,
  },
  {
    name: "first-layer",
    about: "the first layer looks bad to the lidar",
    effect: "none",
    hms: [parseCode("0C00-0300-0003-0007")],
    noticedAfterS: 1,
    needs: (facts) => facts.hasLidar,
  },
  {
    name: "chute-pileup",
    about: "purged filament piles up in the waste chute",
    effect: "none",
    hms: [parseCode("0C00-0300-0003-0006")],
    noticedAfterS: 2,
  },
  {
    name: "chamber-hot",
    about: "the chamber gets too warm; the note comes and goes as the exhaust fan works against it",
    effect: "none",
    hms: [parseCode("0300-A700-0003-0001")],
    damage: { chamberHot: true },
    noticedAfterS: 3,
    flaps: { onS: 7, offS: 5 },
    needs: (facts) => facts.isEnclosed && facts.hasChamberSensor,
  },
  {
    name: "rfid",
    about: "the tag of the spool in AMS A slot 1 cannot be read",
    effect: "pause",
    hms: [parseCode("0700-3000-0002-0002")],
    noticedAfterS: 2,
  },
  { name: "rods-dry", about: "the threaded rods want grease", effect: "none", hms: [parseCode("0501-0400-0003-0002")], noticedAfterS: 1 },
  {
    name: "card-unformatted",
    about: "the memory card is not formatted",
    effect: "none",
    hms: [parseCode("0500-0100-0003-0006")],
    noticedAfterS: 1,
  },
  { name: "wifi-lost", about: "the printer drops off the network", effect: "offline", hms: [], noticedAfterS: 0 },
  {
    name: "internal-code",
    about: "a code the vendor keeps to itself",
    effect: "none",
    hms: [parseCode("0500-0600-0002-0070")],
    noticedAfterS: 1,
  },
  {
    name: "undocumented-code",
    about: "a code nobody has documented",
    effect: "none",
    hms: [parseCode("0300-F200-0002-0042")],
    noticedAfterS: 1,
  },
];

export function faultNamed(name: string): Fault | undefined {
  return FAULTS.find((fault) => fault.name === name);
}

/** "NAME@SECONDS", as the command line takes it; without a time at once. Undefined for a name nobody knows or a bad time. */
export function parseFaultAt(text: string): { readonly name: string; readonly atS: number } | undefined {
  const cut = text.indexOf("@");
  const name = cut < 0 ? text : text.slice(0, cut);
  const atS = cut < 0 ? 0 : Number(text.slice(cut + 1).replace(/s$/, "") || Number.NaN);
  return faultNamed(name) !== undefined && Number.isFinite(atS) && atS >= 0 ? { name, atS } : undefined;
}

/** The faults a model can have. */
export function faultsOf(facts: ModelFacts): readonly Fault[] {
  return FAULTS.filter((fault) => fault.needs?.(facts) ?? true);
}

/** A fault that stands on a machine. */
export interface Standing {
  readonly fault: Fault;
  sinceS: number;
  isNoticed: boolean;
}

/** Whether its codes show now. */
export function isShown(standing: Standing): boolean {
  if (!standing.isNoticed) return false;
  const flaps = standing.fault.flaps;
  return flaps === undefined || standing.sinceS % (flaps.onS + flaps.offS) < flaps.onS;
}

export function isBlocking(standing: Standing): boolean {
  return standing.isNoticed && (standing.fault.effect === "stop" || standing.fault.effect === "pause");
}
