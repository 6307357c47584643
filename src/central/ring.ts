/**
 * The latest minutes of one printer's signals, about one reading a second, in typed arrays that are made when a signal first
 * appears: 1,000 printers with every signal fit 16 MB. Feeds sparklines and freeze frames.
 */
import { SIGNALS, type Readings, type SignalName } from "../model/telemetry.ts";
import { at, type Timestamp } from "../lib/time.ts";

export const RING_MS = 300_000;
const SLOTS = 300;
/** Readings nearer than this to the slot before overwrite it. */
const SLOT_MS = 900;
/** Tenths of a second since the first reading: 13 years in 32 bits. */
const TICK_MS = 100;

/** One value per time and signal; null where nothing was known. */
export interface Series {
  readonly at: number[];
  readonly signals: Record<string, (number | null)[]>;
}

export interface Ring {
  push(time: Timestamp, readings: Readings): void;
  /** Oldest first, from `RING_MS` before `until`. */
  series(until: Timestamp): Series;
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
      const indices: number[] = [];
      for (let index = Math.max(0, written - SLOTS); index < written; index++) {
        const time = timeOf(index);
        if (time > until - RING_MS && time <= until + SLOT_MS) indices.push(index);
      }
      const signals: Series["signals"] = {};
      for (const [name, series] of values) signals[name] = indices.map((index) => rounded(series[index % SLOTS]));
      return { at: indices.map(timeOf), signals };
    },
  };
}

/** A float of 32 bits written in full has digits that nobody measured. */
function rounded(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : Math.round(value * 100) / 100;
}
