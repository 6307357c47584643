/**
 * A file of the maker's texts, whatever its shape, to tables. Pure: bytes and a name in, tables or a refusal out. A file is taken
 * whole or not at all.
 */
import { UNCHANGED, isAnswer, readAnswer, versionOf } from "./answer.ts";
import { readJson } from "./json.ts";
import { isLanguageTable, readLanguageTable } from "./language-table.ts";
import { type VendorTable, deviceOf, languageOf, quoted, refuse } from "./table.ts";

export type VendorFile =
  | { readonly kind: "texts"; readonly tables: readonly VendorTable[] }
  /** The server's word for "you have the newest"; there is nothing to import. */
  | { readonly kind: "unchanged"; readonly version: number | undefined };

/** What a person says of a file; before what its name says. */
export interface Said {
  readonly language?: string;
  readonly device?: string;
}

/** `hms_de.json.gz`, `hms_pt-BR_094.json`, `hms_A1MINI_de.json`, also as a browser names a second copy. */
const NAME = /^hms_(?:([0-9A-Z]{2,8})_)?([a-z]{2,3}(?:[-_][A-Za-z]{2,4})?)(?:_(\d[0-9A-Z]{2}))?(?: ?\(\d+\))?\.json(?:\.gz)?$/;
/** `texts-en.json`: any other name whose last word is a language. */
const LAST_WORD = /[-_.]([a-z]{2}(?:-[A-Z]{2})?)\.json(?:\.gz)?$/;

function factsOfName(file: string): Said {
  const name = file.split(/[/\\]/).at(-1) ?? "";
  const [, model, language = LAST_WORD.exec(name)?.[1], prefix] = NAME.exec(name) ?? [];
  const device = prefix ?? model;
  return { ...(language === undefined ? {} : { language }), ...(device === undefined ? {} : { device }) };
}

/** @throws {ConfigError} with file and place when the file is broken, hostile or something else; nothing but that. */
export function parseVendorFile(bytes: Uint8Array, file: string, said: Said = {}): VendorFile {
  const named = factsOfName(file);
  const language = said.language === undefined ? undefined : languageOf(said.language);
  if (said.language !== undefined && language === undefined) refuse(file, [], `${quoted(said.language)} is no language, like de or pt-br`);
  const written = said.device ?? named.device;
  const device = written === undefined ? undefined : deviceOf(written);
  if (written !== undefined && device === undefined)
    refuse(file, [], `${quoted(written)} is neither the start of a serial number, like 094, nor a model`);

  const value = readJson(bytes, file);
  if (isAnswer(value)) {
    if (value["result"] === UNCHANGED) return { kind: "unchanged", version: versionOf(value, file) };
    const tables = readAnswer(value, file, device).filter((table) => language === undefined || table.language === language);
    return withTexts(tables, file, language);
  }
  if (!isLanguageTable(value)) return refuse(file, [], "is no table of the maker's texts: neither data nor device_hms nor device_error");
  const tongue = language ?? languageOf(named.language ?? "");
  if (tongue === undefined) return refuse(file, [], "does not say in which language it is; name it with --language, like --language en");
  const table = readLanguageTable(value, file, { language: tongue, device, version: versionOf(value, file) });
  return withTexts(table.texts.size === 0 ? [] : [table], file, language);
}

function withTexts(tables: readonly VendorTable[], file: string, language: string | undefined): VendorFile {
  if (tables.length === 0) refuse(file, [], language === undefined ? "holds no texts" : `holds no texts in ${language}`);
  return { kind: "texts", tables };
}
