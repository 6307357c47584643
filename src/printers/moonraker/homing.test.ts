/** The eye on homing, on frames made by Klipper's own rules of time: what stands in `print_time` when, and what a frame shows of it. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HomingResult } from "../../model/telemetry.ts";
import { createHomingEye, type MotionFrame } from "./homing.ts";

/** One homing of X towards 0, with what may differ. */
interface Homing {
  /** Where X was thought to be, and how far it truly was. */
  readonly fromMm: number;
  readonly wayMm: number;
  /** How much later than the switch the host knew. */
  readonly noticeS?: number;
  /** When in the quarter of a second the first frame falls. */
  readonly phaseS?: number;
  readonly homedBefore?: boolean;
  /** X was last seen elsewhere than ordered. */
  readonly seenMm?: number;
  /** A time in which something else may have moved. */
  readonly unseenS?: number;
}

const SPEED = 50;
const SECOND_SPEED = 25;
const ACCEL = 3_000;
const RETRACT_MM = 5;
const AHEAD_S = 0.25;
const PIECE_S = 0.05;
/** The toolhead's place goes on as planned until the host takes it back. */
const SENT_AHEAD_S = 0.35;
/** The lift of Z before it. */
const LIFT_S = 0.5;

const fixed = { axisMin: [-1, -1, -5], axisMax: [220, 220, 220], accelMmS2: ACCEL } as const;
const rampS = (speed: number): number => speed / (2 * ACCEL);

/** The frames of one homing that begins at `beginS`; the clock after it. */
function framesOf(homing: Homing, beginS: number): { readonly frames: readonly MotionFrame[]; readonly endS: number } {
  const { fromMm, wayMm, noticeS = 0.001, phaseS = 0.1, homedBefore = true, seenMm = fromMm, unseenS = 0 } = homing;
  const queueEndS = beginS + AHEAD_S + LIFT_S;
  const startS = queueEndS + 0.004 + unseenS;
  const noticedS = startS + rampS(SPEED) + wayMm / SPEED + noticeS;
  // what was sent ahead in pieces must run out, then the way back, then the second approach
  const sentS = startS + PIECE_S * (Math.floor((noticedS - startS + 0.1) / PIECE_S) + 1);
  const backS = sentS + AHEAD_S + 0.002;
  const secondS = backS + RETRACT_MM / SPEED + SPEED / ACCEL + 0.004;
  const knownS = noticedS + 0.03;
  const secondEndS = secondS + RETRACT_MM / SECOND_SPEED + 0.01;
  const frames: MotionFrame[] = [];
  for (let nowS = beginS - 0.3 + phaseS; nowS < secondEndS + 0.6; nowS += 0.25) {
    const isOrdered = nowS > startS - 0.2;
    const isBack = nowS >= knownS && nowS < backS - 0.01;
    const printTimeS =
      nowS < beginS
        ? beginS - 5
        : !isOrdered
          ? queueEndS
          : nowS < noticedS
            ? startS
            : nowS < knownS
              ? noticedS + AHEAD_S
              : isBack
                ? secondS - 0.004
                : secondS;
    frames.push({
      ...fixed,
      nowS,
      printTimeS: nowS > secondEndS ? secondEndS + AHEAD_S : printTimeS,
      ordered: [!isOrdered ? fromMm : isBack ? RETRACT_MM : 0, 100, 5],
      live: [liveX({ nowS, startS, backS, secondS, secondEndS, seenMm }), 100, 5],
      velocityMmS: velocityAt({ nowS, startS, knownS, backS, secondS, secondEndS }),
      homedAxes: isOrdered || homedBefore ? "xyz" : "yz",
    });
  }
  return { frames, endS: secondEndS + 0.7 };
}

interface Times {
  readonly nowS: number;
  readonly startS: number;
  readonly backS: number;
  readonly secondS: number;
  readonly secondEndS: number;
}

function liveX({ nowS, startS, backS, secondS, secondEndS, seenMm }: Times & { readonly seenMm: number }): number {
  if (nowS < startS - 0.05) return seenMm;
  if (nowS < startS) return 330;
  if (nowS < backS) return 330 - SPEED * Math.max(0, nowS - startS - rampS(SPEED));
  if (nowS < secondS) return Math.min(RETRACT_MM, (nowS - backS) * SPEED);
  return nowS < secondEndS + SENT_AHEAD_S ? 2 * RETRACT_MM - SECOND_SPEED * Math.max(0, nowS - secondS - rampS(SECOND_SPEED)) : 0;
}

function velocityAt({ nowS, startS, backS, secondS, secondEndS }: Times & { readonly knownS: number }): number {
  if (nowS < startS || nowS > secondEndS + SENT_AHEAD_S) return 0;
  if (nowS < backS) return SPEED;
  return nowS < secondS ? SPEED : SECOND_SPEED;
}

function see(homings: readonly Homing[]): HomingResult[] {
  const eye = createHomingEye();
  let beginS = 100;
  const results: HomingResult[] = [];
  for (const homing of homings) {
    const { frames, endS } = framesOf(homing, beginS);
    for (const frame of frames) {
      const result = eye.accept(frame);
      if (result !== undefined) results.push(result);
    }
    beginS = endS + 1;
  }
  return results;
}

/** Frames that show the print time from just when the endstop was noticed. */
const noticedPhase = (wayMm: number): number => (0.3 + AHEAD_S + LIFT_S + 0.004 + rampS(SPEED) + wayMm / SPEED + 0.01) % 0.25;

describe("a homing whose trigger a frame shows", () => {
  it.each([
    ["nothing lost", 20, 20, 0],
    ["3 mm too far away", 0.5, 3.5, 3],
    ["a slip the other way", 40, 37.2, -2.8],
  ])("%s", (_, fromMm, wayMm, offMm) => {
    const [result, ...more] = see([{ fromMm, wayMm, phaseS: noticedPhase(wayMm) }]);
    expect(more).toEqual([]);
    expect(result).toMatchObject({ axis: "x", count: 1, offMm: expect.closeTo(offMm, 0), sigmaMm: expect.closeTo(0.4, 1) });
  });

  it.each<[string, Partial<Homing>]>([
    ["the axis was not homed before", { homedBefore: false }],
    ["it was still under way when it was seen last", { seenMm: 71 }],
    ["something may have moved it in between", { unseenS: 0.2 }],
  ])("says nothing when %s", (_, how) => {
    const wayMm = 23;
    expect(see([{ fromMm: 20, wayMm, phaseS: (noticedPhase(wayMm) + (how.unseenS ?? 0)) % 0.25, ...how }])).toEqual([]);
  });

  it("trusts a host that is late less", () => {
    const { frames } = framesOf({ fromMm: 20, wayMm: 20, phaseS: noticedPhase(20) }, 100);
    const eye = createHomingEye();
    const seen = frames.find(({ live }) => (live[0] ?? 0) > 300);
    const results = frames.map((frame) => (frame === seen ? undefined : eye.accept(frame)));
    expect(results.find((one) => one !== undefined)?.sigmaMm).toBeGreaterThan(5);
  });
});

describe("homings that no frame shows exactly", () => {
  /** Ways that do not all fall alike into the pieces of 50 ms. */
  const teach = [10, 31.3, 52.1, 73.9, 18.6].map((wayMm) => ({ fromMm: wayMm, wayMm, phaseS: (noticedPhase(wayMm) + 0.12) % 0.25 }));

  it("says nothing before it has learned how long the host waits", () => {
    expect(see(teach.slice(0, 2))).toEqual([]);
  });

  it("finds a large slip, by what it has learned, and knows how uncertain that is", () => {
    const results = see([...teach, { fromMm: 40, wayMm: 48, phaseS: (noticedPhase(48) + 0.12) % 0.25 }]);
    const last = results.at(-1);
    expect(last?.offMm).toBeGreaterThan(5.5);
    expect(last?.sigmaMm).toBeGreaterThan(0.7);
    for (const { offMm, sigmaMm } of results.slice(0, -1)) expect(Math.abs(offMm)).toBeLessThan(3 * sigmaMm);
  });
});

it("never cries over healthy homings, however the frames fall", () => {
  const homing = fc.record({
    fromMm: fc.double({ min: 0.5, max: 215, noNaN: true }),
    noticeS: fc.double({ min: 0, max: 0.006, noNaN: true }),
    phaseS: fc.double({ min: 0, max: 0.249, noNaN: true }),
    homedBefore: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(homing, { minLength: 1, maxLength: 12 }), (homings) => {
      for (const { offMm, sigmaMm } of see(homings.map((one) => ({ ...one, wayMm: one.fromMm }))))
        expect(Math.abs(offMm)).toBeLessThan(4 * sigmaMm);
    }),
    { numRuns: 300 },
  );
});

it("takes any frame", () => {
  const place = fc.array(fc.oneof(fc.double(), fc.constantFrom(0, 330, -330)), { maxLength: 4 });
  const frame = fc.record({
    nowS: fc.double({ min: 0, max: 1e9, noNaN: true }),
    printTimeS: fc.double({ min: 0, max: 1e9, noNaN: true }),
    ordered: place,
    live: place,
    velocityMmS: fc.double({ min: 0, max: 1e9, noNaN: true }),
    homedAxes: fc.constantFrom("", "x", "xyz"),
    axisMin: fc.constant([0, 0, 0]),
    axisMax: fc.constant([200, 200, 200]),
    accelMmS2: fc.double({ min: 1, max: 1e9, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 20 }), (frames) => {
      const eye = createHomingEye();
      for (const one of frames) {
        const result = eye.accept(one);
        if (result !== undefined) expect([Number.isFinite(result.offMm), Number.isFinite(result.sigmaMm)]).toEqual([true, true]);
      }
    }),
  );
});
