/** The code itself: what each of its bytes says, and the other ways to write it. All that is known of a code nobody has described. */
import { type Html, html } from "./html.ts";
import type { HelpInfo } from "./info.ts";
import { type Say, section } from "./sections.ts";
import { type Words, wordsFor } from "./words.ts";

const hex = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, "0");

interface Row {
  readonly field: keyof Words["fields"];
  readonly digits: string;
  /** In the words of the catalogue; the page's own stand in `say`. */
  readonly means?: string | null;
  readonly say?: string;
}

function rowsOf(info: HelpInfo, words: Words): readonly Row[] {
  const level = info.class === "status" ? words.status : (words.levels[info.level as 0] ?? words.levelOutside);
  const number: Row = { field: "number", digits: hex(info.number, 4), means: info.documented ? info.title : null };
  const first: readonly Row[] = [
    { field: "module", digits: hex(info.module, 2), means: info.moduleName },
    { field: "unit", digits: hex(info.unit, 2), means: info.unitName ?? (info.unit === 0 ? "–" : null) },
  ];
  if (info.part === null) return [...first, { field: "class", digits: hex(info.number >>> 12, 1), say: level }, number];
  const partNumber = info.partNumber ?? 0;
  return [
    ...first,
    { field: "part", digits: hex(info.part, 2), means: info.partName },
    { field: "partNumber", digits: hex(partNumber, 2), means: partNumber === 0 ? "–" : null },
    { field: "level", digits: hex(info.level, 4), say: level },
    number,
  ];
}

export function bytesSection(info: HelpInfo, { language, lang }: Say): Html {
  const { words } = wordsFor(language);
  const wire = info.codeNumber === null ? String(info.attr) : `attr ${info.attr}, code ${info.codeNumber}`;
  const meaning = ({ means, say }: Row): Html => {
    if (say !== undefined) return html`<td>${say}</td>`;
    return means === null || means === undefined ? html`<td class="quiet">${words.notKnown}</td>` : html`<td${lang}>${means}</td>`;
  };
  const rows = rowsOf(info, words).map(
    (row) => html`<tr><th scope="row">${words.fields[row.field]}</th><td class="code">${row.digits}</td>${meaning(row)}</tr>\n`,
  );
  return section(
    "bytes",
    words.codeTitle,
    html`<table>
<thead><tr><th scope="col">${words.field}</th><th scope="col">${words.value}</th><th scope="col">${words.meaning}</th></tr></thead>
<tbody>
${rows}</tbody></table>
<p class="quiet">${words.onWire}: <span class="code">${wire}</span></p>
<p class="quiet">${words.forms}: ${info.forms.map((form, i) => html`${i > 0 && ", "}<span class="code">${form}</span>`)}</p>`,
  );
}
