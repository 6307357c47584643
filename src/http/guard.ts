/**
 * The door: every request passes here before its route. Keeps out pages of other sites (DNS rebinding, cross-site forgery) and those
 * who show no token where one is asked. Routes that are open, or open for this request, ask for none.
 */
import type { FastifyReply, FastifyRequest } from "fastify";
import { type Access, LOCAL, isLoopbackHost } from "./access.ts";
import type { App } from "./app.ts";
import { isOpenFile, isPage } from "./paths.ts";
import { retryAfter, sendProblem } from "./problem.ts";

export const SESSION_COOKIE = "openhms_session";

export interface GuardOptions {
  readonly access: Access;
  /** Where it listens. */
  readonly host: string;
  readonly publicUrl: string;
}

export function guard(app: App, options: GuardOptions): void {
  const publicUrl = URL.canParse(options.publicUrl) ? new URL(options.publicUrl) : undefined;
  const ownHosts = new Set([options.host.toLowerCase(), publicUrl?.hostname.toLowerCase()]);
  app.decorateRequest("principal", undefined);

  /** Who reaches a loopback listener by a loopback name is on this machine; a proxy on it brings strangers, and says so or keeps their name. */
  function isLocal(request: FastifyRequest): boolean {
    return isLoopbackHost(options.host) && !isForwarded(request) && isLoopbackHost(ownUrl(request.headers.host, "http:")?.hostname ?? "");
  }

  /** A page that makes its name point to 127.0.0.1 sends its own name as Host. */
  function isOwnHost(request: FastifyRequest): boolean {
    if (!isLoopbackHost(options.host)) return true;
    const name = ownUrl(request.headers.host, "http:")?.hostname ?? "";
    return isLoopbackHost(name) || ownHosts.has(name);
  }

  function isSameOrigin(request: FastifyRequest): boolean {
    const site = request.headers["sec-fetch-site"];
    if (site !== undefined && site !== "same-origin" && site !== "none") return false;
    const { origin, host } = request.headers;
    if (origin === undefined) return true;
    if (!URL.canParse(origin)) return false;
    const from = new URL(origin);
    return from.host === ownUrl(host, from.protocol)?.host || from.origin === publicUrl?.origin;
  }

  app.addHook("onRequest", async (request, reply) => {
    if (!isOwnHost(request)) {
      const host = JSON.stringify(request.headers.host ?? "");
      return sendProblem(reply, 403, `this server does not go by the name ${host}; if it should, set http.publicUrl in openhms.yaml`);
    }
    const changes = !["GET", "HEAD", "OPTIONS"].includes(request.method);
    const isLive = request.routeOptions.url === "/api/v1/events";
    if ((changes || isLive) && !isSameOrigin(request)) return sendProblem(reply, 403, "requests from pages of other sites are refused");
    if (changes && !isJson(request)) return sendProblem(reply, 415, "send JSON, with the header Content-Type: application/json");
    return admit(request, reply, options.access, isLocal(request));
  });
}

const isForwarded = ({ headers }: FastifyRequest): boolean => FORWARDED.some((name) => headers[name] !== undefined);
/** What proxies add; a page of another site cannot send these without asking first. */
const FORWARDED = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];

function admit(request: FastifyRequest, reply: FastifyReply, access: Access, isLocal: boolean): FastifyReply | undefined {
  const path = request.url.split("?", 1)[0] ?? "/";
  const isPages = request.routeOptions.url === "/*";
  const { open = false } = request.routeOptions.config;
  if ((typeof open === "function" ? open(request) : open) || (isPages && isOpenFile(path))) return undefined;
  // the token may be there for the MQTT broker or the proxy alone
  if (isLocal) {
    request.principal = LOCAL;
    return undefined;
  }
  if (!access.required)
    return sendProblem(reply, 403, "this server listens for its own machine only; to reach it through a proxy, set http.publicUrl");
  const verdict = access.authorize({
    authorization: request.headers.authorization,
    session: request.cookies[SESSION_COOKIE],
    address: request.ip,
  });
  switch (verdict.kind) {
    case "granted":
      request.principal = verdict.principal;
      return undefined;
    case "slowed":
      return sendProblem(retryAfter(reply, verdict.waitMs), 429, "too many wrong tokens from this address; wait, then try again");
    case "asked":
      if (isPages && isPage(path)) return reply.redirect(`/login?next=${encodeURIComponent(request.url)}`);
      return sendProblem(
        reply.header("www-authenticate", "Bearer"),
        401,
        "this needs the access token, as a bearer token or by logging in at /login",
      );
    case "wrong":
      return sendProblem(reply.header("www-authenticate", 'Bearer error="invalid_token"'), 401, "the access token is wrong");
  }
}

/** A Host header as a URL writes it: lower case, without the protocol's own port; undefined when it is none. */
function ownUrl(host: string | undefined, protocol: string): URL | undefined {
  const url = `${protocol}//${host ?? ""}`;
  return URL.canParse(url) ? new URL(url) : undefined;
}

/** A browser sends no JSON to another site without asking first; nothing at all it sends only with an Origin, which was checked. */
function isJson(request: FastifyRequest): boolean {
  const type = request.headers["content-type"];
  const isEmpty = request.headers["transfer-encoding"] === undefined && (request.headers["content-length"] ?? "0") === "0";
  return type === undefined ? isEmpty : /^application\/json\s*(;|$)/i.test(type);
}
