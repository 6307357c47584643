/** What is broken of the edge's own on one printer: detectors that throw, a printer that says too much. Told once, and taken back. */
import { errorText } from "../lib/errors.ts";
import type { HmsCode } from "../model/code.ts";
import type { Finding } from "../model/report.ts";
import { isObject } from "./files.ts";

export const DETECTOR_FAULT = "F000-0300-0003-0001" as HmsCode;

export interface Faults {
  /** True when this is news. */
  add(id: string, error: unknown): boolean;
  clear(id: string): void;
  /** What changed since it was asked last. */
  finding(): Finding | undefined;
  /** Plain JSON, kept with the states of the detectors. */
  state(): Readonly<Record<string, string>>;
}

/** `isKnown`: a detector that was taken away cannot get well any more. */
export function createFaults(saved: unknown, isKnown: (id: string) => boolean): Faults {
  const before = isObject(saved) ? Object.entries(saved) : [];
  const faulty = new Map(before.filter(([id]) => isKnown(id)).map(([id, reason]) => [id, String(reason)]));
  let isTold = before.length > 0;
  return {
    add: (id, error) => {
      const reason = errorText(error);
      if (faulty.get(id) === reason) return false;
      faulty.set(id, reason);
      return true;
    },
    clear: (id) => {
      // asked of every detector in every step
      if (faulty.size > 0) faulty.delete(id);
    },
    finding: () => {
      const isFaulty = faulty.size > 0;
      if (isFaulty === isTold) return undefined;
      isTold = isFaulty;
      if (!isFaulty) return { code: DETECTOR_FAULT, status: "pass" };
      return { code: DETECTOR_FAULT, status: "fail", evidence: { faulty: Object.fromEntries([...faulty].slice(0, 16)) } };
    },
    state: () => Object.fromEntries(faulty),
  };
}
