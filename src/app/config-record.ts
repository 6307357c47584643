/** The key `record` of a printer in the configuration: `true`, or how much is kept of what it says. */
import { Type } from "typebox";
import { Compile } from "typebox/compile";
import type { RingLimits } from "../edge/file-ring.ts";
import { type Path, type Reading, reportErrors } from "./config-problems.ts";

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 3;
const DEFAULT_MB = 200;

const RecordShape = Type.Object(
  {
    days: Type.Optional(Type.Number({ minimum: 0.05, maximum: 3_650 })),
    maxMb: Type.Optional(Type.Number({ minimum: 1, maximum: 1_000_000 })),
  },
  { additionalProperties: false },
);
const check = Compile(RecordShape);

/** Undefined where nothing is to be recorded. */
export function readRecord(raw: unknown, path: Path, reading: Reading): RingLimits | undefined {
  if (raw === undefined || raw === false) return undefined;
  const limits = raw === true ? {} : raw;
  if (check.Check(limits)) return { keepMs: (limits.days ?? DEFAULT_DAYS) * DAY_MS, maxBytes: (limits.maxMb ?? DEFAULT_MB) * 1e6 };
  if (typeof limits === "object" && limits !== null) reportErrors(check.Errors(limits), RecordShape, path, reading);
  else reading.add(path, `must be true, false or limits, like { days: ${DEFAULT_DAYS}, maxMb: ${DEFAULT_MB} }`);
  return undefined;
}
