/** What Klipper writes to its console that is not told anywhere else: errors of commands, and the result of a probe test. */
import { type HmsCode, levelOf } from "../../model/code.ts";
import type { ProbeResult } from "../../model/telemetry.ts";

/** A mistake in a command harms nothing and nothing takes it back: it is told for a minute. */
const MISTAKE_MS = 60_000;
/** Klipper calls an axis homed from the start of the attempt: it must stay so for longer than that takes. */
const HOMED_MS = 15_000;
const INFO_LEVEL = 3;
const MAX_STANDING = 32;

/** The axes whose next good homing proves a fault of homing or probing gone. */
const PROOFS: readonly (readonly [RegExp, string])[] = [
  [/^0300-1000-/, "x"],
  [/^0300-1100-/, "y"],
  [/^03..-0800-|^0300-2D00-/, "z"],
  [/^E100-0C00-/, "xyz"],
];

/** What it takes to be over. A new job and a new start of the host end all of them. */
type Over =
  | { readonly by: "time"; readonly atMs: number }
  | { readonly by: "homing"; readonly axes: string; lost: boolean; homedMs?: number }
  /** The printer was told to go on, or the job was given up. */
  | { readonly by: "going on" };

export interface Complaints {
  /** A console line's code. */
  add(code: HmsCode, nowMs: number, homedAxes: string): void;
  homed(axes: string, nowMs: number): void;
  /** The probe measured a point. */
  probed(): void;
  /** The job went on after a pause, or ended. */
  wentOn(): void;
  clear(): void;
  tick(nowMs: number): void;
  standing(): readonly HmsCode[];
}

const PROBE_CODES = "0300-2D00-";

const areHomed = (axes: string, homedAxes: string): boolean => axes.split("").every((axis) => homedAxes.includes(axis));

export function createComplaints(): Complaints {
  const standing = new Map<HmsCode, Over>();

  function overOf(code: HmsCode, nowMs: number, homedAxes: string): Over {
    if (levelOf(code) >= INFO_LEVEL) return { by: "time", atMs: nowMs + MISTAKE_MS };
    const axes = PROOFS.find(([codes]) => codes.test(code))?.[1];
    if (axes === undefined) return { by: "going on" };
    return { by: "homing", axes, lost: !areHomed(axes, homedAxes) };
  }

  const drop = (isOver: (over: Over, code: HmsCode) => boolean): void => {
    for (const [code, over] of standing) if (isOver(over, code)) standing.delete(code);
  };

  return {
    add: (code, nowMs, homedAxes) => {
      if (standing.has(code) || standing.size < MAX_STANDING) standing.set(code, overOf(code, nowMs, homedAxes));
    },
    homed: (homedAxes, nowMs) => {
      for (const over of standing.values()) {
        if (over.by !== "homing") continue;
        if (!areHomed(over.axes, homedAxes)) {
          over.lost = true;
          delete over.homedMs;
        } else if (over.lost) over.homedMs ??= nowMs;
      }
    },
    probed: () => drop((_, code) => code.startsWith(PROBE_CODES)),
    wentOn: () => drop((over) => over.by === "going on"),
    clear: () => standing.clear(),
    tick: (nowMs) =>
      drop((over) => (over.by === "time" ? nowMs >= over.atMs : over.by === "homing" && nowMs - (over.homedMs ?? nowMs) >= HOMED_MS)),
    standing: () => [...standing.keys()],
  };
}

const PROBE = /^\/\/ probe accuracy results:.{0,80}\brange ([0-9.]{1,12}),.{0,80}\bstandard deviation ([0-9.]{1,12})/;

/** A point of a mesh or a levelling. */
export const isProbedPoint = (line: string): boolean => /^\/\/ probe:? at /.test(line);

export function probeOf(line: string, count: number): ProbeResult | undefined {
  const [, range, deviation] = PROBE.exec(line.slice(0, 400)) ?? [];
  const rangeMm = Number(range);
  const sigmaMm = Number(deviation);
  return range !== undefined && Number.isFinite(rangeMm) && Number.isFinite(sigmaMm) ? { count, rangeMm, sigmaMm } : undefined;
}
