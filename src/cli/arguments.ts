/** What arguments must look like; a bad one ends the command with a sentence that says so. */
import { InvalidArgumentError } from "commander";

export function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError("a whole number is needed");
  return value;
}

export function atLeastOne(text: string): number {
  const value = whole(text);
  if (value < 1) throw new InvalidArgumentError("at least 1 is needed");
  return value;
}

export function port(text: string): number {
  const value = whole(text);
  if (value > 65_535) throw new InvalidArgumentError("a port is at most 65535");
  return value;
}

export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError("a number above 0 is needed");
  return value;
}

/** Numbers above 0 up to 1, with commas between. */
export function fractions(text: string): readonly number[] {
  const values = text.split(",").map(Number);
  if (values.some((value) => !(value > 0 && value <= 1))) throw new InvalidArgumentError("numbers above 0 up to 1 are needed, like 1,0.5");
  return values;
}
