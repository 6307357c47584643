/** What the remote commands print of central's answers: the order of alerts, and the command that shows the next page. */
import { expect, test } from "vitest";
import type { Alert } from "../model/api.ts";
import type { Client } from "./client.ts";
import { listAlerts, listHistory } from "./commands.ts";

function answering(answer: unknown): Client {
  return { get: async <T>() => answer as T, post: async <T>() => answer as T, text: async () => "" };
}

function printed() {
  const lines: string[] = [];
  return { lines, terminal: { print: (line: string) => void lines.push(...line.split("\n")), nowMs: () => 0 } };
}

const alert = (id: string, severity: string, priority: string, raisedAt: string, shelvedUntil: string | null = null): Alert =>
  ({ id, severity, priority, raisedAt, shelvedUntil, suppressedBy: [], title: id, active: true }) as unknown as Alert;

test("alerts are listed worst first: severity, priority, newest; what is shelved comes last", async () => {
  const { lines, terminal } = printed();
  const items = [
    alert("shelved", "error", "urgent", "2026-01-01T00:00:09Z", "2026-01-02T00:00:00Z"),
    alert("info", "info", "high", "2026-01-01T00:00:08Z"),
    alert("old", "warning", "normal", "2026-01-01T00:00:01Z"),
    alert("new", "warning", "normal", "2026-01-01T00:00:02Z"),
    alert("pressing", "warning", "high", "2026-01-01T00:00:00Z"),
    alert("error", "error", "low", "2026-01-01T00:00:00Z"),
  ];
  await listAlerts(answering({ items, next: null }), { state: undefined, printer: undefined, limit: 9 }, terminal, false);
  expect(lines.slice(1).map((line) => line.split(" ")[0])).toEqual(["error", "pressing", "new", "old", "info", "shelved"]);
});

test.each([
  [{ json: false }, "More: openhms history --limit 1 --cursor c2"],
  [{ json: false, url: "http://hub:4670" }, "More: openhms history --url http://hub:4670 --limit 1 --cursor c2"],
])("the next page's command names the same central: %o", async (shown, said) => {
  const { lines, terminal } = printed();
  const row = { at: "", printer: "", code: "", event: "", isa: "", actor: null, note: null, title: "" };
  await listHistory(answering({ items: [row], next: "c2" }), { limit: 1 }, terminal, shown);
  expect(lines.at(-1)).toBe(said);
});
