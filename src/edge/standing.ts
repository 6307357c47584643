/**
 * Which detector said fail of which code and has not passed since. Central joins what several say of one code; the edge must only know
 * it to take back what a detector said that is switched off or gone. Pure; the state is plain JSON and is kept with the states of the
 * detectors, which already count what they said as told.
 */
import type { HmsCode } from "../model/code.ts";
import type { Finding } from "../model/report.ts";
import { isObject } from "./files.ts";

/** Code → detectors. */
export type StandingState = Readonly<Record<string, readonly string[]>>;

export interface Standing {
  /** Takes note of a word; true where this detector's fail stood already. */
  note(detector: string, finding: Finding): boolean;
  /** Takes back what nobody is left to take back: `speaks` tells which detectors still say something of a code. */
  prune(speaks: (detector: string, code: HmsCode) => boolean): readonly { readonly detector: string; readonly finding: Finding }[];
  state(): StandingState;
}

/** `saved` comes from a file: what has another shape is left out. */
function restore(saved: unknown): Map<HmsCode, Set<string>> {
  const standing = new Map<HmsCode, Set<string>>();
  for (const [code, detectors] of isObject(saved) ? Object.entries(saved) : []) {
    const sound = Array.isArray(detectors) ? detectors.filter((one) => typeof one === "string") : [];
    if (sound.length > 0) standing.set(code as HmsCode, new Set(sound));
  }
  return standing;
}

export function createStanding(saved?: unknown): Standing {
  const standing = restore(saved);

  function note(detector: string, { code, status }: Finding): boolean {
    const detectors = standing.get(code);
    const stood = detectors?.has(detector) === true;
    if (status === "fail" && detectors === undefined) standing.set(code, new Set([detector]));
    else if (status === "fail") detectors?.add(detector);
    else if (status === "pass" && stood) {
      detectors.delete(detector);
      if (detectors.size === 0) standing.delete(code);
    }
    return stood;
  }

  return {
    note,
    prune: (speaks) =>
      [...standing].flatMap(([code, detectors]) =>
        [...detectors].flatMap((detector) => {
          if (speaks(detector, code)) return [];
          const evidence = { reason: `the detector ${detector} no longer watches this printer for ${code}` };
          const finding: Finding = { code, status: "pass", evidence };
          note(detector, finding);
          return [{ detector, finding }];
        }),
      ),
    state: () => Object.fromEntries([...standing].map(([code, detectors]) => [code, [...detectors]])),
  };
}
