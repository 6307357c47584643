/**
 * The answer of the maker's server, and the resource files of a slicer, which are that answer kept as it came:
 * `{result, ver, data: {device_hms: {<language>: [{ecode, intro}]}, device_error: …}}`. Beside the languages a version may stand.
 */
import type { HmsCode } from "../../model/code.ts";
import { type Legs, LEGS, codeOf, countCode } from "./legs.ts";
import { type VendorTable, type Wording, addWording, languageOf, quoted, refuse } from "./table.ts";
import { cleanText } from "./wording.ts";

/** What the server says when the asker has the newest texts. */
export const UNCHANGED = 201;
const VERSION_KEYS = ["ver", "version"];
const MAX_LANGUAGES = 64;

type Answer = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Answer => typeof value === "object" && value !== null && !Array.isArray(value);

export const isAnswer = (value: unknown): value is Answer => isObject(value) && ("result" in value || "data" in value);

export function versionOf(value: Answer, file: string): number | undefined {
  const key = VERSION_KEYS.find((name) => Object.hasOwn(value, name));
  if (key === undefined) return undefined;
  const raw = value[key];
  const version = typeof raw === "string" && /^\d{1,15}$/.test(raw) ? Number(raw) : raw;
  return typeof version === "number" && Number.isSafeInteger(version) && version >= 0
    ? version
    : refuse(file, [key], "must be a whole number");
}

/** A table for each language that has texts. @throws {ConfigError} */
export function readAnswer(value: Answer, file: string, device: string | undefined): readonly VendorTable[] {
  const { result = 0, data } = value;
  if (result !== 0) refuse(file, ["result"], `the maker's server answered ${quoted(String(result))} and sent no texts`);
  if (Array.isArray(data)) refuse(file, ["data"], "is a list; a table of actions or pictures holds no texts");
  if (!isObject(data)) return refuse(file, ["data"], "must be an object with device_hms and device_error");
  const version = versionOf(value, file);
  const languages = new Map<string, Map<HmsCode, Wording[]>>();
  for (const leg of LEGS) {
    const byLanguage = Object.hasOwn(data, leg) ? data[leg] : {};
    if (!isObject(byLanguage)) return refuse(file, ["data", leg], "must be an object of languages");
    for (const [tag, rows] of Object.entries(byLanguage)) {
      if (VERSION_KEYS.includes(tag) && !Array.isArray(rows)) continue;
      const language = languageOf(tag) ?? refuse(file, ["data", leg], `${quoted(tag)} is no language`);
      const texts = languages.get(language) ?? new Map<HmsCode, Wording[]>();
      languages.set(language, texts);
      if (languages.size > MAX_LANGUAGES) refuse(file, ["data", leg], `holds more than ${MAX_LANGUAGES} languages`);
      readRows({ rows, leg, tag, file, texts });
    }
  }
  return [...languages]
    .filter(([, texts]) => texts.size > 0)
    .map(([language, texts]) => ({ kind: "answer", language, device, version, texts }));
}

interface Rows {
  readonly rows: unknown;
  readonly leg: Legs;
  readonly tag: string;
  readonly file: string;
  readonly texts: Map<HmsCode, Wording[]>;
}

function readRows({ rows, leg, tag, file, texts }: Rows): void {
  const home = ["data", leg, tag];
  if (!Array.isArray(rows)) return refuse(file, home, "must be a list of texts");
  for (const [index, row] of rows.entries() as Iterable<[number, unknown]>) {
    const place = [...home, index];
    if (!isObject(row)) return refuse(file, place, "must be an object with ecode and intro");
    const { ecode, intro } = row;
    if (typeof ecode !== "string") return refuse(file, [...place, "ecode"], "must be a code");
    if (typeof intro !== "string") return refuse(file, [...place, "intro"], "must be a text");
    const code = codeOf(ecode, leg, file, [...place, "ecode"]);
    countCode(texts, code, file, place);
    const wordings = texts.get(code) ?? [];
    addWording(wordings, { text: cleanText(intro, file, [...place, "intro"]), models: [] });
    texts.set(code, wordings);
  }
}
