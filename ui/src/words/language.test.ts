/** Which language a page takes, and that every language has every word, with the same values to fill in. */
import { describe, expect, it } from "vitest";
import { en } from "./en.ts";
import { LANGUAGES, WORDS, chooseLanguage, langOf, t } from "./language.ts";

describe("the language of a page", () => {
  it.each([
    ["the address first", { search: "?lang=de", stored: "en", browser: ["en-GB"] }, "de"],
    ["then what was chosen", { search: "", stored: "de", browser: ["en-GB"] }, "de"],
    ["then the browser's first that there is", { search: "", stored: "", browser: ["fr-FR", "de-AT", "en"] }, "de"],
    ["capitals count for nothing", { search: "?lang=DE", stored: "", browser: [] }, "de"],
    ["a language that there is not is passed over", { search: "?lang=xx", stored: "yy", browser: ["de"] }, "de"],
    ["no name of the object's own", { search: "?lang=constructor", stored: "toString", browser: [] }, "en"],
    ["English where nothing fits", { search: "", stored: "", browser: ["fr"] }, "en"],
  ] as const)("%s", (_name, asked, expected) => expect(chooseLanguage(asked)).toBe(expected));
});

/** "{{title}}" and the like, in one order. */
const gaps = (text: string): string[] => (text.match(/\{\{\w+\}\}/g) ?? []).sort();

describe.each(Object.keys(LANGUAGES) as (keyof typeof LANGUAGES)[])("the words in %s", (tag) => {
  it("are the same ones", () => expect(Object.keys(WORDS[tag]).sort()).toEqual(Object.keys(en).sort()));

  it.each(Object.entries(WORDS[tag]))("%s", (key, text) => {
    expect(text.trim()).toBe(text);
    expect(text).not.toBe("");
    expect(gaps(text)).toEqual(gaps(en[key as keyof typeof en]));
    expect(text.replaceAll(/\{\{\w+\}\}/g, ""), "a gap has two braces").not.toMatch(/[{}]/);
  });
});

it("fills in, counts, and leaves markup to React", () => {
  expect(t("gate.start.until", { title: "<b>Fan</b>" })).toBe("Cannot start until “<b>Fan</b>” is eliminated");
  expect([t("alert.times", { count: 1 }), t("alert.times", { count: 3 })]).toEqual(["once so far", "3 times so far"]);
});

it("marks only what is in another language", () => expect([langOf("en"), langOf("de")]).toEqual([{}, { lang: "de" }]));
