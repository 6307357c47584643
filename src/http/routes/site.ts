/** What the pages must know of this server, and what those who watch over it ask: does it live, is it ready. */
import { Type } from "typebox";
import type { Central } from "../../central/central.ts";
import { SiteInfo } from "../../model/api.ts";
import type { App } from "../app.ts";
import { retryAfter, sendProblem } from "../problem.ts";
import { answers } from "../schemas.ts";

const Health = Type.Object({ status: Type.String() });

export function siteRoutes(app: App, central: Central, site: SiteInfo): void {
  const config = { open: true };
  app.get(
    "/api/v1/site",
    { config, schema: { summary: "About this server", tags: ["site"], response: answers(SiteInfo) } },
    async () => site,
  );
  app.get("/healthz", { config, schema: { summary: "The process answers", tags: ["site"], response: answers(Health) } }, async () => ({
    status: "ok",
  }));
  app.get(
    "/readyz",
    { config, schema: { summary: "Central takes reports", tags: ["site"], response: answers(Health) } },
    async (_request, reply) => {
      const reason = central.unready();
      return reason === undefined ? { status: "ready" } : sendProblem(retryAfter(reply, 5_000), 503, reason);
    },
  );
}
