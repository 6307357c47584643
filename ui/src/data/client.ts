/**
 * The one way to the HTTP API: JSON in and out, problem+json turned into an error with words a person can act on.
 * A body is always sent with a change, since the server takes changes as JSON only.
 */
import { language, t } from "../words/language.ts";
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
  const words = problem.detail ?? problem.title ?? t("net.status", { status });
  return fields === "" ? words : `${words} (${fields})`;
}

/** Asks the server for the language of the page, which need not be the browser's. */
export function inPageLanguage(init: RequestInit): RequestInit {
  return { ...init, headers: { ...(init.headers as Record<string, string> | undefined), "accept-language": language } };
}

async function answerOf(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { ...inPageLanguage(init), credentials: "same-origin", cache: "no-store" });
  } catch (cause) {
    throw new ApiError(0, t(cause instanceof Error && cause.name === "AbortError" ? "net.givenUp" : "net.unreachable"));
  }
  if (!response.ok) throw new ApiError(response.status, problemText(response.status, await response.text()));
  return response;
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await answerOf(path, { headers: { accept: "application/json" }, ...(signal === undefined ? {} : { signal }) });
  return (await response.json()) as T;
}

/** What is no JSON. */
export async function getText(path: string, signal: AbortSignal): Promise<string> {
  return (await answerOf(path, { signal })).text();
}

async function sendJson<T>(method: "POST" | "PUT" | "DELETE", path: string, body: object): Promise<T | undefined> {
  const response = await answerOf(path, {
    method,
    headers: { accept: "application/json", "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return text === "" ? undefined : (JSON.parse(text) as T);
}

/** Answers what the server sent, or undefined for an empty answer. */
export const postJson = <T>(path: string, body: Record<string, unknown>): Promise<T | undefined> => sendJson("POST", path, body);
export const putJson = <T>(path: string, body: object): Promise<T | undefined> => sendJson("PUT", path, body);
export const deleteJson = <T>(path: string): Promise<T | undefined> => sendJson("DELETE", path, {});

/**
 * The words of a refused command (409). Only a command that names the version it was meant for can come too late; any other refusal
 * has a reason of its own.
 */
export function refusalWords(sent: number | undefined, now: number, reason: string): string {
  if (sent === undefined || sent === now) return t("net.notDone", { reason });
  return t("net.changed", { reason });
}

export function errorWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
