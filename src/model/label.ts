/**
 * What people say of an alert: whether it was real. Their word labels one episode for ever; counted, it gives the precision of the
 * detector that found it. A part of the HTTP contract.
 */
import { Type, type Static, type TSchema } from "typebox";

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** Unsure ones are kept, and count for neither side. */
export const VERDICTS = ["real", "false", "unsure"] as const;
export type Verdict = (typeof VERDICTS)[number];
const VerdictSchema = Type.Enum([...VERDICTS]);

export const Label = Type.Object(
  {
    verdict: VerdictSchema,
    note: Nullable(Type.String()),
    by: Type.String({ description: "who said so last" }),
    at: Type.String({ format: "date-time" }),
  },
  { $id: "Label" },
);
export type Label = Static<typeof Label>;

export const LabelBody = Type.Object(
  {
    episode: Type.Optional(Type.Integer({ minimum: 1, description: "the latest where it is not given" })),
    verdict: Type.Union([VerdictSchema, Type.Null()], { description: "null takes back what was said" }),
    note: Type.Optional(Type.String({ minLength: 1, maxLength: 2_000 })),
  },
  { additionalProperties: false },
);

const Share = Nullable(Type.Number({ minimum: 0, maximum: 1 }));

/** How often a detector was right about a code, as far as people said. */
export const Precision = Type.Object(
  {
    detector: Type.String({ description: "the one that raised the episodes" }),
    code: Type.String(),
    real: Type.Integer(),
    false: Type.Integer(),
    unsure: Type.Integer(),
    precision: Type.Union([Type.Number(), Type.Null()], { description: "real / (real + false); null where nobody said either" }),
    low: Share,
    high: Type.Union([Type.Number(), Type.Null()], { description: "with low: the Wilson 95 % interval; null as precision is" }),
  },
  { $id: "Precision" },
);
export type Precision = Static<typeof Precision>;
