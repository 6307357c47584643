/** Help pages as text: what is known stands in them, in the right order and language; what anybody wrote stays text. */
import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type HmsCode, deviceFromWire, hmsFromWire, parseCode } from "../../model/code.ts";
import type { Catalogue } from "../catalogue.ts";
import { loadCatalogue } from "../load.ts";
import { type HelpInput, renderHelp, renderMissing } from "./help.ts";
import { html } from "./html.ts";
import type { HelpInfo } from "./info.ts";
import type { Surroundings } from "./surroundings.ts";
import { PAGE_LANGUAGES, wordsFor } from "./words.ts";

let catalogue: Catalogue;
beforeAll(async () => {
  catalogue = await loadCatalogue();
});

const AROUND: Surroundings = {
  files: "/help/",
  icon: "/favicon.svg",
  home: "/",
  search: "/codes",
  code: (code) => `/codes/${code}`,
  languages: [],
  site: "/codes/x/site",
};

function pageOf(code: HmsCode, more: Partial<HelpInput> = {}): string {
  const language = more.language ?? "en";
  const info = catalogue.explain(code, language);
  return renderHelp({ info, language, drawing: catalogue.drawing(code, { language }), around: AROUND, ...more });
}
const infoOf = (code: string, more: Partial<HelpInfo> = {}): HelpInfo => ({ ...catalogue.explain(parseCode(code)), ...more });
const withInfo = (code: string, more: Partial<HelpInfo>): string => pageOf(parseCode(code), { info: infoOf(code, more) });

/** Text and tags as a browser would read them; enough for markup that this module wrote itself. */
const textOf = (page: string): string =>
  page
    .slice(page.indexOf("<body>"))
    .replace(/<svg[^]*?<\/svg>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")
    .replace(/\s+/g, " ");
const headings = (page: string): readonly string[] => [...page.matchAll(/<h2[^>]*>([^<]+)<\/h2>/g)].map(([, text = ""]) => text);

describe("the page of a code", () => {
  test("danger comes first, then what it is, what the printer does, what to do", () => {
    const text = textOf(pageOf(parseCode("0300-0100-0001-0001")));
    const order = [
      "Danger",
      "Error",
      "0300-0100-0001-0001",
      "Heatbed heater has a short circuit",
      "What the printer does",
      "What to do",
      "What may cause it",
      "Related codes",
      "The code itself",
    ];
    expect(order.map((words) => text.indexOf(words)).every((at) => at >= 0)).toBe(true);
    expect(order.map((words) => text.indexOf(words))).toEqual(order.map((words) => text.indexOf(words)).toSorted((a, b) => a - b));
  });

  test("says everything that is known of it", () => {
    for (const code of ["0300-0100-0001-0001", "0702-2100-0002-0001", "0300-8003", "0C00-0300-0003-0007", "F000-0100-0003-0001"]) {
      const info = infoOf(code);
      const text = textOf(pageOf(parseCode(code)));
      const words = [info.title, info.summary, info.effect, info.danger ?? "", ...info.forms, ...info.causes.map((cause) => cause.text)];
      const steps = info.steps.flatMap((step) => [step.text, step.risk ?? "", ...(step.tools ?? [])]);
      for (const one of [...words, ...steps, ...info.actions.map((action) => action.text), ...info.related.map(({ title }) => title)])
        expect(text, code).toContain(one);
      expect(pageOf(parseCode(code)).match(/type="checkbox"/g) ?? []).toHaveLength(info.steps.length);
    }
  });

  test.each<[string, Partial<HelpInfo>, string, boolean]>([
    ["danger", { danger: null }, 'class="danger"', false],
    ["danger", { danger: "Hot." }, 'class="danger"', true],
    ["causes", { causes: [] }, 'id="causes"', false],
    ["related codes", { related: [] }, 'id="related"', false],
    ["the maker's pages", { pages: [] }, 'id="maker"', false],
    ["the dialog's offers", { actions: [] }, 'id="offers"', false],
    ["the dialog's offers", { actions: [{ id: "stop", text: "Stop" }] }, 'id="offers"', true],
    ["the maker's text", {}, 'id="vendor"', false],
    ["a site's note", { siteNote: null }, 'id="site-note"', false],
    ["models", { models: ["X1C"] }, "Only on X1C.", true],
    ["steps", { steps: [] }, "No steps are known", true],
    ["a step without a time", { steps: [{ id: "a", kind: "do", text: "Do it." }] }, "about", false],
  ])("%s: %o", (_, more, part, stands) => {
    expect(withInfo("0300-0100-0001-0001", more).includes(part)).toBe(stands);
  });

  test("the maker's own text stands after our steps, and says whose it is", () => {
    const vendorTexts = [
      { language: "de", text: "Zeile eins\nZeile zwei", models: ["A1"], source: "slicer", version: 7 },
      { language: "en", text: "Their words", models: [], source: "server", version: null },
    ];
    const page = withInfo("0300-8003", { vendorTexts });
    expect(headings(page).indexOf("The maker’s own text")).toBe(headings(page).indexOf("What to do") + 1);
    expect(page).toContain('<blockquote class="lines" lang="de">Zeile eins\nZeile zwei</blockquote>');
    expect(textOf(page)).toContain("A1 · Imported on this site: slicer 7");
    expect(page).toContain('name="look-at-print"');
  });

  test("a site's note stands beside the catalogue's words, and its own description says that it is one", () => {
    const note = {
      title: "Ours",
      summary: "We know.",
      effect: null,
      steps: ["Knock."],
      priority: null,
      notes: "Seen twice\nin May",
      language: "de",
      updatedAt: "",
    };
    const beside = withInfo("0300-8003", { siteNote: note });
    expect(beside).toContain('<div lang="de">');
    expect(textOf(beside)).toContain("This site’s note Ours We know. Knock. Seen twice in May");
    const instead = withInfo("0301-7700-0002-1234", { siteNote: note, source: "site", documented: true, title: "Ours" });
    expect(textOf(instead)).toContain("Described by this site");
    expect(textOf(instead).match(/We know\./g) ?? []).toHaveLength(0);
  });

  test.each([
    ["A1", "For this printer (A1)", 1],
    ["X1 E", "For this printer (X1 E)", 1],
    ["H2D", "For this printer (H2D)", 1],
    [undefined, "For all other models", 3],
  ])("the maker's page for a %s comes first, and alone where the model is known", (model, label, count) => {
    const pages = [
      { path: "/a", url: "https://maker.test/a", models: [] },
      { path: "/b", url: "https://maker.test/b", models: ["X1E"] },
      { path: "/c", url: "https://maker.test/c", models: ["A1", "A1MINI"] },
    ];
    const page = pageOf(parseCode("0300-8003"), { model, info: infoOf("0300-8003", { pages }) });
    const text = textOf(page);
    expect(text.slice(text.indexOf("The maker’s page")).startsWith(`The maker’s page ${label}`)).toBe(true);
    expect(page.match(/href="https:\/\/maker\.test/g)).toHaveLength(count);
  });

  test("links to the maker tell it nothing", () => {
    const page = pageOf(parseCode("0702-2100-0002-0001"));
    const outside = [...page.matchAll(/<a [^>]*href="https?:[^>]*>/g)].map(([tag]) => tag);
    expect(outside.length).toBeGreaterThan(0);
    for (const tag of outside) expect(tag).toContain('rel="noopener noreferrer" referrerpolicy="no-referrer"');
    expect(page).not.toMatch(/(?:src|srcset)="https?:/);
  });

  test("an undocumented code tells the meaning of each byte first, and where to describe it", () => {
    const page = pageOf(parseCode("0301-7700-0002-1234"));
    expect(headings(page)[0]).toBe("The code itself");
    const text = textOf(page);
    for (const row of [
      "Module 03 Motion controller",
      "Unit 01 not known",
      "Part 77 not known",
      "Level 0002 warning",
      "Number 1234 not known",
    ])
      expect(text).toContain(row);
    expect(page).toContain('<a href="/codes/x/site">Describe it yourself</a>');
  });

  test("the part is lit and named", () => {
    const page = pageOf(parseCode("0702-2100-0002-0001"));
    expect(page.match(/class="lit"/g)).toHaveLength(1);
    expect(page).toContain("<figcaption>AMS C: slot 2</figcaption>");
    expect(pageOf(parseCode("7700-0100-0001-0001"))).not.toContain("<figure");
  });

  test("an alert's box is empty, whatever its id says", () => {
    const page = pageOf(parseCode("0300-8003"), { alert: `x1~0300-8003"><script>` });
    expect(page).toContain('data-alert="x1~0300-8003&quot;&gt;&lt;script&gt;"');
    expect(page.match(/data-fill="[a-z]+">[^<]/g)).toBeNull();
    expect(pageOf(parseCode("0300-8003"))).not.toContain('id="alert"');
  });
});

describe("languages", () => {
  test("every one has the same words, none of them empty", () => {
    const shape = (value: unknown): unknown =>
      typeof value === "object" && value !== null ? Object.entries(value).map(([key, inner]) => [key, shape(inner)]) : typeof value;
    for (const language of PAGE_LANGUAGES) {
      expect(shape(wordsFor(language).words)).toEqual(shape(wordsFor("en").words));
      expect(JSON.stringify(wordsFor(language).words)).not.toContain('""');
    }
  });

  test("what stands in English on a German page is marked, what is German is not", () => {
    const info = infoOf("0300-0100-0001-0001", { language: "en" });
    const mixed = renderHelp({ info, language: "de", drawing: undefined, around: AROUND });
    expect(mixed).toContain('<html lang="de">');
    expect(mixed).toContain('<h1 lang="en">');
    expect(headings(mixed)).toContain("Was zu tun ist");
    const whole = renderHelp({ info: { ...info, language: "de" }, language: "de", drawing: undefined, around: AROUND });
    expect(whole.slice(whole.indexOf("<body>"))).not.toContain(' lang="');
  });

  test("a part of the drawing has its German name, or is marked as English", () => {
    const page = (code: string): string => pageOf(parseCode(code), { language: "de" });
    expect(page("0702-2100-0002-0001")).toContain("<figcaption>AMS C: Fach 2</figcaption>");
    expect(page("0702-2100-0002-0001")).toContain('aria-label="AMS C: Fach 2"');
    const pack = renderHelp({
      info: infoOf("0300-8003"),
      language: "de",
      drawing: { svg: "<svg></svg>", caption: "Flux capacitor", language: "en" },
      around: AROUND,
    });
    expect(pack).toContain('data-by-model="drawing" lang="en"');
  });

  test("a language without words of its own gets the English page", () => {
    expect(renderMissing("x", "fr", AROUND)).toContain('<html lang="en">');
  });
});

describe("whatever comes", () => {
  const hostile = `"><script>alert(1)</script>' onload='x' &lt; {{x}} \${y}`;
  const fromText = (text: string): HelpInfo => ({
    ...infoOf("0300-8003"),
    title: text,
    summary: text,
    effect: text,
    danger: text,
    unitName: text,
    partName: text,
    moduleName: text,
    language: text,
    forms: [text],
    models: [text],
    causes: [{ id: text, kind: text, text, likelihood: "likely" }],
    steps: [{ id: text, kind: "do", text, minutes: 3, tools: [text], risk: text, powerOff: true }],
    related: [{ code: text, title: text }],
    actions: [{ id: text, text }],
    pages: [{ path: text, url: text, models: [text] }],
    vendorTexts: [{ language: text, text, models: [text], source: text, version: null }],
    siteNote: { title: text, summary: text, effect: text, steps: [text], priority: null, notes: text, language: text, updatedAt: text },
  });
  const tagsOf = (page: string): readonly string[] => [...page.matchAll(/<\/?[a-z][a-z0-9]*/g)].map(([tag]) => tag);

  test("no text becomes markup", () => {
    const page = (text: string): string =>
      renderHelp({ info: fromText(text), language: "en", drawing: undefined, model: text, alert: text, around: AROUND });
    const plain = tagsOf(page("plain"));
    fc.assert(
      fc.property(fc.oneof(fc.string({ minLength: 1 }), fc.constant(hostile)), (text) => {
        expect(tagsOf(page(text))).toEqual(plain);
      }),
      { numRuns: 60 },
    );
    expect(renderMissing(hostile, "en", AROUND)).not.toContain("<script>");
  });

  const word = fc.integer({ min: 0, max: 0xffff_ffff });
  test("every code there can be has a whole page", () => {
    fc.assert(
      fc.property(word, word, fc.constantFrom(...PAGE_LANGUAGES), (attr, low, language) => {
        for (const code of [hmsFromWire(attr, low), deviceFromWire(attr)]) {
          const page = pageOf(code, { language });
          expect(page).not.toMatch(/undefined|\[object|NaN|>null</);
          expect(page).toContain(`data-code="${code}"`);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("a template shows nothing for what is absent, and numbers as they are", () => {
    expect(html`${undefined}${null}${false}${0}${["a", html`<b>`, ["<"]]}`.text).toBe("0a<b>&lt;");
  });
});
