/** The web app's files: hashed ones for ever, the rest checked each time; page paths all answer the one page. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyReply } from "fastify";
import type { App } from "./app.ts";
import { isHashed, isPage } from "./paths.ts";

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>OpenHMS</title><body style="font:16px sans-serif;max-width:40em;margin:3em auto">
<h1>The web app is not built yet</h1><p>Run <code>npm run build</code>, then start OpenHMS again. The <a href="/api/openapi.json">API</a> works already.</p></body></html>`;

export async function servePages(app: App, uiDir: string | undefined): Promise<void> {
  const root = uiDir !== undefined && existsSync(join(uiDir, "index.html")) ? uiDir : undefined;
  if (root !== undefined) await app.register(fastifyStatic, { root, serve: false, preCompressed: true, cacheControl: false, index: false });

  function page(reply: FastifyReply, status = 200): FastifyReply {
    if (root === undefined) return reply.code(503).type("text/html; charset=utf-8").send(NOT_BUILT);
    return reply.code(status).header("cache-control", "no-cache").sendFile("index.html");
  }

  app.get("/*", { schema: { hide: true } }, (request, reply) => {
    const path = request.url.split("?", 1)[0] ?? "/";
    if (isPage(path)) return page(reply);
    if (root === undefined || path.startsWith("/api/")) return reply.callNotFound();
    const wantsPage = request.headers.accept?.includes("text/html") === true && !/\.[a-z0-9]+$/i.test(path);
    if (wantsPage) return page(reply, 404);
    return reply.header("cache-control", isHashed(path) ? "public, max-age=31536000, immutable" : "no-cache").sendFile(path.slice(1));
  });
}
