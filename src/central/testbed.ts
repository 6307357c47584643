/**
 * A bench for tests: a real central on a real SQLite store in a temporary folder, a clock that stands still, channels that write
 * down what they are told. The store can be made to refuse commits, as a full disk does.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Catalogue, Explanation } from "../catalogue/catalogue.ts";
import { NO_STATS } from "../catalogue/stats.ts";
import { NO_VENDOR_TEXTS, type VendorTexts } from "../catalogue/vendor/vendor-texts.ts";
import type { Notification, Outcome } from "../channels/channel.ts";
import { at, createFakeClock, type FakeClock } from "../lib/time.ts";
import { silentLog } from "../lib/log.ts";
import type { AlertDefinition } from "../model/alert.ts";
import { fieldsOf, kindOf, severityOf, type HmsCode } from "../model/code.ts";
import type { Lane, Priority } from "../model/priority.ts";
import type { IngestResult, ReportMessage } from "../model/report.ts";
import { emptySnapshot, type PrinterId, type Readings } from "../model/telemetry.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import type { Changes, Store } from "../store/store.ts";
import type { Central, Change } from "./central.ts";
import { createCentral } from "./create.ts";
import type { ChannelEntry } from "./lanes.ts";

export const ERROR = "0300-0100-0001-0001" as HmsCode;
export const WARNING = "0300-0200-0002-0002" as HmsCode;
export const INFO = "0300-0300-0003-0003" as HmsCode;
export const START = Date.UTC(2026, 10, 22, 6);

export interface BedOptions {
  readonly definitions?: Readonly<Record<string, Partial<AlertDefinition>>>;
  readonly suppresses?: Readonly<Record<string, readonly string[]>>;
  /** Codes that are not documented. */
  readonly lanes?: Readonly<Record<string, Lane>>;
  readonly channels?: readonly { readonly id: string; readonly minPriority?: Priority; readonly language?: string }[];
  /** In place of the small one of the tests. */
  readonly catalogue?: Catalogue;
  readonly vendorTexts?: VendorTexts;
}

export interface Bed {
  readonly clock: FakeClock;
  readonly changes: Change[];
  /** What each channel was told, in order, delivered or not. */
  readonly told: { readonly channel: string; readonly notification: Notification }[];
  central(): Central;
  store(): Store;
  answer: (channel: string) => Outcome | Promise<Outcome>;
  /** Commits fail while this is set. */
  diskFull: boolean;
  /** Called before each commit; may wait. */
  beforeCommit: (changes: Changes) => Promise<void> | void;
  report(code: string, status: "fail" | "pass" | "not_tested", more?: Partial<ReportMessage>): Promise<IngestResult>;
  news(printer: string, connected: boolean, readings?: Readings, edge?: string): void;
  /** Lets time pass in steps, with everything that falls due done and durable. */
  pass(ms: number): Promise<void>;
  /** Waits for what is under way. */
  settle(): Promise<void>;
  restart(options?: { readonly downMs?: number }): Promise<void>;
  close(): Promise<void>;
}

export function message(code: string, status: ReportMessage["status"], seq: number, more: Partial<ReportMessage> = {}): ReportMessage {
  return { v: 1, printer: "p1", detector: "test", boot: "b1", seq, at: new Date(START).toISOString(), code, status, ...more };
}

export async function openBed(options: BedOptions = {}): Promise<Bed> {
  const folder = mkdtempSync(join(tmpdir(), "openhms-central-"));
  const clock = createFakeClock(at(START));
  let seq = 0;
  let commitsUnderWay = 0;
  let store: Store;
  let central: Central;
  const bed: Bed = {
    clock,
    changes: [],
    told: [],
    central: () => central,
    store: () => store,
    answer: () => ({ kind: "sent" }),
    diskFull: false,
    beforeCommit: () => undefined,
    report: (code, status, more) => central.ingest([message(code, status, ++seq, more)]),
    news: (printer, connected, readings = {}, edge = "e1") => {
      const id = printer as PrinterId;
      central.news({
        printer: id,
        name: `Printer ${printer}`,
        edge,
        snapshot: { ...emptySnapshot(id), ...readings, at: clock.now(), connected },
      });
    },
    settle: async () => {
      // only commits take real time here; all else follows them within a turn of the event loop
      for (let quietTurns = 0; quietTurns < 3; quietTurns++) {
        await new Promise((resolve) => setImmediate(resolve));
        if (commitsUnderWay > 0) quietTurns = -1;
      }
    },
    pass: async (ms) => {
      const end = clock.now() + ms;
      while (clock.now() < end) {
        clock.advanceTo(at(Math.min(end, clock.now() + Math.max(1_000, ms / 8))));
        await bed.settle();
      }
    },
    restart: async ({ downMs = 0 } = {}) => {
      await stop();
      clock.advanceTo(at(clock.now() + downMs));
      await start();
      await bed.settle();
    },
    close: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };

  async function start(): Promise<void> {
    const real = await openSqliteStore(join(folder, "test.db"), { log: silentLog });
    store = watchedStore(real, bed, (change) => (commitsUnderWay += change));
    const channels = (options.channels ?? [{ id: "phone" }]).map((channel) => recordingChannel(bed, channel));
    const site = { publicUrl: "http://hms.test", phoneHint: null };
    const { vendorTexts = NO_VENDOR_TEXTS } = options;
    const outside = { clock, log: silentLog, random: () => 0.5, site, channels, vendorTexts };
    central = await createCentral({ store, catalogue: options.catalogue ?? smallCatalogue(options), ...outside });
    central.subscribe((change) => void bed.changes.push(change));
  }

  async function stop(): Promise<void> {
    const closed = central.close();
    const isClosed = await Promise.race([closed.then(() => true), new Promise((resolve) => setTimeout(resolve, 30, false))]);
    // something hangs: let the time pass after which it is not waited for
    if (isClosed === false) clock.advanceTo(at(clock.now() + 1_000));
    await closed;
    await store.close();
  }

  await start();
  return bed;
}

/** Counts the commits under way, and lets them fail when the bed says so. */
function watchedStore(real: Store, bed: Bed, count: (change: number) => void): Store {
  const commit = async (changes: Changes): Promise<void> => {
    count(1);
    try {
      await bed.beforeCommit(changes);
      if (bed.diskFull) throw new Error("disk full");
      await real.commit(changes);
    } finally {
      count(-1);
    }
  };
  return { ...real, commit };
}

function recordingChannel(
  bed: Bed,
  { id, minPriority = "low", language = "en" }: Omit<Partial<ChannelEntry>, "id"> & { readonly id: string },
): ChannelEntry {
  const send = async (notification: Notification): Promise<Outcome> => {
    bed.told.push({ channel: id, notification });
    return bed.answer(id);
  };
  return { id, minPriority, language, sender: { send } };
}

export function smallCatalogue({ definitions = {}, suppresses = {}, lanes = {} }: BedOptions): Catalogue {
  const lane = (code: HmsCode): Lane => lanes[code] ?? "documented";
  return {
    explain: (code) => ({ ...explain(code), lane: lane(code), documented: lane(code) === "documented" }),
    drawing: () => undefined,
    definition: (code) => ({ ...definitionOf(code), ...definitions[code] }),
    lane,
    search: () => [],
    list: () => [],
    known: () => [],
    language: () => "en",
    say: (english) => english,
    suppresses: (code) => (suppresses[code] ?? []) as readonly HmsCode[],
    stats: () => NO_STATS,
    packs: () => [],
    fromMessage: () => undefined,
  };
}

function definitionOf(code: HmsCode): AlertDefinition {
  const { level } = fieldsOf(code);
  const delays = { onDelayMs: 0, offDelayMs: 0, unsuppressHoldMs: 30_000, maxShelveMs: 86_400_000 };
  const priority = level === 1 ? "high" : level === 2 ? "normal" : "low";
  return {
    level,
    priority,
    latching: false,
    ...delays,
    confirmTrips: 1,
    ageingCycles: 40,
    shelvable: true,
    suppressible: level !== 1,
    autoAck: level === 3,
  };
}

function explain(code: HmsCode): Explanation {
  const { module, unit, level, number } = fieldsOf(code);
  return {
    code,
    kind: kindOf(code),
    module,
    moduleName: "Module",
    unit,
    part: null,
    partName: null,
    partNumber: null,
    level,
    number,
    severity: severityOf(code),
    unitName: null,
    slot: null,
    lane: "documented",
    pack: null,
    documented: true,
    source: "catalogue",
    priority: "normal",
    latching: false,
    title: `Fault ${code}`,
    summary: "Something is wrong.",
    effect: "",
    danger: null,
    causes: [],
    steps: [{ id: "look", kind: "look", text: "Look at it.", minutes: 1 }],
    condition: null,
    language: "en",
    models: [],
    actions: [],
    pages: [],
    attr: 0,
    codeNumber: null,
    forms: [],
    related: [],
  };
}
