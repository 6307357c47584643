/**
 * Where the toolhead goes: homing, and along the corners of a part while printing. Ordered and actual place differ by lost steps, until
 * the next homing finds them. Also what motors and frame feel of it: load and shaking.
 */
import { noise } from "../random.ts";
import type { Damage } from "./damage.ts";
import type { Orders } from "./orders.ts";
import { clamp, wander } from "./wander.ts";
import type { Axis, AxisName, MotionState, World } from "./world.ts";

const LAYER_MM = 0.2;
const MAX_CORNERS = 6;
/** From when to when, after the start of a homing, each axis runs to its end. */
export const HOMES: Readonly<Record<AxisName, { readonly fromS: number; readonly untilS: number }>> = {
  x: { fromS: 0, untilS: 2 },
  y: { fromS: 2, untilS: 4 },
  z: { fromS: 4, untilS: 8 },
};
/** So long a whole homing takes. */
export const HOMING_S = HOMES.z.untilS;
const LOAD_TAU_S = 5;
const SHAKING_TAU_S = 0.5;
/** Grease is stiffer when cold. */
const LOAD_PER_C = 0.003;

export function stepMotion(world: World, damage: Damage, orders: Orders, seconds: number, random: () => number): void {
  const { motion, axes } = world;
  motion.lastsS = motion.motion === orders.motion ? motion.lastsS + seconds : seconds;
  motion.motion = orders.motion;
  slip(axes.x, damage.xSlipMm);
  slip(axes.y, damage.ySlipMm);
  slip(axes.z, damage.zSlipMm);
  if (orders.motion === "homing") home(world, damage, seconds, random);
  else if (orders.motion === "printing") follow(world, orders, seconds, random);
  stepLoads(world, damage, orders, seconds, random);
  stepShaking(world, damage, orders, seconds, random);
}

/** True in the one step in which the present motion has lasted `afterS`. */
export function isReached({ lastsS }: MotionState, afterS: number, seconds: number): boolean {
  return lastsS >= afterS - 1e-9 && lastsS - seconds < afterS - 1e-9;
}

/** Only growth is a slip: damage that is repaired does not push the axis back. */
function slip(axis: Axis, totalMm: number): void {
  if (totalMm === axis.slippedMm) return;
  if (Math.abs(totalMm) > Math.abs(axis.slippedMm)) axis.actualMm -= totalMm - axis.slippedMm;
  axis.slippedMm = totalMm;
}

function moveTo(axis: Axis, orderedMm: number): void {
  const byMm = orderedMm - axis.orderedMm;
  axis.orderedMm += byMm;
  axis.actualMm += byMm;
  axis.travelledM += Math.abs(byMm) / 1000;
}

/** One axis after the other; an axis whose end is not found ends the homing. */
function home(world: World, damage: Damage, seconds: number, random: () => number): void {
  const { motion } = world;
  const isGoingOn =
    homeAxis(world, "x", damage.isXEndstopDead, seconds, random) && homeAxis(world, "y", damage.isYEndstopStuck, seconds, random);
  if (!isGoingOn) return;
  homeAxis(world, "z", damage.isProbeDead, seconds, random);
  if (isReached(motion, HOMING_S, seconds)) choosePart(world, random);
}

/** False once the axis should have found its end and has not. An axis that knew where it was learns what it had lost on the way. */
function homeAxis(world: World, name: AxisName, isBroken: boolean, seconds: number, random: () => number): boolean {
  const { motion, traits } = world;
  const axis = world.axes[name];
  const { fromS, untilS } = HOMES[name];
  const beforeS = motion.lastsS - seconds;
  if (motion.lastsS <= fromS) return true;
  if (beforeS >= untilS - 1e-9) return axis.isHomed;
  const leftS = Math.max(0, untilS - motion.lastsS);
  moveTo(axis, axis.orderedMm * (leftS / (untilS - Math.max(fromS, beforeS))));
  if (!isReached(motion, untilS, seconds)) return true;
  if (isBroken) {
    axis.isHomed = false;
    return false;
  }
  const sigmaMm = traits.axes[name].homingSigmaMm;
  const lostMm = axis.orderedMm - axis.actualMm;
  if (axis.isHomed) world.homing = { axis: name, count: ++motion.homings, offMm: lostMm + sigmaMm * noise(random), sigmaMm };
  axis.isHomed = true;
  axis.actualMm = axis.orderedMm;
  return true;
}

function choosePart({ motion, traits: { facts } }: World, random: () => number): void {
  motion.halfMm = 10 + random() * 0.25 * Math.min(facts.sizeMm.x, facts.sizeMm.y);
  motion.centreXMm = facts.sizeMm.x * (0.35 + 0.3 * random());
  motion.centreYMm = facts.sizeMm.y * (0.35 + 0.3 * random());
}

/** Corner by corner at the ordered speed; a path of its own for every machine. */
function follow({ axes: { x, y, z }, motion }: World, orders: Orders, seconds: number, random: () => number): void {
  let leftMm = orders.speedMmS * seconds;
  for (let corner = 0; corner < MAX_CORNERS && leftMm > 0; corner++) {
    const dx = motion.cornerXMm - x.orderedMm;
    const dy = motion.cornerYMm - y.orderedMm;
    const awayMm = Math.hypot(dx, dy);
    const share = awayMm <= leftMm ? 1 : leftMm / awayMm;
    moveTo(x, x.orderedMm + dx * share);
    moveTo(y, y.orderedMm + dy * share);
    leftMm -= awayMm;
    if (share < 1) break;
    motion.cornerXMm = motion.centreXMm + (2 * random() - 1) * motion.halfMm;
    motion.cornerYMm = motion.centreYMm + (2 * random() - 1) * motion.halfMm;
  }
  moveTo(z, orders.layer * LAYER_MM);
}

/** Load of a moving axis, % of stall. */
export function axisLoadPct(world: World, axis: "x" | "y", friction: number): number {
  const cold = 1 + LOAD_PER_C * clamp(25 - world.chamber.tempC, -40, 40);
  return Math.min(100, world.traits.axes[axis].loadPct * (0.4 + 0.6 * friction) * cold);
}

function stepLoads(world: World, damage: Damage, { motion }: Orders, seconds: number, random: () => number): void {
  const { axes, motion: state } = world;
  if (motion === "still" || motion === "loading") {
    axes.x.loadPct = axes.y.loadPct = axes.z.loadPct = 0;
    return;
  }
  state.xLoadNoise = wander(state.xLoadNoise, seconds, LOAD_TAU_S, random);
  state.yLoadNoise = wander(state.yLoadNoise, seconds, LOAD_TAU_S, random);
  axes.x.loadPct = axisLoadPct(world, "x", damage.xFriction) * (1 + 0.05 * state.xLoadNoise);
  axes.y.loadPct = axisLoadPct(world, "y", damage.yFriction) * (1 + 0.05 * state.yLoadNoise);
  axes.z.loadPct = world.traits.axes.z.loadPct;
}

function stepShaking(world: World, damage: Damage, { motion }: Orders, seconds: number, random: () => number): void {
  const state = world.motion;
  state.shaking = wander(state.shaking, seconds, SHAKING_TAU_S, random);
  const usual = motion === "still" ? 0.05 : Math.max(0, 1 + 0.25 * state.shaking);
  world.shockSigma = Math.max(world.shockSigma, usual + damage.knockSigma);
}
