/**
 * What a fault of a virtual machine is: how it comes, what it breaks, what the vendor's own firmware makes of it, and which codes our
 * detectors are to raise. The tables beside this file are made of these; nothing here knows a single fault.
 */
import { type HmsCode, parseCode } from "../../model/code.ts";
import type { ModelFacts } from "../models.ts";
import { type Damage, UNDAMAGED } from "../world/damage.ts";
import type { World } from "../world/world.ts";

/** How its strength comes: at once, growing over a time, or on and off again. */
export type Onset =
  | { readonly kind: "sudden" }
  | { readonly kind: "creeping"; readonly overS: number }
  | { readonly kind: "intermittent"; readonly onS: number; readonly offS: number };

export const SUDDEN: Onset = { kind: "sudden" };
export const MINUTE_S = 60;
export const HOUR_S = 3_600;
export const DAY_S = 86_400;

/** What firmware does when it notices: stop the job (no start), pause it (no resume), nothing, or drop off the network. */
export type FaultEffect = "stop" | "pause" | "none" | "offline";

/** What a Bambu printer notices by itself, and does. */
export interface VendorNotice {
  readonly effect: FaultEffect;
  /** HMS codes that stand while the fault does. */
  readonly hms: readonly HmsCode[];
  /** Device error that is shown once, when the firmware notices. */
  readonly device?: HmsCode;
  /** `stg_cur` while paused by it. */
  readonly pausedStage?: number;
  /** Simulated seconds from half its full strength until the firmware notices. */
  readonly noticedAfterS: number;
  /** Noticed at the latest then, and earlier when this is true. */
  readonly noticedWhen?: (world: World) => boolean;
  /** The code comes and goes. */
  readonly flaps?: { readonly onS: number; readonly offS: number };
}

/** What is turned; of a part with several knobs only those that are named. */
export type Wrong = { readonly [K in keyof Damage]?: Damage[K] extends object ? Partial<Damage[K]> : Damage[K] };

/** What somebody does to a machine, where nothing is broken. */
export type Deed =
  | { readonly kind: "pause" }
  | { readonly kind: "change-filament" }
  | { readonly kind: "cancel" }
  | { readonly kind: "restart" }
  | { readonly kind: "cold-start" }
  | { readonly kind: "set-speed"; readonly pct: number }
  | { readonly kind: "set-part-fan"; readonly pct: number };

export interface Fault {
  readonly name: string;
  readonly about: string;
  readonly onset: Onset;
  /** What is broken at a strength from 0 to 1, `sinceS` seconds after it came. */
  readonly damage?: (strength: number, sinceS: number) => Wrong;
  readonly deed?: Deed;
  readonly vendor?: VendorNotice;
  readonly needs?: (facts: ModelFacts) => boolean;
  /** Codes of our detectors, by the kind of machine: one of them says that it was found. Absent where it cannot be seen. */
  readonly expects: { readonly bambu?: readonly HmsCode[]; readonly klipper?: readonly HmsCode[] };
  /** Codes that are right too, but not asked for: what follows from the fault. */
  readonly mayRaise?: readonly HmsCode[];
  /** Awkward but healthy: any alert that `mayRaise` does not name is a false one. */
  readonly mustNotAlert?: true;
  /** The earliest moment after its start in which anybody could see it. */
  readonly physicallyVisibleS?: number;
  /** Work that a machine must have behind it before anybody can tell: tests it does only now and then; an hour where absent. */
  readonly learningS?: number;
  /** How long somebody must look, beyond its growth; an hour where absent. */
  readonly watchedS?: number;
}

/** Codes as they are written, separated by spaces. */
export function codes(text: string): readonly HmsCode[] {
  return text.split(" ").map((one) => parseCode(one));
}

export const onKlipper = (facts: ModelFacts): boolean => facts.firmware === "klipper";
export const onBambu = (facts: ModelFacts): boolean => facts.firmware === "bambu";

/** 0 before it shows, `size` at its full. */
export function strengthAt(onset: Onset, sinceS: number, size: number): number {
  if (onset.kind === "sudden") return size;
  if (onset.kind === "creeping") return size * Math.min(1, sinceS / onset.overS);
  return sinceS % (onset.onS + onset.offS) < onset.onS ? size : 0;
}

/** Damage with more of it; a part that two faults turn keeps what each of them turned. */
export function worsen(damage: Damage, wrong: Wrong): Damage {
  const worse: Record<string, unknown> = { ...damage };
  for (const [knob, value] of Object.entries(wrong)) {
    const before = worse[knob];
    worse[knob] = typeof value === "object" && typeof before === "object" ? { ...before, ...value } : value;
  }
  // the same keys as before, each with a value of its own kind: `Wrong` sees to that
  return worse as unknown as Damage;
}

/** All the damage that a list of faults does. */
export function damageOf(list: Iterable<{ readonly fault: Fault; readonly strength: number; readonly sinceS: number }>): Damage {
  let damage = UNDAMAGED;
  for (const { fault, strength, sinceS } of list) {
    if (strength > 0 && fault.damage !== undefined) damage = worsen(damage, fault.damage(strength, sinceS));
  }
  return damage;
}
