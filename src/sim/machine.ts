/**
 * One virtual machine: physics, job and faults put together, moved by simulated seconds alone. The same seed and the same orders at
 * the same seconds give the same machine. It knows the printer's commands and rules, and nothing of MQTT or JSON.
 */
import { deviceFromWire, toWire, type HmsCode } from "../model/code.ts";
import { faultNamed, faultsOf, isBlocking, isShown, type Standing } from "./faults.ts";
import {
  createJob,
  failJob,
  type Job,
  mayStartNext,
  pauseJob,
  planFor,
  resumeJob,
  STAGE_PAUSED_BY_USER,
  startJob,
  stepJob,
} from "./job.ts";
import { MODEL_FACTS, type Model, type ModelFacts, serialOf } from "./models.ts";
import { createPhysics, type Damage, type FanOrder, type Physics, stepPhysics, UNDAMAGED } from "./physics.ts";
import { createRandom, noise } from "./random.ts";

export interface MachineOptions {
  readonly model: Model;
  readonly seed: number;
  readonly serial?: string;
  /** `cold`: just switched on; `printing`: hot and in the middle of a job. */
  readonly start: "cold" | "printing";
}

export type CommandResult = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export interface Machine {
  readonly model: Model;
  readonly facts: ModelFacts;
  readonly serial: string;
  readonly faultNames: readonly string[];
  readonly physics: Physics;
  readonly job: Readonly<Job>;
  /** Moves it; what is less than a whole step waits for the next call. */
  advance(seconds: number): void;
  elapsedS(): number;
  wifiDbm(): number;
  hms(): readonly HmsCode[];
  /** `print_error` as the printer sends it; 0 for none. */
  printError(): number;
  isOnline(): boolean;
  standing(): readonly string[];
  /** False for a name this model does not know. */
  setFault(name: string): boolean;
  clearFault(name: string): boolean;
  pause(): CommandResult;
  resume(): CommandResult;
  stop(): CommandResult;
  cleanPrintError(): CommandResult;
}

const STEP_S = 1;
const CANCELLED: HmsCode = deviceFromWire(0x0300_400c);
/** The printer takes its own echo of a cancel back by itself. */
const CANCELLED_SHOWN_S = 2;
const HOT_ENOUGH_C = 2;

interface Parts {
  readonly facts: ModelFacts;
  readonly physics: Physics;
  readonly job: Job;
  readonly standing: Map<string, Standing>;
  readonly random: () => number;
}

/** The right nozzle prints; a second one is kept warm for its filament. */
function setTargets({ job, physics }: Parts): void {
  const isWorking = job.state === "preparing" || job.state === "printing" || job.state === "paused";
  physics.nozzles.forEach((nozzle, index) => {
    nozzle.targetC = !isWorking ? 0 : index === 0 ? job.plan.nozzleC : 140;
  });
  physics.bed.targetC = isWorking ? job.plan.bedC : 0;
}

function fanOrder({ job, facts }: Parts): FanOrder {
  const isPrinting = job.state === "printing" && job.layer > 1;
  if (!isPrinting) return { partPct: 0, auxPct: 0, chamberPct: 0 };
  return { partPct: job.plan.partFanPct, auxPct: job.plan.auxFanPct, chamberPct: facts.isEnclosed ? job.plan.chamberFanPct : 0 };
}

function damageOf(parts: Parts): Damage {
  let damage = UNDAMAGED;
  for (const one of parts.standing.values()) {
    damage = { ...damage, ...one.fault.damage };
    if (one.isNoticed && one.fault.effect === "stop") damage = { ...damage, heatersOff: true };
  }
  return damage;
}

/** A machine that is found in the middle of a job, warm. */
function warmUp(parts: Parts): void {
  const { physics, job, random } = parts;
  const plan = planFor(random);
  startJob(job, plan, 2 + Math.floor(random() * plan.layers * 0.6));
  setTargets(parts);
  for (const body of [...physics.nozzles, physics.bed]) body.tempC = body.readC = body.targetC;
  physics.chamber.tempC = physics.chamber.readC = physics.ambientC + (physics.bed.targetC - physics.ambientC) * (parts.facts.isEnclosed ? 0.3 : 0.05);
  for (let second = 0; second < 60; second++) stepPhysics(physics, UNDAMAGED, fanOrder(parts), parts.facts.isEnclosed, 1, random);
}

export function createMachine(options: MachineOptions): Machine {
  const facts = MODEL_FACTS[options.model];
  const random = createRandom(options.seed);
  const serial = options.serial ?? serialOf(options.model, random);
  const physics = createPhysics(facts.nozzles, 21 + Math.round(random() * 4));
  const parts: Parts = { facts, physics, job: createJob(planFor(random)), standing: new Map(), random };
  const { job, standing } = parts;
  let elapsedS = 0;
  let restS = 0;
  let wifiDbm = -48 - Math.floor(random() * 12);
  let deviceError: HmsCode | undefined;
  let cancelledForS: number | undefined;
  if (options.start === "printing") warmUp(parts);
  else startJob(job, job.plan);

  function notice(one: Standing): void {
    one.isNoticed = true;
    if (one.fault.device !== undefined) deviceError = one.fault.device;
    if (one.fault.effect === "stop" && job.state !== "idle" && job.state !== "finished") failJob(job);
    if (one.fault.effect === "pause") pauseJob(job, one.fault.pausedStage ?? 5);
  }

  function stepFaults(): void {
    for (const one of standing.values()) {
      one.sinceS += STEP_S;
      if (!one.isNoticed && (one.sinceS >= one.fault.noticedAfterS || one.fault.noticedWhen?.(physics) === true)) {
        notice(one);
        one.sinceS = 0;
      }
    }
    if (cancelledForS !== undefined && (cancelledForS += STEP_S) > CANCELLED_SHOWN_S) {
      cancelledForS = undefined;
      if (deviceError === CANCELLED) deviceError = undefined;
    }
  }

  function step(): void {
    elapsedS += STEP_S;
    setTargets(parts);
    stepPhysics(physics, damageOf(parts), fanOrder(parts), facts.isEnclosed, STEP_S, random);
    stepFaults();
    const [nozzle] = physics.nozzles;
    const isHot = (read: number, target: number): boolean => read >= target - HOT_ENOUGH_C;
    const isNozzleHot = nozzle !== undefined && isHot(nozzle.readC, nozzle.targetC);
    stepJob(job, { isBedHot: isHot(physics.bed.readC, physics.bed.targetC), isNozzleHot, hasLidar: facts.hasLidar }, STEP_S);
    if (mayStartNext(job) && !isBlocked()) {
      deviceError = undefined;
      startJob(job, planFor(random));
    }
    wifiDbm = Math.max(-78, Math.min(-42, wifiDbm + noise(random) * 0.4));
  }

  const isBlocked = (): boolean => [...standing.values()].some(isBlocking);

  return {
    model: options.model,
    facts,
    serial,
    faultNames: faultsOf(facts).map((fault) => fault.name),
    physics,
    job,
    advance: (seconds) => {
      restS += seconds;
      for (; restS >= STEP_S - 1e-9; restS -= STEP_S) step();
    },
    elapsedS: () => elapsedS,
    wifiDbm: () => Math.round(wifiDbm),
    hms: () => [...standing.values()].filter(isShown).flatMap((one) => one.fault.hms),
    printError: () => (deviceError === undefined ? 0 : toWire(deviceError).attr),
    isOnline: () => ![...standing.values()].some((one) => one.fault.effect === "offline"),
    standing: () => [...standing.keys()],
    setFault: (name) => {
      const fault = faultNamed(name);
      if (fault === undefined || !(fault.needs?.(facts) ?? true)) return false;
      if (!standing.has(name)) standing.set(name, { fault, sinceS: 0, isNoticed: false });
      return true;
    },
    clearFault: (name) => standing.delete(name),
    pause: () => {
      if (job.state !== "printing" && job.state !== "preparing") return { ok: false, reason: "no job is running" };
      pauseJob(job, STAGE_PAUSED_BY_USER);
      return { ok: true };
    },
    resume: () => {
      if (job.state !== "paused") return { ok: false, reason: "no job is paused" };
      if (isBlocked()) return { ok: false, reason: `the fault still stands: ${[...standing.keys()].join(", ")}` };
      deviceError = undefined;
      resumeJob(job);
      return { ok: true };
    },
    stop: () => {
      if (job.state !== "printing" && job.state !== "preparing" && job.state !== "paused") return { ok: false, reason: "no job is running" };
      failJob(job);
      deviceError = CANCELLED;
      cancelledForS = 0;
      return { ok: true };
    },
    cleanPrintError: () => {
      deviceError = undefined;
      return { ok: true };
    },
  };
}
