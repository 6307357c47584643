/**
 * The jobs of one machine: heat, home, level, test itself now and then, print layer by layer, finish, next. Knows nothing of faults;
 * the machine tells it to pause, to fail and to go on. Time comes in steps of simulated seconds.
 */
import type { Motion } from "../world/orders.ts";
import type { Interlude, JobPlan, LayerPlan } from "./plan.ts";

export type JobState = "idle" | "preparing" | "printing" | "paused" | "finished" | "failed";

export interface Job {
  state: JobState;
  plan: JobPlan;
  /** Counts jobs since the machine was switched on. */
  number: number;
  /** What it is at, as a Bambu printer numbers it (`stg_cur`). */
  stage: number;
  /** Index into the stages of preparing. */
  preparing: number;
  layer: number;
  /** The present layer; that of the first one before it begins. */
  now: LayerPlan;
  /** Seconds into the present phase: a preparing stage, a layer, or a rest. */
  phaseS: number;
  /** What it was doing before the pause. */
  pausedFrom: "preparing" | "printing";
  /** A pause that ends by itself. */
  pauseLeftS: number | undefined;
  /** How far a failed job had come. */
  stoppedAtPct: number;
  /** The error that ended it, where an error did. */
  failure: string;
  speedPct: number;
  /** What a person set instead of what the job wants. */
  partFanPct: number | undefined;
  /** The next job waits until the machine is cold. */
  waitsForCold: boolean;
}

/** Stages before the first layer. `wants`: ends when bed or nozzle are at their target; `everyJobs`: only now and then. */
interface Stage {
  readonly stage: number;
  readonly seconds: number;
  readonly motion: Motion;
  readonly wants?: "bed" | "nozzle";
  readonly everyJobs?: number;
}

const PREPARING: readonly Stage[] = [
  { stage: 2, seconds: 8, motion: "still", wants: "bed" },
  { stage: 13, seconds: 12, motion: "homing" },
  { stage: 7, seconds: 4, motion: "still", wants: "nozzle" },
  { stage: 24, seconds: 20, motion: "loading" },
  { stage: 14, seconds: 15, motion: "still" },
  { stage: 1, seconds: 45, motion: "levelling" },
  { stage: 25, seconds: 8, motion: "load-test" },
  { stage: 3, seconds: 12, motion: "belt-test", everyJobs: 3 },
  { stage: 8, seconds: 15, motion: "still" },
];
/** From here on the nozzle is at its full heat; before, it must not drip. */
const NOZZLE_HOT_FROM = 2;
export const STANDBY_C = 140;

export const STAGE_PRINTING = 0;
export const STAGE_CHANGING_FILAMENT = 4;
export const STAGE_FIRST_LAYER_CHECK = 10;
export const STAGE_PAUSED_BY_USER = 16;
const FILAMENT_CHANGE_S = 60;
/** The toolhead parks at its ends when a job is done, and so finds out whether it lost its way. */
const PARKING_S = 8;

export function createJob(plan: JobPlan): Job {
  return {
    state: "idle",
    plan,
    number: 0,
    stage: STAGE_PRINTING,
    preparing: 0,
    layer: 0,
    now: plan.layer(1),
    phaseS: 0,
    pausedFrom: "preparing",
    pauseLeftS: undefined,
    stoppedAtPct: 0,
    failure: "",
    speedPct: 100,
    partFanPct: undefined,
    waitsForCold: false,
  };
}

/** Starts a job; `atLayer` above 0 puts the machine in the middle of it. */
export function startJob(job: Job, plan: JobPlan, atLayer = 0): void {
  job.plan = plan;
  job.number++;
  job.failure = "";
  job.waitsForCold = false;
  enterLayer(job, atLayer);
  if (atLayer > 0) {
    job.state = "printing";
    job.stage = STAGE_PRINTING;
  } else prepare(job);
}

function prepare(job: Job): void {
  job.state = "preparing";
  enterStage(job, 0);
}

function enterStage(job: Job, index: number): void {
  job.preparing = index;
  job.phaseS = 0;
  job.stage = PREPARING[index]?.stage ?? STAGE_PRINTING;
}

function enterLayer(job: Job, layer: number): void {
  job.layer = layer;
  job.now = job.plan.layer(Math.max(1, layer));
  job.phaseS = 0;
}

/** `lastsS`: the pause ends by itself. */
export function pauseJob(job: Job, stage: number, lastsS?: number): void {
  if (job.state !== "preparing" && job.state !== "printing") return;
  job.pausedFrom = job.state;
  job.state = "paused";
  job.stage = stage;
  job.pauseLeftS = lastsS;
}

export function changeFilament(job: Job): void {
  pauseJob(job, STAGE_CHANGING_FILAMENT, FILAMENT_CHANGE_S);
}

export function resumeJob(job: Job): void {
  if (job.state !== "paused") return;
  job.pauseLeftS = undefined;
  if (job.pausedFrom === "preparing") return prepare(job);
  job.state = "printing";
  job.stage = STAGE_PRINTING;
}

export function failJob(job: Job, failure = ""): void {
  job.failure = failure;
  job.stoppedAtPct = progressPct(job);
  endJob(job, "failed");
}

function endJob(job: Job, state: "finished" | "failed"): void {
  job.state = state;
  job.stage = STAGE_PRINTING;
  job.phaseS = 0;
}

export interface JobInputs {
  readonly isBedHot: boolean;
  readonly isNozzleHot: boolean;
  readonly hasLidar: boolean;
  /** Nothing may go on. */
  readonly isBlocked: boolean;
}

/** One step; ends with `finished` when the last layer is done. True when the plan itself cancelled the job in this step. */
export function stepJob(job: Job, inputs: JobInputs, seconds: number): boolean {
  if (job.state === "printing") return stepPrinting(job, inputs, seconds);
  if (job.state === "paused") stepPause(job, inputs, seconds);
  else job.phaseS += seconds;
  if (job.state === "preparing") stepPreparing(job, inputs);
  return false;
}

function stepPause(job: Job, { isBlocked }: JobInputs, seconds: number): void {
  if (job.pauseLeftS === undefined) return;
  job.pauseLeftS -= seconds;
  if (job.pauseLeftS <= 0 && !isBlocked) resumeJob(job);
}

function stepPreparing(job: Job, inputs: JobInputs): void {
  const stage = PREPARING[job.preparing];
  if (stage !== undefined && job.phaseS < stage.seconds) return;
  if (stage?.wants === "bed" && !inputs.isBedHot) return;
  if (stage?.wants === "nozzle" && !inputs.isNozzleHot) return;
  let next = job.preparing + 1;
  while (isLeftOut(PREPARING[next], job.number)) next++;
  enterStage(job, next);
  if (next < PREPARING.length) return;
  job.state = "printing";
  enterLayer(job, 1);
}

function isLeftOut(stage: Stage | undefined, jobNumber: number): boolean {
  return stage?.everyJobs !== undefined && jobNumber % stage.everyJobs !== 1;
}

function stepPrinting(job: Job, inputs: JobInputs, seconds: number): boolean {
  job.phaseS += (seconds * job.speedPct) / 100;
  const layerS = job.now.seconds;
  // a printer with a lidar looks at the first layer before it goes on
  job.stage = inputs.hasLidar && job.layer === 1 && job.phaseS > layerS * 0.8 ? STAGE_FIRST_LAYER_CHECK : STAGE_PRINTING;
  if (job.phaseS < layerS) return false;
  if (job.layer >= job.plan.layers) {
    endJob(job, "finished");
    return false;
  }
  enterLayer(job, job.layer + 1);
  const interlude = job.plan.interludes.find((one) => one.layer === job.layer);
  return interlude !== undefined && playInterlude(job, interlude);
}

function playInterlude(job: Job, interlude: Interlude): boolean {
  if (interlude.kind === "pause") pauseJob(job, STAGE_PAUSED_BY_USER, interlude.lastsS);
  else if (interlude.kind === "filament-change") changeFilament(job);
  return interlude.kind === "cancel";
}

export function isWorking(job: Job): boolean {
  return job.state === "preparing" || job.state === "printing" || job.state === "paused";
}

/** Whether the nozzle is to be at the job's full heat. */
export function isNozzleWanted(job: Job): boolean {
  const isEarly = job.state === "preparing" || (job.state === "paused" && job.pausedFrom === "preparing");
  return isWorking(job) && !(isEarly && job.preparing < NOZZLE_HOT_FROM);
}

export function motionOf(job: Job): Motion {
  if (job.state === "printing") return "printing";
  if (job.state === "preparing") return PREPARING[job.preparing]?.motion ?? "still";
  if (job.state === "finished" && job.phaseS <= PARKING_S) return "homing";
  return job.state === "paused" && job.stage === STAGE_CHANGING_FILAMENT ? "loading" : "still";
}

export function mayStartNext(job: Job, restS: number, isCold: boolean): boolean {
  const isOver = job.state === "finished" || job.state === "idle" || job.state === "failed";
  return isOver && job.phaseS >= restS && (isCold || !job.waitsForCold);
}

export function progressPct(job: Job): number {
  if (job.state === "finished") return 100;
  if (job.state === "failed") return job.stoppedAtPct;
  if (job.layer === 0) return 0;
  const done = job.layer - 1 + Math.min(1, job.phaseS / job.now.seconds);
  return Math.min(99, Math.floor((done / job.plan.layers) * 100));
}

export function remainingMin(job: Job): number {
  if (!isWorking(job)) return 0;
  return Math.ceil(((job.plan.layers - job.layer + 1) * job.now.seconds) / 60);
}
