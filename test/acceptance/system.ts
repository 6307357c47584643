/**
 * The whole system in one process, on a clock that stands still: simulated machines speak the Bambu wire, a real edge with its
 * detectors and its spool on disk reports to a real central on SQLite, and a phone writes down what it is told. What must hold:
 * between two steps of the clock everything that was set off is done, so that what a test sees does not depend on speed.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Type } from "typebox";
import type { EdgeBus } from "../../src/bus/bus.ts";
import { createMemoryBus } from "../../src/bus/memory.ts";
import type { Catalogue } from "../../src/catalogue/catalogue.ts";
import type { Central } from "../../src/central/central.ts";
import { createCentral } from "../../src/central/create.ts";
import type { Notification } from "../../src/channels/channel.ts";
import { detectors } from "../../src/detectors/index.ts";
import { createEdge, type Edge, type EdgePrinter } from "../../src/edge/edge.ts";
import { RefusedError } from "../../src/lib/errors.ts";
import { silentLog as log } from "../../src/lib/log.ts";
import { at, createFakeClock, type FakeClock } from "../../src/lib/time.ts";
import type { Alert } from "../../src/model/api.ts";
import type { PrinterId } from "../../src/model/telemetry.ts";
import { defineAdapter } from "../../src/printers/adapter.ts";
import { playMachine } from "../../src/printers/virtual.ts";
import { createMachine, type Machine } from "../../src/sim/machine.ts";
import type { Model } from "../../src/sim/models.ts";
import { openSqliteStore } from "../../src/store/sqlite.ts";
import type { Store } from "../../src/store/store.ts";

export const START = at(Date.UTC(2026, 10, 22, 6));
const EDGE = "workshop";

export interface Seen {
  readonly at: number;
  readonly alert: Alert;
}

export interface System {
  readonly clock: FakeClock;
  /** What the phone was told, in order. */
  readonly told: readonly { readonly at: number; readonly notification: Notification }[];
  /** What a display that listens to the live feed has seen, in order. */
  readonly seen: readonly Seen[];
  central(): Central;
  machine(printer: string): Machine;
  startCentral(): Promise<void>;
  stopCentral(): Promise<void>;
  startEdge(): Promise<void>;
  stopEdge(): Promise<void>;
  /** Waits until nothing is under way that the clock does not hold back. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

export interface SystemOptions {
  readonly printers: Readonly<Record<string, Model>>;
  readonly catalogue: Catalogue;
}

export async function startSystem({ printers, catalogue }: SystemOptions): Promise<System> {
  const folder = mkdtempSync(join(tmpdir(), "openhms-acceptance-"));
  const clock = createFakeClock(START);
  const machines = new Map(Object.entries(printers).map(([id, model], seed) => [id, createMachine({ model, seed, start: "printing" })]));
  const told: { at: number; notification: Notification }[] = [];
  const seen: Seen[] = [];
  const work = createWork(clock);
  const line = createLine();
  let central: Central | undefined;
  let store: Store | undefined;
  let edge: Edge | undefined;
  let boots = 0;
  const phone = {
    id: "phone",
    minPriority: "low" as const,
    sender: {
      send: async (notification: Notification) => {
        told.push({ at: clock.now(), notification });
        return { kind: "sent" as const };
      },
    },
  };

  const system: System = {
    clock,
    told,
    seen,
    central: () => mustBe(central, "central is not running"),
    machine: (id) => mustBe(machines.get(id), `there is no printer ${id} in this timeline`),
    startCentral: async () => {
      store = work.counting(await openSqliteStore(join(folder, "openhms.db"), { log }));
      const site = { publicUrl: "http://hms.test", phoneHint: null };
      central = await createCentral({ store, catalogue, clock, log, random: () => 0.5, site, channels: [phone] });
      central.subscribe((change) => void (change.type === "alert" && seen.push({ at: clock.now(), alert: change.alert })));
      if (edge !== undefined) line.connect(createMemoryBus(central, EDGE));
    },
    stopCentral: async () => {
      line.cut();
      await central?.close();
      await store?.close();
      central = undefined;
    },
    startEdge: async () => {
      if (central !== undefined) line.connect(createMemoryBus(central, EDGE));
      const served = [...machines].map(([id, machine]) => edgePrinter(id, machine));
      const ways = { bus: line.bus, clock, log, random: () => 0, dataDir: join(folder, "edge"), detectors };
      edge = await createEdge({ id: EDGE, boot: `boot-${++boots}`, printers: served, ...ways });
    },
    stopEdge: async () => {
      await edge?.close();
      edge = undefined;
      await line.bus.close();
    },
    settle: work.settle,
    close: async () => {
      await edge?.close();
      await system.stopCentral();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await system.startCentral();
  await system.startEdge();
  return system;
}

function edgePrinter(id: string, machine: Machine): EdgePrinter {
  const adapter = defineAdapter({
    kind: "played",
    config: Type.Object({}),
    connect: (_printer, _config, events, deps) => playMachine({ machine, speed: 1, beforePush: () => undefined }, events, deps),
  });
  return { id: id as PrinterId, name: id.toUpperCase(), adapter, config: {} };
}

/** The edge's end of a line to a central that comes and goes, as over a network. */
function createLine() {
  let memory: EdgeBus | undefined;
  const listeners: ((connected: boolean) => void)[] = [];
  const tell = (isConnected: boolean): void => listeners.forEach((listener) => listener(isConnected));
  const bus: EdgeBus = {
    report: async (reports) => {
      if (memory === undefined) throw new RefusedError("unavailable", "central cannot be reached");
      return memory.report(reports);
    },
    news: (news) => memory?.news(news),
    onLink: (listener) => {
      listeners.push(listener);
      listener(memory !== undefined);
    },
    close: async () => {
      listeners.length = 0;
      await memory?.close();
    },
  };
  return {
    bus,
    connect: (to: EdgeBus): void => {
      memory = to;
      tell(true);
    },
    cut: (): void => {
      memory = undefined;
      tell(false);
    },
  };
}

/** What Node calls its file operations that are under way. */
const FILE_WORK: ReadonlySet<string> = new Set(["FSReqPromise", "CloseReq"]);

/** Counts what takes real time: calls of the store (a worker thread) and the edge's files. All else is done within a turn. */
function createWork(clock: FakeClock) {
  let calls = 0;
  const counted =
    <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      calls++;
      try {
        return await call(...args);
      } finally {
        calls--;
      }
    };
  const isBusy = (): boolean => calls > 0 || process.getActiveResourcesInfo().some((name) => FILE_WORK.has(name));
  return {
    counting: (store: Store): Store => ({ ...store, commit: counted(store.commit), deliveries: counted(store.deliveries) }),
    settle: async (): Promise<void> => {
      for (let quietTurns = 0; quietTurns < 3; quietTurns++) {
        await new Promise((resolve) => setImmediate(resolve));
        // what was set to happen at once
        clock.advanceTo(clock.now());
        if (isBusy()) quietTurns = -1;
      }
    },
  };
}

function mustBe<T>(value: T | undefined, otherwise: string): T {
  if (value === undefined) throw new Error(otherwise);
  return value;
}
