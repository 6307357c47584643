/**
 * The connection to the printer itself: gone for long enough is a fault of its own, whatever the printer would have said. The
 * printer's other alerts are left alone; silence clears nothing.
 */
import type { Timestamp } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import type { Finding } from "../model/report.ts";
import { defineDetector, type Step } from "./detector.ts";

/** A printer that cannot be reached: module F0, the HMS watching itself. */
export const PRINTER_UNREACHABLE = "F000-0100-0003-0001" as HmsCode;

export interface LinkState {
  /** Since when there is no connection. */
  readonly lostAt?: Timestamp;
  /** What was said last; undefined before anything was. */
  readonly said?: "fail" | "pass";
}

const initial: LinkState = {};
const nothing: readonly Finding[] = [];

export const link = defineDetector({
  id: "link",
  about: "Tells when a printer cannot be reached for a while.",
  codes: [PRINTER_UNREACHABLE],
  params: {
    onDelayS: { default: 60, min: 0, max: 86_400, unit: "s", about: "how long the connection must be gone before it counts" },
  },
  initial,
  // the time that nobody looked is no time without a connection
  restore: ({ said }) => (said === undefined ? initial : { said }),
  step: (state, snapshot, params, now): Step<LinkState> => {
    if (snapshot.connected) {
      if (state.said === "pass" && state.lostAt === undefined) return { state, findings: nothing };
      return { state: { said: "pass" }, findings: state.said === "pass" ? nothing : [{ code: PRINTER_UNREACHABLE, status: "pass" }] };
    }
    if (state.said === "fail") return { state, findings: nothing };
    // a clock that was set back must not make the wait longer than the delay
    const lostAt = state.lostAt === undefined || state.lostAt > now ? now : state.lostAt;
    const lostMs = now - lostAt;
    if (lostMs < params.onDelayS * 1_000) return { state: lostAt === state.lostAt ? state : { ...state, lostAt }, findings: nothing };
    return {
      state: { lostAt, said: "fail" },
      findings: [
        {
          code: PRINTER_UNREACHABLE,
          status: "fail",
          value: Math.round(lostMs / 1_000),
          limit: params.onDelayS,
          unit: "s",
          evidence: { reason: snapshot.linkReason ?? "no connection" },
        },
      ],
    };
  },
});
