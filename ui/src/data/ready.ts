/**
 * Asks the server every 15 s whether it can take what happens, and keeps its words when it cannot. Only the server's own refusal
 * counts: a proxy's page or no answer at all says nothing about the storage, and the live connection tells of those.
 */
import { problemText } from "./client.ts";

export interface ReadyDeps {
  readonly fetch: (path: string, init: RequestInit) => Promise<Response>;
  readonly setTimer: (delayMs: number, run: () => void) => () => void;
}

export interface Ready {
  /** In the server's words; undefined when all is well, or when nothing is known. */
  trouble(): string | undefined;
  subscribe(listener: () => void): () => void;
  start(): void;
  stop(): void;
}

/** As often as the heartbeat of the live stream. */
export const ASK_EVERY_MS = 15_000;
const GIVE_UP_MS = 10_000;

type Answer = { readonly kind: "well" } | { readonly kind: "trouble"; readonly words: string } | { readonly kind: "unknown" };

async function read(response: Response): Promise<Answer> {
  if (response.ok) return { kind: "well" };
  const isOwn = response.headers.get("content-type")?.startsWith("application/problem+json") === true;
  if (response.status !== 503 || !isOwn) return { kind: "unknown" };
  return { kind: "trouble", words: problemText(response.status, await response.text()) };
}

export function createReady({ fetch, setTimer }: ReadyDeps): Ready {
  const listeners = new Set<() => void>();
  let trouble: string | undefined;
  let cancel: (() => void) | undefined;
  let current: AbortController | undefined;

  function show(next: string | undefined): void {
    if (next === trouble) return;
    trouble = next;
    for (const listener of listeners) listener();
  }

  async function ask(): Promise<void> {
    const mine = new AbortController();
    current = mine;
    cancel = setTimer(GIVE_UP_MS, () => mine.abort());
    const init = { signal: mine.signal, cache: "no-store", headers: { accept: "application/json" } } as const;
    // no answer is an answer here: nothing is known, and what was shown stays
    const answer = await fetch("/readyz", init).then(read, (): Answer => ({ kind: "unknown" }));
    if (current !== mine) return;
    if (answer.kind !== "unknown") show(answer.kind === "trouble" ? answer.words : undefined);
    cancel();
    cancel = setTimer(ASK_EVERY_MS, () => void ask());
  }

  return {
    trouble: () => trouble,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    start: () => {
      if (current === undefined) void ask();
    },
    stop: () => {
      cancel?.();
      current?.abort();
      current = undefined;
    },
  };
}
