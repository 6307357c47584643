/** The event stream parser: the standard's rules, and indifference to where the network cuts. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type SseEvent, createSseParser } from "./sse.ts";

function parse(...chunks: string[]): SseEvent[] {
  const events: SseEvent[] = [];
  const parser = createSseParser((event) => events.push(event));
  for (const chunk of chunks) parser.push(chunk);
  return events;
}

describe("createSseParser", () => {
  it.each<[string, string, SseEvent[]]>([
    ["an event with all fields", "id: 7\nevent: alert\ndata: {}\n\n", [{ event: "alert", data: "{}", id: "7" }]],
    ["the default name", "data: x\n\n", [{ event: "message", data: "x", id: undefined }]],
    ["several data lines", "data: a\ndata: b\n\n", [{ event: "message", data: "a\nb", id: undefined }]],
    ["one space only is cut", "data:  a\n\n", [{ event: "message", data: " a", id: undefined }]],
    ["a comment and a retry", ": beat\n\nretry: 5\n\n", []],
    ["no data, no event", "event: alert\nid: 3\n\n", []],
    ["an unfinished event waits", "data: a\n", []],
    ["CR and CRLF", "data: a\r\n\r\ndata: b\r\rdata: c\n\n", ["a", "b", "c"].map((data) => ({ event: "message", data, id: undefined }))],
  ])("%s", (_name, text, events) => expect(parse(text)).toEqual(events));

  it("keeps the id for later events", () => {
    expect(parse("id: 1\ndata: a\n\ndata: b\n\n").map((event) => event.id)).toEqual(["1", "1"]);
  });

  it("gives the same wherever the text is cut", () => {
    const text = 'id: 1\r\nevent: alert\r\ndata: {"a":"ä"}\r\n\r\n: beat\n\nid: 2\ndata: x\ndata: y\n\n';
    fc.assert(
      fc.property(fc.array(fc.nat(text.length)), (cuts) => {
        const sorted = [0, ...cuts.sort((a, b) => a - b), text.length];
        expect(parse(...sorted.slice(1).map((end, index) => text.slice(sorted[index], end)))).toEqual(parse(text));
      }),
    );
  });

  it("refuses a line without end", () => {
    const parser = createSseParser(() => undefined);
    const chunk = "x".repeat(1_000_000);
    expect(() => {
      for (let count = 0; count < 5; count++) parser.push(chunk);
    }).toThrow("no end");
  });
});
