/**
 * What watching costs: one printer's recorded samples, one a second, merged and seen by every detector, with join and limiter as at the
 * edge; beside it JSON.parse of the same lines, in turns. Then a thousand hours of that printer replayed from their lines.
 * How well detectors find faults is another question: `openhms detectors bench`.
 * Run: npm run bench detectors -- [--rounds 9] [--hours 1000]
 */
import { parseArgs } from "node:util";
import { detectors } from "../src/detectors/index.ts";
import { createRunner, type Runner } from "../src/edge/runner.ts";
import { silentLog } from "../src/lib/log.ts";
import { at, createFakeClock } from "../src/lib/time.ts";
import { applySample, emptySnapshot, type PrinterId, type Readings, type Snapshot } from "../src/model/telemetry.ts";
import { createBambuWire } from "../src/printers/bambu/wire.ts";
import { createMoonrakerReader } from "../src/printers/moonraker/reader.ts";
import { createKlipperWire } from "../src/sim/klipper-wire.ts";
import { createMachine } from "../src/sim/machine.ts";
import type { Model } from "../src/sim/models.ts";
import { createWire } from "../src/sim/wire.ts";
import { range, spreadOf, tell, tellAll, type Figure } from "./measure.ts";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "9" }, hours: { type: "string", default: "1000" } } });
const ROUNDS = Math.max(3, Number(values.rounds));
const HOURS = Number(values.hours);
const PRINTER = "bench" as PrinterId;
const HOUR_S = 3_600;
const START = Date.UTC(2026, 0, 5, 6);

const cpuUs = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** Some hours of a virtual printer, as a recorder writes them: what changed in each second. */
function record(model: Model, hours: number): readonly string[] {
  const machine = createMachine({ model, seed: 11, start: "cold" });
  const clock = createFakeClock(at(START));
  const lines: string[] = [];
  let snapshot: Snapshot = { ...emptySnapshot(PRINTER), connected: true };
  const bambu =
    machine.facts.firmware === "bambu" ? { wire: createWire(machine), parser: createBambuWire({ serial: machine.serial }) } : undefined;
  const klipper = { wire: createKlipperWire(machine, clock), reader: createMoonrakerReader({ codeOf: () => undefined }) };
  for (let second = 1; second <= hours * HOUR_S; second++) {
    machine.advance(1);
    clock.advanceTo(at(START + second * 1_000));
    const results =
      bambu === undefined
        ? klipper.wire.frames().map((frame) => klipper.reader.accept(frame, clock.now()))
        : [bambu.parser.merge(bambu.wire.push())];
    const before = snapshot;
    for (const result of results)
      if (result.kind === "sample") snapshot = applySample(snapshot, { at: clock.now(), readings: result.readings });
    const changed = Object.entries(snapshot).filter(([name, value]) => name !== "at" && before[name as keyof Snapshot] !== value);
    lines.push(JSON.stringify({ t: second, readings: Object.fromEntries(changed) }));
  }
  return lines;
}

interface Row {
  readonly readings: Readings;
}

const newRunner = (): Runner => {
  const runner = createRunner({ printer: PRINTER, detectors, saved: {}, log: silentLog });
  runner.link({ connected: true });
  return runner;
};

/** Plays lines through a runner; the answer is how often anything was said. */
function replay(runner: Runner, lines: readonly string[], fromS: number): number {
  let said = 0;
  lines.forEach((line, index) => {
    const now = at(START + (fromS + index) * 1_000);
    runner.sample({ at: now, readings: (JSON.parse(line) as Row).readings });
    said += runner.step(now).length;
  });
  return said;
}

const figures: Figure[] = [];
for (const model of ["VORON", "X1C"] as const) {
  const lines = record(model, 10);
  const watch: number[] = [];
  const parse: number[] = [];
  const runner = newRunner();
  replay(runner, lines, 0);
  for (let round = 0; round < ROUNDS; round++) {
    let started = cpuUs();
    for (const line of lines) JSON.parse(line);
    parse.push((cpuUs() - started) / lines.length);
    started = cpuUs();
    replay(runner, lines, (round + 1) * lines.length);
    watch.push((cpuUs() - started) / lines.length);
  }
  const own = watch.map((all, round) => all - (parse[round] ?? 0));
  figures.push(
    { name: `${model}: one sample, ${detectors.length} detectors`, unit: "µs", rounds: own, aim: "20 µs" },
    { name: `${model}: JSON.parse of the same line`, unit: "µs", rounds: parse },
  );
  const started = cpuUs();
  const long = newRunner();
  let said = 0;
  for (let hour = 0; hour < HOURS; hour += 10) said += replay(long, lines, hour * HOUR_S);
  figures.push({
    name: `${model}: ${HOURS} hours replayed (${said} findings)`,
    unit: "s",
    rounds: [(cpuUs() - started) / 1e6],
    aim: "60 s for 1,000",
  });
}
for (const figure of figures) tell(figure);
console.log(
  `detectors beside parsing: ${range(spreadOf(figures[0]?.rounds.map((us, round) => us / (figures[1]?.rounds[round] ?? 1)) ?? []))} times`,
);
tellAll("detectors", figures);
