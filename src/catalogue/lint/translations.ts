/** What a translation must keep: it belongs to an entry, is whole, and says no more and no less of unit, slot and part. */
import type { Problem } from "../../lib/errors.ts";
import { memberOf } from "../pattern.ts";
import { createTranslator } from "../languages.ts";
import type { Sources } from "../files/read.ts";
import { render, wordsOf } from "../render.ts";
import { type Entry, type Knowledge, type Language, TITLE_MAX } from "../files/shape.ts";
import { unknownPlaceholder } from "./references.ts";
import { WIDEST } from "./wording.ts";

type Tell = (section: keyof Language, id: string, path: readonly string[], message: string) => void;

function checkEntry(code: string, entry: Entry, tag: string, knowledge: Knowledge, tell: Tell): void {
  const language = knowledge.languages[tag] as Language;
  const words = language.entries[code];
  for (const [key, text] of Object.entries(words ?? {})) {
    const unknown = unknownPlaceholder(text);
    if (unknown !== undefined) tell("entries", code, [key], `${unknown} is no placeholder`);
  }
  for (const key of ["effect", "danger"] as const) {
    if ((entry[key] === undefined) !== (words?.[key] === undefined))
      tell("entries", code, [], `${key} stands in ${entry[key] === undefined ? "the translation" : "the entry"} only`);
  }
  for (const id of Object.keys(entry.causes)) if (!(id in language.causes)) tell("entries", code, [], `its cause ${id} is not translated`);
  for (const id of entry.steps) {
    const check = language.checks[id];
    if (check === undefined) tell("entries", code, [], `its step ${id} is not translated`);
    else if ((check.risk === undefined) !== (knowledge.checks[id]?.risk === undefined))
      tell("checks", id, [], "the risk stands in one language only");
  }
  const { tongue, entry: translated } = createTranslator(knowledge).translate(entry, tag);
  const titles = entry.codes.map((pattern) =>
    render(translated.title, wordsOf(tongue.knowledge.parts, memberOf(pattern, WIDEST), tongue.say)),
  );
  const longest = titles.reduce((a, b) => (b.length > a.length ? b : a), "");
  if (longest.length > TITLE_MAX)
    tell("entries", code, ["title"], `${longest.length} characters once filled in, at most ${TITLE_MAX}: "${longest}"`);
}

export function translationProblems(knowledge: Knowledge, sources: Sources, all = knowledge): readonly Problem[] {
  const problems: Problem[] = [];
  const byFirst = new Map(all.entries.map(({ entry }) => [entry.codes[0] ?? "", entry]));
  for (const [tag, language] of Object.entries(knowledge.languages)) {
    const tell: Tell = (section, id, path, message) => void problems.push(sources.translationProblem(tag, section, id, path, message));
    for (const code of Object.keys(language.entries)) {
      const entry = byFirst.get(code);
      if (entry === undefined) tell("entries", code, [], "no entry begins with this code");
      else checkEntry(code, entry, tag, all, tell);
    }
    for (const id of Object.keys(language.causes)) if (!(id in all.causes)) tell("causes", id, [], "there is no such cause");
    for (const id of Object.keys(language.checks)) if (!(id in all.checks)) tell("checks", id, [], "there is no such check");
  }
  return problems;
}
