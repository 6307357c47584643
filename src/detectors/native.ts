/**
 * Passes on the codes a printer reports itself: a code that appears fails, one that is gone passes, once each. The state is the
 * codes that stand, so that one that vanished while nobody watched still gets its pass. An absent list says nothing.
 */
import type { HmsCode } from "../model/code.ts";
import type { Finding } from "../model/report.ts";
import { defineDetector } from "./detector.ts";

export interface NativeState {
  readonly hms: readonly HmsCode[];
  readonly device: readonly HmsCode[];
}

const initial: NativeState = { hms: [], device: [] };
const nothing: readonly Finding[] = [];

function sameCodes(a: readonly HmsCode[], b: readonly HmsCode[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Passes first: a device error that replaces another frees its place before the next one stands there. */
function compare(before: readonly HmsCode[], now: readonly HmsCode[]): readonly Finding[] {
  const gone = before.filter((code) => !now.includes(code));
  const come = now.filter((code, index) => !before.includes(code) && now.indexOf(code) === index);
  return [...gone.map((code): Finding => ({ code, status: "pass" })), ...come.map((code): Finding => ({ code, status: "fail" }))];
}

export const native = defineDetector({
  id: "native",
  about: "Passes on the codes and device errors that the printer reports itself.",
  codes: [],
  params: {},
  initial,
  step: (state, snapshot) => {
    const hms = snapshot.hmsCodes ?? state.hms;
    const device = snapshot.deviceCodes ?? state.device;
    if (sameCodes(state.hms, hms) && sameCodes(state.device, device)) return { state, findings: nothing };
    return { state: { hms, device }, findings: [...compare(state.hms, hms), ...compare(state.device, device)] };
  },
});
