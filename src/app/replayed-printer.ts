/** One printer of a recording: its wire, and what watches it at the edge. */
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { Detector } from "../detectors/detector.ts";
import { createRunner } from "../edge/runner.ts";
import type { Settings } from "../edge/tuning.ts";
import type { Log } from "../lib/log.ts";
import { type Clock, toIso } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import type { PrinterId, Readings, Snapshot } from "../model/telemetry.ts";
import { createBambuWire } from "../printers/bambu/wire.ts";
import { createMoonrakerReader, type FrameResult } from "../printers/moonraker/reader.ts";
import type { LinkState } from "../printers/adapter.ts";
import type { RecordedEvent } from "./recorded-samples.ts";
import type { Maker } from "./recording.ts";

export interface ReplayedPrinter {
  /** A message as it was recorded, now. */
  accept(message: unknown): void;
  /** A second went by. */
  tick(): void;
}

interface Given {
  readonly printer: PrinterId;
  readonly serial: string | undefined;
  readonly maker: Maker;
  readonly clock: Clock;
  readonly catalogue: Catalogue;
  readonly detectors: readonly Detector<unknown>[];
  readonly settings: Settings | undefined;
}

interface Counts {
  ignored: number;
  wireChanges: number;
  reports: number;
}

interface Events {
  report(message: object): void;
  fault(detector: string, error: string): void;
}

/** What a message or the time alone says of the printer; `undefined` for a message that is not of it. */
type Heard = { readonly readings: Readings } | { readonly link: LinkState } | "nothing" | undefined;

interface Wire {
  accept(message: unknown): Heard;
  tick(): Heard;
}

function bambuWire({ serial }: Given): Wire {
  const wire = createBambuWire(serial === undefined ? {} : { serial });
  return {
    accept: (message) => {
      const result = typeof message === "string" ? wire.accept(Buffer.from(message)) : wire.merge(message);
      if (result.kind === "ignored") return undefined;
      return result.kind === "reply" ? "nothing" : result;
    },
    tick: () => "nothing",
  };
}

function moonrakerWire({ catalogue, clock }: Given): Wire {
  const reader = createMoonrakerReader({ codeOf: (text) => catalogue.fromMessage(text)?.code });
  const heard = (result: FrameResult): Heard => (result.kind === "ignored" ? undefined : result.kind === "sample" ? result : "nothing");
  return { accept: (message) => heard(reader.accept(message, clock.now())), tick: () => heard(reader.tick(clock.now())) };
}

/** An edge had read the wire already. */
const edgeWire: Wire = { accept: (message) => message as RecordedEvent, tick: () => "nothing" };

const wireOf = (given: Given): Wire =>
  given.maker === "edge" ? edgeWire : given.maker === "bambu" ? bambuWire(given) : moonrakerWire(given);

const silent = (): void => undefined;

export function createReplayedPrinter(given: Given, counts: Counts, events: Events): ReplayedPrinter {
  const { printer, clock, detectors, settings } = given;
  const wire = wireOf(given);
  const log: Log = {
    debug: silent,
    info: silent,
    warn: silent,
    error: ({ detector, reason }) => events.fault(String(detector), String(reason)),
  };
  const runner = createRunner({ printer, detectors, saved: {}, log, ...(settings !== undefined && { settings }) });
  runner.link({ connected: true });
  let seq = 0;

  function step(): void {
    for (const { detector, finding } of runner.step(clock.now())) {
      counts.reports += 1;
      events.report({ v: 1, printer, detector, boot: "replay", seq: seq++, at: toIso(clock.now()), ...finding });
    }
  }

  function take(heard: Heard): void {
    if (heard === undefined || heard === "nothing") return;
    if ("link" in heard) {
      runner.link(heard.link);
      return;
    }
    const before = standing(runner.snapshot());
    runner.sample({ at: clock.now(), readings: heard.readings });
    counts.wireChanges += differences(before, standing(runner.snapshot()));
  }

  return {
    accept: (message) => {
      const heard = wire.accept(message);
      if (heard === undefined) counts.ignored += 1;
      if (heard === undefined || heard === "nothing") return;
      take(heard);
      step();
    },
    tick: () => {
      take(wire.tick());
      step();
    },
  };
}

const standing = (snapshot: Snapshot): Set<HmsCode> => new Set([...(snapshot.hmsCodes ?? []), ...(snapshot.deviceCodes ?? [])]);

function differences(a: ReadonlySet<HmsCode>, b: ReadonlySet<HmsCode>): number {
  return [...a].filter((code) => !b.has(code)).length + [...b].filter((code) => !a.has(code)).length;
}
