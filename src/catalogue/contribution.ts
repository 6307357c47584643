/**
 * What a site can tell the project of codes, as YAML in the catalogue's own format: what was written of them and how often they were
 * seen on which machines. It leaves the site, so nothing in it names a printer, a place or a person. Hides how that is made sure of.
 */
import type { HmsCode } from "../model/code.ts";
import type { Lane, Priority } from "../model/priority.ts";
import { cleanLine, type CodeSightings, type SiteEntry } from "../model/site-entry.ts";

/** One code as the site knows it. */
export interface FieldRecord {
  readonly code: HmsCode;
  /** As the catalogue has it, without the site's words. */
  readonly lane: Lane;
  readonly title: string;
  readonly summary: string;
  readonly priority: Priority;
  readonly entry: SiteEntry | undefined;
  readonly seen: Pick<CodeSightings, "raises" | "firstSeenAt" | "lastSeenAt" | "machines">;
}

/** What belongs to the site alone. */
export interface PrivateNames {
  /** Ids and names of printers, as they are written. */
  readonly names: readonly string[];
  readonly serials: readonly string[];
}

export async function contributionText(records: readonly FieldRecord[], site: PrivateNames, leftOut = 0): Promise<string> {
  // loaded where it is used: it costs 100 ms
  const { stringify } = await import("yaml");
  const hide = createHiding(site);
  const block = (value: unknown): string => indented(stringify(value, { lineWidth: 0 }));
  const checks = Object.assign({}, ...records.map((record) => checksOf(record, hide))) as Record<string, unknown>;
  const more = leftOut === 0 ? [] : [`${leftOut} more codes were seen; the latest stand here.`];
  const entries = records.map((record) => `${comment(factsOf(record, hide), "  ")}${block([entryOf(record, hide)])}`);
  return [
    comment([...HEAD, ...more]),
    entries.length === 0 ? "entries: []\n" : `entries:\n${entries.join("")}`,
    ...(Object.keys(checks).length === 0 ? [] : [`---\n${comment(CHECKS_HEAD)}${stringify(checks, { lineWidth: 0 })}`]),
  ].join("");
}

const HEAD = [
  "Codes seen in the field, for the catalogue of OpenHMS. Read it through before it leaves your site.",
  "Entries belong in catalogue/<module>/<part>.yaml; condition, causes and wording are for whoever takes them over.",
];
const CHECKS_HEAD = ["Steps that are new belong in catalogue/checks/; where a check like it is there already, that one is named instead."];

function days({ firstSeenAt, lastSeenAt }: FieldRecord["seen"]): string {
  const [first, last] = [firstSeenAt, lastSeenAt].map((iso) => iso?.slice(0, 10) ?? "unknown");
  return first === last ? `on ${first}` : `${first} to ${last}`;
}

function factsOf({ lane, title, entry, seen }: FieldRecord, hide: Hide): readonly string[] {
  const often = seen.raises === 0 ? "never raised here" : `raised ${times(seen.raises)}, ${days(seen)}`;
  const known = {
    documented: `in the catalogue as: ${title}`,
    internal: "the maker gives it no text",
    undocumented: "not in the catalogue",
  };
  return [
    `${often}; ${known[lane]}`,
    ...seen.machines.map(({ model, firmware, raises }) =>
      hide.names(`${model || "model unknown"}, firmware ${firmware || "unknown"}: ${times(raises)}`),
    ),
    ...(entry === undefined || entry.language === "en" ? [] : [`its words are in another language: ${entry.language}`]),
    ...(entry === undefined ? ["nobody has described it yet: title and summary follow from its numbers"] : []),
    ...(entry?.notes ?? "").split("\n").flatMap((line) => (line === "" ? [] : [`note: ${hide.text(line)}`])),
  ];
}

const times = (count: number): string => (count === 1 ? "once" : `${count} times`);

function entryOf(record: FieldRecord, hide: Hide): Record<string, unknown> {
  const { code, entry, priority } = record;
  const { title, summary } = entry ?? record;
  const effect = entry?.effect ?? null;
  const steps = Object.keys(checksOf(record, hide));
  return {
    codes: [code],
    title: hide.text(title),
    summary: hide.text(summary),
    ...(effect === null ? {} : { effect: hide.text(effect) }),
    priority: entry?.priority ?? priority,
    causes: {},
    ...(steps.length === 0 ? {} : { steps }),
  };
}

function checksOf({ code, entry }: FieldRecord, hide: Hide): Record<string, { text: string; kind: string }> {
  const id = code.replaceAll("-", "").toLowerCase();
  return Object.fromEntries((entry?.steps ?? []).map((text, index) => [`field-${id}-${index + 1}`, { text: hide.text(text), kind: "do" }]));
}

const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, "  ");

const comment = (lines: readonly string[], indent = ""): string => lines.map((line) => `${indent}# ${cleanLine(line)}\n`).join("");

interface Hide {
  /** Without the site's names, and without what looks like a person's or a machine's address. */
  text(text: string): string;
  names(text: string): string;
}

const OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
/** Firmware has leading zeros (01.08.02.00), addresses have none. */
const ADDRESSES = [
  /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+/gu,
  new RegExp(`(?<![\\d.])${OCTET}(?:\\.${OCTET}){3}(?![\\d.]*\\d)`, "g"),
  /(?<![\p{L}\p{N}:])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![\p{L}\p{N}:])/giu,
  /(?<![\p{L}\p{N}:])(?=[0-9a-f:]*[0-9a-f])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\p{L}\p{N}:])/giu,
  /(?<![\p{L}\p{N}])[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.(?:local|lan|home|internal|localdomain|home\.arpa|fritz\.box)(?![\p{L}\p{N}])/giu,
];
/** What a maker's serial number looks like: fifteen capitals and digits, with three digits at least. */
const SERIAL = /(?<![\p{L}\p{N}])(?=(?:[A-Z]*\d){3})[A-Z0-9]{15}(?![\p{L}\p{N}])/gu;

function createHiding({ names, serials }: PrivateNames): Hide {
  const named = wordPattern(names, "gu");
  const numbered = wordPattern(serials, "giu");
  const hideNames = (text: string): string => {
    const unnamed = named === undefined ? text : text.replace(named, "[printer]");
    return (numbered === undefined ? unnamed : unnamed.replace(numbered, "[serial]")).replace(SERIAL, "[serial]");
  };
  return {
    names: hideNames,
    text: (text) =>
      // braces are placeholders in the catalogue
      hideNames(ADDRESSES.reduce((rest, pattern) => rest.replace(pattern, "[address]"), text))
        .replaceAll("{", "(")
        .replaceAll("}", ")"),
  };
}

const escaped = (word: string): string => word.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

/** Any of these as a whole word; the longest first, so that no half of one is left. */
function wordPattern(words: readonly string[], flags: string): RegExp | undefined {
  const known = [...new Set(words)].filter((word) => word.length > 1).sort((a, b) => b.length - a.length);
  if (known.length === 0) return undefined;
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${known.map((word) => escaped(word)).join("|")})(?![\\p{L}\\p{N}])`, flags);
}
