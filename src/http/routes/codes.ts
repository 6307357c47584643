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
import type { Limits } from "../limits.ts";
import { answers } from "../schemas.ts";

const Query = Type.Object({
  q: Type.Optional(Type.String({ maxLength: 200, description: "a code in any written form, or words" })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 200 })),
});
const CodeParams = Type.Object({ code: Type.String({ minLength: 1, maxLength: 128, description: "any written form of a code" }) });

export function codeRoutes(app: App, central: Central, limits: Limits): void {
  const tags = ["codes"];
  const config = { open: true };
  app.get(
    "/api/v1/codes",
    {
      config,
      schema: {
        summary: "Search codes, best first; all of them without q",
        tags,
        querystring: Query,
        response: answers(listOf(CodeSummary)),
      },
    },
    async ({ query }) => ({ items: [...central.codes(query.q ?? "", query.limit ?? 200)], next: null }),
  );
  app.get(
    "/api/v1/codes/:code",
    { config, schema: { summary: "One code explained", tags, params: CodeParams, response: answers(CodeInfo) } },
    async ({ params }) => central.code(parseCode(params.code)),
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
    app.get<{ Params: { code: string } }>(
      url,
      {
        config,
        schema: {
          summary: "A QR code that opens the help page",
          tags,
          hide: !url.startsWith("/api/"),
          params: CodeParams,
          response: { 200: { description: "the drawing", content: { "image/svg+xml": { schema: Type.String() } } } },
        },
      },
      async ({ params }, reply) => {
        const { code, url: page } = central.code(parseCode(params.code));
        return reply
          .type("image/svg+xml; charset=utf-8")
          .header("cache-control", "public, max-age=300")
          .send(qrSvg(page, `QR code: opens the help page of ${code}`));
      },
    );
}
