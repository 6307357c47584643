/** Printers: what they are doing, whether they may start or resume, their latest minutes; in the demo also how to break them. */
import { Type } from "typebox";
import type { Central } from "../../central/central.ts";
import { RefusedError } from "../../lib/errors.ts";
import { FaultBody, Printer, Telemetry, listOf } from "../../model/api.ts";
import type { App } from "../app.ts";
import { LangQuery, answerLanguage } from "../language.ts";
import { IdParams, answers } from "../schemas.ts";

export function printerRoutes(app: App, central: Central, setFault: ((printer: string, fault: string) => Promise<void>) | undefined): void {
  const tags = ["printers"];
  app.get(
    "/api/v1/printers",
    { schema: { summary: "All printers", tags, querystring: LangQuery, response: answers(listOf(Printer)) } },
    async (request, reply) => {
      const { printer } = central.inLanguage(answerLanguage(central, request, reply));
      return { items: central.printers().map(printer), next: null };
    },
  );
  app.get(
    "/api/v1/printers/:id",
    { schema: { summary: "One printer", tags, params: IdParams, querystring: LangQuery, response: answers(Printer) } },
    async (request, reply) => {
      const { printer } = central.inLanguage(answerLanguage(central, request, reply));
      return printer(central.printer(request.params.id));
    },
  );
  app.get(
    "/api/v1/printers/:id/telemetry",
    { schema: { summary: "The latest minutes of every signal", tags, params: IdParams, response: answers(Telemetry) } },
    async ({ params }) => central.telemetry(params.id),
  );
  app.post(
    "/api/v1/printers/:id/fault",
    {
      schema: {
        summary: "Demo only: set a fault on a virtual printer",
        description: "The names stand in the printer's `faults`. Answers 404 outside the demo.",
        tags,
        params: IdParams,
        body: FaultBody,
        response: answers(Type.Object({})),
      },
    },
    async ({ params, body }) => {
      if (setFault === undefined) throw new RefusedError("not-found", "faults can be set on the demo's virtual printers only");
      await setFault(params.id, body.fault);
      return {};
    },
  );
}
