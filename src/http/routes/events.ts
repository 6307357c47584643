/** The live stream's route. */
import { Type } from "typebox";
import type { Central } from "../../central/central.ts";
import { RefusedError } from "../../lib/errors.ts";
import type { App } from "../app.ts";
import type { Events } from "../events.ts";
import { Lang, languageOf } from "../language.ts";
import type { Limits } from "../limits.ts";

const Query = Type.Object({
  lastEventId: Type.Optional(Type.String({ maxLength: 32, description: "as the header Last-Event-ID" })),
  lang: Lang,
});

export function eventRoutes(app: App, central: Central, events: Events, limits: Limits): void {
  app.get(
    "/api/v1/events",
    {
      exposeHeadRoute: false,
      schema: {
        summary: "Live changes as server-sent events",
        description: "`event: alert` carries an Alert, `event: printer` a Printer. Resumable by Last-Event-ID: nothing is missed.",
        tags: ["events"],
        querystring: Query,
        response: { 200: { description: "the stream", content: { "text/event-stream": { schema: Type.String() } } } },
      },
    },
    async (request, reply) => {
      if (events.clients() >= limits.liveConnections) throw new RefusedError("unavailable", "too many live connections");
      const header = request.headers["last-event-id"];
      const lastEventId = typeof header === "string" ? header : request.query.lastEventId;
      events.open(request, reply, { lastEventId, language: languageOf(central, request) });
    },
  );
}
