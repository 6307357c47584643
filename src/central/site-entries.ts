/**
 * The site's own entries: what people here wrote of codes. A code that the catalogue does not describe is explained with them and
 * counts as documented, the maker's own codes as described; beside a described one they stand as a note. Written in the transaction that changes the alerts. Hands out the
 * catalogue as this site reads it; when the catalogue learns a code, the site's entry becomes a note by itself.
 */
import type { Catalogue, Explanation } from "../catalogue/catalogue.ts";
import { RefusedError, type FieldProblem } from "../lib/errors.ts";
import { type Clock, toIso } from "../lib/time.ts";
import type { CodeSummary } from "../model/api.ts";
import { fieldsOf, severityOf, type HmsCode } from "../model/code.ts";
import type { Lane } from "../model/priority.ts";
import { cleanEntry, type SiteChange, type SiteEntry, type SiteEntryBody } from "../model/site-entry.ts";
import { moduleName } from "../model/words.ts";
import type { SiteEntryRow } from "../store/store.ts";
import type { Draft } from "./draft.ts";

/** Codes that were ever described: all stay in memory, and a site that describes more should send them to the catalogue. */
export const MAX_SITE_ENTRIES = 2_000;
const MAX_CHANGES = 50;

export interface SiteEntries {
  /** Explanations, definitions, lists and searches with what the site wrote. */
  readonly catalogue: Catalogue;
  of(code: HmsCode): SiteEntry | undefined;
  changes(code: HmsCode): readonly SiteChange[];
  /** The codes that have an entry. */
  codes(): readonly HmsCode[];
  /** Why this cannot be written, or not taken back where it is null; undefined when it can. */
  refusal(code: HmsCode, body: SiteEntryBody | null): RefusedError | undefined;
  /** Null: takes it back. Only what was not refused. */
  set(draft: Draft, code: HmsCode, body: SiteEntryBody | null, by: string): void;
  /** Grows with every change: what was made of entries before is out of date. */
  revision(): number;
  /** Forgets all and takes what the store kept. */
  load(rows: readonly SiteEntryRow[]): void;
}

const wrongFields = (fields: readonly FieldProblem[]): RefusedError =>
  new RefusedError("invalid", fields.map(({ field, message }) => `${field} ${message}`).join("; "), fields);

export function createSiteEntries(given: Catalogue, clock: Clock): SiteEntries {
  const rows = new Map<HmsCode, SiteEntryRow>();
  let revision = 0;

  const entryOf = (code: HmsCode): SiteEntry | undefined => rows.get(code)?.entry ?? undefined;
  const isDescribed = (code: HmsCode): boolean => given.lane(code) === "documented";
  /** The entry where it speaks instead of the catalogue. */
  const instead = (code: HmsCode): SiteEntry | undefined => (rows.size === 0 || isDescribed(code) ? undefined : entryOf(code));

  function refusal(code: HmsCode, body: SiteEntryBody | null): RefusedError | undefined {
    if (body === null) return entryOf(code) === undefined ? new RefusedError("not-found", `nobody here has described ${code}`) : undefined;
    const fields = fieldsOf(code);
    if (fields.kind === "device" && fields.class === "status")
      return new RefusedError("invalid", `${code} is a status of the running job, no fault; there is nothing to describe`);
    if (body.priority !== undefined && isDescribed(code))
      return wrongFields([{ field: "priority", message: "belongs to the catalogue for this code; set this site's own with /priority" }]);
    const clean = cleanEntry(body);
    if (!clean.ok) return wrongFields(clean.problems);
    if (rows.has(code) || rows.size < MAX_SITE_ENTRIES) return undefined;
    return new RefusedError("conflict", `${MAX_SITE_ENTRIES} codes were described here already; send them to the catalogue first`);
  }

  function set(draft: Draft, code: HmsCode, body: SiteEntryBody | null, by: string): void {
    const former = rows.get(code);
    const at = toIso(clock.now());
    const clean = body === null ? undefined : cleanEntry(body);
    const entry = clean?.ok === true ? { ...clean.entry, updatedAt: at } : null;
    const what = entry === null ? "removed" : (former?.entry ?? null) === null ? "described" : "changed";
    const row = { code, entry, changes: [{ at, by, what } as const, ...(former?.changes ?? [])].slice(0, MAX_CHANGES) };
    rows.set(code, row);
    revision++;
    draft.putSiteEntry(row);
  }

  return {
    catalogue: asWritten(given, { instead, entries: () => [...rows.values()] }),
    of: entryOf,
    changes: (code) => rows.get(code)?.changes ?? [],
    codes: () => [...rows.values()].flatMap(({ code, entry }) => (entry === null ? [] : [code])),
    refusal,
    set,
    revision: () => revision,
    load: (loaded) => {
      rows.clear();
      revision++;
      for (const row of loaded) rows.set(row.code, row);
    },
  };
}

interface Written {
  readonly instead: (code: HmsCode) => SiteEntry | undefined;
  readonly entries: () => readonly SiteEntryRow[];
}

/** The catalogue with the site's words where it has none. */
function asWritten(given: Catalogue, { instead, entries }: Written): Catalogue {
  function summarize(code: HmsCode, entry: SiteEntry): CodeSummary {
    const { priority } = given.definition(code);
    const module = moduleName(fieldsOf(code).module);
    return { code, title: entry.title, severity: severityOf(code), priority: entry.priority ?? priority, module, documented: true };
  }
  function inOurWords(summary: CodeSummary): CodeSummary {
    const entry = instead(summary.code as HmsCode);
    return entry === undefined ? summary : summarize(summary.code as HmsCode, entry);
  }
  return {
    ...given,
    lane: (code) => (instead(code) === undefined ? given.lane(code) : laneWithWords(given.lane(code))),
    explain: (code, language) => {
      const entry = instead(code);
      const found = given.explain(code, language);
      return entry === undefined ? found : explained(found, entry);
    },
    definition: (code) => {
      const definition = given.definition(code);
      const priority = instead(code)?.priority ?? undefined;
      return priority === undefined ? definition : { ...definition, priority };
    },
    search: (text, limit, language) => {
      const found = given.search(text, limit, language).map(inOurWords);
      const words = text.toLowerCase().split(/\s+/).filter(Boolean);
      const isFound = new Set(found.map(({ code }) => code));
      const ours = entries().flatMap(({ code, entry }) => {
        if (entry === null || words.length === 0 || isFound.has(code) || !holds(entry, words)) return [];
        return instead(code) === undefined ? [] : [summarize(code, entry)];
      });
      return [...ours, ...found].slice(0, limit);
    },
    list: () => {
      const listed = given.list().map(inOurWords);
      const isListed = new Set(listed.map(({ code }) => code));
      return [
        ...listed,
        ...entries().flatMap(({ code }) => {
          const entry = isListed.has(code) ? undefined : instead(code);
          return entry === undefined ? [] : [summarize(code, entry)];
        }),
      ];
    },
  };
}

/** The maker's own codes stay what they are: printers do not take them back, so words about them must not close a gate. */
const laneWithWords = (lane: Lane): Lane => (lane === "undocumented" ? "documented" : lane);

function holds({ title, summary, notes }: SiteEntry, words: readonly string[]): boolean {
  const text = `${title}\n${summary}\n${notes}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

function explained(found: Explanation, { title, summary, effect, steps, priority, language }: SiteEntry): Explanation {
  return {
    ...found,
    lane: laneWithWords(found.lane),
    documented: true,
    source: "site",
    language,
    title,
    summary,
    effect: effect ?? found.effect,
    priority: priority ?? found.priority,
    steps: steps.map((text, index) => ({ id: `site-${index + 1}`, kind: "do", text })),
  };
}
