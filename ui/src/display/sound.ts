/**
 * The tones of a display, made in code: one figure per severity. A browser may forbid sound until somebody touched the page;
 * `blocked()` says so. Sounding is best effort and never throws.
 */
import type { Severity } from "../show/words.ts";

interface Tone {
  readonly hz: number;
  readonly atS: number;
  readonly lengthS: number;
}

const FIGURES: Readonly<Record<Severity, readonly Tone[]>> = {
  error: [
    { hz: 880, atS: 0, lengthS: 0.18 },
    { hz: 660, atS: 0.24, lengthS: 0.18 },
    { hz: 880, atS: 0.48, lengthS: 0.3 },
  ],
  warning: [
    { hz: 620, atS: 0, lengthS: 0.16 },
    { hz: 620, atS: 0.26, lengthS: 0.16 },
  ],
  info: [{ hz: 520, atS: 0, lengthS: 0.12 }],
  invalid: [],
};
const VOLUME = 0.18;

export interface Sound {
  play(severity: Severity): void;
  /** To be called from a click or a key press. */
  unlock(): Promise<void>;
  blocked(): boolean;
  subscribe(listener: () => void): () => void;
}

export function createSound(): Sound {
  const listeners = new Set<() => void>();
  let context: AudioContext | undefined;

  function audio(): AudioContext {
    if (context === undefined) {
      context = new AudioContext();
      context.addEventListener("statechange", () => listeners.forEach((listener) => listener()));
    }
    return context;
  }

  function play(severity: Severity): void {
    const ctx = audio();
    if (ctx.state !== "running") {
      listeners.forEach((listener) => listener());
      return;
    }
    for (const tone of FIGURES[severity]) {
      const oscillator = ctx.createOscillator();
      const gain = ctx.createGain();
      const start = ctx.currentTime + tone.atS;
      oscillator.frequency.value = tone.hz;
      gain.gain.setValueAtTime(0, start);
      gain.gain.linearRampToValueAtTime(VOLUME, start + 0.015);
      gain.gain.linearRampToValueAtTime(0, start + tone.lengthS);
      oscillator.connect(gain).connect(ctx.destination);
      oscillator.start(start);
      oscillator.stop(start + tone.lengthS + 0.02);
    }
  }

  return {
    play,
    unlock: () => audio().resume(),
    blocked: () => audio().state !== "running",
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
