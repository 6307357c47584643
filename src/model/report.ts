/**
 * A report: "code C on printer P: fail | pass | not_tested", with evidence; sent by a detector. One JSON shape on every transport.
 * `parseReport` is the border: what comes out of it is plain, bounded and canonical, whatever went in, and it never throws.
 */
import { Type, type Static } from "typebox";
import { Compile } from "typebox/compile";
import { CodeError } from "../lib/errors.ts";
import { fromIso, type Timestamp, toIso } from "../lib/time.ts";
import { fieldsOf, type HmsCode, parseCode } from "./code.ts";
import { PRINTER_ID_PATTERN, type PrinterId, reservedReason } from "./telemetry.ts";

export const REPORT_STATUSES = ["fail", "pass", "not_tested"] as const;
export type ReportStatus = (typeof REPORT_STATUSES)[number];

/** The wire shape. `code` may be any written form; unknown keys are refused. */
export const ReportMessage = Type.Object(
  {
    v: Type.Literal(1),
    printer: Type.String({ pattern: PRINTER_ID_PATTERN }),
    detector: Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$" }),
    boot: Type.String({ minLength: 1, maxLength: 64, description: "changes with every start of the detector; a ULID sorts best" }),
    seq: Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: "grows by one with every report of this boot on this printer",
    }),
    at: Type.String({ minLength: 20, maxLength: 40, format: "date-time" }),
    code: Type.String({ minLength: 8, maxLength: 64 }),
    status: Type.Enum(REPORT_STATUSES),
    value: Type.Optional(Type.Number()),
    limit: Type.Optional(Type.Number()),
    unit: Type.Optional(Type.String({ maxLength: 16 })),
    confidence: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    evidence: Type.Optional(Type.Record(Type.String({ maxLength: 64 }), Type.Unknown(), { maxProperties: 32 })),
  },
  { additionalProperties: false, $id: "Report" },
);
export type ReportMessage = Static<typeof ReportMessage>;

/** What a detector says, before the edge adds printer, detector, boot, seq and time. */
export interface Finding {
  readonly code: HmsCode;
  readonly status: ReportStatus;
  readonly value?: number;
  readonly limit?: number;
  readonly unit?: string;
  readonly confidence?: number;
  readonly evidence?: Readonly<Record<string, unknown>>;
}

/** A validated report. */
export interface Report extends Finding {
  readonly printer: PrinterId;
  readonly detector: string;
  readonly boot: string;
  readonly seq: number;
  readonly at: Timestamp;
}

/** The answer to a batch; `index` counts from 0 in the batch as sent. */
export const IngestResult = Type.Object(
  {
    accepted: Type.Integer(),
    duplicates: Type.Integer({ description: "already seen: same boot, same seq" }),
    late: Type.Integer({ description: "overtaken by a later report of the same detector, or of an earlier boot" }),
    rejected: Type.Array(Type.Object({ index: Type.Integer(), reason: Type.String() })),
  },
  { $id: "IngestResult" },
);
export type IngestResult = Static<typeof IngestResult>;

export const MAX_EVIDENCE_BYTES = 16 * 1024;
/** What nests deeper can be stored but, with an alert around it, no longer be written as JSON: the alert could not be shown. */
export const MAX_EVIDENCE_DEPTH = 32;

export type ParsedReport = { readonly ok: true; readonly report: Report } | { readonly ok: false; readonly reason: string };

const validator = Compile(ReportMessage);

/** Reads one message from outside. `reason` names the field that is wrong: "seq: must be integer". */
export function parseReport(message: unknown): ParsedReport {
  try {
    return validator.Check(message) ? readReport(message) : refuse(explain(message));
  } catch (error) {
    // A getter or proxy that throws: possible only for objects handed over within a process, and no reason to fall.
    return refuse(`the report cannot be read: ${error instanceof Error ? error.message.slice(0, 200) : "it threw"}`);
  }
}

function readReport(message: ReportMessage): ParsedReport {
  const reserved = reservedReason(message.printer);
  if (reserved !== undefined) return refuse(`printer: ${reserved}`);
  const at = fromIso(message.at);
  if (at === undefined || at < 0) return refuse("at: is no instant since 1970");
  const code = readCode(message.code);
  if (!code.ok) return code;
  const evidence = message.evidence === undefined ? undefined : readEvidence(message.evidence);
  if (evidence?.ok === false) return evidence;
  const { printer, detector, boot, seq, status, value, limit, unit, confidence } = message;
  return {
    ok: true,
    report: {
      printer: printer as PrinterId,
      detector,
      boot,
      seq,
      at,
      code: code.code,
      status,
      ...(value !== undefined && { value }),
      ...(limit !== undefined && { limit }),
      ...(unit !== undefined && { unit }),
      ...(confidence !== undefined && { confidence }),
      ...(evidence !== undefined && { evidence: evidence.evidence }),
    },
  };
}

type Refused = { readonly ok: false; readonly reason: string };

function refuse(reason: string): Refused {
  return { ok: false, reason };
}

function readCode(text: string): { readonly ok: true; readonly code: HmsCode } | Refused {
  try {
    const code = parseCode(text);
    const fields = fieldsOf(code);
    const isStatus = fields.kind === "device" && fields.class === "status";
    return isStatus ? refuse(`code: ${code} is a status of the running job, no fault`) : { ok: true, code };
  } catch (error) {
    if (error instanceof CodeError) return refuse(`code: ${error.message}`);
    throw error;
  }
}

/** A plain copy of what JSON can carry, so that nothing with behaviour gets in. */
function readEvidence(
  evidence: Readonly<Record<string, unknown>>,
): { readonly ok: true; readonly evidence: Record<string, unknown> } | Refused {
  try {
    const json = JSON.stringify(evidence);
    if (Buffer.byteLength(json) > MAX_EVIDENCE_BYTES) return refuse(`evidence: more than ${MAX_EVIDENCE_BYTES} bytes of JSON`);
    if (depthOf(json) > MAX_EVIDENCE_DEPTH) return refuse(`evidence: nested deeper than ${MAX_EVIDENCE_DEPTH} levels`);
    const copy: unknown = JSON.parse(json);
    // an own toJSON may have made something else of it
    if (typeof copy !== "object" || copy === null || Array.isArray(copy)) return refuse("evidence: must be object");
    return { ok: true, evidence: copy as Record<string, unknown> };
  } catch {
    // a cycle, a BigInt, a toJSON that throws: what was thrown says nothing that the sender needs more
    return refuse("evidence: cannot be written as JSON");
  }
}

/** How deep a JSON text nests; brackets within strings do not count. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < json.length; i++) {
    const sign = json[i];
    if (inString) {
      if (sign === "\\") i++;
      else if (sign === '"') inString = false;
    } else if (sign === '"') inString = true;
    else if (sign === "{" || sign === "[") deepest = Math.max(deepest, ++depth);
    else if (sign === "}" || sign === "]") depth--;
  }
  return deepest;
}

/** The first thing that is wrong, as "field: what". */
function explain(message: unknown): string {
  const first = validator.Errors(message)[0];
  if (first === undefined) return "the report is invalid";
  const field = first.instancePath.slice(1, 81);
  if (first.keyword === "boolean") return `${field}: is no field of a report`;
  if (first.keyword === "required") return `${first.params.requiredProperties.join(", ")}: missing`;
  return `${field === "" ? "the report" : field}: ${whatOf(first)}`;
}

function whatOf(error: ReturnType<typeof validator.Errors>[number]): string {
  if (error.keyword === "enum") return `must be one of ${error.params.allowedValues.join(", ")}`;
  return error.keyword === "const" ? `must be ${JSON.stringify(error.params.allowedValue)}` : error.message;
}

/** The wire shape of a report. */
export function toMessage(report: Report): ReportMessage {
  const { at, ...rest } = report;
  return { v: 1, ...rest, at: toIso(at) };
}
