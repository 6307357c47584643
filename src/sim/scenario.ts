/**
 * The demo's story: which fault comes to which printer and when it is fixed again. All three levels come within the first minute, one
 * after the other; later faults come and go for as long as it runs. It also plays the person who fixes, confirms and resumes.
 */
import type { Clock } from "../lib/time.ts";
import { faultNamed, type FaultEffect } from "./faults.ts";
import { STAGE_PAUSED_BY_USER } from "./job.ts";
import type { Machine } from "./machine.ts";
import { createRandom } from "./random.ts";

export interface Scenario {
  /** A fault by hand, fixed after a while like the others; false for one this printer cannot have. */
  inject(index: number, fault: string): boolean;
  close(): void;
}

export interface ScenarioDeps {
  readonly machines: readonly Machine[];
  readonly clock: Clock;
  readonly seed: number;
  /** Simulated seconds per second. */
  readonly speed: number;
}

interface Visit {
  readonly atS: number;
  readonly index: number;
  readonly fault: string;
  readonly lastsS: number;
}

/** One of each level in the first minute, then a note that flaps. The error needs some ten seconds until the firmware notices. */
export const OPENING: readonly Visit[] = [
  { atS: 12, index: 2, fault: "rods-dry", lastsS: 150 },
  { atS: 20, index: 1, fault: "front-cover-off", lastsS: 65 },
  { atS: 24, index: 0, fault: "nozzle-heater-overtemp", lastsS: 100 },
  { atS: 105, index: 1, fault: "chamber-hot", lastsS: 90 },
];
const LATER_FROM_S = 150;
const GAP_S = { from: 25, to: 70 };
const LASTS_S = { from: 45, to: 110 };
/** Long enough for the link to be told as lost. */
const OFFLINE_LASTS_S = { from: 80, to: 120 };
const INJECTED_LASTS_S = 90;
/** How long after the repair the person confirms and resumes. */
const OPERATOR_AFTER_S = 8;
const STEP_MS = 500;

/** How often which kind comes later. */
const MIX: readonly { readonly effect: FaultEffect; readonly share: number }[] = [
  { effect: "none", share: 0.45 },
  { effect: "pause", share: 0.35 },
  { effect: "stop", share: 0.14 },
  { effect: "offline", share: 0.06 },
];

function pick<T>(list: readonly T[], random: () => number): T | undefined {
  return list[Math.floor(random() * list.length)];
}

function pickEffect(random: () => number): FaultEffect {
  let left = random();
  for (const { effect, share } of MIX) {
    left -= share;
    if (left < 0) return effect;
  }
  return "none";
}

const between = (range: { readonly from: number; readonly to: number }, random: () => number): number =>
  range.from + random() * (range.to - range.from);

/** The person at the printer: confirms what is shown and lets a paused job go on, but not one that somebody paused on purpose. */
function operate(machine: Machine): void {
  if (machine.standing().length > 0) return;
  if (machine.printError() !== 0) machine.cleanPrintError();
  if (machine.job.state === "paused" && machine.job.stage !== STAGE_PAUSED_BY_USER) machine.resume();
}

export function startScenario(deps: ScenarioDeps): Scenario {
  const { machines, clock, speed } = deps;
  const random = createRandom(deps.seed ^ 0x5ce0_a210);
  const startedAt = clock.now();
  const nowS = (): number => ((clock.now() - startedAt) / 1_000) * speed;
  let events: { readonly atS: number; readonly run: () => void }[] = [];
  const plan = (atS: number, run: () => void): void => void events.push({ atS, run });

  function breakDown(machine: Machine, fault: string, lastsS: number): boolean {
    if (!machine.setFault(fault)) return false;
    plan(nowS() + lastsS, () => {
      machine.clearFault(fault);
      plan(nowS() + OPERATOR_AFTER_S, () => operate(machine));
    });
    return true;
  }

  /** Never more than a third of the printers at once, and only one stopped: a demo shows alerts, it does not drown in them. */
  function comeLater(): void {
    plan(nowS() + (between(GAP_S, random) * 3) / Math.max(3, machines.length), comeLater);
    const troubled = machines.filter((machine) => machine.standing().length > 0);
    if (troubled.length > machines.length / 2) return;
    const effect = pickEffect(random);
    const isOneStopped = troubled.some((machine) => machine.standing().some((name) => faultNamed(name)?.effect === "stop"));
    if (effect === "stop" && isOneStopped) return;
    const machine = pick(
      machines.filter((one) => one.standing().length === 0),
      random,
    );
    const fault = pick(machine?.faultNames.filter((name) => faultNamed(name)?.effect === effect) ?? [], random);
    if (machine === undefined || fault === undefined) return;
    breakDown(machine, fault, between(effect === "offline" ? OFFLINE_LASTS_S : LASTS_S, random));
  }

  for (const visit of OPENING) {
    const machine = machines[visit.index % machines.length];
    if (machine !== undefined) plan(visit.atS, () => breakDown(machine, visit.fault, visit.lastsS));
  }
  plan(LATER_FROM_S, comeLater);

  function beat(): void {
    cancel = clock.setTimer(STEP_MS / Math.max(1, speed), beat);
    const now = nowS();
    const due = events.filter((event) => event.atS <= now).sort((a, b) => a.atS - b.atS);
    events = events.filter((event) => event.atS > now);
    for (const event of due) event.run();
  }
  let cancel = clock.setTimer(STEP_MS, beat);

  return {
    inject: (index, fault) => {
      const machine = machines[index];
      return machine !== undefined && breakDown(machine, fault, INJECTED_LASTS_S);
    },
    close: () => cancel(),
  };
}
