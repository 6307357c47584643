/**
 * What the catalogue's files must agree on before anything can be looked up: codes are well formed, belong to the folder, stand in
 * one entry only and share one level; every id, part and suppressed code exists; nothing suppresses itself in a circle.
 */
import type { Problem } from "../../lib/errors.ts";
import { levelOf } from "../../model/code.ts";
import { priorityRank } from "../../model/priority.ts";
import { countCodes, expandCodes } from "../facts.ts";
import { codesOfMessage, messageProblem } from "../packs/messages.ts";
import { findByPattern, isPattern, memberOf, moduleOf, partOf } from "../pattern.ts";
import type { Sources } from "../files/read.ts";
import { PLACEHOLDERS, partName, sideOf, axisOf } from "../render.ts";
import type { Knowledge, PlacedEntry } from "../files/shape.ts";
import type { Path } from "../files/yaml.ts";

type Tell = (path: Path, message: string) => void;

export const OWN_MODULE = "F0";
const FIRST_OWN_NUMBER = 0xe000;

/** Numbers from E000 on are no vendor's. Device errors have none of them. */
export function isOwnNumber(pattern: string): boolean {
  return partOf(pattern) !== undefined && Number.parseInt(pattern.slice(15), 16) >= FIRST_OWN_NUMBER;
}

/** Every text of an entry with its path. */
export function textsOf(placed: PlacedEntry): readonly { readonly path: Path; readonly text: string }[] {
  const { entry, index } = placed;
  const at = (key: string): Path => ["entries", index, key];
  const keys = ["title", "summary", "effect", "danger", "why"] as const;
  return keys.flatMap((key) => {
    const text = entry[key];
    return text === undefined ? [] : [{ path: at(key), text }];
  });
}

function checkCodes(placed: PlacedEntry, seen: Map<string, string>, tell: Tell): void {
  const { entry, file, index } = placed;
  const levels = new Set<number>();
  entry.codes.forEach((pattern, i) => {
    const path: Path = ["entries", index, "codes", i];
    if (!isPattern(pattern)) return tell(path, `${pattern} is no code; write 0300-0100-0001-0001, 07uu-2s00-0002-0001 or 0300-8003`);
    const earlier = seen.get(pattern);
    if (earlier !== undefined) tell(path, `${pattern} already stands in ${earlier}`);
    seen.set(pattern, file);
    levels.add(levelOf(memberOf(pattern)));
    // which numbers a pack may use depends on what the project has
    if (moduleOf(pattern) === OWN_MODULE || placed.pack !== undefined) return;
    const isOwn = partOf(pattern) !== undefined && placed.file.includes("own-");
    if (isOwn && !isOwnNumber(pattern)) tell(path, "a code of our own has a number of E000 or above");
    if (!isOwn && isOwnNumber(pattern)) tell(path, "numbers of E000 or above are our own; the file's name starts with own-");
  });
  if (levels.size > 1)
    tell(["entries", index, "codes"], `codes of one entry have one level, these have ${[...levels].sort((a, b) => a - b).join(" and ")}`);
}

/** `03/01-heatbed.yaml` holds codes of module 03, part 01 first; `03/device.yaml` device errors. */
function checkFolder(placed: PlacedEntry, tell: Tell): void {
  const { entry, file, index } = placed;
  const pattern = entry.codes.find(isPattern);
  if (pattern === undefined) return;
  const [folder, name = ""] = file.split("/");
  const path: Path = ["entries", index, "codes"];
  if (folder !== moduleOf(pattern)) return tell(path, `${pattern} does not belong into the folder ${folder}`);
  const part = partOf(pattern);
  const isDeviceFile = name.startsWith("device");
  if ((part === undefined) !== isDeviceFile) tell(path, "device errors stand in device*.yaml, other codes in the file of their part");
}

function checkIds(placed: PlacedEntry, knowledge: Knowledge, tell: Tell): void {
  const { entry, index } = placed;
  if (!Object.hasOwn(knowledge.conditions, entry.condition))
    tell(["entries", index, "condition"], `${entry.condition} is not in conditions.yaml`);
  for (const id of Object.keys(entry.causes))
    if (!Object.hasOwn(knowledge.causes, id)) tell(["entries", index, "causes", id], `${id} stands in no file of causes/`);
  entry.steps.forEach((id, i) => {
    if (!Object.hasOwn(knowledge.checks, id)) tell(["entries", index, "steps", i], `${id} stands in no file of checks/`);
  });
}

const NAMED_BY_PART = [
  ["{part}", partName],
  ["{side}", sideOf],
  ["{axis}", axisOf],
] as const;

/** Which units a module has, and how they are called, is known of the vendor's modules only. */
const NAMED_BY_MODULE = ["{unit}", "{place}", "{slot}"] as const;

/** The placeholders a text may use depend on what the entry's codes name. */
function checkPlaceholders(placed: PlacedEntry, knowledge: Knowledge, tell: Tell): void {
  const texts = [
    ...textsOf(placed),
    ...placed.entry.steps.map((id, i) => ({ path: ["entries", placed.index, "steps", i] as Path, text: knowledge.checks[id]?.text ?? "" })),
    ...Object.keys(placed.entry.causes).map((id) => ({
      path: ["entries", placed.index, "causes", id] as Path,
      text: knowledge.causes[id]?.text ?? "",
    })),
  ];
  for (const { path, text } of texts) {
    const unknown = unknownPlaceholder(text);
    if (unknown !== undefined) tell(path, `${unknown} is no placeholder; there are ${PLACEHOLDERS.map((name) => `{${name}}`).join(" ")}`);
    const unitless = placed.entry.codes.find((pattern) => Object.hasOwn(knowledge.modules, moduleOf(pattern)));
    const unnamed = unitless === undefined ? undefined : NAMED_BY_MODULE.find((placeholder) => text.includes(placeholder));
    if (unnamed !== undefined)
      tell(path, `${unnamed} has no words in module ${moduleOf(unitless ?? "")}; name the units in parts.yaml and use {part}`);
    for (const [placeholder, wordOf] of NAMED_BY_PART) {
      if (!text.includes(placeholder)) continue;
      const nameless = placed.entry.codes.find((p) => isPattern(p) && wordOf(knowledge.parts, memberOf(p)) === undefined);
      if (nameless !== undefined) tell(path, `${placeholder} stands here, but parts.yaml has no name for it in ${nameless}`);
    }
  }
}

/** The first thing in braces that is no placeholder, or a brace without its partner. */
export function unknownPlaceholder(text: string): string | undefined {
  const rest = PLACEHOLDERS.reduce((left, name) => left.replaceAll(`{${name}}`, ""), text);
  return /\{[^}]*\}?|\}/.exec(rest)?.[0];
}

function checkPart(placed: PlacedEntry, knowledge: Knowledge, tell: Tell): void {
  placed.entry.codes.forEach((pattern, i) => {
    const part = isPattern(pattern) ? partOf(pattern) : undefined;
    if (part === undefined || partName(knowledge.parts, memberOf(pattern)) !== undefined) return;
    tell(["entries", placed.index, "codes", i], `part ${part} of module ${moduleOf(pattern)} has no name in parts.yaml`);
  });
}

/** Suppressed codes must be documented, and following the arrows must never lead back. */
function checkSuppression(
  entries: readonly PlacedEntry[],
  all: Knowledge,
  tell: (placed: PlacedEntry, path: Path, message: string) => void,
): void {
  const owner = new Map<string, PlacedEntry>();
  for (const placed of all.entries) for (const pattern of placed.entry.codes) owner.set(pattern, placed);
  const explained = new Map<PlacedEntry, PlacedEntry[]>();
  for (const placed of all.entries)
    for (const cause of (placed.entry.explainedBy ?? []).flatMap((pattern) => owner.get(pattern) ?? []))
      explained.set(cause, [...(explained.get(cause) ?? []), placed]);
  const targets = (placed: PlacedEntry): PlacedEntry[] => [
    ...(placed.entry.suppresses ?? []).flatMap((pattern) => owner.get(pattern) ?? []),
    ...(explained.get(placed) ?? []),
  ];
  const problemOf = (pattern: string, cause: PlacedEntry | undefined, effect: PlacedEntry | undefined): string | undefined => {
    if (cause === undefined || effect === undefined) return `${pattern} stands in no entry`;
    if (reaches(effect, cause, targets)) return `${pattern} leads back to this entry: causes must not form a circle`;
    const isLouder = priorityRank(effect.entry.priority) < priorityRank(cause.entry.priority);
    return isLouder ? `${effect.entry.codes[0]} is ${effect.entry.priority}: what hides it must be told at least as loud` : undefined;
  };
  for (const placed of entries)
    for (const key of ["suppresses", "explainedBy"] as const)
      placed.entry[key]?.forEach((pattern, i) => {
        const other = owner.get(pattern);
        const message = key === "suppresses" ? problemOf(pattern, placed, other) : problemOf(pattern, other, placed);
        if (message !== undefined) tell(placed, ["entries", placed.index, key, i], message);
      });
}

function reaches(from: PlacedEntry, goal: PlacedEntry, targets: (placed: PlacedEntry) => readonly PlacedEntry[]): boolean {
  const visited = new Set<PlacedEntry>();
  const open = [from];
  for (let here = open.pop(); here !== undefined; here = open.pop()) {
    if (here === goal) return true;
    if (visited.has(here)) continue;
    visited.add(here);
    open.push(...targets(here));
  }
  return false;
}

/** A number of our own keeps its meaning for ever: logs, exports and other sites' histories still carry it. */
function checkOwnNumbers(placed: PlacedEntry, knowledge: Knowledge, tell: Tell): void {
  const { entry, index } = placed;
  entry.codes.forEach((pattern, i) => {
    if (moduleOf(pattern) !== OWN_MODULE && !isOwnNumber(pattern)) return;
    const path: Path = ["entries", index, "codes", i];
    const given = knowledge.ownNumbers[pattern];
    if (given === undefined) tell(path, `${pattern} is not in own-numbers.yaml; write it down there with ${entry.condition}`);
    else if (given !== entry.condition) tell(path, `${pattern} was given for ${given}; take a new number for ${entry.condition}`);
  });
}

/** A code that printers are known to send, and that no entry explains. */
export function coverageProblems(knowledge: Knowledge, sources: Sources, all = knowledge): readonly Problem[] {
  const patterns = new Map(all.entries.flatMap(({ entry }) => entry.codes.map((pattern) => [pattern, entry] as const)));
  return knowledge.known.codes.flatMap((line, i) => {
    const missing = expandCodes(line).filter((code) => findByPattern(patterns, code) === undefined);
    const more = missing.length > 1 ? ` and ${missing.length - 1} more of this line` : "";
    return missing.length === 0 ? [] : [sources.problem("facts/known.yaml", ["codes", i], `no entry explains ${missing[0]}${more}`)];
  });
}

function checkActions(knowledge: Knowledge, sources: Sources, all: Knowledge): Problem[] {
  const unknown = knowledge.actions.offers.flatMap(({ actions }, i) =>
    actions.filter((id) => !Object.hasOwn(all.actions.words, id)).map((id) => [i, id] as const),
  );
  return unknown.map(([i, id]) => sources.problem("facts/actions.yaml", ["offers", i, "actions"], `${id} has no words`));
}

/** Makers know some six thousand codes; a line that names billions would fill the memory when the first page is asked for. */
const MAX_FACT_CODES = 100_000;

function checkFactCodes({ known, actions }: Knowledge, sources: Sources): Problem[] {
  const named = [
    ["facts/known.yaml", "codes", known.codes],
    ["facts/actions.yaml", "offers", actions.offers.flatMap(({ codes }) => codes)],
  ] as const;
  return named.flatMap(([file, key, lines]) => {
    const count = lines.reduce((sum, line) => sum + countCodes(line), 0);
    return count <= MAX_FACT_CODES ? [] : [sources.problem(file, [key], `names ${count} codes, at most ${MAX_FACT_CODES}`)];
  });
}

/** What a check finds and fixes must exist. */
function checkDiagnosis(knowledge: Knowledge, sources: Sources, all: Knowledge): Problem[] {
  return Object.entries(knowledge.checks).flatMap(([id, { finds = [], fixes = [] }]) => {
    const unknown = [...finds, ...fixes].filter((cause) => !Object.hasOwn(all.causes, cause));
    return unknown.map((cause) => sources.sharedProblem("checks", id, `${cause} stands in no file of causes/`));
  });
}

/** What is wrong with what a message means. */
function checkMessages(knowledge: Knowledge, sources: Sources, all: Knowledge): Problem[] {
  if (knowledge.messages.length === 0) return [];
  const patterns = new Map(all.entries.flatMap(({ entry }) => entry.codes.map((pattern) => [pattern, entry] as const)));
  return knowledge.messages.flatMap((row, i) => {
    const shape = messageProblem(row);
    if (shape !== undefined) return [sources.problem("messages.yaml", ["messages", i], shape)];
    const unknown = codesOfMessage(row).filter((code) => !isPattern(code) || findByPattern(patterns, memberOf(code)) === undefined);
    return unknown.map((code) => sources.problem("messages.yaml", ["messages", i], `${code} stands in no entry`));
  });
}

/** Judges `knowledge` where `all` is what it may refer to: itself, or for a pack the project and the packs before it as well. */
export function referenceProblems(knowledge: Knowledge, sources: Sources, all = knowledge): readonly Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, string>();
  for (const placed of knowledge.entries) {
    const tell: Tell = (path, message) => void problems.push(sources.problem(placed.file, path, message));
    checkCodes(placed, seen, tell);
    checkFolder(placed, tell);
    checkIds(placed, all, tell);
    checkPart(placed, all, tell);
    checkPlaceholders(placed, all, tell);
    checkOwnNumbers(placed, all, tell);
  }
  checkSuppression(knowledge.entries, all, (placed, path, message) => void problems.push(sources.problem(placed.file, path, message)));
  problems.push(
    ...checkDiagnosis(knowledge, sources, all),
    ...checkActions(knowledge, sources, all),
    ...checkFactCodes(knowledge, sources),
    ...checkMessages(knowledge, sources, all),
  );
  return problems;
}
