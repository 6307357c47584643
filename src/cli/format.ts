/** Plain tables and words for a terminal. */

export interface Column<T> {
  readonly title: string;
  readonly value: (row: T) => string;
}

/** Columns as wide as their widest cell; the last one is not padded. */
export function table<T>(rows: readonly T[], columns: readonly Column<T>[]): string {
  const cells = [columns.map((column) => column.title), ...rows.map((row) => columns.map((column) => column.value(row)))];
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
