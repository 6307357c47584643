/**
 * Lost steps, seen without an encoder. While an axis homes, the way to its endstop takes as long as it is far: an axis that knew where
 * it was and still needs longer, or less, has slipped on the way. Klipper tells no trigger position, but its print times give both
 * ends: `print_time` stands at the start of the first approach, and later at the start of the second one; for a moment between it is
 * what the clock said when the endstop was noticed, plus a constant. What must hold: where anything could have moved the axis unseen,
 * nothing is said.
 */
import { NO_SPREAD, sigma, spread, type Spread } from "../../lib/statistics.ts";
import type { HomingResult } from "../../model/telemetry.ts";

/** The toolhead as it was in one frame; all of it from the same instant. */
export interface MotionFrame {
  /** The controller's clock in this frame, and the end of what is queued, s. */
  readonly nowS: number;
  readonly printTimeS: number;
  /** Where the toolhead was ordered to, and where it is on its way now. */
  readonly ordered: readonly number[];
  readonly live: readonly number[];
  readonly velocityMmS: number;
  readonly homedAxes: string;
  readonly axisMin: readonly number[];
  readonly axisMax: readonly number[];
  readonly accelMmS2: number;
}

export interface HomingEye {
  /** The result of a homing that ended with this frame, where it says something. */
  accept(frame: MotionFrame): HomingResult | undefined;
  /** The host or its board started anew: no position is known any more. */
  forget(): void;
}

const AXES = ["x", "y", "z"] as const;
type AxisIndex = 0 | 1 | 2;

/** Klipper plans a new move this much ahead of its clock (BUFFER_TIME_START). */
const PLAN_AHEAD_S = 0.25;
/** How late the host notices the endstop, where a frame shows the print time from just then. */
const NOTICE_SIGMA_S = 0.008;
/** Klipper tells its state this often; a host that is late with it is late with everything. */
const FRAME_S = 0.25;
/** Homing moves are made in pieces of 50 ms: what is timed by whole pieces is that uncertain, evenly. */
const PIECE_SIGMA_S = 0.05 / Math.sqrt(12);
/** More than this between the end of what was queued and the start of homing may be another move. */
const NO_MOVE_S = 0.05;
/** The usual way back between the two approaches. */
const RETRACT_MM = 5;
const SAME_MM = 0.02;
const PLACE_TOLERANCE_MM = 0.5;
const MAX_HOMING_S = 120;
const MIN_TAUGHT = 3;
const MAX_TAUGHT = 30;

/** The order that an axis had before its latest one. */
interface Earlier {
  readonly mm: number;
  readonly homed: boolean;
  readonly queueEndS: number;
}

/** A first approach that is under way. */
interface Approach {
  readonly axis: AxisIndex;
  readonly endMm: number;
  /** Where the axis was thought to be; undefined where that is not certain. */
  readonly from: Earlier | undefined;
  readonly seenS: number;
  startS?: number;
  speedMmS: number;
  /** The worst that the host was late meanwhile. */
  lateS: number;
  retractMm: number;
  /** Print times since the start, while the axis was ordered to its end. */
  readonly printTimes: number[];
}

const at = (place: readonly number[], axis: AxisIndex): number => place[axis] ?? Number.NaN;
const isSame = (a: number, b: number): boolean => Math.abs(a - b) <= SAME_MM;

/** A part of the range: an axis is called half of it beyond its far end while it looks for the near one. */
const FAR_OUTSIDE = 0.2;

/** The axis that Klipper calls far outside of its range while it looks for the end. One only: a delta moves all three. */
function lookingForEnd({ live, axisMin, axisMax }: MotionFrame): AxisIndex | undefined {
  const outside = ([0, 1, 2] as const).filter((axis) => {
    const marginMm = FAR_OUTSIDE * (at(axisMax, axis) - at(axisMin, axis));
    return at(live, axis) < at(axisMin, axis) - marginMm || at(live, axis) > at(axisMax, axis) + marginMm;
  });
  return outside.length === 1 ? outside[0] : undefined;
}

/** Where a steady move began that started at `startS`. */
function beganMm({ live, velocityMmS, nowS, accelMmS2 }: MotionFrame, axis: AxisIndex, startS: number, towardsMm: number): number {
  const wayMm = velocityMmS * (nowS - startS - velocityMmS / (2 * accelMmS2));
  return at(live, axis) - Math.sign(towardsMm - at(live, axis)) * wayMm;
}

/** What the times of one homing say of the way to the end; `undefined` where they only teach, or not even that. */
function createTiming(): (run: Approach, startS: number, secondS: number, accelMmS2: number) => HomingResult | undefined {
  let count = 0;
  /** Start of the second approach after the end was reached: the way back and the host's waits, s. */
  const waits: Spread[] = [NO_SPREAD, NO_SPREAD, NO_SPREAD];

  return ({ axis, from, endMm, speedMmS, lateS, printTimes }, startS, secondS, accelMmS2) => {
    const between = printTimes.find((time) => time > startS && time < secondS - 2 * NO_MOVE_S);
    const taught = waits[axis] ?? NO_SPREAD;
    const noticedS = between === undefined ? undefined : between - PLAN_AHEAD_S - startS;
    const expectedS = from === undefined ? undefined : Math.abs(from.mm - endMm) / speedMmS + speedMmS / (2 * accelMmS2);
    const waitS = secondS - startS - (noticedS ?? expectedS ?? Number.NaN);
    const isUsual = taught.n < MIN_TAUGHT || Math.abs(waitS - taught.mean) < 4 * PIECE_SIGMA_S;
    if (Number.isFinite(waitS) && isUsual) waits[axis] = spread(taught, waitS, MAX_TAUGHT);
    // a move that nobody saw may have come between; to learn from that is one thing, to complain another
    if (expectedS === undefined || from === undefined || startS - from.queueEndS > NO_MOVE_S) return undefined;
    const tookS = noticedS ?? (taught.n < MIN_TAUGHT ? undefined : secondS - startS - taught.mean);
    if (tookS === undefined) return undefined;
    const sigmaS =
      noticedS === undefined ? Math.max(PIECE_SIGMA_S, sigma(taught)) * Math.sqrt(1 + 1 / taught.n) : Math.hypot(NOTICE_SIGMA_S, lateS);
    count += 1;
    return { axis: AXES[axis], count, offMm: (tookS - expectedS) * speedMmS, sigmaMm: sigmaS * speedMmS };
  };
}

function begin(frame: MotionFrame, last: MotionFrame, axis: AxisIndex, from: Earlier | undefined): Approach {
  // it must have arrived where it was ordered to, or another order came between that nobody saw
  const isKnown = from?.homed === true && isSame(at(last.live, axis), from.mm);
  return {
    axis,
    endMm: at(frame.ordered, axis),
    from: isKnown ? from : undefined,
    seenS: frame.nowS,
    speedMmS: 0,
    lateS: 0,
    retractMm: RETRACT_MM,
    printTimes: [],
  };
}

/** Takes what a frame says of an approach; the start of the second one as soon as that is seen. */
function follow(run: Approach, frame: MotionFrame, printTimes: readonly number[]): number | undefined {
  const { axis, endMm } = run;
  const latest = printTimes.findLast((time) => time <= frame.nowS);
  if (run.startS === undefined && frame.velocityMmS > 0 && latest !== undefined) {
    run.startS = latest;
    run.speedMmS = frame.velocityMmS;
  }
  const backMm = Math.abs(at(frame.ordered, axis) - endMm);
  if (backMm > SAME_MM && backMm <= 4 * RETRACT_MM) run.retractMm = backMm;
  else if (backMm <= SAME_MM && frame.printTimeS !== run.printTimes.at(-1)) run.printTimes.push(frame.printTimeS);
  if (run.startS === undefined || latest === undefined || latest <= run.startS || frame.velocityMmS <= 0) return undefined;
  const secondMm = beganMm(frame, axis, latest, endMm);
  // else it is still on its way back, or the print time is of something else
  return Math.abs(Math.abs(secondMm - endMm) - 2 * run.retractMm) <= PLACE_TOLERANCE_MM ? latest : undefined;
}

export function createHomingEye(): HomingEye {
  let before: MotionFrame | undefined;
  let approach: Approach | undefined;
  let earlier: (Earlier | undefined)[] = [];
  let printTimes: number[] = [];
  const timing = createTiming();

  function noteOrders(frame: MotionFrame, last: MotionFrame): void {
    for (const axis of [0, 1, 2] as const) {
      if (isSame(at(frame.ordered, axis), at(last.ordered, axis))) continue;
      earlier[axis] = { mm: at(last.ordered, axis), homed: last.homedAxes.includes(AXES[axis]), queueEndS: last.printTimeS };
    }
    if (frame.printTimeS !== printTimes.at(-1)) printTimes = [...printTimes.slice(-5), frame.printTimeS];
  }

  function forget(): void {
    before = approach = undefined;
    earlier = [];
    printTimes = [];
  }

  function advance(frame: MotionFrame, last: MotionFrame): HomingResult | undefined {
    noteOrders(frame, last);
    const axis = lookingForEnd(frame);
    if (axis !== undefined && axis !== lookingForEnd(last)) approach = begin(frame, last, axis, earlier[axis]);
    if (approach === undefined) return undefined;
    const run = approach;
    run.lateS = Math.max(run.lateS, frame.nowS - last.nowS - FRAME_S);
    if (frame.nowS - run.seenS > MAX_HOMING_S || !frame.homedAxes.includes(AXES[run.axis])) {
      approach = undefined;
      return undefined;
    }
    const secondS = follow(run, frame, printTimes);
    if (secondS === undefined || run.startS === undefined) return undefined;
    approach = undefined;
    return timing(run, run.startS, secondS, frame.accelMmS2);
  }

  return {
    accept: (frame) => {
      const last = before;
      // the board's clock went back: it is another life
      if (last !== undefined && frame.nowS < last.nowS) forget();
      before = frame;
      return last === undefined || frame.nowS < last.nowS ? undefined : advance(frame, last);
    },
    forget,
  };
}
