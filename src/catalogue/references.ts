/**
 * What the catalogue's files must agree on before anything can be looked up: codes are well formed, belong to the folder, stand in
 * one entry only and share one level; every id, part and suppressed code exists; nothing suppresses itself in a circle.
 */
import type { Problem } from "../lib/errors.ts";
import { levelOf } from "../model/code.ts";
import { isPattern, memberOf, moduleOf, partOf } from "./pattern.ts";
import type { Path, Sources } from "./read.ts";
import { PLACEHOLDERS, partName } from "./render.ts";
import type { Knowledge, PlacedEntry } from "./shape.ts";

type Tell = (path: Path, message: string) => void;

const OWN_MODULE = "F0";
const FIRST_OWN_NUMBER = 0xe000;
const INTERNAL_CODE = /^[0-9A-F]{4}(?:-[0-9A-F]{4}){1,3}$/;

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
    if (moduleOf(pattern) === OWN_MODULE) return;
    const isOwn = partOf(pattern) !== undefined && placed.file.includes("own-");
    if (isOwn && Number.parseInt(pattern.slice(15), 16) < FIRST_OWN_NUMBER) tell(path, "a code of our own has a number of E000 or above");
    if (!isOwn && partOf(pattern) !== undefined && Number.parseInt(pattern.slice(15), 16) >= FIRST_OWN_NUMBER)
      tell(path, "numbers of E000 or above are our own; the file's name starts with own-");
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
  if (!(entry.condition in knowledge.conditions)) tell(["entries", index, "condition"], `${entry.condition} is not in conditions.yaml`);
  for (const id of Object.keys(entry.causes))
    if (!(id in knowledge.causes)) tell(["entries", index, "causes", id], `${id} is not in causes.yaml`);
  entry.steps.forEach((id, i) => {
    if (!(id in knowledge.checks)) tell(["entries", index, "steps", i], `${id} is not in checks.yaml`);
  });
}

/** The placeholders a text may use depend on what the entry's codes name. */
function checkPlaceholders(placed: PlacedEntry, knowledge: Knowledge, tell: Tell): void {
  const usesPart = (text: string) => text.includes("{part}");
  const texts = [
    ...textsOf(placed),
    ...placed.entry.steps.map((id, i) => ({ path: ["entries", placed.index, "steps", i] as Path, text: knowledge.checks[id]?.text ?? "" })),
    ...Object.keys(placed.entry.causes).map((id) => ({
      path: ["entries", placed.index, "causes", id] as Path,
      text: knowledge.causes[id] ?? "",
    })),
  ];
  for (const { path, text } of texts) {
    const unknown = unknownPlaceholder(text);
    if (unknown !== undefined) tell(path, `${unknown} is no placeholder; there are ${PLACEHOLDERS.map((name) => `{${name}}`).join(" ")}`);
    const nameless = usesPart(text)
      ? placed.entry.codes.find((p) => isPattern(p) && partName(knowledge.parts, memberOf(p)) === undefined)
      : undefined;
    if (nameless !== undefined) tell(path, `{part} stands here, but the part of ${nameless} has no name in parts.yaml`);
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
function checkSuppression(knowledge: Knowledge, tell: (placed: PlacedEntry, path: Path, message: string) => void): void {
  const owner = new Map<string, PlacedEntry>();
  for (const placed of knowledge.entries) for (const pattern of placed.entry.codes) owner.set(pattern, placed);
  const targets = (placed: PlacedEntry): PlacedEntry[] => (placed.entry.suppresses ?? []).flatMap((pattern) => owner.get(pattern) ?? []);
  for (const placed of knowledge.entries) {
    placed.entry.suppresses?.forEach((pattern, i) => {
      const target = owner.get(pattern);
      const path: Path = ["entries", placed.index, "suppresses", i];
      if (target === undefined) tell(placed, path, `${pattern} stands in no entry`);
      else if (reaches(target, placed, targets)) tell(placed, path, `${pattern} leads back to this entry: causes must not form a circle`);
    });
  }
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

function checkInternal(knowledge: Knowledge, seen: ReadonlyMap<string, string>, sources: Sources): Problem[] {
  return knowledge.internal.flatMap((code, i) => {
    const path: Path = ["codes", i];
    if (!INTERNAL_CODE.test(code)) return [sources.problem("internal.yaml", path, `${code} is no code`)];
    return seen.has(code)
      ? [sources.problem("internal.yaml", path, `${code} has an entry in ${seen.get(code)}, so it is not internal`)]
      : [];
  });
}

export function referenceProblems(knowledge: Knowledge, sources: Sources): readonly Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, string>();
  for (const placed of knowledge.entries) {
    const tell: Tell = (path, message) => void problems.push(sources.problem(placed.file, path, message));
    checkCodes(placed, seen, tell);
    checkFolder(placed, tell);
    checkIds(placed, knowledge, tell);
    checkPart(placed, knowledge, tell);
    checkPlaceholders(placed, knowledge, tell);
  }
  checkSuppression(knowledge, (placed, path, message) => void problems.push(sources.problem(placed.file, path, message)));
  problems.push(...checkInternal(knowledge, seen, sources));
  return problems;
}
