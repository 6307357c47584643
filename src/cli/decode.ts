/**
 * `openhms decode`: one line of input to one answer, as JSON with the keys of the public contract and as text for a terminal. Pure;
 * the caller reads and prints. Never throws: what is no code becomes an answer that says so.
 */
import type { Catalogue, Explanation } from "../catalogue/catalogue.ts";
import { CodeError } from "../lib/errors.ts";
import { type HmsCode, parseCode } from "../model/code.ts";

export interface Decoded {
  readonly json: object;
  readonly text: string;
  readonly ok: boolean;
}

const LABEL_WIDTH = 9;
const TEXT_WIDTH = 92;

/** `publicUrl` is where help pages are served, without a slash at the end. */
export function decodeLine(input: string, catalogue: Catalogue, publicUrl: string): Decoded {
  const parsed = parsedCode(input);
  if (typeof parsed === "object") return { json: { input, error: parsed.error }, text: parsed.error, ok: false };
  const found = catalogue.explain(parsed);
  const url = `${publicUrl.replace(/\/+$/, "")}/codes/${found.code}`;
  return { json: toJson(input, found, url), text: toText(found, url), ok: true };
}

function parsedCode(input: string): HmsCode | { readonly error: string } {
  try {
    return parseCode(input);
  } catch (error) {
    if (error instanceof CodeError) return { error: error.message };
    throw error;
  }
}

function toJson(input: string, found: Explanation, url: string): object {
  return {
    input,
    kind: found.kind,
    code: found.code,
    ...(found.class === undefined ? {} : { class: found.class }),
    module: found.module,
    unit: found.unit,
    part: found.part,
    partNumber: found.partNumber,
    level: found.level,
    number: found.number,
    severity: found.severity,
    unitName: found.unitName,
    slot: found.slot,
    documented: found.documented,
    title: found.title,
    summary: found.summary,
    causes: found.causes.map((cause) => cause.text),
    steps: found.steps.map((step) => step.text),
    url,
  };
}

function toText(found: Explanation, url: string): string {
  const place = found.unitName === null ? [] : [found.slot === null ? found.unitName : `${found.unitName} slot ${found.slot}`];
  const where = [found.moduleName, ...(found.partName === null ? [] : [found.partName]), ...place].join(" · ");
  return [
    `${found.code}  ${found.severity.toUpperCase()}  ${found.title}`,
    ...labelled("where", where),
    ...labelled("meaning", found.summary),
    ...labelled("effect", found.effect),
    ...(found.danger === null ? [] : labelled("DANGER", found.danger)),
    ...found.causes.flatMap((cause, i) => labelled(i === 0 ? "causes" : "", `${cause.text} (${cause.likelihood})`)),
    ...found.steps.flatMap((step, i) => labelled(i === 0 ? "steps" : "", `${i + 1}. ${stepText(step)}`)),
    ...labelled("help", url),
  ].join("\n");
}

function stepText(step: Explanation["steps"][number]): string {
  const notes = [
    ...(step.powerOff === true ? ["power off first"] : []),
    ...(step.minutes === undefined ? [] : [`${step.minutes} min`]),
    ...(step.tools ?? []),
  ];
  const risk = step.risk === undefined ? "" : ` Careful: ${step.risk}`;
  return `${step.text}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}${risk}`;
}

/** A label and its text, wrapped at words, further lines indented under the first. */
function labelled(label: string, text: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > TEXT_WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((part, i) => `  ${(i === 0 ? label : "").padEnd(LABEL_WIDTH)}${part}`);
}
