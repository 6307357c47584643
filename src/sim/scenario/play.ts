/**
 * Plays a story on machines: which fault comes to which printer and when it is fixed again; later faults come and go for as long as it
 * runs, where the story wants that. It also plays the person who fixes, confirms and resumes.
 */
import type { Clock } from "../../lib/time.ts";
import type { FaultEffect } from "../faults/fault.ts";
import { faultNamed, toldFaultsOf } from "../faults/index.ts";
import { STAGE_PAUSED_BY_USER } from "../job/job.ts";
import type { Machine } from "../machine.ts";
import { createRandom } from "../random.ts";
import type { Story } from "./shape.ts";

export interface Scenario {
  /** A fault by hand, fixed after a while like the others; false for one this printer cannot have. */
  inject(index: number, fault: string): boolean;
  close(): void;
}

export interface ScenarioDeps {
  readonly machines: readonly Machine[];
  readonly story: Story;
  readonly clock: Clock;
  readonly seed: number;
  /** Simulated seconds per second. */
  readonly speed: number;
}

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

function effectOf(name: string): FaultEffect {
  return faultNamed(name)?.vendor?.effect ?? "none";
}

/** Later faults are those that show soon: what grows over days would only be a riddle. */
function showsSoon(machine: Machine, effect: FaultEffect): readonly string[] {
  const told = toldFaultsOf(machine.facts).filter(({ vendor, onset }) => vendor?.effect === effect && onset.kind !== "creeping");
  return told.map(({ name }) => name);
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

/**
 * The person at the printer: restarts a host that has stopped, confirms what is shown and lets a paused job go on, but not one that
 * somebody paused on purpose.
 */
function operate(machine: Machine): void {
  if (machine.standing().length > 0) return;
  if (machine.facts.firmware === "klipper" && machine.firmware.blockedBy() !== undefined) machine.firmware.restart();
  if (machine.printError() !== 0) machine.cleanPrintError();
  if (machine.job.state === "paused" && machine.job.stage !== STAGE_PAUSED_BY_USER) machine.resume();
}

export function startScenario(deps: ScenarioDeps): Scenario {
  const { machines, story, clock, speed } = deps;
  const random = createRandom(deps.seed ^ 0x5ce0_a210);
  const startedAt = clock.now();
  const nowS = (): number => ((clock.now() - startedAt) / 1_000) * speed;
  let events: { readonly atS: number; readonly run: () => void }[] = [];
  const plan = (atS: number, run: () => void): void => void events.push({ atS, run });

  function breakDown(machine: Machine, fault: string, lastsS: number | undefined, size = 1): boolean {
    if (!machine.setFault(fault, { size })) return false;
    if (lastsS === undefined) return true;
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
    const isOneStopped = troubled.some((machine) => machine.standing().some((name) => effectOf(name) === "stop"));
    if (effect === "stop" && isOneStopped) return;
    const machine = pick(
      machines.filter((one) => one.standing().length === 0),
      random,
    );
    const fault = pick(machine === undefined ? [] : showsSoon(machine, effect), random);
    if (machine === undefined || fault === undefined) return;
    breakDown(machine, fault, between(effect === "offline" ? OFFLINE_LASTS_S : LASTS_S, random));
  }

  for (const { atS, index, fault, size, lastsS } of story.visits) {
    const machine = machines[index % machines.length];
    if (machine !== undefined) plan(atS, () => breakDown(machine, fault, lastsS, size));
  }
  if (story.later === "random") plan(LATER_FROM_S, comeLater);

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
