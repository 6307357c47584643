/**
 * A scenario played as fast as it goes, without sockets, and held against what it expects: every alert that it names must come in its
 * time, and where nothing is broken nothing may.
 */
import { detectors } from "../../detectors/index.ts";
import { at, createFakeClock } from "../../lib/time.ts";
import type { HmsCode } from "../../model/code.ts";
import { applySample, emptySnapshot, type PrinterId, type Snapshot } from "../../model/telemetry.ts";
import { faultNamed } from "../../sim/faults/index.ts";
import { createMachine } from "../../sim/machine.ts";
import { startScenario } from "../../sim/scenario/play.ts";
import type { Scenario } from "../scenario-file.ts";
import { openEar } from "./ear.ts";
import { createWatcher } from "./watch.ts";

const START = Date.UTC(2026, 0, 5, 6);
/** After the last that happens or is expected. */
const RUN_OUT_S = 120;
const SEED = 1_000;

export interface ScenarioResult {
  readonly met: number;
  readonly missed: readonly string[];
  /** What was said of printers on which nothing was broken. */
  readonly falseAlerts: readonly string[];
}

export function checkScenario(
  scenario: Scenario,
  codeOf: (text: string) => HmsCode | undefined,
  print: (line: string) => void,
): ScenarioResult {
  const clock = createFakeClock(at(START));
  const places = scenario.printers.map((printer, index) => {
    const { name, model, seed = SEED + index, start, jobs } = printer;
    const machine = createMachine({ model, seed, start, ...(jobs !== undefined && { jobs }) });
    let snapshot: Snapshot = { ...emptySnapshot(`p${index}` as PrinterId), connected: true };
    const ear = openEar({
      machine,
      clock,
      codeOf,
      hear: (readings) => void (snapshot = applySample(snapshot, { at: clock.now(), readings })),
    });
    const watchers = detectors.map((detector) => createWatcher(detector));
    const step = (second: number): void => {
      machine.advance(1);
      const isOnline = machine.isOnline();
      if (isOnline !== snapshot.connected) snapshot = { ...snapshot, connected: isOnline };
      if (isOnline) ear.listen();
      for (const watcher of watchers) watcher.step(snapshot, clock.now(), second);
    };
    return { name, machine, step, said: () => watchers.flatMap((watcher) => watcher.said) };
  });
  const { story, expects } = scenario;
  const play = startScenario({
    machines: places.map(({ machine }) => machine),
    story: { ...story, later: "nothing" },
    clock,
    seed: SEED,
    speed: 1,
  });
  const lastS = Math.max(0, ...story.visits.map(({ atS, lastsS = 0 }) => atS + lastsS), ...expects.map(({ withinS }) => withinS));
  for (let second = 1; second <= lastS + RUN_OUT_S; second++) {
    clock.advanceTo(at(START + second * 1_000));
    for (const place of places) place.step(second);
  }
  play.close();
  const isBroken = new Set(story.visits.filter(({ fault }) => faultNamed(fault)?.mustNotAlert !== true).map(({ index }) => index));
  const told = places.flatMap(({ name, said }, index) => said().map((one) => ({ ...one, printer: name, index })));
  for (const { printer, code, status, atS, detector, says } of told
    .filter(({ status }) => status === "fail")
    .toSorted((a, b) => a.atS - b.atS))
    print(JSON.stringify({ t: atS, printer, code, status, detector, ...(says !== undefined && { says }) }));
  const came = ({ index, code, withinS }: Scenario["expects"][number]): boolean =>
    told.some((one) => one.index === index && one.code === code && one.status === "fail" && one.atS <= withinS);
  return {
    met: expects.filter(came).length,
    missed: expects
      .filter((one) => !came(one))
      .map(({ index, code, withinS }) => `${code} on ${places[index]?.name ?? ""} within ${withinS} s`),
    falseAlerts: told
      .filter(({ index, status, detector }) => status === "fail" && detector !== "native" && !isBroken.has(index))
      .map(({ printer, code, atS, detector }) => `${detector} ${code} on ${printer} at ${atS} s`),
  };
}
