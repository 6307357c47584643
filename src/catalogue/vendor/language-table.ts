/**
 * Tables of one language, gathered from many answers: `{device_hms: {<code>: {<text>: [<model>]}}, device_error: …}`, where no model
 * means all others; or for one model, `{<code>: <text>}`. The language stands in the file's name.
 */
import type { HmsCode } from "../../model/code.ts";
import { LEGS, codeOf, countCode } from "./legs.ts";
import { MAX_MODELS, type Place, type VendorTable, type Wording, addWording, isModelName, quoted, refuse } from "./table.ts";
import { cleanText } from "./wording.ts";

type Table = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Table => typeof value === "object" && value !== null && !Array.isArray(value);

export const isLanguageTable = (value: unknown): value is Table => isObject(value) && LEGS.some((leg) => Object.hasOwn(value, leg));

export interface TableFacts {
  readonly language: string;
  readonly device: string | undefined;
  readonly version: number | undefined;
}

/** @throws {ConfigError} */
export function readLanguageTable(value: Table, file: string, facts: TableFacts): VendorTable {
  const texts = new Map<HmsCode, Wording[]>();
  for (const leg of LEGS) {
    const byCode = Object.hasOwn(value, leg) ? value[leg] : {};
    if (!isObject(byCode)) return refuse(file, [leg], "must be an object of codes");
    for (const [ecode, written] of Object.entries(byCode)) {
      const place = [leg, ecode];
      const code = codeOf(ecode, leg, file, [leg]);
      const wordings = texts.get(code) ?? [];
      for (const wording of readWordings(written, file, place)) {
        countCode(texts, code, file, place);
        addWording(wordings, wording);
        texts.set(code, wordings);
      }
    }
  }
  return { kind: "table", ...facts, texts };
}

function readWordings(written: unknown, file: string, place: Place): readonly Wording[] {
  if (typeof written === "string") return [{ text: cleanText(written, file, place), models: [] }];
  if (!isObject(written)) return refuse(file, place, "must be an object of texts, or a text");
  const wordings = Object.entries(written).map(([text, models]) => {
    const here = [...place, text];
    return { text: cleanText(text, file, here), models: readModels(models, file, here) };
  });
  return wordings.length > 0 ? wordings : refuse(file, place, "has no text");
}

function readModels(models: unknown, file: string, place: Place): readonly string[] {
  if (!Array.isArray(models)) return refuse(file, place, "must be a list of models");
  if (models.length > MAX_MODELS) refuse(file, place, `names more than ${MAX_MODELS} models`);
  return models.map((model: unknown, index) => {
    if (typeof model === "string" && isModelName(model)) return model;
    return refuse(file, [...place, index], typeof model === "string" ? `${quoted(model)} is no model` : "must be a model's name");
  });
}
