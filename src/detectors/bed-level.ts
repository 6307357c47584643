/** The bed and the probe that measures it: a mesh that is bent or stepped, a plane that moved between prints, a probe that scatters. */
import type { HmsCode } from "../model/code.ts";
import { ewma, median } from "../lib/statistics.ts";
import { type Answer, NOT_TESTED, PASS, watch } from "./detector.ts";

type Mesh = readonly (readonly number[])[];

/** What is asked of a mesh. Tilts are mm from one edge to the other. */
interface Shape {
  readonly columns: number;
  readonly rows: number;
  readonly lowMm: number;
  readonly highMm: number;
  /** Largest difference of two neighbours. */
  readonly stepMm: number;
  readonly tiltXMm: number;
  readonly tiltYMm: number;
}

/** A mesh is looked at in every step and is a new array with every measurement: its shape is worked out once. */
const shapes = new WeakMap<Mesh, Shape | "none">();

function shapeOf(mesh: Mesh | undefined): Shape | undefined {
  if (mesh === undefined) return undefined;
  let shape = shapes.get(mesh);
  if (shape === undefined) shapes.set(mesh, (shape = measure(mesh) ?? "none"));
  return shape === "none" ? undefined : shape;
}

/** Undefined for what is no grid of at least 2 x 2 numbers. */
function measure(mesh: Mesh): Shape | undefined {
  const [rows, columns] = [mesh.length, mesh[0]?.length ?? 0];
  if (rows < 2 || columns < 2 || mesh.some((row) => row.length !== columns || row.some((mm) => !Number.isFinite(mm)))) return undefined;
  let [lowMm, highMm, stepMm] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  // places from -1/2 to 1/2: on such a grid the least-squares plane is two separate sums
  let [sumX, sumXX, sumY, sumYY] = [0, 0, 0, 0];
  mesh.forEach((row, j) => {
    row.forEach((mm, i) => {
      const [x, y] = [i / (columns - 1) - 0.5, j / (rows - 1) - 0.5];
      lowMm = Math.min(lowMm, mm);
      highMm = Math.max(highMm, mm);
      stepMm = Math.max(stepMm, Math.abs(mm - (row[i - 1] ?? mm)), Math.abs(mm - (mesh[j - 1]?.[i] ?? mm)));
      sumX += x * mm;
      sumXX += x * x;
      sumY += y * mm;
      sumYY += y * y;
    });
  });
  return { columns, rows, lowMm, highMm, stepMm, tiltXMm: sumX / sumXX, tiltYMm: sumY / sumYY };
}

/** Figures of a measurement that was judged: the same again, after a restart too, is the same measurement. */
interface Judged {
  readonly lowMm?: number;
  readonly highMm?: number;
  readonly answer: Answer;
}

const NO_MESH: Judged = { answer: NOT_TESTED };

export const meshRange = watch({
  id: "mesh-range",
  about: "The measured bed is more uneven than levelling can make good.",
  parts: [{ name: "bed" }],
  reads: () => "bedMesh",
  code: () => "0300-2D00-0002-E111" as HmsCode,
  params: {
    rangeMm: { default: 0.8, min: 0.1, max: 10, unit: "mm", about: "from the lowest to the highest point: four layers and more" },
    stepMm: { default: 0.6, min: 0.05, max: 5, unit: "mm", about: "between two neighbouring points: dirt, a lifted sheet, a bad probing" },
  },
  start: NO_MESH,
  test: (state, _part, { bedMesh }, { rangeMm, stepMm }) => {
    const shape = shapeOf(bedMesh);
    if (shape === undefined || (shape.lowMm === state.lowMm && shape.highMm === state.highMm)) return { state, answer: state.answer };
    const { lowMm, highMm } = shape;
    const answer = judgeMesh(shape, rangeMm, stepMm);
    return { state: { lowMm, highMm, answer }, answer };
  },
});

function judgeMesh({ lowMm, highMm, stepMm }: Shape, rangeLimit: number, stepLimit: number): Answer {
  const range = highMm - lowMm;
  if (range > rangeLimit) {
    const says = `the bed is uneven by ${range.toFixed(2)} mm (${lowMm.toFixed(2)} to ${highMm.toFixed(2)} mm)`;
    return { status: "fail", value: range, limit: rangeLimit, unit: "mm", confidence: 0.95, evidence: { says, lowMm, highMm } };
  }
  if (stepMm <= stepLimit) return PASS;
  const says = `two neighbouring points of the bed differ by ${stepMm.toFixed(2)} mm: dirt, a sheet that lies on something, or a bad probing`;
  return { status: "fail", value: stepMm, limit: stepLimit, unit: "mm", confidence: 0.8, evidence: { says, lowMm, highMm } };
}

interface Tilt {
  readonly xMm: number;
  readonly yMm: number;
}

interface Plane {
  readonly last?: Tilt;
  /** Size of the grid: a mesh of another size covers another area and cannot be compared. */
  readonly grid?: string;
  /** The latest planes that were right. */
  readonly right: readonly Tilt[];
  /** Planes since, in a row, that lie elsewhere. */
  readonly moved: readonly Tilt[];
  readonly answer: Answer;
}

const NO_PLANE: Plane = { right: [], moved: [], answer: NOT_TESTED };
const KEPT_PLANES = 5;

export const bedTilt = watch({
  id: "bed-tilt",
  about: "The bed lies at another angle than in the prints before.",
  parts: [{ name: "bed" }],
  reads: () => "bedMesh",
  code: () => "0300-2D00-0003-E110" as HmsCode,
  params: {
    changeMm: { default: 0.1, min: 0.02, max: 5, unit: "mm", about: "change of height over the bed, from corner to corner" },
    sureMm: { default: 0.3, min: 0.02, max: 10, unit: "mm", about: "beyond this one mesh is enough, else it takes `meshes`" },
    meshes: { default: 2, min: 1, max: 4, unit: "meshes", about: "so many in a row must show it" },
  },
  start: NO_PLANE,
  test: (state, _part, { bedMesh }, { changeMm, sureMm, meshes }) => {
    const shape = shapeOf(bedMesh);
    if (shape === undefined || isSame(state.last, shape)) return { state, answer: state.answer };
    const tilt = { xMm: shape.tiltXMm, yMm: shape.tiltYMm };
    const grid = `${shape.columns} x ${shape.rows}`;
    if (state.grid !== grid) return { state: { ...NO_PLANE, last: tilt, grid, right: [tilt] }, answer: NOT_TESTED };
    const usual = { xMm: median(state.right.map(({ xMm }) => xMm)) ?? 0, yMm: median(state.right.map(({ yMm }) => yMm)) ?? 0 };
    const change = apart(tilt, usual);
    if (change <= changeMm) {
      return { state: { last: tilt, grid, right: [...state.right, tilt].slice(-KEPT_PLANES), moved: [], answer: PASS }, answer: PASS };
    }
    const moved = [...state.moved, tilt];
    // somebody levelled it so, or lives with it: where it stays is where it belongs
    if (moved.length >= KEPT_PLANES && moved.every((one) => apart(one, tilt) <= changeMm)) {
      return { state: { last: tilt, grid, right: moved, moved: [], answer: PASS }, answer: PASS };
    }
    const answer = moved.length < meshes && change <= sureMm ? state.answer : tilted(tilt, usual, change, changeMm);
    return { state: { ...state, last: tilt, moved: moved.slice(-KEPT_PLANES + 1), answer }, answer };
  },
});

function isSame(tilt: Tilt | undefined, { tiltXMm, tiltYMm }: Shape): boolean {
  return tilt !== undefined && tilt.xMm === tiltXMm && tilt.yMm === tiltYMm;
}

/** Largest difference of two planes over the bed, at its corners. */
function apart(a: Tilt, b: Tilt): number {
  return Math.abs(a.xMm - b.xMm) + Math.abs(a.yMm - b.yMm);
}

function tilted(tilt: Tilt, usual: Tilt, change: number, limit: number): Answer {
  const [dx, dy] = [tilt.xMm - usual.xMm, tilt.yMm - usual.yMm];
  const says = `since the prints before, the bed has tilted by ${dx.toFixed(2)} mm from left to right and ${dy.toFixed(2)} mm from front to back`;
  return { status: "fail", value: change, limit, unit: "mm", confidence: 0.85, evidence: { says, tilt, usual } };
}

interface Probe {
  readonly count?: number;
  readonly rangeMm?: number;
  /** Spreads of the first results, and the smoothed one since. */
  readonly first: readonly number[];
  readonly meanMm?: number;
  readonly answer: Answer;
}

const NO_PROBE: Probe = { first: [], answer: NOT_TESTED };
const FIRST_PROBES = 5;
/** Below this share of the limit an alert is over, so that a spread at the limit is one alert. */
const EASED = 0.7;

export const probeRepeatability = watch({
  id: "probe-repeatability",
  about: "Probing one point several times gives heights that lie too far apart, or further apart than they used to.",
  parts: [{ name: "probe" }],
  reads: () => "probe",
  code: () => "0300-2D00-0002-E003" as HmsCode,
  params: {
    rangeMm: {
      default: 0.1,
      min: 0.01,
      max: 1,
      unit: "mm",
      about: "from the lowest to the highest of one series; the host's own tolerance",
    },
    twiceMm: {
      default: 0.06,
      min: 0.01,
      max: 1,
      unit: "mm",
      about: "the same in two series running; Klipper's guide wants 0.025 mm, cheap probes reach 0.045 mm",
    },
    timesUsual: { default: 3, min: 1.5, max: 20, unit: "", about: "smoothed spread against the first series" },
    spreadMm: { default: 0.01, min: 0.002, max: 0.5, unit: "mm", about: "a smaller spread is never a fault" },
  },
  start: NO_PROBE,
  test: (state, _part, { probe }, params) => {
    if (probe === undefined || (probe.count === state.count && probe.rangeMm === state.rangeMm)) return { state, answer: state.answer };
    const { count, rangeMm, sigmaMm } = probe;
    const first = state.first.length < FIRST_PROBES && rangeMm <= params.twiceMm ? [...state.first, sigmaMm] : state.first;
    const meanMm = ewma(state.meanMm, sigmaMm, 0.4);
    const limitMm = Math.max(params.spreadMm, (median(first) ?? 0) * params.timesUsual);
    const isFailing = state.answer.status === "fail";
    const isSpread = first.length >= FIRST_PROBES && meanMm > (isFailing ? EASED * limitMm : limitMm);
    const limit = (state.rangeMm ?? 0) > params.twiceMm ? params.twiceMm : params.rangeMm;
    const answer = rangeMm > limit ? scattered(rangeMm, limit) : isSpread ? worn(meanMm, limitMm) : PASS;
    return { state: { count, rangeMm, first, meanMm, answer }, answer };
  },
});

function scattered(rangeMm: number, limit: number): Answer {
  const says = `probing one point gave heights up to ${rangeMm.toFixed(3)} mm apart`;
  return { status: "fail", value: rangeMm, limit, unit: "mm", confidence: 0.9, evidence: { says } };
}

function worn(meanMm: number, limit: number): Answer {
  const says = `the probe scatters by ${meanMm.toFixed(3)} mm, much more than when its first results were taken`;
  return { status: "fail", value: meanMm, limit, unit: "mm", confidence: 0.8, evidence: { says } };
}
