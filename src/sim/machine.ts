/**
 * One virtual machine: physics, job and troubles put together, moved by simulated seconds alone. The same seed and the same orders at
 * the same seconds give the same machine. It knows the printer's commands and rules, and nothing of MQTT or JSON.
 */
import type { HmsCode } from "../model/code.ts";
import { faultsOf } from "./faults.ts";
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
import { createPhysics, type FanOrder, type Physics, stepPhysics, UNDAMAGED } from "./physics.ts";
import { createRandom, noise } from "./random.ts";
import { createTroubles, type Troubles } from "./troubles.ts";

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
const HOT_ENOUGH_C = 2;

interface Parts {
  readonly facts: ModelFacts;
  readonly physics: Physics;
  readonly job: Job;
  readonly troubles: Troubles;
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

/** A machine that is found in the middle of a job, warm. */
function warmUp(parts: Parts): void {
  const { physics, job, random } = parts;
  const plan = planFor(random);
  startJob(job, plan, 2 + Math.floor(random() * plan.layers * 0.6));
  setTargets(parts);
  for (const body of [...physics.nozzles, physics.bed]) body.tempC = body.readC = body.targetC;
  physics.chamber.tempC = physics.chamber.readC =
    physics.ambientC + (physics.bed.targetC - physics.ambientC) * (parts.facts.isEnclosed ? 0.3 : 0.05);
  for (let second = 0; second < 60; second++) stepPhysics(physics, UNDAMAGED, fanOrder(parts), parts.facts.isEnclosed, 1, random);
}

function stepParts(parts: Parts): void {
  const { facts, physics, job, troubles, random } = parts;
  setTargets(parts);
  stepPhysics(physics, troubles.damage(), fanOrder(parts), facts.isEnclosed, STEP_S, random);
  troubles.step(STEP_S);
  const [nozzle] = physics.nozzles;
  const isHot = (read: number, target: number): boolean => read >= target - HOT_ENOUGH_C;
  const isNozzleHot = nozzle !== undefined && isHot(nozzle.readC, nozzle.targetC);
  stepJob(job, { isBedHot: isHot(physics.bed.readC, physics.bed.targetC), isNozzleHot, hasLidar: facts.hasLidar }, STEP_S);
  if (!mayStartNext(job) || troubles.isBlocked()) return;
  troubles.cleanPrintError();
  startJob(job, planFor(random));
}

type Orders = Pick<Machine, "pause" | "resume" | "stop" | "cleanPrintError">;

/** What a client may order, and why the printer says no. */
function ordersFor({ job, troubles }: Parts): Orders {
  const done: CommandResult = { ok: true };
  const isRunning = (): boolean => job.state === "printing" || job.state === "preparing";
  return {
    pause: () => {
      if (!isRunning()) return { ok: false, reason: "no job is running" };
      pauseJob(job, STAGE_PAUSED_BY_USER);
      return done;
    },
    resume: () => {
      if (job.state !== "paused") return { ok: false, reason: "no job is paused" };
      if (troubles.isBlocked()) return { ok: false, reason: `the fault still stands: ${troubles.names().join(", ")}` };
      troubles.cleanPrintError();
      resumeJob(job);
      return done;
    },
    stop: () => {
      if (!isRunning() && job.state !== "paused") return { ok: false, reason: "no job is running" };
      failJob(job);
      troubles.showCancelled();
      return done;
    },
    cleanPrintError: () => {
      troubles.cleanPrintError();
      return done;
    },
  };
}

export function createMachine(options: MachineOptions): Machine {
  const facts = MODEL_FACTS[options.model];
  const random = createRandom(options.seed);
  const serial = options.serial ?? serialOf(options.model, random);
  const physics = createPhysics(facts.nozzles, 21 + Math.round(random() * 4));
  const job = createJob(planFor(random));
  const troubles = createTroubles(facts, physics, job);
  const parts: Parts = { facts, physics, job, troubles, random };
  let elapsedS = 0;
  let restS = 0;
  let wifiDbm = -48 - Math.floor(random() * 12);
  if (options.start === "printing") warmUp(parts);
  else startJob(job, job.plan);

  return {
    model: options.model,
    facts,
    serial,
    faultNames: faultsOf(facts).map((fault) => fault.name),
    physics,
    job,
    advance: (seconds) => {
      restS += seconds;
      for (; restS >= STEP_S - 1e-9; restS -= STEP_S) {
        elapsedS += STEP_S;
        stepParts(parts);
        wifiDbm = Math.max(-78, Math.min(-42, wifiDbm + noise(random) * 0.4));
      }
    },
    elapsedS: () => elapsedS,
    wifiDbm: () => Math.round(wifiDbm),
    hms: () => troubles.hms(),
    printError: () => troubles.printError(),
    isOnline: () => troubles.isOnline(),
    standing: () => troubles.names(),
    setFault: (name) => troubles.set(name),
    clearFault: (name) => troubles.clear(name),
    ...ordersFor(parts),
  };
}
