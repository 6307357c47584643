/**
 * The shape of the catalogue's files, as people write them: schemas and their types. Strict: a key that is not here is a problem.
 * What needs more than one file to judge (dangling ids, duplicate codes) stands in `references.ts`, style in `wording.ts`.
 */
import { Type, type Static, type TSchema } from "typebox";
import { PRIORITIES } from "../../model/priority.ts";
import { DrawingFile, type DrawingTable } from "../drawings/drawing.ts";

const strict = { additionalProperties: false } as const;
/** Nothing that acts on a terminal or turns the direction of writing: packs come from strangers. */
const SEEN = "^[^\\u0000-\\u0008\\u000B-\\u001F\\u007F-\\u009F\\u2028-\\u202E\\u2066-\\u2069]*$";
const Text = (maxLength: number, minLength = 3) => Type.String({ minLength, maxLength, pattern: SEEN });
const Id = Type.String({ pattern: "^[a-z][a-z0-9]*(-[a-z0-9]+)*$", maxLength: 40 });
/** A union, not an enum: its complaint says that a word is none of the allowed ones. */
const oneOf = <T extends string>(words: readonly T[]) => Type.Unsafe<T>(Type.Union(words.map((word) => Type.Literal(word))));
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
    /** The part of the drawing that is lit, where part byte or module say it too coarsely. */
    shows: Type.Optional(Id),
    priority: oneOf(PRIORITIES),
    why: Type.Optional(Text(200)),
    latching: Type.Optional(Type.Boolean()),
    shelvable: Type.Optional(Type.Boolean()),
    suppressible: Type.Optional(Type.Boolean()),
    autoAck: Type.Optional(Type.Boolean()),
    onDelay: Type.Optional(Duration),
    offDelay: Type.Optional(Duration),
    /** The vendor's meaning is not sure; the reader is told so. */
    uncertain: Type.Optional(Type.Boolean()),
    /** `internal`: printers send it, their maker gives it no text; kept quiet until a site promotes it. */
    lane: Type.Optional(Type.Literal("internal")),
    causes: Type.Record(Id, Likelihood),
    steps: Type.Array(Id, { minItems: 1, uniqueItems: true }),
    suppresses: Type.Optional(Type.Array(Type.String(), { minItems: 1, uniqueItems: true })),
    /** The same, said from the other end: a pack cannot write into the project's entries. */
    explainedBy: Type.Optional(Type.Array(Type.String(), { minItems: 1, uniqueItems: true })),
    models: Type.Optional(Type.Array(Text(40, 1), { minItems: 1, uniqueItems: true })),
  },
  strict,
);
export type Entry = Static<typeof Entry>;

export const EntryFile = Type.Object({ entries: Type.Array(Entry, { minItems: 1 }) }, strict);

/** What sort of reason it is; a diagnosis may weigh sorts by what it knows of the machine (a worn part is likelier in an old one). */
export const CAUSE_KINDS = [
  "connection",
  "defect",
  "wear",
  "blockage",
  "dirt",
  "placement",
  "setting",
  "material",
  "environment",
  "handling",
  "software",
  "power",
  "network",
  "normal",
] as const;

/** Why a fault happens. */
export const Cause = Type.Object({ text: Text(200), kind: oneOf(CAUSE_KINDS) }, strict);
export type Cause = Static<typeof Cause>;

/** Look with the eyes, test by doing or measuring, do a job, replace a part, ask somebody. */
export const CHECK_KINDS = ["look", "test", "do", "replace", "ask"] as const;

/**
 * What a person does. `finds`: causes that this shows to be there or not; `fixes`: causes that are gone afterwards. Together they
 * tell causes apart: a check that finds one of two and not the other decides between them.
 */
export const Check = Type.Object(
  {
    text: Text(300),
    kind: oneOf(CHECK_KINDS),
    /** Hands-on time. */
    minutes: Type.Integer({ minimum: 1, maximum: 240 }),
    tools: Type.Optional(Type.Array(Text(40), { minItems: 1 })),
    risk: Type.Optional(Text(160)),
    /** Switch off and unplug first. */
    powerOff: Type.Optional(Type.Boolean()),
    finds: Type.Optional(Type.Array(Id, { minItems: 1, uniqueItems: true })),
    fixes: Type.Optional(Type.Array(Id, { minItems: 1, uniqueItems: true })),
  },
  strict,
);
export type Check = Static<typeof Check>;

export const CauseFile = Type.Record(Id, Cause);
export const CheckFile = Type.Record(Id, Check);
/** Conditions: id to words that people search for. */
export const WordFile = Type.Record(Type.String(), Text(200));
/** Module to part to the part's name; `2s` names a part for every slot. */
export const PartFile = Type.Record(Type.String(), Type.Record(Type.String(), Text(60)));

/** Codes by their bytes: `07 00-07,FE 20-23 0002 0001-0005` or, for device errors, `03 00 4000-4014`; every combination is meant. */
const ranges = (number: string): string => `${number}(?:-${number})?(?:,${number}(?:-${number})?)*`;
const BYTES = ranges("[0-9A-F]{2}");
const CodeSet = Type.String({ pattern: `^[0-9A-F]{2} ${BYTES} (?:${BYTES} [0-9A-F]{4} )?${ranges("[0-9A-F]{4}")}$` });
const CodeSets = Type.Array(CodeSet, { minItems: 1 });

/** Every number of our own that was ever given, and for what kind of fault. It is never given again for another. */
export const OwnNumberFile = Type.Record(Type.String(), Id);

export const KnownFile = Type.Object({ codes: CodeSets }, strict);
export type KnownFile = Static<typeof KnownFile>;

const Offer = Type.Object({ actions: Type.Array(Id, { minItems: 1 }), codes: CodeSets }, strict);
export const ActionFile = Type.Object({ words: Type.Record(Id, Text(60)), offers: Type.Array(Offer) }, strict);
export type ActionFile = Static<typeof ActionFile>;

const Models = Type.Array(Type.String(), { minItems: 1 });
const OwnPages = Type.Object({ section: Type.String(), models: Type.Optional(Models), codes: CodeSets }, strict);
const SharedPage = Type.Object({ page: Type.String(), models: Type.Optional(Models), codes: CodeSets }, strict);
export const PageFile = Type.Object(
  { host: Type.String({ pattern: "^https://" }), own: Type.Array(OwnPages), shared: Type.Array(SharedPage) },
  strict,
);
export type PageFile = Static<typeof PageFile>;

const TranslatedEntry = Type.Object(
  { title: Text(80), summary: Text(500), effect: Type.Optional(Text(300)), danger: Type.Optional(Text(300)) },
  strict,
);
export type TranslatedEntry = Static<typeof TranslatedEntry>;
const TranslatedCheck = Type.Object({ text: Text(300), risk: Type.Optional(Text(160)) }, strict);

/** Files of `languages/<language>/`; every other file there holds entries by their first code. */
export const LANGUAGE_FILES = {
  /** English phrases of the program (effects, unit and part names, "slot 1", tools) to those of the language. */
  "words.yaml": Type.Record(Type.String(), Text(300)),
  /** The same for the names of parts in the drawings. */
  "drawings.yaml": Type.Record(Type.String(), Text(60)),
  "conditions.yaml": WordFile,
  "causes.yaml": Type.Record(Id, Text(200)),
  "checks.yaml": Type.Record(Id, TranslatedCheck),
} as const satisfies Record<string, TSchema>;
export const TranslatedEntryFile = Type.Record(Type.String(), TranslatedEntry);

/** What is translated into one language. What is missing is shown in English. */
export interface Language {
  readonly words: Readonly<Record<string, string>>;
  readonly conditions: Readonly<Record<string, string>>;
  readonly causes: Readonly<Record<string, string>>;
  readonly checks: Readonly<Record<string, Static<typeof TranslatedCheck>>>;
  /** By the entry's first code. */
  readonly entries: Readonly<Record<string, TranslatedEntry>>;
}

/** What a maker's program says, with named parts in braces, and the code it means. */
const MessageRow = Type.Object(
  {
    says: Text(200),
    code: Type.Optional(Type.String()),
    /** Instead of `code`: the named part that decides, and a code for each of its values; `extruder#` is extruder, extruder1 and so on. */
    by: Type.Optional(Type.String()),
    codes: Type.Optional(Type.Record(Type.String(), Type.String())),
    /** Only where the number in the first named part is below, or above, that in the second. */
    below: Type.Optional(Type.Record(Type.String(), Type.String())),
    above: Type.Optional(Type.Record(Type.String(), Type.String())),
  },
  strict,
);
export type MessageRow = Static<typeof MessageRow>;

/** The head of a pack: knowledge that comes from outside the project. */
export const PackFile = Type.Object(
  {
    id: Id,
    name: Text(60),
    version: Type.String({ pattern: "^[0-9]+(\\.[0-9]+){0,2}([-+][0-9A-Za-z.-]+)?$", maxLength: 40 }),
    maker: Type.Optional(Text(60, 1)),
    licence: Type.Optional(Text(60, 0)),
    /** Names of modules that the pack brings. */
    modules: Type.Optional(Type.Record(Type.String({ pattern: "^[0-9A-F]{2}$" }), Text(40))),
    /** Ids of packs that must be there too. */
    requires: Type.Optional(Type.Array(Id, { minItems: 1, uniqueItems: true })),
    /** Where the pack explains a code of the project or of a pack it requires, its entry wins. Without this word it is refused. */
    overrides: Type.Optional(Type.Boolean()),
  },
  strict,
);
export type PackHead = Static<typeof PackFile>;

/** Files that only a pack has. */
export const PACK_FILES = {
  "pack.yaml": PackFile,
  "messages.yaml": Type.Object({ messages: Type.Array(MessageRow, { minItems: 1 }) }, strict),
} as const satisfies Record<string, TSchema>;

/** Files with one place each. */
export const SINGLE_FILES = {
  "conditions.yaml": WordFile,
  "parts.yaml": PartFile,
  "own-numbers.yaml": OwnNumberFile,
  "drawings.yaml": DrawingFile,
  "facts/known.yaml": KnownFile,
  "facts/actions.yaml": ActionFile,
  "facts/pages.yaml": PageFile,
} as const satisfies Record<string, TSchema>;

/** Folders whose files are read as one. */
export const JOINED_FOLDERS = { causes: CauseFile, checks: CheckFile } as const satisfies Record<string, TSchema>;

/** Folders of entries bear the number of their module. */
export const MODULE_FOLDER = /^[0-9A-F]{2}$/;

/** An entry and where it stands. */
export interface PlacedEntry {
  readonly entry: Entry;
  readonly file: string;
  readonly index: number;
  /** The id of the pack it came with; absent for the project's own. */
  readonly pack?: string;
}

/** All that the catalogue's files say. */
export interface Knowledge {
  readonly causes: Readonly<Record<string, Cause>>;
  readonly checks: Readonly<Record<string, Check>>;
  readonly conditions: Readonly<Record<string, string>>;
  readonly parts: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly entries: readonly PlacedEntry[];
  /** Code patterns of our own to the condition they were given for. */
  readonly ownNumbers: Readonly<Record<string, string>>;
  readonly known: KnownFile;
  readonly actions: ActionFile;
  readonly pages: PageFile;
  /** The table, and the text of each drawing by its file name. */
  readonly drawings: { readonly table: DrawingTable; readonly svgs: Readonly<Record<string, string>> };
  /** By the tag of the language: `de`. */
  readonly languages: Readonly<Record<string, Language>>;
  /** Names of modules that packs bring, by the module's two digits. */
  readonly modules: Readonly<Record<string, string>>;
  /** What makers' programs say. The first row that fits wins. */
  readonly messages: readonly MessageRow[];
}
