/**
 * HTML as a template: `` html`<p>${text}</p>` `` escapes every value that is not itself made by this tag. The only way markup comes
 * into a page, so nothing that a file, a printer or a person wrote is ever taken for markup.
 */

declare const markup: unique symbol;
export interface Html {
  readonly text: string;
  readonly [markup]: true;
}

/** What may stand in a template; nothing is shown for what is absent. */
export type Part = Html | string | number | undefined | null | false | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

/** For markup of our own that was checked elsewhere, such as a drawing. */
export const trusted = (text: string): Html => ({ text }) as Html;

const isHtml = (part: object): part is Html => "text" in part;

function fill(part: Part): string {
  if (part === undefined || part === null || part === false) return "";
  if (typeof part === "object") return isHtml(part) ? part.text : part.map(fill).join("");
  return escapeHtml(String(part));
}

export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return trusted(strings.reduce((text, string, i) => text + fill(parts[i - 1]) + string));
}
