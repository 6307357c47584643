/**
 * An edge: adapters and detectors near the printers. Hides connections, snapshots, detector states, numbering and the spool behind
 * the bus. What must hold: killed or cut off at any moment it loses no report, and a code that vanished meanwhile is taken back.
 */
import { join } from "node:path";
import type { EdgeBus } from "../bus/bus.ts";
import type { Detector } from "../detectors/detector.ts";
import type { AdapterDeps, AdapterEvents, Connection } from "../printers/adapter.ts";
import { createCleanup } from "../lib/cleanup.ts";
import { errorText } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";
import type { Clock } from "../lib/time.ts";
import type { PrinterId } from "../model/telemetry.ts";
import { createAdapterMemory } from "./memory.ts";
import { createOutbound, OWN_STATES } from "./outbound.ts";
import type { DetectorStates } from "./runner.ts";
import { type EdgePrinter, serve } from "./served.ts";
import { openSpool, type SpoolLimits, SPOOL_LIMITS, type StatesByPrinter } from "./spool.ts";

export type { EdgePrinter } from "./served.ts";

export interface EdgeDeps {
  readonly id: string;
  readonly bus: EdgeBus;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  /** What a message of a printer's own program means. */
  readonly codeOf?: NonNullable<AdapterDeps["codeOf"]>;
  /** New with every start. */
  readonly boot: string;
  /** Where the spool and the states live; undefined keeps them in memory. */
  readonly dataDir: string | undefined;
  readonly printers: readonly EdgePrinter[];
  readonly detectors: readonly Detector<unknown>[];
  readonly spoolLimits?: SpoolLimits;
}

export interface Edge {
  close(): Promise<void>;
}

const TICK_MS = 1_000;
const CHECKPOINT_EVERY_TICKS = 30;

export async function createEdge(deps: EdgeDeps): Promise<Edge> {
  const { bus, clock, log } = deps;
  const cleanup = createCleanup(log);
  const { spool, states } = await openSpool(deps.dataDir, log, deps.spoolLimits ?? SPOOL_LIMITS);
  const memory = createAdapterMemory(deps.dataDir === undefined ? undefined : join(deps.dataDir, "edge-memory.json"), log);
  const statesOf = (printer: PrinterId): DetectorStates =>
    served.find(({ runner }) => runner.printer === printer)?.runner.states() ?? states.get(printer) ?? {};
  const saved = states.get(OWN_STATES);
  const outbound = createOutbound({ bus, spool, boot: deps.boot, clock, log, random: deps.random, saved, statesOf });
  cleanup.add("reports", () => outbound.close());

  const served = deps.printers.map((printer) => serve(printer, states.get(printer.id) ?? {}, { ...deps, outbound }));
  const allStates = (): StatesByPrinter => new Map(served.map((one) => [one.runner.printer, one.runner.states()]));
  cleanup.add("recordings", async () => void (await Promise.all(served.map((one) => one.close()))));
  cleanup.add("states", () => outbound.checkpoint(allStates));

  let ticks = 0;
  let cancelTick = (): void => undefined;
  function tick(): void {
    cancelTick = clock.setTimer(TICK_MS, tick);
    for (const one of served) one.tick();
    if (++ticks % CHECKPOINT_EVERY_TICKS !== 0) return;
    outbound.checkpoint(allStates).catch((error: unknown) => log.warn({ reason: errorText(error) }, "could not save detector states"));
  }

  bus.onLink((isConnected) => {
    if (!isConnected) return;
    for (const one of served) one.tellNews();
    outbound.hurry();
  });
  const codeOf = deps.codeOf === undefined ? {} : { codeOf: deps.codeOf };
  const connections: Connection[] = [];
  deps.printers.forEach((printer, index) => {
    const events = served[index]?.events;
    if (events !== undefined)
      connections.push(connect(printer, events, { clock, log, random: deps.random, ...codeOf, memory: memory.of(printer.id) }));
  });
  cleanup.add("printers", async () => void (await Promise.all(connections.map((connection) => connection.close()))));
  cancelTick = clock.setTimer(TICK_MS, tick);
  cleanup.add("timer", () => cancelTick());
  // what a run before left unsent
  outbound.hurry();
  return { close: () => cleanup.run() };
}

/** An adapter that cannot even start is a printer without connection, never the end of the edge. */
function connect(printer: EdgePrinter, events: AdapterEvents, deps: AdapterDeps): Connection {
  let isOpen = true;
  const whileOpen: AdapterEvents = {
    sample: (sample) => {
      if (isOpen) events.sample(sample);
    },
    link: (state) => {
      if (isOpen) events.link(state);
    },
  };
  try {
    const connection = printer.adapter.connect(printer.id, printer.config, whileOpen, deps);
    return {
      close: () => {
        // an edge that ends is no fault of the printer's link
        isOpen = false;
        return connection.close();
      },
    };
  } catch (error) {
    const reason = `the ${printer.adapter.kind} adapter failed to start: ${errorText(error)}; report it with this line`;
    deps.log.error({ printer: printer.id, reason: errorText(error) }, "adapter failed to start");
    events.link({ connected: false, cause: "closed", reason });
    return { close: () => Promise.resolve() };
  }
}
