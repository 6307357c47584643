/** The HTTP client of the commands: they reach the running central like everybody else, and say what to do when they cannot. */
import { RefusedError, StartError, errorText } from "../lib/errors.ts";
import type { Problem } from "../model/api.ts";

export interface ClientOptions {
  /** `http://127.0.0.1:4670` by default. */
  readonly url: string;
  readonly token: string | undefined;
}

export interface Client {
  get<T>(path: string, query?: Readonly<Record<string, string | number | undefined>>): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
  /** What is no JSON. */
  text(path: string): Promise<string>;
}

export function createClient(options: ClientOptions, fetcher: typeof fetch): Client {
  // a token read from a file brings its line end along
  const token = options.token?.trim();
  if (token !== undefined && !/^[\x21-\x7e]*$/.test(token))
    throw new StartError("the access token holds signs that no token has; copy it anew into --token or OPENHMS_TOKEN");
  async function answer(method: string, path: string, body?: unknown): Promise<Response> {
    let response: Response;
    try {
      response = await fetcher(new URL(path, options.url), {
        method,
        headers: {
          accept: "application/json",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      const cause = error instanceof Error && error.cause !== undefined ? errorText(error.cause) : errorText(error);
      throw new StartError(
        `no central at ${options.url} (${cause}); start one with "openhms run" or "openhms demo", or name it with --url`,
      );
    }
    if (response.ok) return response;
    throw await refusal(response);
  }
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> =>
    (await (await answer(method, path, body)).json()) as T;
  return {
    get: (path, query = {}) => {
      const search = new URLSearchParams();
      for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, String(value));
      return call("GET", search.size === 0 ? path : `${path}?${search.toString()}`);
    },
    post: (path, body) => call("POST", path, body),
    text: async (path) => (await answer("GET", path)).text(),
  };
}

async function refusal(response: Response): Promise<Error> {
  if (response.status === 401)
    return new RefusedError("forbidden", "central asks for its access token; give it with --token or OPENHMS_TOKEN");
  const text = await response.text();
  try {
    const problem = JSON.parse(text) as Problem;
    // the detail of a bad request names the fields already
    const unsaid = (problem.errors ?? []).filter((field) => problem.detail?.includes(field.message) !== true);
    const fields = unsaid.map((field) => `${field.field}: ${field.message}`).join("; ");
    return new RefusedError("conflict", [problem.detail ?? problem.title, fields].filter((part) => part !== "").join(" — "));
  } catch (error) {
    return new RefusedError("unavailable", `central answered ${response.status}, but not as expected (${errorText(error)})`);
  }
}
