/**
 * What stepper drivers complain of. The host reads their flags once a second and stops the printer after some errors; a warning it keeps
 * to itself. Open coils are left out: at rest and at low speed drivers say so of healthy motors.
 */
import type { Timestamp } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import { type Answer, NOT_TESTED, PASS, watch, watchedS } from "./detector.ts";

const MOTORS = [
  { axis: "x", label: "X motor", prefix: "0300-1000" },
  { axis: "y", label: "Y motor", prefix: "0300-1100" },
  { axis: "z", label: "Z motor", prefix: "0300-0800" },
  { axis: "e", label: "extruder motor", prefix: "0300-0900" },
] as const;

/** `flag` begins what the driver says: "s2ga" and "s2gb" are one short. Codes are those of the Klipper pack. */
const FLAGS = [
  { flag: "otpw", end: "0003-E010", says: "its driver is close to the temperature at which it switches itself off" },
  { flag: "ot", end: "0001-E010", says: "its driver is too hot and switched itself off" },
  { flag: "s2g", end: "0001-E011", says: "its driver sees a short to ground" },
  { flag: "s2vs", end: "0001-E012", says: "its driver sees a short to the supply" },
  { flag: "uv_cp", end: "0001-E014", says: "its driver has too little voltage" },
  { flag: "reset", end: "0001-E015", says: "its driver restarted and forgot its settings" },
  { flag: "drv_err", end: "0001-E016", says: "its driver reports an error" },
] as const;

interface DriverPart {
  readonly name: string;
  readonly axis: string;
  readonly code: string;
  readonly flag: string;
  readonly says: string;
}

const PARTS: readonly DriverPart[] = MOTORS.flatMap(({ axis, label, prefix }) =>
  FLAGS.map(({ flag, end, says }) => ({ name: `${axis} ${flag}`, axis, code: `${prefix}-${end}`, flag, says: `${label}: ${says}` })),
);

/** "x1 s2ga" is the X motor's s2g; "extruder ot" the extruder's. "otpw" is not "ot". */
function concerns(complaint: string, { axis, flag }: DriverPart): boolean {
  const [motor = "", said = ""] = complaint.toLowerCase().replace("stepper_", "").split(" ");
  return motor.startsWith(axis) && (flag === "ot" ? said === "ot" : said.startsWith(flag));
}

interface Complaint {
  /** Since when the flag says the opposite of the verdict; the last step that saw it. */
  readonly forS?: number;
  readonly at?: Timestamp;
  readonly isFailing?: true;
}

const QUIET: Complaint = {};
const FAILING: Complaint = { isFailing: true };

const perFlag = watch({
  id: "driver-fault",
  about: "A stepper driver reports heat, a short, lost supply or a restart of its own.",
  parts: PARTS,
  code: ({ code }) => code as HmsCode,
  params: {
    confirmS: { default: 2, min: 0, max: 60, unit: "s", about: "a flag must stay so long: a single read can be wrong" },
    clearS: { default: 30, min: 0, max: 3_600, unit: "s", about: "a flag must be gone so long: a driver at its limit comes and goes" },
  },
  start: QUIET,
  restore: ({ isFailing }) => (isFailing === true ? FAILING : QUIET),
  test: (state, part, { driverFlags, connected }, { confirmS, clearS }, now) => {
    if (driverFlags === undefined || !connected) return { state, answer: NOT_TESTED };
    const isFailing = state.isFailing === true;
    const isSaid = driverFlags.some((complaint) => concerns(complaint, part));
    const standing = isFailing ? complains(part, driverFlags) : PASS;
    if (isSaid === isFailing) return { state: state.at === undefined ? state : isFailing ? FAILING : QUIET, answer: standing };
    const forS = (state.forS ?? 0) + watchedS(state.at, now);
    if (forS < (isFailing ? clearS : part.flag === "reset" ? 0 : confirmS)) return { state: { ...state, forS, at: now }, answer: standing };
    return isFailing ? { state: QUIET, answer: PASS } : { state: FAILING, answer: complains(part, driverFlags) };
  },
});

function complains(part: DriverPart, driverFlags: readonly string[]): Answer {
  return { status: "fail", confidence: 0.95, evidence: { says: part.says, driverFlags: driverFlags.slice(0, 16) } };
}

/** States that a look at drivers without complaints does not change: 28 questions that need not be asked again. */
const settled = new WeakSet<object>();

export const driverFault: typeof perFlag = {
  ...perFlag,
  questions: undefined,
  step: (state, snapshot, params, now) => {
    const isQuiet = snapshot.connected && snapshot.driverFlags?.length === 0;
    if (isQuiet && settled.has(state)) return { state, findings: [], answer: "pass" };
    if (snapshot.driverFlags === undefined && state === perFlag.initial) return { state, findings: [], answer: "not_tested" };
    const step = perFlag.step(state, snapshot, params, now);
    if (isQuiet && step.state === state) settled.add(state);
    return step;
  },
};
