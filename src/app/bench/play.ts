/**
 * One run of the bench: a virtual machine speaks its own wire, the same reader as in the product turns it into samples, and the
 * watchers see every snapshot. No sockets, no wall clock: hours of printing in seconds.
 */
import { at, createFakeClock } from "../../lib/time.ts";
import type { HmsCode } from "../../model/code.ts";
import { applySample, emptySnapshot, type PrinterId, type Readings, type Snapshot } from "../../model/telemetry.ts";
import { createMachine } from "../../sim/machine.ts";
import { openEar } from "./ear.ts";
import type { Run } from "./runs.ts";
import type { Watcher } from "./watch.ts";

export interface Played {
  /** Hours in which a job ran. */
  readonly printHours: number;
  readonly samples: number;
  /** When the printer itself said something that it had not said before the fault: a code of its own, or a shutdown. */
  readonly vendorAtS: number | undefined;
}

const START = Date.UTC(2026, 0, 5, 6);

const isVendorWord = (before: Snapshot, after: Snapshot): boolean =>
  isNew(before.hmsCodes, after.hmsCodes) || isNew(before.deviceCodes, after.deviceCodes);

const isNew = (before: readonly HmsCode[] | undefined, after: readonly HmsCode[] | undefined): boolean =>
  after !== before && after?.some((code) => before?.includes(code) !== true) === true;

export function play(run: Run, watchers: readonly Watcher[], codeOf: (text: string) => HmsCode | undefined): Played {
  const { fault, stepS } = run;
  const machine = createMachine({ model: run.model, seed: run.seed, start: "cold", stepS: run.stepS });
  const clock = createFakeClock(at(START));
  let snapshot: Snapshot = { ...emptySnapshot("bench" as PrinterId), connected: true };
  let samples = 0;
  let printS = 0;
  let vendorAtS: number | undefined;
  const hear = (readings: Readings): void => {
    const before = snapshot;
    snapshot = applySample(snapshot, { at: clock.now(), readings });
    samples++;
    const elapsedS = machine.elapsedS();
    if (fault !== undefined && elapsedS >= fault.atS && vendorAtS === undefined && isVendorWord(before, snapshot)) vendorAtS = elapsedS;
  };
  const ear = openEar({ machine, clock, codeOf, hear });
  for (let second = stepS; second <= run.hours * 3_600; second += stepS) {
    if (fault !== undefined && second >= fault.atS && second - stepS < fault.atS) machine.setFault(fault.name, { size: fault.size });
    machine.advance(stepS);
    clock.advanceTo(at(START + second * 1_000));
    const isOnline = machine.isOnline();
    if (isOnline !== snapshot.connected) snapshot = { ...snapshot, connected: isOnline };
    if (isOnline) ear.listen();
    if (snapshot.state === "printing" || snapshot.state === "preparing") printS += stepS;
    for (const watcher of watchers) watcher.step(snapshot, clock.now(), second);
  }
  ear.close();
  return { printHours: printS / 3_600, samples, vendorAtS };
}
