/** Reports of detectors by HTTP. Each is checked by itself in central; the answer comes when all that were accepted are durable. */
import { Type } from "typebox";
import type { Central } from "../../central/central.ts";
import { RefusedError, errorText } from "../../lib/errors.ts";
import type { Log } from "../../lib/log.ts";
import { IngestResult } from "../../model/report.ts";
import type { App } from "../app.ts";
import type { Limits } from "../limits.ts";
import { CHECKED_LATER } from "../openapi.ts";
import { accepted } from "../schemas.ts";

export function reportRoutes(app: App, central: Central, limits: Limits, log: Log): void {
  const Batch = Type.Object(
    { reports: Type.Array(Type.Unknown({ [CHECKED_LATER]: "Report" }), { maxItems: limits.reportsPerBatch }) },
    { additionalProperties: false },
  );
  app.post(
    "/api/v1/reports",
    {
      bodyLimit: limits.bodyBytes,
      config: { rateLimit: { max: limits.batchesPerMinute } },
      schema: {
        summary: "Take a batch of reports; 202 only when they are durable",
        description: "Reports that are wrong are named in `rejected`; the rest is taken. On 503 nothing may be assumed stored: send again.",
        tags: ["reports"],
        body: Batch,
        response: accepted(IngestResult),
      },
    },
    async ({ body }, reply) => {
      try {
        return await reply.code(202).send(await central.ingest(body.reports));
      } catch (error) {
        if (error instanceof RefusedError) throw error;
        log.error({ reason: errorText(error) }, "a batch of reports could not be stored");
        throw new RefusedError("unavailable", "the reports could not be stored; send them again");
      }
    },
  );
}
