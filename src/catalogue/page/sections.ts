/** The sections of a help page, each a heading and what belongs under it. A section without content is not there. */
import { isSameModel } from "../vendor/devices.ts";
import { type Html, type Part, html } from "./html.ts";
import type { HelpInfo } from "./info.ts";
import type { Surroundings } from "./surroundings.ts";
import { type PageLanguage, wordsFor } from "./words.ts";

/** The page's language, and the mark for texts that are in another. */
export interface Say {
  readonly language: PageLanguage;
  readonly lang: Html;
}

export function section(id: string, title: string, content: Part, more: Part = ""): Html {
  return html`<section class="${id}" aria-labelledby="${id}"${more}>
<h2 id="${id}">${title}</h2>
${content}
</section>`;
}

const listOf = (items: readonly Html[]): Html => html`<ul>\n${items.map((item) => html`<li>${item}</li>\n`)}</ul>`;

export function effect(info: HelpInfo, { language, lang }: Say): Html {
  const { words } = wordsFor(language);
  const offers = info.actions.map(({ text }) => html`<li>${text}</li>`);
  return section(
    "effect",
    words.effectTitle,
    html`<p${lang}>${info.effect}</p>
${info.latching && html`<p>${words.latching}</p>`}
${offers.length > 0 && html`<p class="quiet" id="offers">${words.offers}</p>\n<ul class="offers" aria-labelledby="offers"${lang}>${offers}</ul>`}`,
  );
}

type Step = HelpInfo["steps"][number];

function notes({ minutes, tools = [] }: Step, { language, lang }: Say): Part {
  const { words } = wordsFor(language);
  const parts = [
    minutes !== undefined && html`${words.minutes(minutes)}`,
    tools.length > 0 && html`${words.tools}: <span${lang}>${tools.join(", ")}</span>`,
  ].filter((part) => part !== false);
  return parts.length > 0 && html`<span class="quiet">${parts.map((part, i) => html`${i > 0 && " · "}${part}`)}</span>`;
}

function step(one: Step, say: Say): Html {
  const { words } = wordsFor(say.language);
  const { id, text, risk, powerOff } = one;
  return html`<li><label><input type="checkbox" name="${id}"><span class="body">
${powerOff === true && html`<span class="power-off">${words.powerOff}</span>`}
<span class="text"${say.lang}>${text}</span>
${risk !== undefined && html`<span class="risk"><b>${words.risk}:</b> <span${say.lang}>${risk}</span></span>`}
${notes(one, say)}
</span></label></li>
`;
}

export function steps(info: HelpInfo, say: Say): Part {
  const { words } = wordsFor(say.language);
  if (info.steps.length === 0 && info.class === "status") return undefined;
  if (info.steps.length === 0) return section("steps", words.stepsTitle, html`<p class="quiet">${words.noSteps}</p>`);
  return section(
    "steps",
    words.stepsTitle,
    html`<ol>
${info.steps.map((one) => step(one, say))}</ol>
<p class="progress no-print" data-script hidden><output id="progress" data-done="${words.done}"></output> <button type="button" id="afresh">${words.freshStart}</button></p>`,
  );
}

/** A site's words beside the catalogue's. Where they are the explanation itself, only where they come from is left to say. */
export function siteNote({ siteNote: note, source }: HelpInfo, { language }: Say): Part {
  const { words } = wordsFor(language);
  if (note === undefined || note === null || (source === "site" && note.notes === "")) return undefined;
  const own =
    source !== "site" &&
    html`<p><b>${note.title}</b></p>
<p>${note.summary}</p>
${note.effect !== null && html`<p>${note.effect}</p>`}
${note.steps.length > 0 && listOf(note.steps.map((text) => html`${text}`))}`;
  return section(
    "site-note",
    words.siteNoteTitle,
    html`<div lang="${note.language}">${own}
${note.notes !== "" && html`<p class="lines quiet">${note.notes}</p>`}</div>`,
  );
}

type VendorText = NonNullable<HelpInfo["vendorTexts"]>[number];

function vendorText({ language, text, models, source, version }: VendorText, imported: string): Html {
  const from = [source, version ?? ""].filter((part) => part !== "").join(" ");
  const only = models.length === 0 ? "" : `${models.join(", ")} · `;
  return html`<blockquote class="lines" lang="${language}">${text}</blockquote>
<p class="quiet">${only}${imported}: ${from}</p>
`;
}

export function vendorTexts({ vendorTexts: texts = [] }: HelpInfo, { language }: Say): Part {
  const { words } = wordsFor(language);
  return (
    texts.length > 0 &&
    section(
      "vendor",
      words.vendorTitle,
      texts.map((one) => vendorText(one, words.vendorNote)),
    )
  );
}

export function causes(info: HelpInfo, { language, lang }: Say): Part {
  const { words } = wordsFor(language);
  const list = info.causes.map(
    ({ text, likelihood }) =>
      html`<span class="likelihood ${likelihood}">${words.likelihood[likelihood]}</span> <span${lang}>${text}</span>`,
  );
  return list.length > 0 && section("causes", words.causesTitle, listOf(list));
}

export function related(info: HelpInfo, { language, lang }: Say, around: Surroundings): Part {
  const { words } = wordsFor(language);
  const list = info.related.map(
    ({ code, title }) => html`<a href="${around.code(code)}"><span${lang}>${title}</span> <span class="code quiet">${code}</span></a>`,
  );
  return list.length > 0 && section("related", words.relatedTitle, listOf(list));
}

/** The page for this printer's model alone, where it is known and has one; else all, the one for most models first. */
export function makerPages({ pages }: HelpInfo, { language }: Say, model: string | undefined): Part {
  const { words } = wordsFor(language);
  if (pages.length === 0) return undefined;
  const isNamed = (models: readonly string[]): boolean => model !== undefined && models.some((one) => isSameModel(one, model));
  const general = pages.filter(({ models }) => models.length === 0);
  const named = pages.filter(({ models }) => isNamed(models));
  const own = named.length > 0 ? named : general;
  const rest = model !== undefined && own.length > 0 ? [] : pages.filter((page) => !own.includes(page));
  const label = (models: readonly string[]): string => {
    if (model !== undefined && (isNamed(models) || models.length === 0)) return words.makerYours(model);
    if (models.length > 0) return `${words.makerFor} ${models.join(", ")}`;
    return pages.length === 1 ? words.makerAll : words.makerOthers;
  };
  const list = [...own, ...rest].map(
    ({ url, models }) =>
      html`<a href="${url}" rel="noopener noreferrer" referrerpolicy="no-referrer"><span>${label(models)}</span> <span class="address quiet">${url.replace("https://", "")}</span></a>`,
  );
  return section(
    "maker",
    words.makerTitle,
    html`${listOf(list)}
<p class="quiet no-print">${words.makerNote}</p>`,
    html` data-by-model="maker"`,
  );
}
