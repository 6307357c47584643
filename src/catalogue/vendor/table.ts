/**
 * The maker's own texts, as one table a language: which codes it words, and how. Says what a table is, what bounds it, and how a file
 * that breaks them is refused; knows nothing of files' shapes or of where tables are kept.
 */
import { ConfigError } from "../../lib/errors.ts";
import type { HmsCode } from "../../model/code.ts";

/** One text, and the models it is for; none: for all that no other wording names. An empty text means that the maker gives the code none. */
export interface Wording {
  readonly text: string;
  readonly models: readonly string[];
}

/** `answer`: what the maker's server says, which a slicer keeps as it is. `table`: gathered from such answers, a language a file. */
export type TableKind = "answer" | "table";

export interface VendorTable {
  readonly kind: TableKind;
  /** Lower case, like `de` or `pt-br`. */
  readonly language: string;
  /** The first three characters of the serial numbers it is for, or a model; undefined: for all. */
  readonly device: string | undefined;
  /** The maker's own, which grows; undefined where the file has none. */
  readonly version: number | undefined;
  readonly texts: ReadonlyMap<HmsCode, readonly Wording[]>;
}

/** Several times what the maker's largest table needs. */
export const MAX_BYTES = 64_000_000;
export const MAX_CODES = 100_000;
export const MAX_WORDINGS = 64;
export const MAX_MODELS = 64;
export const MAX_TEXT_CHARS = 4_000;

const LANGUAGE = /^[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,2}$/;
const DEVICE = /^[0-9A-Z][0-9A-Z ]{1,15}$/;
const MODEL = /^[A-Za-z0-9][A-Za-z0-9 .+-]{0,31}$/;

export type Place = readonly (string | number)[];

/** `data.device_hms.en[12].intro` */
export function placeText(place: Place): string {
  const text = place.map((step) => (typeof step === "number" ? `[${step}]` : `.${shortened(step)}`)).join("");
  return text.startsWith(".") ? text.slice(1) : text;
}

/** A stranger's word in a message: quoted, so that nothing in it acts, and short. */
export const quoted = (text: string): string => JSON.stringify(shortened(text));
const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** Refuses a file whole. @throws {ConfigError} always, and nothing else is thrown in this room for what a file holds. */
export function refuse(file: string, place: Place, message: string, line?: number): never {
  throw new ConfigError([{ file, ...(line === undefined ? {} : { line }), path: placeText(place), message }]);
}

/** `pt_BR` and `pt-BR` are `pt-br`; undefined for what names no language. */
export function languageOf(text: string): string | undefined {
  const tag = text.toLowerCase().replaceAll("_", "-");
  return LANGUAGE.test(tag) ? tag : undefined;
}

/** Undefined for what is neither the start of a serial number nor a model. */
export function deviceOf(text: string): string | undefined {
  const device = text.toUpperCase();
  return DEVICE.test(device) ? device : undefined;
}

export const isModelName = (text: string): boolean => MODEL.test(text);

/** Adds a wording; the same text twice is one text for the models of both. */
export function addWording(wordings: Wording[], { text, models }: Wording): void {
  const index = wordings.findIndex((known) => known.text === text);
  const known = wordings[index];
  if (known === undefined) wordings.push({ text, models });
  else {
    const isForAll = known.models.length === 0 || models.length === 0;
    wordings[index] = { text, models: isForAll ? [] : [...new Set([...known.models, ...models])] };
  }
}
