/**
 * The live connection: streams `/api/v1/events`, notices a closed or silent socket, reconnects with back-off from the last event
 * id, and is "live" again only after everything shown has been fetched anew. Never says live while old data is on the screen.
 */
import { type SseEvent, createSseParser } from "./sse.ts";

export type Connection =
  | { readonly state: "connecting" }
  | { readonly state: "live" }
  /** `sinceMs`: when the server was last heard. `refused`: it answers, but wants a login. */
  | { readonly state: "lost"; readonly sinceMs: number; readonly reason: string; readonly refused: boolean };

export interface LiveDeps {
  readonly fetch: (path: string, init: RequestInit) => Promise<Response>;
  readonly now: () => number;
  readonly setTimer: (delayMs: number, run: () => void) => () => void;
  readonly random: () => number;
  readonly onEvent: (event: SseEvent) => void;
  /** Called when a stream stands: fetches all that is shown; rejects when that fails. */
  readonly refetch: () => Promise<void>;
}

export interface Live {
  connection(): Connection;
  subscribe(listener: () => void): () => void;
  start(): void;
  stop(): void;
  /** Try at once, for example when the network is back. */
  retry(): void;
}

/** The server's heartbeat comes every 15 s. */
export const SILENCE_MS = 21_000;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 5_000;

export function retryDelayMs(attempt: number, random: () => number): number {
  return Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt, 10)) * (0.75 + random() * 0.5);
}

export function createLive(deps: LiveDeps): Live {
  const listeners = new Set<() => void>();
  let connection: Connection = { state: "connecting" };
  let heardMs = deps.now();
  let lastEventId: string | undefined;
  let attempt = 0;
  let abort: AbortController | undefined;
  let cancelTimer: (() => void) | undefined;

  function show(next: Connection): void {
    connection = next;
    for (const listener of listeners) listener();
  }

  /** One timer at a time: the watch for silence while a stream is open, the next try while there is none. */
  function timer(delayMs: number, run: () => void): void {
    cancelTimer?.();
    cancelTimer = deps.setTimer(delayMs, run);
  }

  function lose(mine: AbortController, reason: string, refused = false): void {
    if (abort !== mine) return;
    abort = undefined;
    mine.abort();
    show({ state: "lost", sinceMs: connection.state === "lost" ? connection.sinceMs : heardMs, reason, refused });
    timer(retryDelayMs(attempt++, deps.random), connect);
  }

  function heard(mine: AbortController): void {
    heardMs = deps.now();
    timer(SILENCE_MS, () => lose(mine, "the server has fallen silent"));
  }

  function take(event: SseEvent): void {
    if (event.id !== undefined) lastEventId = event.id;
    deps.onEvent(event);
  }

  async function becomeLive(mine: AbortController): Promise<void> {
    try {
      await deps.refetch();
    } catch (error) {
      lose(mine, error instanceof Error ? error.message : String(error));
      return;
    }
    if (abort !== mine) return;
    attempt = 0;
    show({ state: "live" });
  }

  async function read(mine: AbortController): Promise<void> {
    const headers = { accept: "text/event-stream", ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }) };
    const response = await deps.fetch("/api/v1/events", { headers, signal: mine.signal, cache: "no-store", credentials: "same-origin" });
    if (!response.ok || response.body === null) {
      lose(mine, `the server answered with status ${response.status}`, response.status === 401);
      return;
    }
    heard(mine);
    void becomeLive(mine);
    const parser = createSseParser(take);
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      if (abort !== mine) return;
      heard(mine);
      parser.push(decoder.decode(chunk.value, { stream: true }));
    }
    lose(mine, "the server closed the connection");
  }

  function connect(): void {
    const mine = new AbortController();
    abort = mine;
    timer(SILENCE_MS, () => lose(mine, "the server does not answer"));
    read(mine).catch((error: unknown) => lose(mine, error instanceof Error ? error.message : String(error)));
  }

  return {
    connection: () => connection,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: () => {
      if (abort === undefined) connect();
    },
    stop: () => {
      cancelTimer?.();
      const mine = abort;
      abort = undefined;
      mine?.abort();
    },
    retry: () => {
      if (connection.state === "lost" && abort === undefined) connect();
    },
  };
}
