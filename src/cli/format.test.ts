/** What central answers is shown, never obeyed: the terminal gets no control character of a printer's or a person's text. */
import { describe, expect, it } from "vitest";
import type { Client } from "./client.ts";
import { listHistory, listPrinters } from "./commands.ts";
import { jsonLine, plain, plainLines, table } from "./format.ts";

const hostile = "Left\u001b[2J\u009b31m\u0007\r\n\u202egnp.exe\u2028";
// oxlint-disable-next-line no-control-regex -- these are what must not be there
const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2028]/;

describe("text from outside in a terminal", () => {
  it.each(["\u0000", "\u001b", "\u007f", "\u0085", "\u009b", "\u200f", "\u202e", "\u2066", "\n"])("replaces %j", (sign) => {
    expect(plain(`a${sign}b`)).toBe("a\ufffdb");
  });

  it("leaves words of all languages as they are", () => {
    expect(plain("Größe 打印机 🖨️ é")).toBe("Größe 打印机 🖨️ é");
  });

  it("keeps the lines of an error", () => {
    expect(plainLines("a.yaml:1: x\u001b[0m\nb")).toBe("a.yaml:1: x\ufffd[0m\nb");
  });

  it("keeps a table's rows, whatever a cell holds", () => {
    const text = table([hostile, "Right"], [{ title: "NAME", value: (row) => row }]);
    expect(text.split("\n")).toHaveLength(3);
    expect(text).not.toMatch(control);
  });

  it("escapes in JSON without changing the data", () => {
    const line = jsonLine({ name: hostile });
    expect(line).not.toMatch(control);
    expect(JSON.parse(line)).toEqual({ name: hostile });
  });

  it.each([true, false])("no command passes a name on as it came (json: %s)", async (json) => {
    const lines: string[] = [];
    const terminal = { print: (line: string) => void lines.push(line), nowMs: () => 0 };
    const gate = { startBlocked: false, resumeBlocked: false };
    const printer = {
      id: "p1",
      name: hostile,
      model: hostile,
      state: "idle",
      progressPct: null,
      gate,
      worst: { code: "", title: hostile },
    };
    const entry = { at: "", printer: "p1", code: "", event: "comment", isa: "A", actor: null, note: hostile, title: "" };
    const answering = (items: readonly unknown[], next: string | null): Client => ({
      get: async <T>() => ({ items, next }) as T,
      post: async <T>() => ({}) as T,
      text: async () => "",
    });
    await listPrinters(answering([printer], null), terminal, json);
    await listHistory(answering([entry], hostile), {}, terminal, { json });
    expect(lines.join("\n")).toContain("gnp.exe");
    expect(lines.join("\n")).not.toMatch(control);
  });
});
