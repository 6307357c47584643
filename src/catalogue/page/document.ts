/** What stands around every page of the catalogue: head, top line, landmarks, footer. Hides the order of the head and the skip link. */
import { DRAWING_CSS } from "../drawings/drawing.ts";
import { type Html, html, trusted } from "./html.ts";
import type { Surroundings } from "./surroundings.ts";
import { wordsFor } from "./words.ts";

interface DocumentInput {
  readonly language: string;
  readonly title: string;
  readonly description: string;
  readonly around: Surroundings;
  readonly main: Html;
  /** Addresses of those beside `page.js`, which every page has. */
  readonly scripts?: readonly string[];
  /** Not for search engines: a page that stands for nothing. */
  readonly isMissing?: boolean;
}

const STYLE = trusted(`<style>${DRAWING_CSS}</style>`);

export function renderDocument({ language, title, description, around, main, scripts = [], isMissing = false }: DocumentInput): string {
  const { words, language: known } = wordsFor(language);
  const page = html`<!doctype html>
<html lang="${known}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<meta name="description" content="${description}">
${isMissing && html`<meta name="robots" content="noindex">\n`}<link rel="icon" type="image/svg+xml" href="${around.icon}">
<link rel="stylesheet" href="${around.files}page.css">
${around.languages.map((one) => html`<link rel="alternate" hreflang="${one.language}" href="${one.href}">\n`)}${STYLE}
<script src="${around.files}page.js" defer></script>
${scripts.map((src) => html`<script src="${src}" defer></script>\n`)}</head>
<body>
<a class="skip" href="#main">${words.skip}</a>
<header class="top"><nav aria-label="${words.brand}">
<a class="brand" href="${around.home}">${words.brand}</a>
${around.languages.map((one) => html`<a href="${one.href}" hreflang="${one.language}" lang="${one.language}">${one.name}</a>\n`)}<a href="${around.search}">${words.search}</a>
</nav></header>
<main id="main" tabindex="-1">
${main}
</main>
<footer><p>${words.madeBy}</p></footer>
</body>
</html>
`;
  return page.text;
}

/** A field that searches all codes. */
export function searchForm(language: string, around: Surroundings): Html {
  const { words } = wordsFor(language);
  return html`<search><form class="search" action="${around.search}" method="get">
<label for="q">${words.searchLabel}</label>
<div class="row"><input id="q" name="q" type="search" autocomplete="off" spellcheck="false" aria-describedby="hint"><button>${words.search}</button></div>
<p id="hint" class="quiet">${words.searchHint}</p>
</form></search>`;
}
