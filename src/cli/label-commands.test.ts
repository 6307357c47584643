/** What is sent for a label, and how precision reads in a terminal. */
import { expect, test } from "vitest";
import type { Precision } from "../model/label.ts";
import type { Client } from "./client.ts";
import { label, listPrecision } from "./label-commands.ts";

const ID = "p1~0300-0300-0001-0001";

function bench(answer: unknown) {
  const sent: unknown[] = [];
  const lines: string[] = [];
  const client: Client = {
    get: async <T>() => answer as T,
    post: async <T>(path: string, body: unknown) => {
      sent.push([path, body]);
      return answer as T;
    },
    text: async () => "",
  };
  return { client, sent, lines, terminal: { print: (line: string) => void lines.push(...line.split("\n")), nowMs: () => 0 } };
}

test.each([
  [{ verdict: "real", note: undefined, episode: undefined }, 3, { verdict: "real", episode: 3 }, "Episode 3 of x~y: it was real. Fan."],
  [
    { verdict: "false", note: "dust", episode: 2 },
    3,
    { verdict: "false", note: "dust", episode: 2 },
    "Episode 2 of x~y: a false alert. Fan.",
  ],
  [{ verdict: "unsure", note: undefined, episode: undefined }, 0, { verdict: "unsure" }, "Episode 0 of x~y: not sure. Fan."],
] as const)("%j is said of the episode that stands there now", async (said, latest, body, words) => {
  const { client, sent, lines, terminal } = bench({ id: "x~y", title: "Fan", episode: latest });
  await label(client, "p1~HMS_0300_0300_0001_0001", said, terminal);
  expect(sent).toEqual([[`/api/v1/alerts/${encodeURIComponent(ID)}/label`, body]]);
  expect(lines).toEqual([words]);
});

const items: Precision[] = [
  { detector: "fan-stalled", code: "0300-0300-0001-0001", real: 9, false: 1, unsure: 2, precision: 0.9, low: 0.596, high: 0.982 },
  { detector: "x\u001b[2J", code: "0300-0300-0001-0001", real: 0, false: 0, unsure: 1, precision: null, low: null, high: null },
];

test("precision is a table, and a line of JSON each for programs", async () => {
  const { client, lines, terminal } = bench({ items, next: null });
  await listPrecision(client, { printer: undefined, since: undefined }, terminal, false);
  expect(lines[1]).toMatch(/^fan-stalled +0300-0300-0001-0001 +9 +1 +2 +90 % +60 % and 98 %$/);
  expect(lines[2]).toMatch(/^x\ufffd\[2J +0300-0300-0001-0001 +0 +0 +1 *$/);
  lines.length = 0;
  await listPrecision(client, { printer: undefined, since: undefined }, terminal, true);
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(items);
});

test("where nobody has said anything, it says how", async () => {
  const { client, lines, terminal } = bench({ items: [], next: null });
  await listPrecision(client, { printer: undefined, since: undefined }, terminal, false);
  expect(lines).toEqual([expect.stringContaining("openhms label")]);
});
