/** The OpenAPI 3.1 document, made from the schemas that validate. Schemas with an `$id` become named components. */
import swagger from "@fastify/swagger";
import { VERSION } from "../lib/version.ts";
import { ReportMessage } from "../model/report.ts";
import type { App } from "./app.ts";

export async function describeApi(app: App): Promise<void> {
  const named = nameSchemas();
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "OpenHMS",
        version: VERSION,
        description: "Health of 3D printers: alerts, printers, codes and reports. Errors are problem+json (RFC 9457).",
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      components: {
        securitySchemes: {
          bearer: { type: "http", scheme: "bearer", description: "Asked for when central listens on other addresses than loopback." },
          session: { type: "apiKey", in: "cookie", name: "openhms_session", description: "Given by POST /api/v1/login." },
        },
      },
      security: [{}, { bearer: [] }, { session: [] }],
    },
    transform: ({ schema, url }) => {
      const { body, response, ...rest } = schema ?? {};
      return {
        schema: {
          ...rest,
          ...(body === undefined ? {} : { body: named.refer(body) }),
          ...(response === undefined ? {} : { response: named.refer(response) }),
        },
        url,
      };
    },
    transformObject: (document) => ("openapiObject" in document ? named.complete(document.openapiObject) : document.swaggerObject),
  });
  app.get("/api/openapi.json", { schema: { hide: true } }, (_request, reply) =>
    reply.type("application/json").send(JSON.stringify(app.swagger())),
  );
}

/** Names the schema of what central checks item by item, and so may not be checked as a whole. */
export const CHECKED_LATER = "x-openhms-schema";

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

interface NamedSchemas {
  /** The schema with everything that has a name replaced by its name. */
  refer(schema: unknown): Json;
  /** The document with names turned into references, and the named schemas under components. */
  complete<T extends object>(document: T): T;
}

/** The plug-in inlines or numbers schemas with an `$id`; here they keep their names. */
function nameSchemas(): NamedSchemas {
  const schemas: Record<string, Json> = {};

  function refer(value: Json): Json {
    if (Array.isArray(value)) return value.map(refer);
    if (typeof value !== "object" || value === null) return value;
    const { $id, ...rest } = value;
    const referred = Object.fromEntries(Object.entries(rest).map(([key, item]) => [key, refer(item)]));
    if (typeof $id !== "string") return referred;
    schemas[$id] ??= referred;
    return { [CHECKED_LATER]: $id };
  }

  // TypeBox keeps its own marks beside what JSON shows
  const plain = (schema: unknown): Json => JSON.parse(JSON.stringify(schema)) as Json;

  function point(value: Json): Json {
    if (Array.isArray(value)) return value.map(point);
    if (typeof value !== "object" || value === null) return value;
    const name = value[CHECKED_LATER];
    if (typeof name === "string") return { $ref: `#/components/schemas/${name}` };
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, point(item)]));
  }

  refer(plain(ReportMessage));
  return {
    refer: (schema) => refer(plain(schema)),
    complete: (document) => {
      const pointed = point(plain(document)) as { [key: string]: Json };
      const components = { ...(pointed["components"] as object), schemas: point(schemas) };
      return { ...document, ...pointed, components };
    },
  };
}
