/**
 * The HTTP contract: schemas that validate, document (OpenAPI) and type at once. The web app imports the types alone.
 * Times are ISO 8601 in UTC; ids are opaque; lists answer `{items, next}`.
 */
import { Type, type Static, type TSchema } from "typebox";
import { NOTIFICATION_KINDS, TRANSITION_EVENTS } from "./alert.ts";
import { Label } from "./label.ts";
import { PRIORITIES } from "./priority.ts";
import { SiteEntry } from "./site-entry.ts";
import { PRINTER_STATES, SIGNALS } from "./telemetry.ts";

const oneOf = <const T extends string[]>(values: readonly [...T]) => Type.Enum(values);
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Time = Type.String({ format: "date-time" });

export const Severity = oneOf(["error", "warning", "info", "invalid"]);
export const Kind = oneOf(["hms", "device"]);
export const Isa = oneOf(["A", "B", "C", "D", "E", "F", "G", "H", "I"]);
export const LaneSchema = oneOf(["documented", "undocumented", "internal"]);

export const Gate = Type.Object({ startBlocked: Type.Boolean(), resumeBlocked: Type.Boolean() }, { $id: "Gate" });
export type Gate = Static<typeof Gate>;

export const Alert = Type.Object(
  {
    id: Type.String(),
    printer: Type.String(),
    printerName: Type.String(),
    code: Type.String({ description: "canonical: 0300-0100-0001-0001 or 0300-8003" }),
    kind: Kind,
    level: Type.Integer(),
    severity: Severity,
    priority: oneOf(PRIORITIES),
    lane: LaneSchema,
    title: Type.String(),
    summary: Type.String(),
    language: Type.String({ description: "of title and summary: the one asked for where this code is translated, else en" }),
    unitName: Nullable(Type.String()),
    slot: Nullable(Type.Integer()),
    detector: Type.String({ description: "that found it first" }),
    seenBy: Type.Array(Type.String(), { description: "the detectors that say so now" }),
    isa: Isa,
    uds: Type.Integer({ minimum: 0, maximum: 255, description: "ISO 14229-1 status byte" }),
    active: Type.Boolean(),
    acknowledged: Type.Boolean(),
    held: Type.Boolean({ description: "active or latched: what the gate follows" }),
    latched: Type.Boolean(),
    quality: oneOf(["good", "stale"]),
    shelvedUntil: Nullable(Time),
    suppressedBy: Type.Array(Type.String()),
    outOfService: Type.Boolean(),
    version: Type.Integer({ description: "send it back with ack" }),
    episode: Type.Integer(),
    occurrences: Type.Integer(),
    raisedAt: Nullable(Time),
    clearedAt: Nullable(Time),
    acknowledgedAt: Nullable(Time),
    updatedAt: Time,
  },
  { $id: "Alert" },
);
export type Alert = Static<typeof Alert>;

export const Transition = Type.Object(
  {
    id: Type.Integer(),
    alert: Type.String(),
    printer: Type.String(),
    code: Type.String(),
    title: Type.String(),
    level: Type.Integer(),
    severity: Severity,
    at: Time,
    event: oneOf(TRANSITION_EVENTS),
    episode: Type.Integer(),
    isa: Isa,
    version: Type.Integer(),
    actor: Nullable(Type.String({ description: "who did it; null for a detector or the clock" })),
    note: Nullable(Type.String()),
  },
  { $id: "Transition" },
);
export type Transition = Static<typeof Transition>;

/** The signals of the minutes before an episode; `at` in ms since 1970, one value per time and signal, null where nothing was known. */
export const FreezeFrame = Type.Object(
  {
    at: Type.Array(Type.Number()),
    signals: Type.Record(Type.String(), Type.Array(Nullable(Type.Number()))),
    /** The report that raised it. */
    report: Type.Record(Type.String(), Type.Unknown()),
    /** State, job, layer and the like at that moment. */
    snapshot: Type.Record(Type.String(), Type.Unknown()),
  },
  { $id: "FreezeFrame" },
);
export type FreezeFrame = Static<typeof FreezeFrame>;

export const Episode = Type.Object(
  {
    n: Type.Integer(),
    raisedAt: Time,
    acknowledgedAt: Nullable(Time),
    clearedAt: Nullable(Time),
    closedAt: Nullable(Time),
    freezeFrame: Nullable(FreezeFrame),
    label: Type.Union([Label, Type.Null()], { description: "whether it was real, as a person said" }),
  },
  { $id: "Episode" },
);
export type Episode = Static<typeof Episode>;

export const Delivery = Type.Object(
  {
    channel: Type.String(),
    kind: oneOf(NOTIFICATION_KINDS),
    reason: Type.String({ description: "why it was sent or held back" }),
    state: oneOf(["pending", "delivered", "retry", "dead", "held-back"]),
    attempts: Type.Integer(),
    at: Time,
    detail: Nullable(Type.String()),
  },
  { $id: "Delivery" },
);
export type Delivery = Static<typeof Delivery>;

export const Step = Type.Object(
  {
    id: Type.String({ description: "stable name of the check" }),
    kind: oneOf(["look", "test", "do", "replace", "ask"]),
    text: Type.String(),
    minutes: Type.Optional(Type.Integer({ description: "hands-on time; a site's own steps have none" })),
    tools: Type.Optional(Type.Array(Type.String())),
    risk: Type.Optional(Type.String()),
    powerOff: Type.Optional(Type.Boolean()),
  },
  { $id: "Step" },
);
export type Step = Static<typeof Step>;

export const CODE_SOURCES = ["catalogue", "site", "none"] as const;

/** The maker's own words for a code, from a table that this site imported. */
export const VendorText = Type.Object(
  {
    language: Type.String({ description: "lower case, like de or pt-br" }),
    text: Type.String(),
    models: Type.Array(Type.String(), { description: "for these models; empty: for all" }),
    source: Type.String({ description: "the import it is from, as `openhms catalogue import --list` names it" }),
    version: Nullable(Type.Integer({ description: "the maker's own, of the table" })),
  },
  { $id: "VendorText" },
);
export type VendorText = Static<typeof VendorText>;

/** A code explained: what `decode --json`, `/codes/{code}` and the help page show. */
export const CodeInfo = Type.Object(
  {
    code: Type.String(),
    kind: Kind,
    class: Type.Optional(oneOf(["error", "warning", "info", "status"])),
    module: Type.Integer(),
    moduleName: Type.String(),
    unit: Type.Integer(),
    part: Nullable(Type.Integer()),
    partName: Nullable(Type.String()),
    partNumber: Nullable(Type.Integer()),
    level: Type.Integer(),
    number: Type.Integer(),
    severity: Severity,
    unitName: Nullable(Type.String()),
    slot: Nullable(Type.Integer()),
    language: Type.String({ description: "of the texts: the one asked for where this code is translated, else en" }),
    lane: LaneSchema,
    pack: Nullable(Type.String({ description: "the id of the pack that explains it; null: the catalogue of the project" })),
    documented: Type.Boolean(),
    source: Type.Enum(CODE_SOURCES, { description: "whose words these are: the catalogue's, this site's, or made of the numbers alone" }),
    siteNote: Type.Union([SiteEntry, Type.Null()], {
      description: "what this site wrote of the code; where source is site, the texts are its",
    }),
    priority: oneOf(PRIORITIES),
    ownPriority: Type.Union([oneOf(PRIORITIES), Type.Null()], { description: "what this site said of it; null: as in the catalogue" }),
    latching: Type.Boolean(),
    title: Type.String(),
    summary: Type.String(),
    effect: Type.String(),
    danger: Nullable(Type.String()),
    condition: Nullable(Type.String({ description: "the kind of fault, from a fixed list" })),
    causes: Type.Array(
      Type.Object({ id: Type.String(), kind: Type.String(), text: Type.String(), likelihood: oneOf(["likely", "possible", "rare"]) }),
      { description: "likely first" },
    ),
    steps: Type.Array(Step),
    attr: Type.Integer({ description: "wire numbers, unsigned" }),
    codeNumber: Nullable(Type.Integer()),
    forms: Type.Array(Type.String({ description: "other written forms of the same code" })),
    related: Type.Array(Type.Object({ code: Type.String(), title: Type.String() })),
    models: Type.Array(Type.String(), { description: "only on these models; empty: on all that have the part" }),
    actions: Type.Array(Type.Object({ id: Type.String(), text: Type.String() }), { description: "what the printer's own dialog offers" }),
    pages: Type.Array(Type.Object({ path: Type.String(), url: Type.String(), models: Type.Array(Type.String()) }), {
      description: "the maker's pages; one without models serves all others",
    }),
    vendorTexts: Type.Array(VendorText, { description: "the maker's own words, where this site imported them; the printer's model first" }),
    url: Type.String({ description: "the help page, as the QR code carries it" }),
    phoneHint: Nullable(Type.String({ description: "what to set so that a phone can open the page; null when it can" })),
  },
  { $id: "CodeInfo" },
);
export type CodeInfo = Static<typeof CodeInfo>;

export const CodeSummary = Type.Object(
  {
    code: Type.String(),
    title: Type.String(),
    severity: Severity,
    priority: oneOf(PRIORITIES),
    module: Type.String(),
    documented: Type.Boolean(),
    language: Type.Optional(Type.String({ description: "of the title and the module's name; en where it is not said" })),
    lastSeenAt: Type.Optional(Time),
    raises: Type.Optional(Type.Integer({ description: "how often it was raised here; with lastSeenAt where seen codes are listed" })),
  },
  { $id: "CodeSummary" },
);
export type CodeSummary = Static<typeof CodeSummary>;

export const AlertDetail = Type.Interface(
  [Alert],
  {
    info: CodeInfo,
    episodes: Type.Array(Episode, { description: "newest first, at most 20" }),
    transitions: Type.Array(Transition, { description: "newest first, at most 200" }),
    deliveries: Type.Array(Delivery, { description: "newest first, at most 50" }),
    confirmable: Type.Boolean({ description: "whether an acknowledgement is awaited" }),
  },
  { $id: "AlertDetail" },
);
export type AlertDetail = Static<typeof AlertDetail>;

export const FilamentUnit = Type.Object({
  name: Type.String(),
  humidityPct: Type.Optional(Type.Number()),
  tempC: Type.Optional(Type.Number()),
  slots: Type.Array(
    Type.Object({
      slot: Type.Integer(),
      loaded: Type.Boolean(),
      material: Type.Optional(Type.String()),
      color: Type.Optional(Type.String()),
      remainPct: Type.Optional(Type.Number()),
    }),
  ),
});

export const Printer = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    model: Type.String(),
    state: oneOf([...PRINTER_STATES, "offline"]),
    stage: Nullable(Type.String()),
    connected: Type.Boolean(),
    linkReason: Nullable(Type.String()),
    lastSeenAt: Nullable(Time),
    gate: Gate,
    worst: Nullable(
      Type.Object({
        id: Type.String(),
        code: Type.String(),
        title: Type.String(),
        severity: Severity,
        priority: oneOf(PRIORITIES),
        acknowledged: Type.Boolean(),
      }),
    ),
    counts: Type.Object(
      { error: Type.Integer(), warning: Type.Integer(), info: Type.Integer() },
      { description: "alerts now held and not hidden" },
    ),
    job: Nullable(Type.String()),
    progressPct: Nullable(Type.Number()),
    remainingMin: Nullable(Type.Number()),
    layer: Nullable(Type.Integer()),
    totalLayers: Nullable(Type.Integer()),
    readings: Type.Record(Type.String(), Type.Number(), { description: "the numeric signals by name; only those known" }),
    filamentUnits: Type.Array(FilamentUnit),
    faults: Type.Array(Type.String(), { description: "demo: the faults that can be set on this virtual printer" }),
  },
  { $id: "Printer" },
);
export type Printer = Static<typeof Printer>;

/** The latest minutes of every signal; the same shape as a freeze frame's series. */
export const Telemetry = Type.Object(
  {
    at: Type.Array(Type.Number()),
    signals: Type.Record(Type.Enum(SIGNALS.map((signal) => signal.name)), Type.Array(Nullable(Type.Number()))),
  },
  { $id: "Telemetry" },
);
export type Telemetry = Static<typeof Telemetry>;

/** What the pages must know of this server. */
export const SiteInfo = Type.Object(
  {
    version: Type.String(),
    demo: Type.Boolean(),
    publicUrl: Type.String(),
    phoneHint: Nullable(Type.String()),
    signals: Type.Array(Type.Object({ name: Type.String(), label: Type.String(), unit: Type.String() })),
  },
  { $id: "SiteInfo" },
);
export type SiteInfo = Static<typeof SiteInfo>;

export const Kpi = Type.Object(
  {
    since: Time,
    raised: Type.Integer(),
    notified: Type.Integer(),
    fleeting: Type.Integer({ description: "episodes shorter than 10 s" }),
    standing: Type.Integer({ description: "active for more than 24 h" }),
    byPriority: Type.Record(Type.String(), Type.Integer()),
    medianAckMs: Nullable(Type.Number()),
    medianClearMs: Nullable(Type.Number()),
    top: Type.Array(Type.Object({ code: Type.String(), title: Type.String(), raised: Type.Integer() })),
    ingest: Type.Object({ accepted: Type.Integer(), duplicates: Type.Integer(), late: Type.Integer(), rejected: Type.Integer() }),
  },
  { $id: "Kpi" },
);
export type Kpi = Static<typeof Kpi>;

/** RFC 9457; `errors` names each field that is wrong. */
export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.Optional(Type.String()),
    instance: Type.Optional(Type.String()),
    errors: Type.Optional(Type.Array(Type.Object({ field: Type.String(), message: Type.String() }))),
  },
  { $id: "Problem" },
);
export type Problem = Static<typeof Problem>;

export const listOf = <T extends TSchema>(item: T) => Type.Object({ items: Type.Array(item), next: Nullable(Type.String()) });
export interface List<T> {
  items: T[];
  next: string | null;
}

export const AckBody = Type.Object({ version: Type.Integer({ minimum: 0 }) }, { additionalProperties: false });
export const ResetBody = Type.Object({ version: Type.Optional(Type.Integer({ minimum: 0 })) }, { additionalProperties: false });
export const ShelveBody = Type.Object(
  {
    minutes: Type.Number({ exclusiveMinimum: 0, maximum: 43_200 }),
    reason: Type.String({ minLength: 1, maxLength: 500 }),
    oneShot: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export const PriorityBody = Type.Object(
  { priority: Nullable(oneOf(PRIORITIES)) },
  { additionalProperties: false, description: "null: as in the catalogue again" },
);
export const CommentBody = Type.Object({ text: Type.String({ minLength: 1, maxLength: 2_000 }) }, { additionalProperties: false });
export const FaultBody = Type.Object({ fault: Type.String({ maxLength: 64 }) }, { additionalProperties: false });

export const ALERT_STATE_FILTERS = ["open", "active", "unacknowledged", "hidden", "closed", "all"] as const;
export type AlertStateFilter = (typeof ALERT_STATE_FILTERS)[number];
