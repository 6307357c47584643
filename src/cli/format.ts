/**
 * Plain tables and words for a terminal. What comes from central may hold whatever a printer, a detector or a person wrote: nothing
 * of it may reach the terminal as a command to it.
 */

export interface Column<T> {
  readonly title: string;
  readonly value: (row: T) => string;
}

/** Control characters (C0, DEL, C1), line separators, and the marks that turn the direction of writing. */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** One line of text that a terminal only shows. */
export function plain(text: string): string {
  return text.replace(UNSAFE, "\ufffd");
}

/** The same for text of several lines, as errors have it. */
export function plainLines(text: string): string {
  return text.split("\n").map(plain).join("\n");
}

/** JSON of one line whose data is untouched: what is unsafe is written as an escape. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Columns as wide as their widest cell; the last one is not padded. */
export function table<T>(rows: readonly T[], columns: readonly Column<T>[]): string {
  const cells = [columns.map((column) => column.title), ...rows.map((row) => columns.map((column) => plain(column.value(row))))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => (line[index] ?? "").length)));
  return cells
    .map((line) => line.map((cell, index) => (index === line.length - 1 ? cell : cell.padEnd(widths[index] ?? 0))).join("  "))
    .join("\n");
}

/** "just now", "5 min ago", "3 h ago", "2 days ago". */
export function ago(iso: string | null, nowMs: number): string {
  if (iso === null) return "never";
  const seconds = Math.max(0, Math.round((nowMs - Date.parse(iso)) / 1000));
  if (seconds < 60) return seconds < 5 ? "just now" : `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return seconds < 86_400 * 2 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 86_400)} days ago`;
}
