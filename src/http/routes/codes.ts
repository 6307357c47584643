/**
 * Codes explained, in any written form, and their QR codes. Reading is open to all: a phone that scans a printer's display has no
 * token. Saying what a code is worth to this site is not.
 */
import { Type } from "typebox";
import type { Central } from "../../central/central.ts";
import { qrSvg } from "../../lib/qr.ts";
import { CodeInfo, CodeSummary, listOf, PriorityBody } from "../../model/api.ts";
import { parseCode } from "../../model/code.ts";
import type { App } from "../app.ts";
import { Lang, answerLanguage, askedLanguages } from "../language.ts";
import type { Limits } from "../limits.ts";
import { answers, CodeParams } from "../schemas.ts";

const Query = Type.Object({
  q: Type.Optional(Type.String({ maxLength: 200, description: "a code in any written form, or words" })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 200 })),
  lane: Type.Optional(
    Type.Enum(["undocumented"], {
      description: "codes seen here that nobody has described, newest first, instead of a search; not open as the rest is",
    }),
  ),
  lang: Lang,
});

const CodeQuery = Type.Object({
  lang: Lang,
  model: Type.Optional(Type.String({ maxLength: 40, description: "the printer's, so that the maker's own text for it comes first" })),
});

const QrQuery = Type.Object({
  alert: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: "id of an alert, which the page then shows as well" })),
});

export function codeRoutes(app: App, central: Central, limits: Limits): void {
  const tags = ["codes"];
  const config = { open: true };
  app.get(
    "/api/v1/codes",
    {
      // what was seen here is nobody else's business
      config: { open: ({ query }) => !Object.hasOwn(Object(query), "lane") },
      schema: {
        summary: "Search codes, best first; all of them without q",
        tags,
        querystring: Query,
        response: answers(listOf(CodeSummary)),
      },
    },
    async (request, reply) => {
      const { q = "", limit = 200, lane } = request.query;
      if (lane !== undefined) return { items: [...central.undescribed(limit)], next: null };
      // who opens the list is about to search: the index is made now, not while they wait for the first answer
      if (q === "") setImmediate(() => void central.codes("ready", 1));
      return { items: [...central.codes(q, limit, answerLanguage(central, request, reply))], next: null };
    },
  );
  app.get(
    "/api/v1/codes/:code",
    {
      config,
      schema: { summary: "One code explained", tags, params: CodeParams, querystring: CodeQuery, response: answers(CodeInfo) },
    },
    async (request, reply) => {
      const { model } = request.query;
      const reader = { languages: askedLanguages(request), ...(model === undefined ? {} : { model }) };
      const info = central.code(parseCode(request.params.code), answerLanguage(central, request, reply), reader);
      reply.header("content-language", info.language);
      return info;
    },
  );
  app.post(
    "/api/v1/codes/:code/priority",
    {
      schema: {
        summary: "Give a code this site's own priority, at once and for good; null goes back to the catalogue's",
        tags,
        params: CodeParams,
        body: PriorityBody,
        response: answers(CodeInfo),
      },
      config: { rateLimit: { max: limits.commandsPerMinute } },
    },
    ({ params, body, principal }) => central.setPriority(parseCode(params.code), body.priority, { name: principal?.name ?? "unknown" }),
  );
  for (const url of ["/api/v1/codes/:code/qr.svg", "/codes/:code/qr.svg"])
    app.get(
      url,
      {
        config,
        schema: {
          summary: "A QR code that opens the help page",
          tags,
          hide: !url.startsWith("/api/"),
          params: CodeParams,
          querystring: QrQuery,
          response: { 200: { description: "the drawing", content: { "image/svg+xml": { schema: Type.String() } } } },
        },
      },
      async ({ params, query }, reply) => {
        const { code, url } = central.code(parseCode(params.code));
        const page = query.alert === undefined ? url : `${url}?alert=${encodeURIComponent(query.alert)}`;
        return reply
          .type("image/svg+xml; charset=utf-8")
          .header("cache-control", "public, max-age=300")
          .send(qrSvg(page, `QR code: opens the help page of ${code}`));
      },
    );
}
