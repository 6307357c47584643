/**
 * What arrives on an MQTT topic, read and checked: a border. Nothing leaves here but what the topic may carry, with the printer,
 * detector and edge that the topic names. Reports are checked whole by central; here only that topic and payload agree.
 */
import { Type } from "typebox";
import { Compile } from "typebox/compile";
import type { CentralIntake, EdgeStatus, PrinterNews } from "./bus.ts";
import { isCanonical } from "../model/code.ts";
import { EDGE_STATUS_FILTER, REPORT_FILTER, SNAPSHOT_FILTER } from "../model/topics.ts";
import { PRINTER_ID_PATTERN, PRINTER_STATES, isPrinterId, reservedReason } from "../model/telemetry.ts";

/** Far above any report or snapshot seen; a client that sends more is cut off. */
export const MAX_PAYLOAD_BYTES = 256 * 1024;
export const IN_FILTERS = [REPORT_FILTER, SNAPSHOT_FILTER, EDGE_STATUS_FILTER] as const;

/** Central's own status, as it stands on its topic. */
export const CENTRAL_ONLINE = '{"online":true}';
export const CENTRAL_OFFLINE = '{"online":false}';

export type BusMessage =
  | { readonly kind: "report"; readonly printer: string; readonly detector: string; readonly report: unknown }
  | { readonly kind: "news"; readonly news: PrinterNews }
  | { readonly kind: "status"; readonly status: EdgeStatus }
  /** A retained value that is being removed. */
  | { readonly kind: "cleared" }
  | { readonly kind: "foreign" }
  | { readonly kind: "bad"; readonly isReport: boolean; readonly reason: string };

const Id = Type.String({ pattern: PRINTER_ID_PATTERN });
/** No reading comes near it. A number far beyond would only spoil the charts, the storage and what is counted with it. */
const MAX_READING = 1e6;
const sane = { minimum: -MAX_READING, maximum: MAX_READING } as const;
const Num = Type.Optional(Type.Number(sane));
const Whole = Type.Optional(Type.Integer(sane));
/** Ms since 1970, as far as a Date reaches. */
const Instant = Type.Optional(Type.Number({ minimum: 0, maximum: 8.64e15 }));
const Text = Type.Optional(Type.String({ maxLength: 512 }));
const Flag = Type.Optional(Type.Boolean());
const Codes = Type.Optional(Type.Array(Type.String({ maxLength: 19 }), { maxItems: 256 }));
const Slot = Type.Object({
  slot: Type.Integer(sane),
  loaded: Type.Boolean(),
  material: Text,
  color: Text,
  remainPct: Num,
});
const Unit = Type.Object({
  name: Type.String({ maxLength: 64 }),
  humidityPct: Num,
  tempC: Num,
  slots: Type.Array(Slot, { maxItems: 16 }),
});
const NUMBERS = [
  "progressPct",
  "remainingMin",
  "nozzleTempC",
  "nozzleTargetC",
  "leftNozzleTempC",
  "leftNozzleTargetC",
  "bedTempC",
  "bedTargetC",
  "chamberTempC",
  "chamberTargetC",
  "partFanPct",
  "auxFanPct",
  "chamberFanPct",
  "hotendFanPct",
  "wifiDbm",
  "speedPct",
  "nozzleDutyPct",
  "bedDutyPct",
  "hotendFanRpm",
  "partFanRpm",
] as const;
/** Keys it does not know pass: an edge may be newer than central. */
const SnapshotMessage = Type.Object({
  printer: Id,
  connected: Type.Boolean(),
  linkReason: Text,
  state: Type.Optional(Type.Union(PRINTER_STATES.map((state) => Type.Literal(state)))),
  stage: Text,
  jobName: Text,
  firmware: Text,
  model: Text,
  serial: Text,
  wired: Flag,
  doorOpen: Flag,
  filamentAtExtruder: Flag,
  filamentUnits: Type.Optional(Type.Array(Unit, { maxItems: 64 })),
  hmsCodes: Codes,
  deviceCodes: Codes,
  layer: Whole,
  totalLayers: Whole,
  at: Instant,
  ...Object.fromEntries(NUMBERS.map((name) => [name, Num])),
});
const newsMessage = Compile(
  Type.Object({
    printer: Id,
    name: Type.String({ minLength: 1, maxLength: 128 }),
    edge: Id,
    snapshot: SnapshotMessage,
    faults: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 128 })),
  }),
);
const statusMessage = Compile(Type.Object({ online: Type.Boolean(), printers: Type.Optional(Type.Array(Id, { maxItems: 100_000 })) }));

/** Reads one publication. Never throws. */
export function readMessage(topic: string, payload: Uint8Array): BusMessage {
  const [root, version, first, kind, last, ...rest] = topic.split("/");
  if (root !== "hms" || version !== "v1" || first === undefined || rest.length > 0) return { kind: "foreign" };
  if (kind === "report" && last !== undefined && last !== "") return readReport(first, last, payload);
  if (kind === "snapshot" && last === undefined) return readNews(first, payload);
  // first is the word "edge", kind its name
  if (first === "edge" && kind !== undefined && last === "status") return readStatus(kind, payload);
  return { kind: "foreign" };
}

function readReport(printer: string, detector: string, payload: Uint8Array): BusMessage {
  const bad = (reason: string): BusMessage => ({ kind: "bad", isReport: true, reason });
  const report = readJson(payload);
  if (report === undefined) return bad("the payload is not JSON");
  if (!isRecord(report)) return bad("the payload is not a JSON object");
  if (report["printer"] !== printer) return bad("printer: differs from the topic's");
  if (report["detector"] !== detector) return bad("detector: differs from the topic's");
  return { kind: "report", printer, detector, report };
}

function readNews(printer: string, payload: Uint8Array): BusMessage {
  if (payload.length === 0) return { kind: "cleared" };
  const news = readJson(payload);
  if (!newsMessage.Check(news)) return { kind: "bad", isReport: false, reason: `snapshot: ${firstError(newsMessage.Errors(news))}` };
  if (news.printer !== printer || news.snapshot.printer !== printer)
    return { kind: "bad", isReport: false, reason: "snapshot: printer differs from the topic's" };
  const reserved = reservedReason(printer);
  if (reserved !== undefined) return { kind: "bad", isReport: false, reason: `snapshot: printer ${reserved}` };
  const codes = [...(news.snapshot.hmsCodes ?? []), ...(news.snapshot.deviceCodes ?? [])];
  if (!codes.every(isCanonical)) return { kind: "bad", isReport: false, reason: "snapshot: a code is not in canonical form" };
  return { kind: "news", news: news as unknown as PrinterNews };
}

function readStatus(edge: string, payload: Uint8Array): BusMessage {
  if (!isPrinterId(edge))
    return { kind: "bad", isReport: false, reason: "status: the edge's name holds other signs than a-z, A-Z, 0-9, - _ ." };
  if (payload.length === 0) return { kind: "cleared" };
  const status = readJson(payload);
  if (!statusMessage.Check(status)) return { kind: "bad", isReport: false, reason: `status: ${firstError(statusMessage.Errors(status))}` };
  const printers = status.printers?.filter(isPrinterId).filter((id) => reservedReason(id) === undefined);
  return { kind: "status", status: { edge, online: status.online, ...(printers !== undefined && { printers }) } };
}

/** Hands last-value messages to central; true when it was one. */
export function deliverNews(message: BusMessage, intake: CentralIntake): boolean {
  if (message.kind === "news") intake.news(message.news);
  else if (message.kind === "status") intake.edgeStatus(message.status);
  else return false;
  return true;
}

function firstError(errors: readonly { instancePath: string; message: string }[]): string {
  const first = errors[0];
  return first === undefined ? "invalid" : `${first.instancePath === "" ? "it" : first.instancePath} ${first.message}`;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function readJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch (error) {
    // a text that is no JSON is an expected answer of this border, told as undefined; anything else is not
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}
