/** The two halves of every table: HMS codes of 16 hex digits, device errors of 8. */
import { type HmsCode, isCanonical } from "../../model/code.ts";
import { MAX_CODES, MAX_WORDINGS, type Place, type Wording, quoted, refuse } from "./table.ts";

export const LEGS = ["device_hms", "device_error"] as const;
export type Legs = (typeof LEGS)[number];

const DIGITS = { device_hms: 16, device_error: 8 } as const;

/** Hex digits alone, as tables have them: other written forms are no sign of a table. */
export function codeOf(text: string, leg: Legs, file: string, place: Place): HmsCode {
  const code =
    text
      .toUpperCase()
      .match(/.{1,4}/gs)
      ?.join("-") ?? "";
  return text.length === DIGITS[leg] && isCanonical(code)
    ? code
    : refuse(file, place, `${quoted(text)} is no code of ${DIGITS[leg]} hex digits`);
}

/** Refuses the code or the wording that is one too many. */
export function countCode(texts: ReadonlyMap<HmsCode, readonly Wording[]>, code: HmsCode, file: string, place: Place): void {
  const known = texts.get(code);
  if (known === undefined && texts.size >= MAX_CODES) refuse(file, place, `holds more than ${MAX_CODES} codes`);
  if (known !== undefined && known.length >= MAX_WORDINGS) refuse(file, place, `${code} has more than ${MAX_WORDINGS} wordings`);
}
