/** Every answer that is no success: RFC 9457 problem+json, naming the fields that are wrong and never an inner detail. */
import { STATUS_CODES } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import { CodeError, RefusedError, type RefusalReason, errorText } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";
import type { Problem } from "../model/api.ts";
import type { App } from "./app.ts";

export interface FieldError {
  readonly field: string;
  readonly message: string;
}

const STATUS_OF: Readonly<Record<RefusalReason, number>> = {
  "not-found": 404,
  conflict: 409,
  invalid: 400,
  forbidden: 403,
  unavailable: 503,
};

/** A request that does not fit the schema of its route. */
export function invalidRequest(fields: readonly FieldError[]): Error {
  return Object.assign(new Error(fields.map(({ field, message }) => `${field} ${message}`).join("; ")), { statusCode: 400, fields });
}

export function sendProblem(reply: FastifyReply, status: number, detail: string, fields: readonly FieldError[] = []): FastifyReply {
  const problem: Problem = {
    type: "about:blank",
    title: STATUS_CODES[status] ?? "Error",
    status,
    detail,
    instance: reply.request.url.split("?", 1)[0] ?? "/",
    ...(fields.length === 0 ? {} : { errors: fields.map((field) => ({ ...field })) }),
  };
  return reply.code(status).type("application/problem+json; charset=utf-8").send(JSON.stringify(problem));
}

/** The seconds after which another try makes sense. */
export function retryAfter(reply: FastifyReply, waitMs: number): FastifyReply {
  return reply.header("retry-after", String(Math.max(1, Math.ceil(waitMs / 1_000))));
}

export function answerWithProblems(app: App, log: Log): void {
  const routes: { method: string; pattern: RegExp }[] = [];
  app.addHook("onRoute", ({ method, url }) => {
    if (!url.startsWith("/api/")) return;
    const pattern = new RegExp(`^${url.replace(/[.\\+*?^$()[\]{}|]/g, "\\$&").replace(/:[a-z]+/gi, "[^/]+")}$`);
    for (const name of [method].flat()) routes.push({ method: name, pattern });
  });
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, log));
  app.setNotFoundHandler((request, reply) => answerNotFound(request, reply, routes));
}

export function answerNotFound(
  request: FastifyRequest,
  reply: FastifyReply,
  routes: readonly { method: string; pattern: RegExp }[],
): FastifyReply {
  const path = request.url.split("?", 1)[0] ?? "/";
  const methods = [...new Set(routes.filter((route) => route.pattern.test(path)).map((route) => route.method))];
  if (methods.length === 0 || methods.includes(request.method)) return sendProblem(reply, 404, `there is nothing at ${path}`);
  return sendProblem(reply.header("allow", methods.join(", ")), 405, `${path} takes ${methods.join(", ")}, not ${request.method}`);
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Log): FastifyReply {
  if (error instanceof RefusedError) {
    if (error.reason === "unavailable") retryAfter(reply, 1_000);
    return sendProblem(reply, STATUS_OF[error.reason], error.message, error.fields);
  }
  if (error instanceof CodeError) return sendProblem(reply, 400, error.message, [{ field: "code", message: error.message }]);
  const { statusCode, fields } = (typeof error === "object" && error !== null ? error : {}) as { statusCode?: unknown; fields?: unknown };
  if (typeof statusCode === "number" && statusCode >= 400 && statusCode < 500)
    return sendProblem(reply, statusCode, errorText(error), Array.isArray(fields) ? (fields as FieldError[]) : []);
  log.error(
    {
      method: request.method,
      route: request.routeOptions.url,
      reason: errorText(error),
      stack: error instanceof Error ? error.stack : undefined,
    },
    "a request failed",
  );
  return sendProblem(reply, 500, "the server failed; its log says why");
}
