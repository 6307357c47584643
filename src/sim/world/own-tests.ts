/** What a machine finds out about itself on order: the probe's spread, the bed's heights, the tone of the belts, the load of a fixed move. */
import type { ProbeResult } from "../../model/telemetry.ts";
import { noise } from "../random.ts";
import type { Damage } from "./damage.ts";
import { axisLoadPct, isReached } from "./motion.ts";
import type { Orders } from "./orders.ts";
import type { World } from "./world.ts";

/** After the start of their motion. */
export const PROBE_AFTER_S = 4;
export const MESH_AFTER_S = 12;
export const BELT_AFTER_S = 6;
export const LOAD_AFTER_S = 5;
const PROBINGS = 10;
const MESH_POINTS = 5;
/** Belts slacken a little as the frame grows with heat. */
const BELT_HZ_PER_C = 0.0005;
/** The heated plate rises in its middle. */
const BEND_MM_PER_C = 0.0004;

export function stepOwnTests(world: World, damage: Damage, { motion }: Orders, seconds: number, random: () => number): void {
  const { axes, traits } = world;
  const warm = 1 - BELT_HZ_PER_C * (world.chamber.tempC - 25);
  axes.x.beltHz = traits.axes.x.beltHz * Math.sqrt(damage.xTension) * warm;
  axes.y.beltHz = traits.axes.y.beltHz * Math.sqrt(damage.yTension) * warm;
  if (motion === "levelling" && !damage.isProbeDead) {
    if (isReached(world.motion, PROBE_AFTER_S, seconds)) world.probe = probe(world, damage, random);
    if (isReached(world.motion, MESH_AFTER_S, seconds)) world.mesh = heights(world, damage, random);
  } else if (motion === "belt-test" && traits.facts.hasAccelerometer && isReached(world.motion, BELT_AFTER_S, seconds)) {
    const found = (hz: number): number => hz * (1 + 0.008 * noise(random));
    world.beltTest = { count: (world.beltTest?.count ?? 0) + 1, xHz: found(axes.x.beltHz), yHz: found(axes.y.beltHz) };
  } else if (motion === "load-test" && isReached(world.motion, LOAD_AFTER_S, seconds)) {
    const found = (axis: "x" | "y", friction: number): number => axisLoadPct(world, axis, friction) * (1 + 0.02 * noise(random));
    world.loadTest = {
      count: (world.loadTest?.count ?? 0) + 1,
      xPct: found("x", damage.xFriction),
      yPct: found("y", damage.yFriction),
    };
  }
}

function probe({ motion, traits }: World, damage: Damage, random: () => number): ProbeResult {
  let low = 0;
  let high = 0;
  let squares = 0;
  for (let probing = 0; probing < PROBINGS; probing++) {
    const off = noise(random) * traits.probeSigmaMm * damage.probeNoise;
    low = Math.min(low, off);
    high = Math.max(high, off);
    squares += off * off;
  }
  return { count: ++motion.probings, rangeMm: high - low, sigmaMm: Math.sqrt(squares / PROBINGS) };
}

/** Rows from front to back, with the bed's own shape, what bent it, and what the probe adds. */
function heights(world: World, damage: Damage, random: () => number): number[][] {
  const [tiltX, tiltY, bend, twist] = world.traits.bedShape;
  const bent = bend + damage.bedBendMm + BEND_MM_PER_C * (world.bed.tempC - 25);
  const blur = world.traits.probeSigmaMm * damage.probeNoise;
  const at = (x: number, y: number): number =>
    tiltY * y + (tiltX + damage.bedTiltMm / 2) * x + bent * (1 - (x * x + y * y) / 2) + twist * x * y + blur * noise(random);
  const place = (index: number): number => (2 * index) / (MESH_POINTS - 1) - 1;
  return Array.from({ length: MESH_POINTS }, (_row, row) =>
    Array.from({ length: MESH_POINTS }, (_column, column) => at(place(column), place(row))),
  );
}
