/**
 * The style of the catalogue: titles that fit a phone, short sentences, no hedging, danger where something burns. The reader stands
 * in front of a machine that has just stopped; each rule here serves that reader.
 */
import type { Problem } from "../../lib/errors.ts";
import { levelOf } from "../../model/code.ts";
import { isDevicePattern, memberOf, moduleOf } from "../pattern.ts";
import type { Sources } from "../files/read.ts";
import { LIX_MAX, lix } from "./readability.ts";
import { textsOf, unknownPlaceholder } from "./references.ts";
import { render, wordsOf } from "../render.ts";
import { type Knowledge, type PlacedEntry, TITLE_MAX } from "../files/shape.ts";
import type { Path } from "../files/yaml.ts";

type Tell = (path: Path, message: string) => void;

const SENTENCE_WORDS_MAX = 25;
const BANNED = ["please", "might", "maybe", "perhaps", "possibly", "may possibly", "kindly", "as soon as possible", "refer to", "abnormal"];
const BANNED_WORDS = new RegExp(`\\b(?:${BANNED.join("|")})\\b`, "i");
/** Conditions where somebody can be hurt: the entry warns, cannot be shelved and holds the gate. */
const HAZARDS = new Set(["fire", "thermal-runaway"]);
const URGENT = new Set(["urgent", "high"]);
/** The longest place there is on a code: an AMS-HT by letter, and slot 4. */
export const WIDEST = { unit: 7, slotIndex: 3 } as const;

function styleProblem(text: string): string | undefined {
  const hedge = BANNED_WORDS.exec(text)?.[0];
  if (hedge !== undefined) return `say it without "${hedge}"`;
  const long = text.split(/[.!?](?:\s|$)/).find((sentence) => sentence.trim().split(/\s+/).length > SENTENCE_WORDS_MAX);
  if (long !== undefined) return `a sentence has more than ${SENTENCE_WORDS_MAX} words: "${long.trim().slice(0, 40)}…"`;
  return text !== text.trim() || text.includes("  ") ? "has stray spaces" : undefined;
}

function checkTexts(placed: PlacedEntry, tell: Tell): void {
  for (const { path, text } of textsOf(placed)) {
    const problem = styleProblem(text);
    if (problem !== undefined) tell(path, problem);
    const isTitle = path.at(-1) === "title";
    if (isTitle === text.endsWith(".")) tell(path, isTitle ? "a title has no full stop" : "ends with a full stop");
  }
}

function checkReadability({ entry, index }: PlacedEntry, tell: Tell): void {
  const score = lix([entry.summary, entry.effect, entry.danger].filter((text) => text !== undefined).join(" "));
  if (score > LIX_MAX)
    tell(
      ["entries", index, "summary"],
      `reads like a law (LIX ${Math.round(score)}, at most ${LIX_MAX}): shorter sentences, shorter words`,
    );
}

function checkTitle(placed: PlacedEntry, knowledge: Knowledge, tell: Tell): void {
  const { entry, index } = placed;
  const longest = entry.codes
    .map((pattern) => render(entry.title, wordsOf(knowledge.parts, memberOf(pattern, WIDEST))))
    .reduce((a, b) => (b.length > a.length ? b : a), "");
  if (longest.length > TITLE_MAX)
    tell(["entries", index, "title"], `${longest.length} characters once filled in, at most ${TITLE_MAX}: "${longest}"`);
  const isFamily = entry.codes.some((pattern) => pattern.includes("uu") || pattern.includes("s00-"));
  if (isFamily && !/\{(?:unit|place|slot|part)\}/.test(entry.title))
    tell(["entries", index, "title"], "a family's title names its {unit} or {place}");
}

/** Level, class and priority must tell one story. */
function checkWeight(placed: PlacedEntry, tell: Tell): void {
  const { entry, index } = placed;
  const pattern = entry.codes[0] ?? "";
  const level = levelOf(memberOf(pattern));
  const at = (key: string): Path => ["entries", index, key];
  if (entry.lane === "internal") return;
  if (level < 1 || level > 4) tell(at("codes"), `level ${level} is not one that alerts have`);
  if (level >= 3 && URGENT.has(entry.priority) && moduleOf(pattern) !== "F0") tell(at("priority"), "an info is never urgent or high");
  if (level >= 3 && entry.latching === true) tell(at("latching"), "an info holds nothing, so it cannot latch");
  if (URGENT.has(entry.priority) && entry.why === undefined) tell(at("priority"), "urgent and high need a why");
  if (isDevicePattern(pattern) && level === 0) tell(at("codes"), "a status value is no alert");
  if (!HAZARDS.has(entry.condition)) return;
  if (entry.danger === undefined) tell(at("condition"), `${entry.condition} needs a danger text`);
  if (entry.shelvable !== false) tell(at("condition"), `${entry.condition} needs shelvable: false`);
  if (level === 1 && entry.latching !== true) tell(at("condition"), `${entry.condition} needs latching: true`);
}

/** A cause that no step finds or fixes helps nobody, neither a person nor a diagnosis. */
function checkCauses(placed: PlacedEntry, knowledge: Knowledge, tell: Tell): void {
  const { entry, index } = placed;
  const reached = new Set(entry.steps.flatMap((id) => [...(knowledge.checks[id]?.finds ?? []), ...(knowledge.checks[id]?.fixes ?? [])]));
  for (const id of Object.keys(entry.causes)) {
    if (!reached.has(id)) tell(["entries", index, "causes", id], `no step of this entry finds or fixes ${id}`);
  }
  const ranks = Object.values(entry.causes).map((likelihood) => ["likely", "possible", "rare"].indexOf(likelihood));
  if (ranks.some((rank, i) => rank < (ranks[i - 1] ?? 0))) tell(["entries", index, "causes"], "likely causes come first, rare ones last");
}

function checkDuplicates(knowledge: Knowledge, all: Knowledge, tell: (placed: PlacedEntry, path: Path, message: string) => void): void {
  const own = new Set(knowledge.entries);
  const titles = new Map(all.entries.filter((placed) => !own.has(placed)).map((placed) => [placed.entry.title.toLowerCase(), placed]));
  for (const placed of knowledge.entries) {
    const key = placed.entry.title.toLowerCase();
    const earlier = titles.get(key);
    if (earlier !== undefined) tell(placed, ["entries", placed.index, "title"], `the same title stands in ${earlier.file}`);
    titles.set(key, placed);
  }
}

/** Shared words: their own style, and whether anybody uses them. */
function sharedProblems(knowledge: Knowledge, sources: Sources): Problem[] {
  const problems: Problem[] = [];
  const usedCauses = new Set(knowledge.entries.flatMap(({ entry }) => Object.keys(entry.causes)));
  const usedChecks = new Set(knowledge.entries.flatMap(({ entry }) => entry.steps));
  const usedConditions = new Set(knowledge.entries.map(({ entry }) => entry.condition));
  const check = (problemOf: (message: string) => Problem, text: string, isUsed: boolean) => {
    const complaint = unknownPlaceholder(text) === undefined ? styleProblem(text) : `${unknownPlaceholder(text)} is no placeholder`;
    if (complaint !== undefined) problems.push(problemOf(complaint));
    if (!isUsed) problems.push(problemOf("no entry uses this"));
  };
  for (const [id, { text }] of Object.entries(knowledge.causes))
    check((message) => sources.sharedProblem("causes", id, message), text, usedCauses.has(id));
  for (const [id, { text }] of Object.entries(knowledge.checks))
    check((message) => sources.sharedProblem("checks", id, message), text, usedChecks.has(id));
  for (const [id, text] of Object.entries(knowledge.conditions))
    check((message) => sources.problem("conditions.yaml", [id], message), text, usedConditions.has(id));
  return problems;
}

export function wordingProblems(knowledge: Knowledge, sources: Sources, all = knowledge): readonly Problem[] {
  const problems: Problem[] = [];
  const tellAt = (placed: PlacedEntry, path: Path, message: string) => void problems.push(sources.problem(placed.file, path, message));
  for (const placed of knowledge.entries) {
    const tell: Tell = (path, message) => tellAt(placed, path, message);
    checkTexts(placed, tell);
    checkReadability(placed, tell);
    checkTitle(placed, all, tell);
    checkWeight(placed, tell);
    checkCauses(placed, all, tell);
  }
  checkDuplicates(knowledge, all, tellAt);
  problems.push(...sharedProblems(knowledge, sources));
  return problems;
}
