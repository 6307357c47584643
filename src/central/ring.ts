/**
 * The latest minutes of one printer's signals, about one reading a second, in typed arrays that are made when a signal first
 * appears: 1,000 printers with every signal fit 20 MB. Feeds sparklines with all of it, and freeze frames, which are kept for ever, with
 * the last minute whole and the minutes before it by one reading every five seconds, rounded to what was measured.
 */
import { SIGNALS, type Readings, type SignalName } from "../model/telemetry.ts";
import { at, type Timestamp } from "../lib/time.ts";

export const RING_MS = 300_000;
const SLOTS = 300;
/** Readings nearer than this to the slot before overwrite it. */
const SLOT_MS = 900;
/** Tenths of a second since the first reading: 13 years in 32 bits. */
const TICK_MS = 100;
/** How a freeze frame is thinned. */
const FINE_MS = 60_000;
const COARSE_MS = 5_000;

/** One value per time and signal; null where nothing was known. */
export interface Series {
  readonly at: number[];
  readonly signals: Record<string, (number | null)[]>;
}

export interface Ring {
  push(time: Timestamp, readings: Readings): void;
  /** Oldest first, from `RING_MS` before `until`. */
  series(until: Timestamp): Series;
  /** The same, small: whole in the last minute, thin before, without signals that say nothing. 9 KB of JSON where all is known. */
  frame(until: Timestamp): Series;
}

export function createRing(): Ring {
  const values = new Map<SignalName, Float32Array>();
  const ticks = new Uint32Array(SLOTS);
  let base = at(0);
  let written = 0;

  const timeOf = (index: number): number => base + (ticks[index % SLOTS] ?? 0) * TICK_MS;

  function slotFor(time: Timestamp): number {
    if (written === 0) base = time;
    const last = written - 1;
    const isNew = last < 0 || time - timeOf(last) >= SLOT_MS;
    if (!isNew) return last % SLOTS;
    const slot = written++ % SLOTS;
    ticks[slot] = Math.max(0, Math.round((time - base) / TICK_MS));
    for (const series of values.values()) series[slot] = Number.NaN;
    return slot;
  }

  function indicesBefore(until: Timestamp): number[] {
    const indices: number[] = [];
    for (let index = Math.max(0, written - SLOTS); index < written; index++) {
      const time = timeOf(index);
      if (time > until - RING_MS && time <= until + SLOT_MS) indices.push(index);
    }
    return indices;
  }

  return {
    push: (time, readings) => {
      const slot = slotFor(time);
      for (const { name } of SIGNALS) {
        const value = readings[name];
        if (value === undefined) continue;
        let series = values.get(name);
        if (series === undefined) values.set(name, (series = new Float32Array(SLOTS).fill(Number.NaN)));
        series[slot] = value;
      }
    },
    series: (until) => {
      const indices = indicesBefore(until);
      const signals: Series["signals"] = {};
      for (const [name, series] of values) signals[name] = indices.map((index) => rounded(series[index % SLOTS], 100));
      return { at: indices.map(timeOf), signals };
    },
    frame: (until) => {
      const indices = thinned(indicesBefore(until), timeOf, until);
      const signals: Series["signals"] = {};
      for (const [name, series] of values) {
        const points = indices.map((index) => rounded(series[index % SLOTS], FRAME_PRECISION[name]));
        if (points.some((point) => point !== null)) signals[name] = points;
      }
      return { at: indices.map(timeOf), signals };
    },
  };
}

/** Everything of the last minute, and of the time before one reading in five seconds, counted back from it. */
function thinned(indices: readonly number[], timeOf: (index: number) => number, until: Timestamp): readonly number[] {
  let last = Number.POSITIVE_INFINITY;
  const kept = indices.toReversed().filter((index) => {
    const time = timeOf(index);
    const isKept = time > until - FINE_MS || last - time >= COARSE_MS;
    if (isKept) last = time;
    return isKept;
  });
  return kept.reverse();
}

/** Tenths of a degree; all else is measured in whole numbers. */
const FRAME_PRECISION = Object.fromEntries(SIGNALS.map(({ name, unit }) => [name, unit === "°C" ? 10 : 1])) as Record<SignalName, number>;

/** A float of 32 bits written in full has digits that nobody measured; `precision` is 10 for one decimal. */
function rounded(value: number | undefined, precision: number): number | null {
  return value === undefined || Number.isNaN(value) ? null : Math.round(value * precision) / precision;
}
