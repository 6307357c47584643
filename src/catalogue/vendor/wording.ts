/**
 * The maker's words, made safe to show: one line, nothing in it that acts on a terminal or turns the direction of writing. What no
 * honest text holds is refused; what slips in by copying is left out.
 */
import { MAX_TEXT_CHARS, type Place, refuse } from "./table.ts";

/** Control characters, marks that turn the direction of what follows, tags, halves of characters, and numbers that are no character. */
const HOSTILE =
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ufffe\uffff\u{e0000}-\u{e007f}]|\p{Surrogate}/u;
/** Invisible, and without effect on the rest: zero-width space, soft hyphen, byte order mark, direction marks of a single place. */
const STRAY = /[\u200b\u00ad\ufeff\u200e\u200f\u061c\u2060]/g;
const BREAKS = /[\s\u0085\u2028\u2029]+/g;

/** @throws {ConfigError} for a text that is too long or hostile. */
export function cleanText(text: string, file: string, place: Place): string {
  if (text.length > MAX_TEXT_CHARS) refuse(file, place, `is longer than ${MAX_TEXT_CHARS} characters`);
  const clean = text.replace(STRAY, "").replace(BREAKS, " ").trim();
  const [hostile] = HOSTILE.exec(clean) ?? [];
  if (hostile !== undefined) refuse(file, place, `holds the character ${nameOf(hostile)}, which no text has`);
  return clean;
}

const nameOf = (sign: string): string => `U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
