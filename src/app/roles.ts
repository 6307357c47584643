/** `openhms run`, `central` and `edge`: reads the configuration, starts the roles, says where they are, waits for the end. */
import { connectMqttBus } from "../bus/mqtt.ts";
import { createMemoryBus } from "../bus/memory.ts";
import { loadCatalogue } from "../catalogue/load.ts";
import { channels } from "../channels/index.ts";
import { detectors } from "../detectors/index.ts";
import { createCleanup } from "../lib/cleanup.ts";
import { ConfigError } from "../lib/errors.ts";
import { type Log, createLog, createRedactor } from "../lib/log.ts";
import { systemClock } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import { adapters } from "../printers/index.ts";
import { dirname } from "node:path";
import { type Config, type Role, loadConfig } from "./config.ts";
import { announce, say } from "./announce.ts";
import { type RunningCentral, startCentral } from "./central.ts";
import { startEdge } from "./edge.ts";
import { ensureFolder, keepHeapSmall, listenForSignals } from "./process.ts";

export interface RoleOptions {
  readonly config: string;
  readonly host?: string;
  readonly port?: number;
  readonly mqttPort?: number;
  readonly newToken?: boolean;
}

export async function runRole(role: Role, options: RoleOptions): Promise<void> {
  const redactor = createRedactor();
  const config = loadConfig(options.config, { role, adapters, channels, detectors, env: process.env, redactor });
  const log = createLog(config.logLevel, redactor);
  const cleanup = createCleanup(log);
  keepHeapSmall();
  const untilSignal = listenForSignals();
  try {
    if (role === "edge") await startEdgeAlone(config, options.config, log, cleanup.add);
    else {
      const running = await startCentralOf(config, options, log);
      cleanup.add("central", running.stop);
      announce(running);
      if (role === "run") await startEdgeWithin(config, running, log, cleanup.add);
      else say("Taking reports over HTTP and MQTT. Ctrl-C stops.");
    }
  } catch (error) {
    await cleanup.run();
    throw error;
  }
  await untilSignal(cleanup.run, log);
}

type AddCloser = (name: string, close: () => Promise<void>) => void;

function startCentralOf(config: Config, options: RoleOptions, log: Log): Promise<RunningCentral> {
  ensureFolder(dirname(config.databasePath), "storage: sqlite:PATH");
  return startCentral({
    http: { ...config.http, host: options.host ?? config.http.host, port: options.port ?? config.http.port },
    bus:
      config.bus.kind === "mqtt"
        ? config.bus
        : { kind: "embedded", host: config.mqtt.host ?? options.host ?? config.http.host, port: options.mqttPort ?? config.mqtt.port },
    databasePath: config.databasePath,
    channels: config.channels,
    catalogue: config.catalogue,
    overrides: config.overrides,
    log,
    renewToken: options.newToken === true,
  });
}

async function startEdgeWithin(config: Config, running: RunningCentral, log: Log, add: AddCloser): Promise<void> {
  ensureFolder(config.edge.dataDir, "edge.data");
  const bus = createMemoryBus(running.central, config.edge.id);
  const edge = await startEdge({
    id: config.edge.id,
    bus,
    dataDir: config.edge.dataDir,
    printers: config.printers,
    codeOf: running.codeOf,
    log,
  });
  add("edge", edge.close);
  say(`Watching ${config.printers.length} printer${config.printers.length === 1 ? "" : "s"}. Ctrl-C stops.`);
}

async function startEdgeAlone(config: Config, file: string, log: Log, add: AddCloser): Promise<void> {
  // the configuration says so with its line; here only the compiler asks
  if (config.bus.kind !== "mqtt") throw new ConfigError([{ file, path: "bus", message: "an edge needs a broker" }]);
  ensureFolder(config.edge.dataDir, "edge.data");
  const password = config.edge.token;
  const bus = connectMqttBus({
    url: config.bus.url,
    edge: config.edge.id,
    ...(password === undefined ? {} : { username: "openhms", password }),
    clock: systemClock,
    log,
    random: Math.random,
  });
  add("bus", bus.close);
  const catalogue = await loadCatalogue({ overrides: config.overrides, packs: config.catalogue });
  const codeOf = (text: string): HmsCode | undefined => catalogue.fromMessage(text)?.code;
  const edge = await startEdge({ id: config.edge.id, bus, dataDir: config.edge.dataDir, printers: config.printers, codeOf, log });
  add("edge", edge.close);
  say(
    `Edge ${config.edge.id}: ${config.printers.length} printer${config.printers.length === 1 ? "" : "s"}, reporting to ${new URL(config.bus.url).host}. Ctrl-C stops.`,
  );
}
