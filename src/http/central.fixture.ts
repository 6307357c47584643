/** A central for the tests of this folder: it keeps the contract with a few printers and alerts in memory, and can be made to fail. */
import type { Central, Change } from "../central/central.ts";
import { RefusedError } from "../lib/errors.ts";
import type { Alert, CodeInfo, Kpi, Printer, Transition } from "../model/api.ts";
import type { Precision } from "../model/label.ts";
import { type HmsCode, fieldsOf, kindOf, severityOf } from "../model/code.ts";

export const alertOf = (id: string, more: Partial<Alert> = {}): Alert => ({
  id,
  printer: "p1",
  printerName: "One",
  code: "0300-0300-0001-0001",
  kind: "hms",
  level: 1,
  severity: "error",
  priority: "urgent",
  lane: "documented",
  title: "The hotend fan stands still",
  summary: "",
  language: "en",
  unitName: null,
  slot: null,
  detector: "native",
  seenBy: ["native"],
  isa: "B",
  uds: 0x2f,
  active: true,
  acknowledged: false,
  held: true,
  latched: false,
  quality: "good",
  shelvedUntil: null,
  suppressedBy: [],
  outOfService: false,
  version: 1,
  episode: 1,
  occurrences: 1,
  raisedAt: "2026-11-22T06:00:00.000Z",
  clearedAt: null,
  acknowledgedAt: null,
  updatedAt: "2026-11-22T06:00:00.000Z",
  ...more,
});

export const printerOf = (id: string, more: Partial<Printer> = {}): Printer => ({
  id,
  name: id.toUpperCase(),
  model: "X1C",
  state: "printing",
  stage: null,
  connected: true,
  linkReason: null,
  lastSeenAt: "2026-11-22T06:00:00.000Z",
  gate: { startBlocked: true, resumeBlocked: true },
  worst: null,
  counts: { error: 1, warning: 0, info: 0 },
  job: "benchy",
  progressPct: 12,
  remainingMin: 34,
  layer: 1,
  totalLayers: 200,
  readings: { nozzleTempC: 219.5 },
  filamentUnits: [],
  faults: [],
  ...more,
});

function infoOf(code: HmsCode): CodeInfo {
  const fields = fieldsOf(code);
  const isHms = fields.kind === "hms";
  return {
    code,
    kind: kindOf(code),
    module: fields.module,
    moduleName: "Motion controller",
    unit: fields.unit,
    part: isHms ? fields.part : null,
    partName: null,
    partNumber: isHms ? fields.partNumber : null,
    level: fields.level,
    number: fields.number,
    severity: severityOf(code),
    unitName: null,
    slot: null,
    lane: "undocumented",
    pack: null,
    documented: false,
    source: "none",
    siteNote: null,
    priority: "normal",
    ownPriority: null,
    latching: false,
    title: "Unknown",
    summary: "",
    effect: "",
    danger: null,
    condition: null,
    language: "en",
    causes: [],
    steps: [],
    models: [],
    actions: [],
    pages: [],
    vendorTexts: [],
    attr: 0,
    codeNumber: null,
    forms: [],
    related: [],
    url: `http://127.0.0.1:4670/codes/${code}`,
    phoneHint: null,
  };
}

const same = <T>(shown: T): T => shown;

const kpiOf = (sinceMs: number): Kpi => ({
  since: new Date(sinceMs).toISOString(),
  raised: 0,
  notified: 0,
  fleeting: 0,
  standing: 0,
  byPriority: {},
  medianAckMs: null,
  medianClearMs: null,
  top: [],
  ingest: { accepted: 7, duplicates: 3, late: 2, rejected: 1 },
});

function onePrecision(asked: object[], query: object): Precision[] {
  asked.push(query);
  return [{ detector: "fan", code: "0300-0300-0001-0001", real: 1, false: 0, unsure: 2, precision: 1, low: 0.2, high: 1 }];
}

const FIELD: Pick<Central, "sightings" | "undescribed" | "contribution"> = {
  sightings: (code) => ({
    code,
    raises: 0,
    firstSeenAt: null,
    lastSeenAt: null,
    machines: [],
    printers: [],
    printerCount: 0,
    changes: [],
  }),
  undescribed: () => [
    {
      code: "0300-7700-0002-1234",
      title: "Undocumented",
      severity: "warning",
      priority: "log",
      module: "MC",
      documented: false,
      raises: 2,
    },
  ],
  contribution: async (code) => `entries: [] # ${code ?? "all"}\n`,
};

export interface FakeCentral extends Central {
  readonly alertsById: Map<string, Alert>;
  readonly printersById: Map<string, Printer>;
  readonly ingested: unknown[][];
  /** What `alertsSince` was asked. */
  readonly askedSince: number[];
  readonly priorities: { code: string; priority: string | null; actor: string }[];
  readonly described: { code: string; title: string | null; actor: string }[];
  /** What `precision` was asked. */
  readonly askedPrecision: object[];
  readonly commands: { alert: string; command: object; actor: string }[];
  failing: boolean;
  notReady: string | undefined;
  /** Tells every subscriber. */
  emit(change: Change): void;
}

export function createFakeCentral(): FakeCentral {
  const alertsById = new Map([["a1", alertOf("a1")]]);
  const printersById = new Map([["p1", printerOf("p1")]]);
  const listeners = new Set<(change: Change) => void>();
  function known<T>(map: ReadonlyMap<string, T>, id: string): T {
    const found = map.get(id);
    if (found === undefined) throw new RefusedError("not-found", `there is no ${id}`);
    return found;
  }
  const central: FakeCentral = {
    alertsById,
    printersById,
    ingested: [],
    askedSince: [],
    priorities: [],
    described: [],
    askedPrecision: [],
    commands: [],
    failing: false,
    notReady: undefined,
    emit: (change) => listeners.forEach((listener) => listener(change)),
    ingest: async (reports) => {
      if (central.failing) throw new Error("disk full at /secret/place");
      const isGood = (report: unknown): boolean => typeof report === "object" && report !== null && "v" in report;
      const rejected = reports.flatMap((report, index) => (isGood(report) ? [] : [{ index, reason: "no report" }]));
      central.ingested.push([...reports]);
      return { accepted: reports.length - rejected.length, duplicates: 0, late: 0, rejected };
    },
    news: () => undefined,
    edgeStatus: () => undefined,
    command: async (id, command, actor) => {
      const alert = known(alertsById, id);
      if (command.type === "ack" && command.version !== alert.version)
        throw new RefusedError("conflict", `the alert is at version ${alert.version}`);
      if (command.type === "label" && (command.episode ?? 1) !== 1)
        throw new RefusedError("not-found", `the alert has no episode ${command.episode}`);
      central.commands.push({ alert: id, command, actor: actor.name });
      return alert;
    },
    setPriority: async (code, priority, actor) => {
      central.priorities.push({ code, priority, actor: actor.name });
      return { ...infoOf(code), priority: priority ?? "normal", ownPriority: priority };
    },
    describe: async (code, entry, actor) => {
      central.described.push({ code, title: entry?.title ?? null, actor: actor.name });
      return infoOf(code);
    },
    ...FIELD,
    printers: () => [...printersById.values()],
    printer: (id) => known(printersById, id),
    telemetry: (id) => {
      known(printersById, id);
      return { at: [], signals: {} };
    },
    alerts: async () => ({ items: [...alertsById.values()], next: null }),
    alert: async (id) => {
      const alert = known(alertsById, id);
      return { ...alert, info: infoOf(alert.code as HmsCode), episodes: [], transitions: [], deliveries: [], confirmable: true };
    },
    alertsSince: async (sinceMs) => {
      central.askedSince.push(sinceMs);
      return [...alertsById.values()].filter((alert) => Date.parse(alert.updatedAt) >= sinceMs);
    },
    history: async () => ({ items: [] as Transition[], next: null }),
    kpi: async (sinceMs) => kpiOf(sinceMs),
    precision: async (query) => onePrecision(central.askedPrecision, query),
    codes: () => [],
    code: infoOf,
    drawing: () => undefined,
    language: () => "en",
    inLanguage: () => ({ alert: same, detail: same, printer: same, transition: same, change: same }),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    unready: () => central.notReady,
    close: async () => undefined,
  };
  return central;
}
