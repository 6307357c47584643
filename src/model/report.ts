/** A report: "code C on printer P: fail | pass | not_tested", with evidence; sent by a detector. One JSON shape on every transport. */
import { Type, type Static } from "typebox";
import type { Timestamp } from "../lib/time.ts";
import type { HmsCode } from "./code.ts";
import { PRINTER_ID_PATTERN, type PrinterId } from "./telemetry.ts";

export const REPORT_STATUSES = ["fail", "pass", "not_tested"] as const;
export type ReportStatus = (typeof REPORT_STATUSES)[number];

/** The wire shape. `code` may be any written form; unknown keys are refused. */
export const ReportMessage = Type.Object(
  {
    v: Type.Literal(1),
    printer: Type.String({ pattern: PRINTER_ID_PATTERN }),
    detector: Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$" }),
    boot: Type.String({ minLength: 1, maxLength: 64, description: "changes with every start of the detector; a ULID sorts best" }),
    seq: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: "grows by one with every report of this boot on this printer" }),
    at: Type.String({ minLength: 20, maxLength: 40, format: "date-time" }),
    code: Type.String({ minLength: 8, maxLength: 64 }),
    status: Type.Union(REPORT_STATUSES.map((status) => Type.Literal(status))),
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
