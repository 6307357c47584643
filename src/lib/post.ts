/**
 * One HTTP POST of JSON, with its outcome as a value: whether it arrived, and where not, whether another attempt is worth it. Never
 * throws for what the other side does; the outcome names no address and no header, because those hold secrets.
 */
import { errorText } from "./errors.ts";

export type PostOutcome =
  | { readonly kind: "sent" }
  | { readonly kind: "failed"; readonly retry: boolean; readonly detail: string; readonly retryAfterMs?: number };

export interface Post {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly signal: AbortSignal;
}

/** A server that asks for more patience gets this much. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;
const MAX_ANSWER_BYTES = 65_536;

export async function postJson(fetch: typeof globalThis.fetch, { url, headers, body, signal }: Post): Promise<PostOutcome> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
      // followed, a POST would turn into a GET that says 200 and delivers nothing
      redirect: "manual",
      signal,
    });
    await drain(response);
    return outcomeOf(response);
  } catch (error) {
    return { kind: "failed", retry: true, detail: signal.aborted ? errorText(signal.reason) : networkReason(error) };
  }
}

/** Reads the answer to its end, so that the connection can be used again; gives up on one without end. */
async function drain(response: Response): Promise<void> {
  let read = 0;
  for await (const chunk of response.body ?? []) {
    read += (chunk as Uint8Array).byteLength;
    if (read > MAX_ANSWER_BYTES) return;
  }
}

function outcomeOf(response: Response): PostOutcome {
  const { status } = response;
  if (response.ok) return { kind: "sent" };
  const detail = `the other side answered ${status}`;
  if (status >= 300 && status < 400)
    return { kind: "failed", retry: false, detail: `${detail}: it sends elsewhere; set the address it moved to` };
  const isBusy = status === 408 || status === 425 || status === 429 || status >= 500;
  const retryAfterMs = isBusy ? retryAfter(response.headers) : undefined;
  return { kind: "failed", retry: isBusy, detail, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** Seconds, or a date, which is read against the server's own clock. */
function retryAfter(headers: Headers): number | undefined {
  const text = headers.get("retry-after");
  if (text === null) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.parse(headers.get("date") ?? "");
  return Number.isNaN(ms) ? undefined : Math.min(LONGEST_RETRY_AFTER_MS, Math.max(0, ms));
}

/** The code of the innermost cause ("ECONNREFUSED"); its message would name the address. */
function networkReason(error: unknown): string {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if ("code" in cause && typeof cause.code === "string") return `no connection: ${cause.code}`;
  }
  return "no connection";
}
