/**
 * `openhms demo`: central, an edge and virtual printers in one process. Bambu printers are real MQTT servers on loopback ports, so the
 * adapter's whole way runs; Klipper printers are played in process. Their faults come by themselves and from the pages.
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { createMemoryBus } from "../bus/memory.ts";
import { type Cleanup, createCleanup } from "../lib/cleanup.ts";
import { RefusedError } from "../lib/errors.ts";
import { type Log, createLog, createRedactor } from "../lib/log.ts";
import { systemClock } from "../lib/time.ts";
import type { PrinterId } from "../model/telemetry.ts";
import { Type } from "typebox";
import type { EdgePrinter } from "../edge/edge.ts";
import { defineAdapter } from "../printers/adapter.ts";
import { bambu } from "../printers/bambu.ts";
import { playMachine, stepOf } from "../printers/virtual.ts";
import { toldFaultsOf } from "../sim/faults/index.ts";
import type { JobPlan } from "../sim/job/plan.ts";
import { createMachine, type Machine } from "../sim/machine.ts";
import { type BambuModel, isBambuModel, type Model } from "../sim/models.ts";
import { DEMO } from "../sim/scenario/demo.ts";
import { type Scenario, startScenario } from "../sim/scenario/play.ts";
import type { Story } from "../sim/scenario/shape.ts";
import { startVirtualPrinter } from "../sim/server.ts";
import { announce } from "./announce.ts";
import { startCentral } from "./central.ts";
import { startEdge } from "./edge.ts";
import { ensureFolder, keepHeapSmallest, listenForSignals } from "./process.ts";
import { loadScenario } from "./scenario-file.ts";

export interface DemoOptions {
  readonly port: number;
  readonly host: string;
  readonly mqttPort: number;
  readonly printers: number;
  readonly speed: number;
  readonly seed: number;
  readonly data: string;
  /** A scenario file that is played instead of the demo's own story; it says which printers there are. */
  readonly scenario?: string;
}

const MODELS: readonly BambuModel[] = ["X1C", "H2D", "P1S"];
const NAMES: readonly string[] = ["Left", "Middle", "Right"];

interface DemoMachine {
  readonly id: PrinterId;
  readonly name: string;
  readonly model: Model;
  readonly seed: number;
  readonly start?: "cold" | "printing";
  readonly jobs?: readonly JobPlan[];
}

interface DemoPlan {
  readonly machines: readonly DemoMachine[];
  readonly story: Story;
}

/** A machine, and how the edge reaches it. */
interface DemoPrinter {
  readonly machine: Machine;
  readonly edge: EdgePrinter;
}

export async function runDemo(options: DemoOptions): Promise<void> {
  const log = createLog("warn", createRedactor());
  const cleanup = createCleanup(log);
  keepHeapSmallest();
  const untilSignal = listenForSignals();
  try {
    const plan = options.scenario === undefined ? ownPlan(options) : planOfFile(options.scenario, options.seed);
    const url = await startDemo(options, plan, log, cleanup);
    // in a fresh clone nothing is installed
    const command = existsSync("bin/openhms") ? "./bin/openhms" : "openhms";
    process.stdout.write(
      [
        `${plan.machines.length} virtual printers; ${whatComes(options)}. State is kept in ${resolve(options.data)}.`,
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

const whatComes = ({ scenario }: DemoOptions): string =>
  scenario === undefined ? "faults come by themselves within a minute" : `what comes to them stands in ${scenario}`;

/** Starts everything and answers with the address of the web app; `cleanup` ends it. */
async function startDemo(options: DemoOptions, plan: DemoPlan, log: Log, cleanup: Cleanup): Promise<string> {
  const folder = resolve(options.data);
  ensureFolder(folder, "--data");
  const printers = await startPrinters(plan.machines, { speed: options.speed, folder, log, cleanup });
  const stage: { scenario?: Scenario } = {};
  const running = await startCentral({
    http: { host: options.host, port: options.port, publicUrl: undefined },
    bus: { kind: "embedded", host: options.host, port: options.mqttPort },
    databasePath: join(folder, "openhms.db"),
    channels: [],
    overrides: new Map(),
    log,
    setFault: (printer, fault) => {
      const index = printers.findIndex(({ edge }) => edge.id === printer);
      if (index < 0) return Promise.reject(new RefusedError("not-found", `there is no virtual printer ${printer}`));
      if (stage.scenario?.inject(index, fault) !== true)
        return Promise.reject(new RefusedError("invalid", `this printer cannot have the fault ${fault}`));
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
    codeOf: running.codeOf,
    printers: printers.map(({ edge }) => edge),
  });
  cleanup.add("edge", edge.close);
  // not before there is somebody to see it
  const scenario = startScenario({
    machines: printers.map(({ machine }) => machine),
    story: plan.story,
    clock: systemClock,
    seed: options.seed,
    speed: options.speed,
  });
  stage.scenario = scenario;
  cleanup.add("scenario", scenario.close);
  return running.url;
}

function ownPlan(options: DemoOptions): DemoPlan {
  const machines = Array.from({ length: options.printers }, (_one, index): DemoMachine => {
    const model = MODELS[index % MODELS.length] ?? "X1C";
    const round = Math.floor(index / MODELS.length);
    const suffix = round === 0 ? "" : `-${round + 1}`;
    return {
      id: `${model.toLowerCase()}${suffix}` as PrinterId,
      name: `${NAMES[index % NAMES.length]} ${model}${suffix}`,
      model,
      seed: options.seed * 1_000 + index,
    };
  });
  return { machines, story: DEMO };
}

/** @throws {ConfigError} when the file is wrong. */
function planOfFile(file: string, seed: number): DemoPlan {
  const { printers, story } = loadScenario(file);
  const machines = printers.map(({ model, jobs, start, name, ...printer }, index): DemoMachine => {
    const id = `${model.toLowerCase()}-${index + 1}` as PrinterId;
    return { id, name, model, start, seed: printer.seed ?? seed * 1_000 + index, ...(jobs !== undefined && { jobs }) };
  });
  return { machines, story };
}

type Surroundings = Pick<DemoOptions, "speed"> & { readonly folder: string; readonly log: Log; readonly cleanup: Cleanup };

async function startPrinters(machines: readonly DemoMachine[], surroundings: Surroundings): Promise<DemoPrinter[]> {
  const printers: DemoPrinter[] = [];
  for (const { model, ...machine } of machines)
    printers.push(
      isBambuModel(model) ? await startBambu({ ...machine, model }, surroundings) : playKlipper({ ...machine, model }, surroundings),
    );
  return printers;
}

/** What nobody is told of would only be a riddle on its page. */
const offered = (machine: Machine): readonly string[] => toldFaultsOf(machine.facts).map((fault) => fault.name);

async function startBambu(
  { id, name, ...machine }: DemoMachine & { readonly model: BambuModel },
  { speed, folder, log, cleanup }: Surroundings,
): Promise<DemoPrinter> {
  const device = await startVirtualPrinter({ ...machine, port: 0, speed, dataDir: join(folder, "certificates"), clock: systemClock, log });
  cleanup.add(`virtual printer ${device.serial}`, device.close);
  const config = { host: "127.0.0.1", port: device.port, serial: device.serial, accessCode: device.accessCode };
  return { machine: device.machine, edge: { id, name, adapter: bambu, config, faults: offered(device.machine) } };
}

function playKlipper({ id, name, start = "printing", ...options }: DemoMachine, { speed }: Surroundings): DemoPrinter {
  const machine = createMachine({ ...options, start, ...stepOf(options.model) });
  const adapter = defineAdapter({
    kind: "virtual",
    config: Type.Object({}),
    connect: (_printer, _config, events, deps) => playMachine({ machine, speed, beforePush: () => undefined }, events, deps),
  });
  return { machine, edge: { id, name, adapter, config: {}, faults: offered(machine) } };
}
