/** What the world sees: rows and snapshots made into the shapes of the HTTP contract, worst first. Reads only; decides nothing. */
import { isActive, isHeld, isHidden, udsByte } from "../model/alert.ts";
import type { Alert, CodeInfo, Delivery, Episode, Printer, Transition } from "../model/api.ts";
import { kindOf, severityOfLevel, type HmsCode } from "../model/code.ts";
import { gateOf } from "../model/gate.ts";
import type { Label } from "../model/label.ts";
import { priorityRank } from "../model/priority.ts";
import { SIGNALS, type Snapshot } from "../model/telemetry.ts";
import { toIso, type Timestamp } from "../lib/time.ts";
import type { Catalogue, Explanation } from "../catalogue/catalogue.ts";
import { ENGLISH } from "../catalogue/languages.ts";
import type { Reader } from "../catalogue/vendor/choose.ts";
import type { VendorTexts } from "../catalogue/vendor/vendor-texts.ts";
import type { AlertRow, DeliveryRow, EpisodeRow, LabelRow, TransitionRow } from "../store/store.ts";
import type { SiteCodes } from "./codes.ts";
import { isServed, isTakenOut, type KnownPrinter } from "./fleet.ts";

/** Codes that are asked for all the time; hostile ones must not grow it without end. */
const MAX_EXPLANATIONS = 20_000;

export interface ViewsDeps {
  readonly catalogue: Catalogue;
  readonly publicUrl: string;
  readonly phoneHint: string | null;
  /** What the site said of codes. */
  readonly codes: Pick<SiteCodes, "entries" | "priorities">;
  readonly nameOf: (printer: string) => string;
  readonly modelOf: (printer: string) => string | undefined;
  readonly vendorTexts: VendorTexts;
}

/** Who asks for a code; of an alert, for which printer. */
type Asked = Reader & { readonly printer?: string };

export interface Views {
  /** In English, or in another language as far as it is translated. */
  explanation(code: HmsCode, language?: string): Explanation;
  code(code: HmsCode, language?: string, asked?: Asked): CodeInfo;
  alert(row: AlertRow): Alert;
  transition(row: TransitionRow): Transition;
  printer(printer: KnownPrinter, open: Iterable<AlertRow>): Printer;
}

const iso = (time: Timestamp | null): string | null => (time === null ? null : toIso(time));

/** Explanations that are asked for again and again; made anew when the site has written of a code. */
function createExplanations({ catalogue, codes }: Pick<ViewsDeps, "catalogue" | "codes">): Views["explanation"] {
  const explanations = new Map<string, Explanation>();
  let revision = 0;
  return (code, language = ENGLISH) => {
    const key = language === ENGLISH ? code : `${language} ${code}`;
    const isOutdated = revision !== codes.entries.revision();
    if (isOutdated || explanations.size >= MAX_EXPLANATIONS) explanations.clear();
    revision = codes.entries.revision();
    let known = explanations.get(key);
    if (known === undefined) explanations.set(key, (known = catalogue.explain(code, language)));
    return known;
  };
}

export function createViews(deps: ViewsDeps): Views {
  const { catalogue } = deps;
  const explanation = createExplanations(deps);

  function alert(row: AlertRow): Alert {
    const { state } = row;
    const { title, summary, language, lane, unitName, slot } = explanation(row.code);
    return {
      id: row.id,
      printer: row.printer,
      printerName: deps.nameOf(row.printer),
      code: row.code,
      kind: kindOf(row.code),
      level: row.level,
      severity: severityOfLevel(row.level),
      priority: state.priority,
      lane,
      title,
      summary,
      language,
      unitName,
      slot,
      detector: row.detector,
      seenBy: [...(state.failing ?? [])],
      isa: row.isa as Alert["isa"],
      uds: udsByte(state, catalogue.definition(row.code)),
      active: isActive(state),
      acknowledged: state.acknowledged,
      held: isHeld(state),
      latched: state.latched,
      quality: state.quality,
      shelvedUntil: state.shelf.kind === "none" ? null : toIso(state.shelf.until),
      suppressedBy: [...state.suppressedBy],
      outOfService: state.outOfService,
      version: state.version,
      episode: state.episode,
      occurrences: state.occurrences,
      raisedAt: iso(row.raisedAt),
      clearedAt: iso(row.clearedAt),
      acknowledgedAt: iso(row.acknowledgedAt),
      updatedAt: toIso(row.updatedAt),
    };
  }

  return {
    explanation,
    code: (code, language, asked) => codeView(deps, explanation(code, language), readerOf(deps, language, asked), language),
    alert,
    transition: (row) => ({
      id: row.id,
      alert: row.alert,
      printer: row.printer,
      code: row.code,
      title: explanation(row.code).title,
      level: row.level,
      severity: severityOfLevel(row.level),
      at: toIso(row.at),
      event: row.event,
      episode: row.episode,
      isa: row.isa as Transition["isa"],
      version: row.version,
      actor: row.actor,
      note: row.note,
    }),
    printer: (printer, open) =>
      printerView(
        printer,
        [...open].filter((row) => isHeld(row.state)),
        explanation,
      ),
  };
}

function readerOf({ modelOf }: ViewsDeps, language = ENGLISH, asked: Asked = {}): Reader {
  const model = asked.model ?? (asked.printer === undefined ? undefined : modelOf(asked.printer));
  return { languages: asked.languages ?? [language], ...(model === undefined ? {} : { model }) };
}

function codeView(deps: ViewsDeps, explanation: Explanation, reader: Reader, language = ENGLISH): CodeInfo {
  const { catalogue, publicUrl, phoneHint, codes } = deps;
  const code = explanation.code as HmsCode;
  const { priority } = catalogue.definition(code);
  const site = { siteNote: codes.entries.of(code) ?? null, ownPriority: codes.priorities.of(code) ?? null };
  const vendorTexts = deps.vendorTexts.of(code, reader);
  const hint = phoneHint === null ? null : catalogue.say(phoneHint, language);
  return { ...explanation, priority, ...site, vendorTexts, url: `${publicUrl}/codes/${code}`, phoneHint: hint };
}

function printerView(printer: KnownPrinter, held: readonly AlertRow[], explanation: (code: HmsCode) => Explanation): Printer {
  const { id, name, model, snapshot } = printer;
  const inService = held.filter((row) => !row.state.outOfService);
  const shown = held.filter((row) => !isHidden(row.state) && !row.quiet);
  const worst = shown.reduce<AlertRow | undefined>((a, b) => (a === undefined || compareAlerts(b, a) < 0 ? b : a), undefined);
  const count = (severity: string): number => shown.filter((row) => severityOfLevel(row.level) === severity).length;
  const isLive = snapshot.connected && !printer.isLost;
  return {
    id,
    name,
    model,
    state: isLive ? (snapshot.state ?? "unknown") : "offline",
    stage: snapshot.stage ?? null,
    connected: isLive,
    linkReason: isLive ? null : ((isTakenOut(printer) ? undefined : snapshot.linkReason) ?? silenceOf(printer)),
    lastSeenAt: iso(snapshot.at ?? printer.seenAt ?? null),
    gate: gateOf(inService.map(({ level, code }) => ({ level, lane: explanation(code).lane }))),
    worst: worst === undefined ? null : worstView(worst, explanation(worst.code).title),
    counts: { error: count("error"), warning: count("warning"), info: count("info") },
    job: snapshot.jobName ?? null,
    progressPct: snapshot.progressPct ?? null,
    remainingMin: snapshot.remainingMin ?? null,
    layer: snapshot.layer ?? null,
    totalLayers: snapshot.totalLayers ?? null,
    readings: readingsOf(snapshot),
    filamentUnits: (snapshot.filamentUnits ?? []).map((unit) => ({ ...unit, slots: unit.slots.map((slot) => ({ ...slot })) })),
    faults: [...printer.faults],
  };
}

function silenceOf(printer: KnownPrinter): string {
  if (isTakenOut(printer)) return "taken out of the configuration of its edge";
  if (!isServed(printer)) return "known by its reports only; no edge serves it";
  return printer.heardAt === undefined ? "not heard since this server started" : `its edge ${printer.edge} is not heard`;
}

function worstView(row: AlertRow, title: string): NonNullable<Printer["worst"]> {
  const { id, code, level, state } = row;
  return { id, code, title, severity: severityOfLevel(level), priority: state.priority, acknowledged: state.acknowledged };
}

function readingsOf(snapshot: Snapshot): Record<string, number> {
  const readings: Record<string, number> = {};
  for (const { name } of SIGNALS) {
    const value = snapshot[name];
    if (value !== undefined) readings[name] = value;
  }
  return readings;
}

/** Errors first; a level that does not exist comes last. */
function levelRank(level: number): number {
  return level === 0 ? 99 : level;
}

/** Worst first: level, not acknowledged, priority, newest. */
function compareAlerts(a: AlertRow, b: AlertRow): number {
  return (
    levelRank(a.level) - levelRank(b.level) ||
    Number(a.state.acknowledged) - Number(b.state.acknowledged) ||
    priorityRank(a.state.priority) - priorityRank(b.state.priority) ||
    (b.raisedAt ?? 0) - (a.raisedAt ?? 0)
  );
}

const SEVERITY_RANK: Readonly<Record<Alert["severity"], number>> = { error: 0, warning: 1, info: 2, invalid: 3 };
const NO_ALERT = 4;

/** Worst first, then by name, so that equal ones keep their place. */
export function comparePrinters(a: Printer, b: Printer): number {
  const rank = (printer: Printer): number => (printer.worst === null ? NO_ALERT : SEVERITY_RANK[printer.worst.severity]);
  const priority = (printer: Printer): number => (printer.worst === null ? 0 : priorityRank(printer.worst.priority));
  const blocked = (printer: Printer): number => Number(!printer.gate.resumeBlocked);
  return (
    rank(a) - rank(b) || priority(a) - priority(b) || blocked(a) - blocked(b) || a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1)
  );
}

export function episodeView(row: EpisodeRow, label: LabelRow | undefined): Episode {
  const { n, raisedAt, acknowledgedAt, clearedAt, closedAt, freezeFrame } = row;
  return {
    n,
    raisedAt: toIso(raisedAt),
    acknowledgedAt: iso(acknowledgedAt),
    clearedAt: iso(clearedAt),
    closedAt: iso(closedAt),
    freezeFrame,
    label: label === undefined ? null : labelView(label),
  };
}

function labelView({ verdict, note, actor, at }: LabelRow): Label | null {
  return verdict === null ? null : { verdict, note, by: actor, at: toIso(at) };
}

export function deliveryView(row: DeliveryRow): Delivery {
  const { channel, kind, reason, state, attempts, at, detail } = row;
  return { channel, kind, reason, state, attempts, at: toIso(at), detail };
}
