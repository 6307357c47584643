/** Alerts: lists, one with its history, and what a person may do with it. */
import { type Static, type TSchema, Type } from "typebox";
import type { Central, Command } from "../../central/central.ts";
import { ALERT_STATE_FILTERS, AckBody, Alert, AlertDetail, CommentBody, ResetBody, ShelveBody, listOf } from "../../model/api.ts";
import { LabelBody } from "../../model/label.ts";
import type { App } from "../app.ts";
import { Lang, LangQuery, answerLanguage } from "../language.ts";
import type { Limits } from "../limits.ts";
import { Cursor, DEFAULT_LIMIT, IdParams, Limit, PrinterFilter, answers, given } from "../schemas.ts";

const Query = Type.Object({
  state: Type.Optional(Type.Enum([...ALERT_STATE_FILTERS])),
  printer: PrinterFilter,
  level: Type.Optional(Type.Integer({ minimum: 1, maximum: 4, description: "1 error, 2 warning, 3 and 4 info" })),
  limit: Limit,
  cursor: Cursor,
  lang: Lang,
});

export function alertRoutes(app: App, central: Central, limits: Limits): void {
  app.get(
    "/api/v1/alerts",
    { schema: { summary: "Alerts, newest change first", tags: ["alerts"], querystring: Query, response: answers(listOf(Alert)) } },
    async (request, reply) => {
      const { lang: _lang, ...query } = given(request.query);
      const { alert } = central.inLanguage(answerLanguage(central, request, reply));
      const { items, next } = await central.alerts({ state: "open", ...query, limit: query.limit ?? DEFAULT_LIMIT });
      return { items: items.map(alert), next };
    },
  );
  app.get(
    "/api/v1/alerts/:id",
    {
      schema: {
        summary: "One alert with its code explained and its history",
        tags: ["alerts"],
        params: IdParams,
        querystring: LangQuery,
        response: answers(AlertDetail),
      },
    },
    async (request, reply) => {
      const { detail } = central.inLanguage(answerLanguage(central, request, reply));
      return detail(await central.alert(request.params.id));
    },
  );
  commandRoutes(app, central, limits);
}

/** What a person may do: each is refused or durable when it is answered. */
function commandRoutes(app: App, central: Central, limits: Limits): void {
  const config = { rateLimit: { max: limits.commandsPerMinute } };
  function command<const S extends TSchema>(verb: string, summary: string, body: S, toCommand: (body: Static<S>) => Command): void {
    app.post(
      `/api/v1/alerts/:id/${verb}`,
      {
        schema: { summary, tags: ["alerts"], params: IdParams, body, response: answers(Alert) },
        config,
      },
      async (request, reply) => {
        const { params, body: sent, principal } = request;
        const { alert } = central.inLanguage(answerLanguage(central, request, reply));
        return alert(await central.command(params.id, toCommand(sent as Static<S>), { name: principal?.name ?? "unknown" }));
      },
    );
  }
  command("ack", "Acknowledge the version one saw; a later version is refused with 409", AckBody, ({ version }) => ({
    type: "ack",
    version,
  }));
  command("reset", "Reset the latch after the fault is gone", ResetBody, ({ version }) => ({
    type: "reset",
    ...(version === undefined ? {} : { version }),
  }));
  command("shelve", "Hide it for a while, with a reason", ShelveBody, ({ minutes, reason, oneShot }) => ({
    type: "shelve",
    minutes,
    reason,
    oneShot: oneShot ?? false,
  }));
  command("unshelve", "End the shelving", Type.Object({}, { additionalProperties: false }), () => ({ type: "unshelve" }));
  command("label", "Say whether an episode was real; the last word counts, null takes it back", LabelBody, (word) => ({
    type: "label",
    ...word,
  }));
  command("comment", "Add a remark to the history", CommentBody, ({ text }) => ({ type: "comment", text }));
  app.delete(
    "/api/v1/alerts/:id/label",
    {
      schema: {
        summary: "Take back what was said of an episode, as a label of null does",
        tags: ["alerts"],
        params: IdParams,
        querystring: Type.Object({ episode: Type.Optional(Type.Integer({ minimum: 1 })), lang: Lang }),
        response: answers(Alert),
      },
      config,
    },
    async (request, reply) => {
      const { episode } = request.query;
      const { alert } = central.inLanguage(answerLanguage(central, request, reply));
      const word = { type: "label", verdict: null, ...(episode === undefined ? {} : { episode }) } as const;
      return alert(await central.command(request.params.id, word, { name: request.principal?.name ?? "unknown" }));
    },
  );
}
