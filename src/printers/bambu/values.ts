/**
 * Readers of single values in a printer's message: each takes whatever came and returns a value that can be trusted, or
 * undefined. None of them throws, and none walks deeper than asked, so hostile nesting costs nothing.
 */
export type Json = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A finite number, or a text that is one ("26.2"), within the bounds. */
export function numberOf(value: unknown, min: number, max: number): number | undefined {
  const number =
    typeof value === "number" ? value : typeof value === "string" && value !== "" && value.length <= 32 ? Number(value) : Number.NaN;
  return number >= min && number <= max ? number : undefined;
}

export function integerOf(value: unknown, min: number, max: number): number | undefined {
  const number = numberOf(value, min, max);
  return number === undefined ? undefined : Math.trunc(number);
}

/** A text of at most `max` characters; longer ones are cut. */
export function textOf(value: unknown, max: number): string | undefined {
  if (typeof value !== "string") return undefined;
  return value.length > max ? value.slice(0, max) : value;
}

const MIN_TEMP_C = -300;
const MAX_TEMP_C = 2_000;

export function tempOf(value: unknown): number | undefined {
  return numberOf(value, MIN_TEMP_C, MAX_TEMP_C);
}

export interface TempPair {
  readonly currentC: number;
  readonly targetC: number;
}

/** Two temperatures in one number: the low half is the current one (signed), the high half the target. */
export function unpackTemp(value: unknown): TempPair | undefined {
  const packed = integerOf(value, -0x8000_0000, 0xffff_ffff);
  return packed === undefined ? undefined : { currentC: (packed << 16) >> 16, targetC: (packed >>> 16) & 0xffff };
}

const MAX_HEX_DIGITS = 16;

/** One bit of a number written in hex; these run to 63 bits, more than a JavaScript number holds. */
export function bitOfHex(value: unknown, bit: number): boolean | undefined {
  const text = typeof value === "string" ? value : "";
  if (text === "" || text.length > MAX_HEX_DIGITS || !/^[0-9a-fA-F]+$/.test(text)) return undefined;
  return ((BigInt(`0x${text}`) >> BigInt(bit)) & 1n) === 1n;
}

/** A number written in hex, of at most 32 bits. */
export function hex32(value: unknown): number | undefined {
  if (typeof value !== "string" || value.length === 0 || value.length > 8 || !/^[0-9a-fA-F]+$/.test(value)) return undefined;
  return Number.parseInt(value, 16);
}
