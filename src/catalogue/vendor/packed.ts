/**
 * Many texts in one buffer outside the heap: a line for each code, in the order of the codes, found by halving. Six thousand texts
 * take the bytes of their letters and nothing else.
 */
import type { HmsCode } from "../../model/code.ts";
import type { Wording } from "./table.ts";

const NEW_LINE = 10;
const TAB = 9;

export interface Packed {
  readonly byteLength: number;
  get(code: HmsCode): readonly Wording[];
}

export function pack(texts: ReadonlyMap<HmsCode, readonly Wording[]>): Packed {
  const codes = [...texts.keys()].sort((a, b) => (a < b ? -1 : 1));
  const lines = codes.map((code) => `${code}\t${JSON.stringify((texts.get(code) ?? []).map(({ text, models }) => [text, ...models]))}\n`);
  const bytes = Buffer.from(lines.join(""));
  return {
    byteLength: bytes.length,
    get: (code) => {
      const line = find(bytes, code);
      return line === undefined ? [] : (JSON.parse(line) as [string, ...string[]][]).map(([text, ...models]) => ({ text, models }));
    },
  };
}

/** What stands after the code. */
function find(bytes: Buffer, code: HmsCode): string | undefined {
  const wanted = Buffer.from(code);
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    // from the end of the line before; -1 where this is the first
    const start = middle === 0 ? 0 : bytes.lastIndexOf(NEW_LINE, middle - 1) + 1;
    const tab = bytes.indexOf(TAB, start);
    const end = bytes.indexOf(NEW_LINE, tab);
    const order = Buffer.compare(wanted, bytes.subarray(start, tab));
    if (order === 0) return bytes.toString("utf8", tab + 1, end);
    if (order < 0) high = start;
    else low = end + 1;
  }
  return undefined;
}
