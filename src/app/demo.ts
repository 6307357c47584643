/**
 * `openhms demo`: central, an edge and virtual printers in one process. The printers are real MQTT servers on loopback ports, so the
 * adapter's whole way runs; their faults come by themselves and from the pages.
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { createMemoryBus } from "../bus/memory.ts";
import { type Cleanup, createCleanup } from "../lib/cleanup.ts";
import { RefusedError } from "../lib/errors.ts";
import { type Log, createLog, createRedactor } from "../lib/log.ts";
import { systemClock } from "../lib/time.ts";
import type { PrinterId } from "../model/telemetry.ts";
import { bambu } from "../printers/bambu.ts";
import type { Model } from "../sim/models.ts";
import { startScenario } from "../sim/scenario.ts";
import { type VirtualPrinter, startVirtualPrinter } from "../sim/server.ts";
import { announce } from "./announce.ts";
import { startCentral } from "./central.ts";
import { startEdge } from "./edge.ts";
import { ensureFolder, listenForSignals } from "./process.ts";

export interface DemoOptions {
  readonly port: number;
  readonly host: string;
  readonly mqttPort: number;
  readonly printers: number;
  readonly speed: number;
  readonly seed: number;
  readonly data: string;
}

const MODELS: readonly Model[] = ["X1C", "H2D", "P1S"];
const NAMES: readonly string[] = ["Left", "Middle", "Right"];

interface DemoPrinter {
  readonly id: PrinterId;
  readonly name: string;
  readonly device: VirtualPrinter;
}

export async function runDemo(options: DemoOptions): Promise<void> {
  const log = createLog("warn", createRedactor());
  const cleanup = createCleanup(log);
  const untilSignal = listenForSignals();
  try {
    const url = await startDemo(options, log, cleanup);
    // in a fresh clone nothing is installed
    const command = existsSync("bin/openhms") ? "./bin/openhms" : "openhms";
    process.stdout.write(
      [
        `${options.printers} virtual printers are printing; faults come by themselves within a minute. State is kept in ${resolve(options.data)}.`,
        `More faults: the menu on each printer's card. From a terminal: ${command} alerts --url ${url}, ${command} decode 0300-0300-0001-0001`,
        "Ctrl-C stops.",
        "",
      ].join("\n"),
    );
  } catch (error) {
    await cleanup.run();
    throw error;
  }
  await untilSignal(cleanup.run, log);
}

/** Starts everything and answers with the address of the web app; `cleanup` ends it. */
export async function startDemo(options: DemoOptions, log: Log, cleanup: Cleanup): Promise<string> {
  const folder = resolve(options.data);
  ensureFolder(folder, "--data");
  const printers = await startPrinters(options, folder, log, cleanup);
  const scenario = startScenario({
    machines: printers.map(({ device }) => device.machine),
    clock: systemClock,
    seed: options.seed,
    speed: options.speed,
  });
  cleanup.add("scenario", scenario.close);

  const running = await startCentral({
    http: { host: options.host, port: options.port, publicUrl: undefined },
    bus: { kind: "embedded", host: options.host, port: options.mqttPort },
    databasePath: join(folder, "openhms.db"),
    channels: [],
    overrides: new Map(),
    log,
    setFault: (printer, fault) => {
      const index = printers.findIndex(({ id }) => id === printer);
      if (index < 0) return Promise.reject(new RefusedError("not-found", `there is no virtual printer ${printer}`));
      if (!scenario.inject(index, fault)) return Promise.reject(new RefusedError("invalid", `this printer cannot have the fault ${fault}`));
      return Promise.resolve();
    },
  });
  cleanup.add("central", running.stop);
  announce(running);

  const edge = await startEdge({
    id: "demo",
    bus: createMemoryBus(running.central, "demo"),
    dataDir: join(folder, "edge"),
    log,
    printers: printers.map(({ id, name, device }) => ({
      id,
      name,
      adapter: bambu,
      config: { host: "127.0.0.1", port: device.port, serial: device.serial, accessCode: device.accessCode },
      faults: device.faultNames,
    })),
  });
  cleanup.add("edge", edge.close);
  return running.url;
}

async function startPrinters(options: DemoOptions, folder: string, log: Log, cleanup: Cleanup): Promise<DemoPrinter[]> {
  const printers: DemoPrinter[] = [];
  for (let index = 0; index < options.printers; index++) {
    const model = MODELS[index % MODELS.length] ?? "X1C";
    const round = Math.floor(index / MODELS.length);
    const suffix = round === 0 ? "" : `-${round + 1}`;
    const device = await startVirtualPrinter({
      model,
      port: 0,
      seed: options.seed * 1_000 + index,
      speed: options.speed,
      dataDir: join(folder, "certificates"),
      clock: systemClock,
      log,
    });
    cleanup.add(`virtual printer ${device.serial}`, device.close);
    printers.push({ id: `${model.toLowerCase()}${suffix}` as PrinterId, name: `${NAMES[index % NAMES.length]} ${model}${suffix}`, device });
  }
  return printers;
}
