/**
 * One printer as an edge serves it: samples and link changes of its adapter in; reports, news and a recording out. Everything runs
 * within the call that brings a sample; only the disk and the bus take their time.
 */
import { join } from "node:path";
import type { EdgeBus } from "../bus/bus.ts";
import type { Detector } from "../detectors/detector.ts";
import type { Log } from "../lib/log.ts";
import type { Clock, Timestamp } from "../lib/time.ts";
import type { PrinterId } from "../model/telemetry.ts";
import type { AdapterEvents, AdapterKind } from "../printers/adapter.ts";
import type { RingLimits } from "./file-ring.ts";
import type { Outbound } from "./outbound.ts";
import { createRecorder, type Recorder } from "./recorder.ts";
import { createRunner, type DetectorStates, type Runner } from "./runner.ts";
import type { Settings } from "./tuning.ts";

export interface EdgePrinter {
  readonly id: PrinterId;
  readonly name: string;
  readonly adapter: AdapterKind;
  /** Already checked against the adapter's schema. */
  readonly config: unknown;
  readonly faults?: readonly string[];
  /** What the site set of its detectors. */
  readonly settings?: Settings;
  /** Present: what it says is recorded, within these limits. */
  readonly record?: RingLimits;
}

export interface Served {
  readonly runner: Runner;
  readonly events: AdapterEvents;
  /** Steps the detectors on silence, and tells what is new. */
  tick(): void;
  tellNews(): void;
  close(): Promise<void>;
}

interface Deps {
  /** The edge's. */
  readonly id: string;
  readonly bus: EdgeBus;
  readonly clock: Clock;
  readonly log: Log;
  readonly dataDir: string | undefined;
  readonly detectors: readonly Detector<unknown>[];
  readonly outbound: Outbound;
}

/** A printer that says nothing for this long is looked at all the same, at the next tick. */
const SILENT_MS = 900;

/** A clock that was set back is no reason to wait. */
const isWithin = (agoMs: number, limitMs: number): boolean => agoMs >= 0 && agoMs < limitMs;

export function serve(printer: EdgePrinter, saved: DetectorStates, deps: Deps): Served {
  const { bus, clock, log, outbound } = deps;
  const { id, name, settings, faults } = printer;
  const runner = createRunner({ printer: id, detectors: deps.detectors, ...(settings !== undefined && { settings }), saved, log });
  const recorder = recorderOf(printer, deps);
  let hasNews = true;
  let steppedAt = Number.NEGATIVE_INFINITY as Timestamp;

  function step(): void {
    steppedAt = clock.now();
    const outcomes = runner.step(steppedAt);
    if (outcomes.length > 0) outbound.take(id, outcomes, runner.states());
  }

  function tellNews(): void {
    hasNews = false;
    bus.news({ printer: id, name, edge: deps.id, snapshot: runner.snapshot(), ...(faults !== undefined && { faults }) });
  }

  return {
    runner,
    events: {
      sample: (sample) => {
        recorder?.sample(sample);
        runner.sample(sample);
        hasNews = true;
        step();
      },
      link: (state) => {
        recorder?.link(state);
        runner.link(state);
        tellNews();
        step();
      },
    },
    tick: () => {
      // whoever speaks is stepped by what it says
      if (!isWithin(clock.now() - steppedAt, SILENT_MS)) step();
      if (hasNews) tellNews();
    },
    tellNews,
    close: async () => recorder?.close(),
  };
}

function recorderOf({ id, record: limits }: EdgePrinter, { dataDir, clock, log, outbound }: Deps): Recorder | undefined {
  if (limits === undefined || dataDir === undefined) return undefined;
  return createRecorder({
    folder: join(dataDir, "recordings", id),
    printer: id,
    limits,
    clock,
    log,
    onTrouble: (reason) => outbound.trouble(id, "recording", reason === undefined ? undefined : { recording: reason }),
  });
}
