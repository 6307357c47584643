/** The numbered faults of the kill test: each number is a code of its own, an error, on one of ten printers. */
import { hmsFromWire, type HmsCode } from "../../src/model/code.ts";

export const REPORTS_A_ROUND = 100_000;

export function codeOf(n: number): HmsCode {
  return hmsFromWire(0x0300_0000 + (n >>> 16), 0x0001_0000 + (n & 0xffff));
}

export const printerOf = (n: number): string => `p${n % 10}`;
export const alertOf = (n: number): string => `${printerOf(n)}~${codeOf(n)}`;
