/** The first page of the static site: a search over all codes, and the list of them by module. Pure. */
import { type CodeList } from "../../model/code-list.ts";
import { STOP_WORDS } from "../search.ts";
import { renderDocument, searchForm } from "./document.ts";
import type { Group } from "./groups.ts";
import { type Html, html } from "./html.ts";
import type { Surroundings } from "./surroundings.ts";
import { wordsFor } from "./words.ts";

/** A script that hands the list to the search: JSON could not be loaded from a folder on disk. */
export function codeListScript(groups: readonly Group[], language: string): string {
  const { contents } = wordsFor(language).words;
  const list: CodeList = {
    groups: groups.map(({ also, words, members }) => ({ also, words, members })),
    ignored: [...STOP_WORDS],
    found: contents.found,
    none: contents.none,
  };
  return `window.openhmsCodes=${JSON.stringify(list)};\n`;
}

function groupItem({ first, members }: Group, around: Surroundings, more: string, lang: Html): Html {
  const others = members.map(([code]) => html`<a href="${around.code(code)}" class="code">${code}</a>\n`);
  return html`<li><a href="${around.code(first.code)}"${lang}>${first.title}</a> <span class="code quiet">${first.code}</span>${
    others.length > 1 && html`<details><summary>${more} (${others.length})</summary><div class="members">${others}</div></details>`
  }</li>
`;
}

export function renderContents(groups: readonly Group[], language: string, around: Surroundings): string {
  const { words, language: known } = wordsFor(language);
  const count = groups.reduce((sum, { members }) => sum + members.length, 0);
  const modules = Map.groupBy(groups, ({ first }) => first.module);
  const sections = [...modules].map(([, own]) => {
    const name = own[0]?.first.moduleName ?? "";
    const items = own.map((group) =>
      groupItem(group, around, words.contents.more, group.first.language === known ? html`` : html` lang="${group.first.language}"`),
    );
    return html`<details><summary>${name} <span class="quiet">${own.reduce((sum, { members }) => sum + members.length, 0)}</span></summary>
<ul>
${items}</ul></details>
`;
  });
  const main = html`<h1>${words.contents.title}</h1>
<p class="lead">${words.contents.lead(count)}</p>
${searchForm(language, around)}
<div class="results" id="results" aria-live="polite"></div>
<div class="contents" id="contents">
${sections}</div>`;
  return renderDocument({
    language,
    title: words.contents.title,
    description: words.contents.lead(count),
    around,
    main,
    scripts: ["codes.js", `${around.files}search.js`],
  });
}
