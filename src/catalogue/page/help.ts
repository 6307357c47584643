/**
 * The help page of one code: everything a person beside the machine needs, in the order in which it is needed. Pure: what is known
 * goes in, a whole HTML document comes out. It reads and prints without its script; the script adds memory and the alert's box.
 */
import type { LitDrawing } from "../catalogue.ts";
import { alertBox } from "./alert-box.ts";
import { bytesSection } from "./bytes.ts";
import { renderDocument, searchForm } from "./document.ts";
import { type Html, html, trusted } from "./html.ts";
import type { HelpInfo } from "./info.ts";
import { type Say, causes, effect, makerPages, related, siteNote, steps, vendorTexts } from "./sections.ts";
import type { Surroundings } from "./surroundings.ts";
import { wordsFor } from "./words.ts";

export interface HelpInput {
  readonly info: HelpInfo;
  /** The reader's; what has no translation is marked. */
  readonly language: string;
  readonly drawing: LitDrawing | undefined;
  /** Of the printer it is about, where that is known. */
  readonly model?: string | undefined;
  /** Id of the alert from which the page was opened: its box stays empty until the script fills it. */
  readonly alert?: string | undefined;
  readonly around: Surroundings;
}

/** "AMS C slot 2"; empty where the code names no place. */
function placeOf({ unitName, slot }: HelpInfo, language: string): string {
  const slotWords = slot === null ? null : wordsFor(language).words.slot(slot);
  return [unitName, slotWords].filter((part) => part !== null).join(" ");
}

/** A title in big letters breaks in many places, but not between a word and its number. */
const withNumbers = (title: string): string => title.replaceAll(/ (?=\d)/g, "\u00a0");

function head(info: HelpInfo, { language, lang }: Say, site: string | undefined): Html {
  const { words } = wordsFor(language);
  const place = placeOf(info, language);
  const isOpen = !info.documented && info.class !== "status";
  return html`${info.danger !== null && html`<p class="danger"><strong>${words.danger}</strong> <span${lang}>${info.danger}</span></p>\n`}
<p class="mark"><span class="severity ${info.severity}">${words.severity[info.severity]}</span> <span class="code">${info.code}</span> ${!info.title.includes(place) && html`<span class="quiet">${place}</span>`}</p>
<h1${lang}>${withNumbers(info.title)}</h1>
<p class="lead"${lang}>${info.summary}</p>
${isOpen && site !== undefined && html`<p class="note no-print">${words.undocumented} <a href="${site}">${words.describe}</a></p>`}
${info.source === "site" && html`<p class="note">${words.describedHere}</p>`}
${info.models.length > 0 && html`<p class="quiet">${words.onlyModels} ${info.models.join(", ")}.</p>`}`;
}

const drawn = ({ svg, caption, language: own }: LitDrawing, language: string): Html =>
  html`<figure class="drawing" data-by-model="drawing"${own !== language && html` lang="${own}"`}>${trusted(svg)}<figcaption>${caption}</figcaption></figure>`;

function foot({ around }: HelpInput, language: string): Html {
  const { words } = wordsFor(language);
  return html`<p class="buttons no-print">${
    around.site !== undefined && html`<a class="button" href="${around.site}">${words.ownNotes}</a>`
  }<button type="button" id="print" data-script hidden>${words.print}</button></p>
${around.qr !== undefined && html`<figure class="qr">${around.qr}<figcaption>${words.qr}</figcaption></figure>`}`;
}

export function renderHelp(input: HelpInput): string {
  const { info, around, drawing, model, alert } = input;
  const { language } = wordsFor(input.language);
  const say: Say = { language, lang: info.language === language ? html`` : html` lang="${info.language}"` };
  const bytes = bytesSection(info, say);
  const main = html`<article data-code="${info.code}"${alert !== undefined && html` data-alert="${alert}"`}>
${head(info, say, around.site)}
${alert !== undefined && alertBox(placeOf(info, language), language)}
${drawing !== undefined && drawn(drawing, language)}
${!info.documented && bytes}
${effect(info, say)}
${steps(info, say)}
${siteNote(info, say)}
${vendorTexts(info, say)}
${causes(info, say)}
${related(info, say, around)}
${makerPages(info, say, model)}
${info.documented && bytes}
${foot(input, language)}
</article>`;
  return renderDocument({ language, title: `${info.code} ${info.title}`, description: info.summary, around, main });
}

/** What a text that is no code gets: it says so, and offers to search. */
export function renderMissing(text: string, language: string, around: Surroundings): string {
  const { words } = wordsFor(language);
  const main = html`<h1>${words.missingTitle}</h1>
<p class="lead">${words.missing(text)}</p>
${searchForm(language, around)}`;
  return renderDocument({ language, title: words.missingTitle, description: words.missingTitle, around, main, isMissing: true });
}
