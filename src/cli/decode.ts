/**
 * `openhms decode`: one line of input to one answer, as JSON with the keys of the public contract and as text for a terminal. Pure;
 * the caller reads and prints. Never throws: what is no code becomes an answer that says so.
 */
import type { Catalogue, Explanation } from "../catalogue/catalogue.ts";
import { CodeError } from "../lib/errors.ts";
import type { VendorText } from "../model/api.ts";
import { type HmsCode, parseCode } from "../model/code.ts";

type Say = (english: string) => string;

export interface Decoded {
  readonly json: object;
  readonly text: string;
  readonly ok: boolean;
}

const LABEL_WIDTH = 9;
const TEXT_WIDTH = 92;

/** `publicUrl` is where help pages are served, without a slash at the end. */
export function decodeLine(
  input: string,
  catalogue: Catalogue,
  publicUrl: string,
  language?: string,
  makersTexts: (code: HmsCode) => readonly VendorText[] = () => [],
): Decoded {
  const parsed = parsedCode(input);
  if (typeof parsed === "object") return { json: { input, error: parsed.error }, text: parsed.error, ok: false };
  const found = catalogue.explain(parsed, language);
  const say = (english: string): string => catalogue.say(english, found.language);
  const url = `${publicUrl.replace(/\/+$/, "")}/codes/${found.code}`;
  return { json: toJson(input, found, url, say), text: toText(found, makersTexts(parsed), url, say), ok: true };
}

function parsedCode(input: string): HmsCode | { readonly error: string } {
  try {
    return parseCode(input);
  } catch (error) {
    if (error instanceof CodeError) return { error: error.message };
    throw error;
  }
}

function toJson(input: string, found: Explanation, url: string, say: Say): object {
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
    steps: found.steps.map((step) => spokenStep(step, say)),
    url,
  };
}

function toText(found: Explanation, makers: readonly VendorText[], url: string, say: Say): string {
  const place = found.unitName === null ? [] : [found.slot === null ? found.unitName : `${found.unitName} ${say(`slot ${found.slot}`)}`];
  const where = [found.moduleName, ...(found.partName === null ? [] : [found.partName]), ...place].join(" · ");
  return [
    `${found.code}  ${say(found.severity).toUpperCase()}  ${found.title}`,
    ...labelled(say("where"), where),
    ...labelled(say("meaning"), found.summary),
    ...labelled(say("effect"), found.effect),
    ...(found.danger === null ? [] : labelled(say("danger").toUpperCase(), found.danger)),
    ...found.causes.flatMap((cause, i) => labelled(i === 0 ? say("causes") : "", `${cause.text} (${say(cause.likelihood)})`)),
    ...found.steps.flatMap((step, i) => labelled(i === 0 ? say("steps") : "", `${i + 1}. ${stepText(step, say)}`)),
    ...makers.flatMap((text, i) => labelled(i === 0 ? say("maker") : "", vendorLine(text, say))),
    ...labelled(say("help"), url),
  ].join("\n");
}

/** A text with whose it is, its language and the models it is for. */
function vendorLine({ language, text, models }: VendorText, say: Say): string {
  return `${text} (${[say("the maker's own text"), language, ...models].join(", ")})`;
}

/** A step as one text that loses nothing of what keeps people safe. */
export function spokenStep({ text, risk, powerOff }: Explanation["steps"][number], say: Say): string {
  const off = say("power off first");
  return [powerOff === true ? `${off.charAt(0).toUpperCase()}${off.slice(1)}.` : [], text, risk ?? []].flat().join(" ");
}

function stepText(step: Explanation["steps"][number], say: Say): string {
  const notes = [
    ...(step.powerOff === true ? [say("power off first")] : []),
    ...(step.minutes === undefined ? [] : [`${step.minutes} min`]),
    ...(step.tools ?? []),
  ];
  const risk = step.risk === undefined ? "" : ` ${say("Careful:")} ${step.risk}`;
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
