/**
 * A parser of server-sent events for a streamed fetch: unlike EventSource it lets heartbeats (comments) be noticed, because every
 * chunk passes through our hands. Keeps at most one unfinished line; a line longer than the bound is an error, not a leak.
 */
export interface SseEvent {
  readonly event: string;
  readonly data: string;
  /** The last id the stream has named so far. */
  readonly id: string | undefined;
}

const MAX_PENDING_CHARS = 4_000_000;

export function createSseParser(onEvent: (event: SseEvent) => void): { push(chunk: string): void } {
  let pending = "";
  let id: string | undefined;
  let name = "";
  let data: string[] = [];

  function takeLine(line: string): void {
    if (line === "") {
      if (data.length > 0) onEvent({ event: name === "" ? "message" : name, data: data.join("\n"), id });
      name = "";
      data = [];
      return;
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "data") data.push(value);
    else if (field === "event") name = value;
    else if (field === "id" && !value.includes("\0")) id = value;
  }

  function push(chunk: string): void {
    pending += chunk;
    let start = 0;
    for (let end = lineEnd(pending, start); end >= 0; end = lineEnd(pending, start)) {
      takeLine(pending.slice(start, end));
      start = pending[end] === "\r" && pending[end + 1] === "\n" ? end + 2 : end + 1;
    }
    pending = pending.slice(start);
    if (pending.length > MAX_PENDING_CHARS) throw new Error("event stream: a line has no end");
  }
  return { push };
}

/** The place of the next line end, or -1. A CR that ends the text waits: an LF may follow in the next chunk. */
function lineEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 10) return at;
    if (char === 13) return at + 1 < text.length ? at : -1;
  }
  return -1;
}
