/**
 * The faults that stand on one machine and what its firmware makes of them: notices them, stops or pauses the job, shows a device
 * error. What must hold: a fault that stops or pauses blocks until it is fixed, whatever is confirmed.
 */
import { deviceFromWire, type HmsCode, toWire } from "../model/code.ts";
import { type Fault, faultNamed, isBlocking, isShown, type Standing } from "./faults.ts";
import { failJob, type Job, pauseJob } from "./job.ts";
import type { ModelFacts } from "./models.ts";
import { type Damage, type Physics, UNDAMAGED } from "./physics.ts";

export interface Troubles {
  step(seconds: number): void;
  /** False for a name this model does not know. */
  set(name: string): boolean;
  clear(name: string): boolean;
  names(): readonly string[];
  damage(): Damage;
  isBlocked(): boolean;
  isOnline(): boolean;
  hms(): readonly HmsCode[];
  /** `print_error` as the printer sends it; 0 for none. */
  printError(): number;
  cleanPrintError(): void;
  /** A person stopped the job: the printer echoes that for a moment. */
  showCancelled(): void;
}

const CANCELLED: HmsCode = deviceFromWire(0x0300_400c);
const CANCELLED_SHOWN_S = 2;
/** "Paused", for faults without a stage of their own. */
const STAGE_PAUSED = 5;

export function createTroubles(facts: ModelFacts, physics: Physics, job: Job): Troubles {
  const standing = new Map<string, Standing>();
  let deviceError: HmsCode | undefined;
  let cancelledForS: number | undefined;
  const some = (matches: (one: Standing) => boolean): boolean => [...standing.values()].some(matches);

  function notice(fault: Fault): void {
    if (fault.device !== undefined) deviceError = fault.device;
    if (fault.effect === "stop" && job.state !== "idle" && job.state !== "finished") failJob(job);
    if (fault.effect === "pause") pauseJob(job, fault.pausedStage ?? STAGE_PAUSED);
  }

  function stepCancelled(seconds: number): void {
    if (cancelledForS === undefined) return;
    cancelledForS += seconds;
    if (cancelledForS <= CANCELLED_SHOWN_S) return;
    cancelledForS = undefined;
    if (deviceError === CANCELLED) deviceError = undefined;
  }

  return {
    step: (seconds) => {
      for (const one of standing.values()) {
        one.sinceS += seconds;
        if (one.isNoticed || (one.sinceS < one.fault.noticedAfterS && one.fault.noticedWhen?.(physics) !== true)) continue;
        one.isNoticed = true;
        one.sinceS = 0;
        notice(one.fault);
      }
      stepCancelled(seconds);
    },
    set: (name) => {
      const fault = faultNamed(name);
      if (fault === undefined || !(fault.needs?.(facts) ?? true)) return false;
      if (!standing.has(name)) standing.set(name, { fault, sinceS: 0, isNoticed: false });
      return true;
    },
    clear: (name) => standing.delete(name),
    names: () => [...standing.keys()],
    damage: () => {
      let damage = UNDAMAGED;
      for (const one of standing.values()) damage = { ...damage, ...one.fault.damage };
      return some((one) => one.isNoticed && one.fault.effect === "stop") ? { ...damage, heatersOff: true } : damage;
    },
    isBlocked: () => some(isBlocking),
    isOnline: () => !some((one) => one.fault.effect === "offline"),
    hms: () => [...standing.values()].filter(isShown).flatMap((one) => one.fault.hms),
    printError: () => (deviceError === undefined ? 0 : toWire(deviceError).attr),
    cleanPrintError: () => {
      deviceError = undefined;
    },
    showCancelled: () => {
      deviceError = CANCELLED;
      cancelledForS = 0;
    },
  };
}
