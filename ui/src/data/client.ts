/**
 * The one way to the HTTP API: JSON in and out, problem+json turned into an error with words a person can act on.
 * A body is always sent with a POST, since the server takes state changes as JSON only.
 */
import type { Problem } from "./contract.ts";

export class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
}

function isProblem(value: unknown): value is Partial<Problem> {
  return typeof value === "object" && value !== null;
}

/** The words of an answer that is no success. */
export function problemText(status: number, body: string): string {
  let problem: Partial<Problem> = {};
  try {
    const value: unknown = JSON.parse(body);
    if (isProblem(value)) problem = value;
  } catch {
    // a proxy in between answers with its own page: the status must do
    problem = {};
  }
  const fields = (problem.errors ?? []).map((error) => `${error.field}: ${error.message}`).join("; ");
  const words = problem.detail ?? problem.title ?? `the server answered with status ${status}`;
  return fields === "" ? words : `${words} (${fields})`;
}

async function answerOf(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, credentials: "same-origin", cache: "no-store" });
  } catch (cause) {
    throw new ApiError(0, `OpenHMS cannot be reached${cause instanceof Error && cause.name === "AbortError" ? " (given up)" : ""}`);
  }
  if (!response.ok) throw new ApiError(response.status, problemText(response.status, await response.text()));
  return response;
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await answerOf(path, { headers: { accept: "application/json" }, ...(signal === undefined ? {} : { signal }) });
  return (await response.json()) as T;
}

/** Answers what the server sent, or undefined for an empty answer. */
export async function postJson<T>(path: string, body: Record<string, unknown>): Promise<T | undefined> {
  const response = await answerOf(path, {
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return text === "" ? undefined : (JSON.parse(text) as T);
}

/**
 * The words of a refused command (409). Only a command that names the version it was meant for can come too late; any other refusal
 * has a reason of its own.
 */
export function refusalWords(sent: number | undefined, now: number, reason: string): string {
  if (sent === undefined || sent === now) return `Not done: ${reason}.`;
  return `Not done, because the alert has changed meanwhile; it now shows as it is. (${reason})`;
}

export function errorWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
