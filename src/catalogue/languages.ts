/**
 * The catalogue in other languages. A translated entry is shown whole in its language, causes and steps too; one that is not is shown
 * whole in English: half a page in each helps nobody. Hides how a translation is laid over the English knowledge.
 */
import type { Entry, Knowledge, Language, TranslatedEntry } from "./files/shape.ts";
import { type Say, inEnglish } from "./render.ts";

export const ENGLISH = "en";

/** Words in which an entry is explained. */
export interface Tongue {
  readonly language: string;
  readonly knowledge: Knowledge;
  readonly say: Say;
}

export interface Translator {
  /** The tongue and the entry in it; English where the entry is not translated. */
  translate(entry: Entry, language: string): { readonly tongue: Tongue; readonly entry: Entry };
  /** The program's own words in a language, whether or not an entry is translated. */
  say(language: string): Say;
  /** The language of the catalogue that serves a reader best, out of tags like `de-AT`, best first. */
  choose(tags: readonly string[]): string;
}

/** Also of words from outside, like what a printer says it is doing. */
export function sayIn({ words }: Pick<Language, "words">): Say {
  return (english) => (Object.hasOwn(words, english) ? (words[english] ?? english) : english);
}

function tongueOf(tag: string, language: Language, base: Knowledge): Tongue {
  const say = sayIn(language);
  const knowledge: Knowledge = {
    ...base,
    causes: Object.fromEntries(
      Object.entries(base.causes).map(([id, cause]) => [id, { ...cause, text: language.causes[id] ?? cause.text }]),
    ),
    checks: Object.fromEntries(
      Object.entries(base.checks).map(([id, check]) => [
        id,
        { ...check, ...language.checks[id], ...(check.tools === undefined ? {} : { tools: check.tools.map(say) }) },
      ]),
    ),
  };
  return { language: tag, knowledge, say };
}

/** A step in English among German ones helps nobody. */
const isWhole = (entry: Entry, { causes, checks }: Language): boolean =>
  Object.keys(entry.causes).every((id) => id in causes) && entry.steps.every((id) => id in checks);

export function createTranslator(knowledge: Knowledge): Translator {
  const english: Tongue = { language: ENGLISH, knowledge, say: inEnglish };
  const tongues = new Map<string, Tongue>();
  /** One object for an entry in a language, so that what is made ready of it is made once; null where a cause or step is missing. */
  const translated = new WeakMap<TranslatedEntry, Entry | null>();

  const languageOf = (tag: string): Language | undefined =>
    Object.hasOwn(knowledge.languages, tag) ? knowledge.languages[tag] : undefined;

  function tongue(tag: string, language: Language): Tongue {
    let made = tongues.get(tag);
    if (made === undefined) tongues.set(tag, (made = tongueOf(tag, language, knowledge)));
    return made;
  }

  function overlaid(entry: Entry, language: Language): Entry | null {
    const words = language.entries[entry.codes[0] ?? ""];
    if (words === undefined) return null;
    let made = translated.get(words);
    if (made === undefined) translated.set(words, (made = isWhole(entry, language) ? { ...entry, ...words } : null));
    return made;
  }

  return {
    translate: (entry, tag) => {
      const language = languageOf(tag);
      const own = language === undefined ? null : overlaid(entry, language);
      return language === undefined || own === null ? { tongue: english, entry } : { tongue: tongue(tag, language), entry: own };
    },
    choose: (tags) => {
      for (const tag of tags) {
        const base = tag.toLowerCase().split("-", 1)[0] ?? "";
        if (base === ENGLISH || Object.hasOwn(knowledge.languages, base)) return base;
      }
      return ENGLISH;
    },
    say: (tag) => {
      const language = languageOf(tag);
      return language === undefined ? inEnglish : tongue(tag, language).say;
    },
  };
}
