/** The faults that stand on one machine: since when, how strong by now, and the damage they do together. */
import { faultNamed } from "./faults/index.ts";
import { damageOf, type Fault, strengthAt } from "./faults/fault.ts";
import type { ModelFacts } from "./models.ts";
import { type Damage, UNDAMAGED } from "./world/damage.ts";

/** A fault on a machine. */
export interface Standing {
  readonly fault: Fault;
  /** 1 is its full size. */
  readonly size: number;
  sinceS: number;
  /** What its onset made of the size by now. */
  strength: number;
}

export interface StandingFaults {
  /** The fault when it came just now; undefined for a name this model does not know and for one that stands already. */
  set(name: string, size: number): Fault | undefined;
  clear(name: string): Fault | undefined;
  has(name: string): boolean;
  names(): readonly string[];
  all(): Iterable<Standing>;
  step(seconds: number): void;
  damage(): Damage;
}

/** Whether a model can have it. */
export function isPossible(fault: Fault | undefined, facts: ModelFacts): fault is Fault {
  return fault !== undefined && (fault.needs?.(facts) ?? true);
}

export function createStandingFaults(facts: ModelFacts): StandingFaults {
  const standing = new Map<string, Standing>();
  return {
    set: (name, size) => {
      const fault = faultNamed(name);
      if (!isPossible(fault, facts) || standing.has(name)) return undefined;
      standing.set(name, { fault, size, sinceS: 0, strength: strengthAt(fault.onset, 0, size) });
      return fault;
    },
    clear: (name) => {
      const fault = standing.get(name)?.fault;
      standing.delete(name);
      return fault;
    },
    has: (name) => standing.has(name),
    names: () => [...standing.keys()],
    all: () => standing.values(),
    step: (seconds) => {
      for (const one of standing.values()) {
        one.sinceS += seconds;
        one.strength = strengthAt(one.fault.onset, one.sinceS, one.size);
      }
    },
    damage: () => (standing.size === 0 ? UNDAMAGED : damageOf(standing.values())),
  };
}
