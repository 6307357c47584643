/**
 * What this site itself knows of codes: where they were seen, what people here wrote of them, and what the project may have of it. None
 * of it is open: it names printers.
 */
import type { FastifyReply } from "fastify";
import { Type } from "typebox";
import type { Central } from "../../central/central.ts";
import { CodeInfo } from "../../model/api.ts";
import { parseCode } from "../../model/code.ts";
import { CodeSightings, SiteEntryBody } from "../../model/site-entry.ts";
import type { App } from "../app.ts";
import type { Limits } from "../limits.ts";
import { answers, CodeParams } from "../schemas.ts";

const YAML = "application/yaml; charset=utf-8";
const yamlAnswer = answers(Type.String({ description: "YAML in the catalogue's format" }));

export function siteEntryRoutes(app: App, central: Central, limits: Limits): void {
  const tags = ["codes"];
  const config = { rateLimit: { max: limits.commandsPerMinute } };
  const sendYaml = (reply: FastifyReply, name: string, text: string): FastifyReply =>
    reply.type(YAML).header("content-disposition", `attachment; filename="openhms-${name}.yaml"`).send(text);

  app.get(
    "/api/v1/codes/:code/sightings",
    {
      schema: {
        summary: "Where a code was seen here, and who described it",
        tags,
        params: CodeParams,
        response: answers(CodeSightings),
      },
    },
    async ({ params }) => central.sightings(parseCode(params.code)),
  );
  app.put(
    "/api/v1/codes/:code/entry",
    {
      config,
      schema: {
        summary: "Describe a code: instead of a stand-in, or as a note beside what the catalogue says",
        tags,
        params: CodeParams,
        body: SiteEntryBody,
        response: answers(CodeInfo),
      },
    },
    ({ params, body, principal }) => central.describe(parseCode(params.code), body, { name: principal?.name ?? "unknown" }),
  );
  app.delete(
    "/api/v1/codes/:code/entry",
    {
      config,
      schema: { summary: "Take this site's description of a code back", tags, params: CodeParams, response: answers(CodeInfo) },
    },
    ({ params, principal }) => central.describe(parseCode(params.code), null, { name: principal?.name ?? "unknown" }),
  );
  app.get(
    "/api/v1/codes/:code/contribution",
    {
      config,
      schema: {
        summary: "One code for the project: description and counts, without anything that belongs to this site alone",
        tags,
        params: CodeParams,
        response: yamlAnswer,
      },
    },
    async ({ params }, reply) => {
      const code = parseCode(params.code);
      return sendYaml(reply, code, await central.contribution(code));
    },
  );
  app.get(
    "/api/v1/contribution",
    {
      config,
      schema: { summary: "The same for every code that was described or seen here without a description", tags, response: yamlAnswer },
    },
    async (_request, reply) => sendYaml(reply, "codes", await central.contribution()),
  );
}
