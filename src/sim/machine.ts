/**
 * One virtual machine: world, job, faults and firmware put together, moved by simulated seconds alone. The same seed and the same
 * orders at the same seconds give the same machine. It knows the printer's commands and rules, and nothing of MQTT or JSON.
 */
import type { HmsCode } from "../model/code.ts";
import type { Deed } from "./faults/fault.ts";
import { faultsOf } from "./faults/index.ts";
import { createBambuFirmware } from "./firmware/bambu.ts";
import type { Firmware, HostEvent } from "./firmware/firmware.ts";
import { createKlipperFirmware } from "./firmware/klipper.ts";
import {
  changeFilament,
  createJob,
  failJob,
  isWorking,
  type Job,
  mayStartNext,
  pauseJob,
  resumeJob,
  STAGE_PAUSED_BY_USER,
  startJob,
  stepJob,
} from "./job/job.ts";
import { ordersOf } from "./job/orders.ts";
import { type JobPlan, planFor } from "./job/plan.ts";
import { MODEL_FACTS, type Model, type ModelFacts, serialOf } from "./models.ts";
import { createRandom } from "./random.ts";
import { createStandingFaults, type StandingFaults } from "./standing.ts";
import { createWorld } from "./world/create.ts";
import { preheat, stepWorld } from "./world/step.ts";
import type { Heater, World } from "./world/world.ts";

export interface MachineOptions {
  readonly model: Model;
  readonly seed: number;
  readonly serial?: string;
  /** `cold`: just switched on; `printing`: hot and in the middle of a job. */
  readonly start: "cold" | "printing";
  /** Its jobs, one after the other and then again; without them it prints what its seed brings. */
  readonly jobs?: readonly JobPlan[];
  /** Between two jobs. */
  readonly restS?: number;
  readonly stepS?: number;
}

export type CommandResult = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export interface Machine {
  readonly model: Model;
  readonly facts: ModelFacts;
  readonly serial: string;
  readonly faultNames: readonly string[];
  /** The physical truth. Messages may take from it what a sensor says, and the shock since they last looked. */
  readonly world: World;
  readonly job: Readonly<Job>;
  readonly firmware: Firmware;
  /** Moves it; what is less than a whole step waits for the next call. */
  advance(seconds: number): void;
  elapsedS(): number;
  hms(): readonly HmsCode[];
  /** `print_error` as the printer sends it; 0 for none. */
  printError(): number;
  isOnline(): boolean;
  /** The link stands, but nothing comes. */
  isMute(): boolean;
  /** What a Klipper host said since the last call. */
  hostEvents(): readonly HostEvent[];
  isFilamentMoving(): boolean;
  standing(): readonly string[];
  /** False for a name this model does not know. `size`: 1 is the full one. */
  setFault(name: string, options?: { readonly size?: number }): boolean;
  clearFault(name: string): boolean;
  pause(): CommandResult;
  resume(): CommandResult;
  stop(): CommandResult;
  cleanPrintError(): CommandResult;
}

const STEP_S = 1;
const REST_S = 45;
const HOT_ENOUGH_C = 2;
const COLD_C = 8;

interface Parts {
  readonly facts: ModelFacts;
  readonly world: World;
  readonly job: Job;
  readonly faults: StandingFaults;
  readonly firmware: Firmware;
  readonly random: () => number;
  readonly restS: number;
  readonly nextPlan: () => JobPlan;
}

const isHot = (heater: Heater | undefined): boolean => heater !== undefined && heater.readC >= heater.targetC - HOT_ENOUGH_C;

function stepParts(parts: Parts, stepS: number): void {
  const { facts, world, job, faults, firmware, random } = parts;
  faults.step(stepS);
  stepWorld(world, faults.damage(), firmware.allow(ordersOf(job, facts)), stepS, random);
  firmware.step(stepS);
  const isBlocked = firmware.blockedBy() !== undefined;
  const [nozzle] = world.nozzles;
  const inputs = { isBedHot: isHot(world.bed), isNozzleHot: isHot(nozzle), hasLidar: facts.hasLidar, isBlocked };
  if (stepJob(job, inputs, stepS)) cancel(parts);
  const isCold = world.bed.tempC < world.ambientC.value + COLD_C;
  if (isBlocked || !mayStartNext(job, parts.restS, isCold)) return;
  firmware.cleanPrintError();
  startJob(job, parts.nextPlan());
}

function cancel({ job, firmware }: Parts): void {
  failJob(job);
  firmware.wasCancelled();
}

type Operator = Pick<Machine, "pause" | "resume" | "stop" | "cleanPrintError">;

/** What a client may order, and why the printer says no. */
function operatorOf(parts: Parts): Operator {
  const { job, firmware } = parts;
  const done: CommandResult = { ok: true };
  return {
    pause: () => {
      if (job.state !== "printing" && job.state !== "preparing") return { ok: false, reason: "no job is running" };
      pauseJob(job, STAGE_PAUSED_BY_USER);
      return done;
    },
    resume: () => {
      if (job.state !== "paused") return { ok: false, reason: "no job is paused" };
      const reason = firmware.blockedBy();
      if (reason !== undefined) return { ok: false, reason };
      firmware.cleanPrintError();
      resumeJob(job);
      return done;
    },
    stop: () => {
      if (!isWorking(job)) return { ok: false, reason: "no job is running" };
      cancel(parts);
      return done;
    },
    cleanPrintError: () => {
      firmware.cleanPrintError();
      return done;
    },
  };
}

/** What somebody does; refused by the printer where it cannot be done now. */
function begin({ kind, ...how }: Deed & { readonly pct?: number }, { job, firmware }: Parts, operator: Operator): void {
  if (kind === "pause") operator.pause();
  else if (kind === "change-filament") changeFilament(job);
  else if (kind === "cancel") operator.stop();
  else if (kind === "restart") firmware.restart();
  else if (kind === "set-speed") job.speedPct = how.pct ?? 100;
  else if (kind === "set-part-fan") job.partFanPct = how.pct;
  else {
    operator.stop();
    job.waitsForCold = true;
  }
}

function end({ kind }: Deed, { job }: Parts, operator: Operator): void {
  if (kind === "pause" && job.stage === STAGE_PAUSED_BY_USER) operator.resume();
  else if (kind === "set-speed") job.speedPct = 100;
  else if (kind === "set-part-fan") job.partFanPct = undefined;
}

/** The plans it was given, round and round, or those that chance brings. */
function planner(jobs: readonly JobPlan[], nozzlePowerW: number, random: () => number): () => JobPlan {
  let next = 0;
  return () => jobs[next++ % jobs.length] ?? planFor(nozzlePowerW, random);
}

export function createMachine(options: MachineOptions): Machine {
  const { model, stepS = STEP_S } = options;
  const facts = MODEL_FACTS[model];
  const random = createRandom(options.seed);
  const serial = options.serial ?? serialOf(model, random);
  const nextPlan = planner(options.jobs ?? [], facts.body.nozzlePowerW, random);
  const world = createWorld(facts.body, random);
  const job = createJob(nextPlan());
  const faults = createStandingFaults(facts);
  const deps = { facts, world, job, faults, random };
  const firmware = facts.firmware === "bambu" ? createBambuFirmware(deps) : createKlipperFirmware(deps);
  const parts: Parts = { ...deps, firmware, restS: options.restS ?? REST_S, nextPlan };
  const operator = operatorOf(parts);
  let elapsedS = 0;
  let waitingS = 0;

  if (options.start === "printing") {
    startJob(job, job.plan, 2 + Math.floor(random() * job.plan.layers * 0.6));
    preheat(world, ordersOf(job, facts), random);
  } else startJob(job, job.plan);

  return {
    model,
    facts,
    serial,
    faultNames: faultsOf(facts).map(({ name }) => name),
    world,
    job,
    firmware,
    advance: (seconds) => {
      waitingS += seconds;
      for (; waitingS >= stepS - 1e-9; waitingS -= stepS) {
        elapsedS += stepS;
        stepParts(parts, stepS);
      }
    },
    elapsedS: () => elapsedS,
    hms: () => firmware.hms(),
    printError: () => firmware.printError(),
    isOnline: () => !faults.damage().isOffline,
    isMute: () => faults.damage().isMute,
    hostEvents: () => firmware.hostEvents?.() ?? [],
    isFilamentMoving: () => firmware.isFilamentMoving?.() ?? true,
    standing: () => faults.names(),
    setFault: (name, { size = 1 } = {}) => {
      const fault = faults.set(name, size);
      if (fault?.deed !== undefined) begin(fault.deed, parts, operator);
      return faults.has(name);
    },
    clearFault: (name) => {
      const fault = faults.clear(name);
      if (fault?.deed !== undefined) end(fault.deed, parts, operator);
      return fault !== undefined;
    },
    ...operator,
  };
}
