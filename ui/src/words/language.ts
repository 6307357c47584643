/**
 * The language of the pages, chosen once when a page loads: `?lang=` of the address, else what was chosen in the settings, else the
 * browser's. Hides i18next. A word that a language lacks is shown in English.
 */
import { createInstance } from "i18next";
import { storedLanguage } from "../data/prefs.ts";
import { de } from "./de.ts";
import { en } from "./en.ts";

/** What is told of one and of several things is one word. */
type Word = keyof typeof en extends infer Key ? (Key extends `${infer Stem}_${"one" | "other"}` ? Stem : Key) : never;
export type Translation = Partial<Record<keyof typeof en, string>>;

/** By tag, each under its own name. */
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;
export const WORDS: Readonly<Record<Language, Translation>> = { en, de };

/** How times and numbers are written. */
const LOCALES: Readonly<Record<Language, string>> = { en: "en-GB", de: "de-DE" };

interface Asked {
  /** The query of the address. */
  readonly search: string;
  /** Chosen in the settings; empty: as the browser. */
  readonly stored: string;
  /** The browser's languages, best first. */
  readonly browser: readonly string[];
}

export function chooseLanguage({ search, stored, browser }: Asked): Language {
  const tags = [new URLSearchParams(search).get("lang") ?? "", stored, ...browser].map((tag) => tag.toLowerCase().split("-", 1)[0]);
  return tags.find((tag): tag is Language => tag !== undefined && Object.hasOwn(LANGUAGES, tag)) ?? "en";
}

export const language: Language =
  typeof window === "undefined"
    ? "en"
    : chooseLanguage({ search: window.location.search, stored: storedLanguage(), browser: navigator.languages });
export const locale = LOCALES[language];

const words = createInstance();
void words.init({
  lng: language,
  fallbackLng: "en",
  resources: { en: { translation: en }, de: { translation: de } },
  keySeparator: false,
  nsSeparator: false,
  initAsync: false,
  // React escapes
  interpolation: { escapeValue: false },
});

/** The attribute that tells a reader where a text is not in the page's language. */
export const langOf = (tag: string): { readonly lang?: string } => (tag === language ? {} : { lang: tag });

/** A word or sentence in the page's language. */
export const t = (word: Word, values: Readonly<Record<string, string | number>> = {}): string => words.t(word, { ...values });
