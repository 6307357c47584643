/**
 * The jobs of one machine: heat, home, level, print layer by layer, finish, next. Knows nothing of faults; the machine tells it to
 * pause, to fail and to go on. Time comes in steps of simulated seconds.
 */

export type JobState = "idle" | "preparing" | "printing" | "paused" | "finished" | "failed";

export interface JobPlan {
  readonly name: string;
  readonly nozzleC: number;
  readonly bedC: number;
  readonly layers: number;
  readonly layerS: number;
  readonly partFanPct: number;
  readonly auxFanPct: number;
  readonly chamberFanPct: number;
}

export interface Job {
  state: JobState;
  plan: JobPlan;
  /** Counts jobs since the machine was switched on. */
  number: number;
  /** `stg_cur` while preparing or paused. */
  stage: number;
  layer: number;
  /** Seconds into the present phase: a preparing stage, a layer, or a rest. */
  phaseS: number;
  /** What it was doing before the pause. */
  pausedFrom: "preparing" | "printing";
  /** How far a failed job had come. */
  stoppedAtPct: number;
}

/** Stages before the first layer, by the printer's own numbers. `untilHot`: ends when bed (and nozzle) are at their target. */
interface Stage {
  readonly stage: number;
  readonly seconds: number;
  readonly wants: "nothing" | "bed" | "nozzle";
}
const PREPARING: readonly Stage[] = [
  { stage: 2, seconds: 8, wants: "bed" },
  { stage: 13, seconds: 12, wants: "nothing" },
  { stage: 7, seconds: 4, wants: "nozzle" },
  { stage: 14, seconds: 15, wants: "nothing" },
  { stage: 1, seconds: 45, wants: "nothing" },
  { stage: 8, seconds: 25, wants: "nothing" },
];
export const STAGE_PRINTING = 0;
export const STAGE_FIRST_LAYER_CHECK = 10;
export const STAGE_PAUSED_BY_USER = 16;
const FINISHED_REST_S = 45;
const FIRST_LAYER_SLOWER = 2;

const PLANS: readonly JobPlan[] = [
  { name: "Hinge bracket", nozzleC: 220, bedC: 60, layers: 180, layerS: 24, partFanPct: 80, auxFanPct: 40, chamberFanPct: 20 },
  { name: "Cable tray, left", nozzleC: 250, bedC: 80, layers: 240, layerS: 32, partFanPct: 35, auxFanPct: 0, chamberFanPct: 10 },
  { name: "Gear 42 teeth", nozzleC: 270, bedC: 90, layers: 120, layerS: 28, partFanPct: 25, auxFanPct: 0, chamberFanPct: 0 },
  { name: "Lamp shade", nozzleC: 215, bedC: 55, layers: 420, layerS: 18, partFanPct: 100, auxFanPct: 70, chamberFanPct: 30 },
  { name: "Test cube", nozzleC: 225, bedC: 60, layers: 60, layerS: 12, partFanPct: 80, auxFanPct: 40, chamberFanPct: 20 },
];

export function planFor(random: () => number): JobPlan {
  return PLANS[Math.floor(random() * PLANS.length)] ?? DEFAULT_PLAN;
}
const DEFAULT_PLAN: JobPlan = {
  name: "Test cube",
  nozzleC: 225,
  bedC: 60,
  layers: 60,
  layerS: 12,
  partFanPct: 80,
  auxFanPct: 40,
  chamberFanPct: 20,
};

export function createJob(plan: JobPlan): Job {
  return { state: "idle", plan, number: 0, stage: STAGE_PRINTING, layer: 0, phaseS: 0, pausedFrom: "preparing", stoppedAtPct: 0 };
}

/** Starts a job; `atLayer` above 0 puts the machine in the middle of it. */
export function startJob(job: Job, plan: JobPlan, atLayer = 0): void {
  job.plan = plan;
  job.number++;
  job.layer = atLayer;
  job.phaseS = 0;
  job.state = atLayer > 0 ? "printing" : "preparing";
  job.stage = atLayer > 0 ? STAGE_PRINTING : (PREPARING[0]?.stage ?? STAGE_PRINTING);
}

export function pauseJob(job: Job, stage: number): void {
  if (job.state !== "preparing" && job.state !== "printing") return;
  job.pausedFrom = job.state;
  job.state = "paused";
  job.stage = stage;
}

export function resumeJob(job: Job): void {
  if (job.state !== "paused") return;
  job.state = job.pausedFrom;
  job.stage = job.state === "printing" ? STAGE_PRINTING : (PREPARING[0]?.stage ?? STAGE_PRINTING);
  if (job.state === "preparing") job.phaseS = 0;
}

export function failJob(job: Job): void {
  job.stoppedAtPct = progressPct(job);
  job.state = "failed";
  job.stage = STAGE_PRINTING;
  job.phaseS = 0;
}

export interface JobInputs {
  readonly isBedHot: boolean;
  readonly isNozzleHot: boolean;
  readonly hasLidar: boolean;
}

/** One step; ends with `finished` when the last layer is done. What follows a finished or failed job is the machine's matter. */
export function stepJob(job: Job, inputs: JobInputs, seconds: number): void {
  job.phaseS += seconds;
  if (job.state === "preparing") stepPreparing(job, inputs);
  else if (job.state === "printing") stepPrinting(job, inputs);
}

function stepPreparing(job: Job, inputs: JobInputs): void {
  const index = PREPARING.findIndex((stage) => stage.stage === job.stage);
  const stage = PREPARING[index];
  if (stage === undefined || job.phaseS < stage.seconds) return;
  if (stage.wants === "bed" && !inputs.isBedHot) return;
  if (stage.wants === "nozzle" && !inputs.isNozzleHot) return;
  job.phaseS = 0;
  const next = PREPARING[index + 1];
  if (next !== undefined) {
    job.stage = next.stage;
    return;
  }
  job.state = "printing";
  job.stage = STAGE_PRINTING;
  job.layer = 1;
}

function stepPrinting(job: Job, inputs: JobInputs): void {
  const layerS = layerSeconds(job);
  // a printer with a lidar looks at the first layer before it goes on
  job.stage = inputs.hasLidar && job.layer === 1 && job.phaseS > layerS * 0.8 ? STAGE_FIRST_LAYER_CHECK : STAGE_PRINTING;
  if (job.phaseS < layerS) return;
  job.phaseS = 0;
  if (job.layer < job.plan.layers) job.layer++;
  else job.state = "finished";
}

function layerSeconds(job: Job): number {
  return job.plan.layerS * (job.layer === 1 ? FIRST_LAYER_SLOWER : 1);
}

export function mayStartNext(job: Job): boolean {
  return (job.state === "finished" || job.state === "idle" || job.state === "failed") && job.phaseS >= FINISHED_REST_S;
}

export function progressPct(job: Job): number {
  if (job.state === "finished") return 100;
  if (job.state === "failed") return job.stoppedAtPct;
  if (job.layer === 0) return 0;
  const done = job.layer - 1 + Math.min(1, job.phaseS / layerSeconds(job));
  return Math.min(99, Math.floor((done / job.plan.layers) * 100));
}

export function remainingMin(job: Job): number {
  if (job.state === "finished" || job.state === "idle" || job.state === "failed") return 0;
  return Math.ceil(((job.plan.layers - job.layer + 1) * job.plan.layerS) / 60);
}
