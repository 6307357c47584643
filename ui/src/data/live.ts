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

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function createShown() {
  const listeners = new Set<() => void>();
  let connection: Connection = { state: "connecting" };
  return {
    connection: () => connection,
    show: (next: Connection): void => {
      connection = next;
      for (const listener of listeners) listener();
    },
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}

/** One timer at a time: setting it anew cancels the one before. */
function createTimer(setTimer: LiveDeps["setTimer"]) {
  let cancel: (() => void) | undefined;
  return {
    set: (delayMs: number, run: () => void): void => {
      cancel?.();
      cancel = setTimer(delayMs, run);
    },
    clear: (): void => cancel?.(),
  };
}

function requestOf(lastEventId: string | undefined, signal: AbortSignal): RequestInit {
  const headers = { accept: "text/event-stream", ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }) };
  return { headers, signal, cache: "no-store", credentials: "same-origin" };
}

/** Gives the text of a body as it comes; ends with the body, or when `onText` says stop. */
async function pump(body: ReadableStream<Uint8Array>, onText: (text: string) => "go" | "stop"): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    if (onText(decoder.decode(chunk.value, { stream: true })) === "stop") return;
  }
}

export function createLive(deps: LiveDeps): Live {
  const { connection, show, subscribe } = createShown();
  let heardMs = deps.now();
  let lastEventId: string | undefined;
  let attempt = 0;
  let abort: AbortController | undefined;
  // the watch for silence while a stream is open, the next try while there is none
  const timer = createTimer(deps.setTimer);

  function lose(mine: AbortController, reason: string, refused = false): void {
    if (abort !== mine) return;
    abort = undefined;
    mine.abort();
    const before = connection();
    if (before.state === "live") attempt = 0;
    show({ state: "lost", sinceMs: before.state === "lost" ? before.sinceMs : heardMs, reason, refused });
    timer.set(retryDelayMs(attempt++, deps.random), connect);
  }

  function heard(mine: AbortController): void {
    heardMs = deps.now();
    timer.set(SILENCE_MS, () => lose(mine, "the server has fallen silent"));
  }

  function take(event: SseEvent): void {
    if (event.id !== undefined) lastEventId = event.id;
    deps.onEvent(event);
  }

  async function becomeLive(mine: AbortController): Promise<void> {
    try {
      await deps.refetch();
    } catch (error) {
      lose(mine, wordsOf(error));
      return;
    }
    if (abort === mine) show({ state: "live" });
  }

  async function read(mine: AbortController): Promise<void> {
    const response = await deps.fetch("/api/v1/events", requestOf(lastEventId, mine.signal));
    if (!response.ok || response.body === null) {
      lose(mine, `the server answered with status ${response.status}`, response.status === 401);
      return;
    }
    heard(mine);
    void becomeLive(mine);
    const parser = createSseParser(take);
    await pump(response.body, (text) => {
      if (abort !== mine) return "stop";
      heard(mine);
      parser.push(text);
      return "go";
    });
    lose(mine, "the server closed the connection");
  }

  function connect(): void {
    const mine = new AbortController();
    abort = mine;
    timer.set(SILENCE_MS, () => lose(mine, "the server does not answer"));
    read(mine).catch((error: unknown) => lose(mine, wordsOf(error)));
  }

  return {
    connection,
    subscribe,
    start: () => {
      if (abort === undefined) connect();
    },
    stop: () => {
      timer.clear();
      abort?.abort();
      abort = undefined;
    },
    retry: () => {
      if (connection().state === "lost" && abort === undefined) connect();
    },
  };
}
