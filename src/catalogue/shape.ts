/**
 * The shape of the catalogue's files, as people write them: schemas and their types. Strict: a key that is not here is a problem.
 * What needs more than one file to judge (dangling ids, duplicate codes) stands in `references.ts`, style in `wording.ts`.
 */
import { Type, type Static, type TSchema } from "typebox";
import { PRIORITIES } from "../model/priority.ts";

const strict = { additionalProperties: false } as const;
const Text = (maxLength: number) => Type.String({ minLength: 3, maxLength });
const Id = Type.String({ pattern: "^[a-z][a-z0-9]*(-[a-z0-9]+)*$", maxLength: 40 });
const Duration = Type.String({ pattern: "^[0-9]+(s|m|h)$" });
const Likelihood = Type.Union([Type.Literal("likely"), Type.Literal("possible"), Type.Literal("rare")]);

export type Likelihood = Static<typeof Likelihood>;

export const TITLE_MAX = 60;

/** One fault, for one code or for a family of codes. */
export const Entry = Type.Object(
  {
    codes: Type.Array(Type.String(), { minItems: 1 }),
    title: Text(80),
    summary: Text(500),
    effect: Type.Optional(Text(300)),
    danger: Type.Optional(Text(300)),
    condition: Id,
    priority: Type.Union(PRIORITIES.map((priority) => Type.Literal(priority))),
    why: Type.Optional(Text(200)),
    latching: Type.Optional(Type.Boolean()),
    shelvable: Type.Optional(Type.Boolean()),
    suppressible: Type.Optional(Type.Boolean()),
    autoAck: Type.Optional(Type.Boolean()),
    onDelay: Type.Optional(Duration),
    offDelay: Type.Optional(Duration),
    /** The vendor's meaning is not sure; the reader is told so. */
    uncertain: Type.Optional(Type.Boolean()),
    causes: Type.Record(Type.String(), Likelihood),
    steps: Type.Array(Id, { minItems: 1, uniqueItems: true }),
    suppresses: Type.Optional(Type.Array(Type.String(), { minItems: 1, uniqueItems: true })),
    models: Type.Optional(Type.Array(Type.String(), { minItems: 1, uniqueItems: true })),
    /** Path of the vendor's page, without a host. */
    wiki: Type.Optional(Type.String({ pattern: "^/" })),
  },
  strict,
);
export type Entry = Static<typeof Entry>;

export const EntryFile = Type.Object({ entries: Type.Array(Entry, { minItems: 1 }) }, strict);

export const Check = Type.Object(
  {
    text: Text(300),
    minutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 240 })),
    tools: Type.Optional(Type.Array(Text(40), { minItems: 1 })),
    risk: Type.Optional(Text(160)),
    powerOff: Type.Optional(Type.Boolean()),
  },
  strict,
);
export type Check = Static<typeof Check>;

export const CheckFile = Type.Record(Type.String(), Check);
/** Causes and conditions: id to words. */
export const WordFile = Type.Record(Type.String(), Text(200));
/** Module to part to the part's name; `2s` names a part for every slot. */
export const PartFile = Type.Record(Type.String(), Type.Record(Type.String(), Text(60)));
export const InternalFile = Type.Object({ codes: Type.Array(Type.String(), { uniqueItems: true }) }, strict);

/** Files of the catalogue's top folder; every other YAML file, one folder deeper, holds entries. */
export const SHARED_FILES = {
  "causes.yaml": WordFile,
  "checks.yaml": CheckFile,
  "conditions.yaml": WordFile,
  "parts.yaml": PartFile,
  "internal.yaml": InternalFile,
} as const satisfies Record<string, TSchema>;

/** An entry and where it stands. */
export interface PlacedEntry {
  readonly entry: Entry;
  readonly file: string;
  readonly index: number;
}

/** All that the catalogue's files say. */
export interface Knowledge {
  readonly causes: Readonly<Record<string, string>>;
  readonly checks: Readonly<Record<string, Check>>;
  readonly conditions: Readonly<Record<string, string>>;
  readonly parts: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly internal: readonly string[];
  readonly entries: readonly PlacedEntry[];
}
