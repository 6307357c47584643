/** The record: every transition of every alert, and the figures made of it. */
import { Type } from "typebox";
import type { Central } from "../../central/central.ts";
import { RefusedError } from "../../lib/errors.ts";
import { type Clock, type Timestamp, fromIso, toIso } from "../../lib/time.ts";
import { TRANSITION_EVENTS } from "../../model/alert.ts";
import { Kpi, Transition, listOf } from "../../model/api.ts";
import { parseCode } from "../../model/code.ts";
import { Precision } from "../../model/label.ts";
import type { App } from "../app.ts";
import { Lang, answerLanguage } from "../language.ts";
import { Cursor, DEFAULT_LIMIT, Limit, PrinterFilter, answers, given } from "../schemas.ts";

const Instant = Type.Optional(Type.String({ format: "date-time", maxLength: 40 }));
const Query = Type.Object({
  printer: PrinterFilter,
  code: Type.Optional(Type.String({ minLength: 1, maxLength: 128, description: "any written form" })),
  alert: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  event: Type.Optional(Type.Enum([...TRANSITION_EVENTS])),
  since: Instant,
  until: Instant,
  limit: Limit,
  cursor: Cursor,
  lang: Lang,
});
const KPI_DEFAULT_MS = 7 * 24 * 3_600_000;

export function historyRoutes(app: App, central: Central, clock: Clock): void {
  const tags = ["history"];
  app.get(
    "/api/v1/history",
    { schema: { summary: "Transitions, newest first", tags, querystring: Query, response: answers(listOf(Transition)) } },
    async (request, reply) => {
      const { code, limit, since, until, lang: _lang, ...rest } = given(request.query);
      const { transition } = central.inLanguage(answerLanguage(central, request, reply));
      const { items, next } = await central.history({
        ...rest,
        ...(code === undefined ? {} : { code: parseCode(code) }),
        ...(since === undefined ? {} : { since: inUtc(since) }),
        ...(until === undefined ? {} : { until: inUtc(until) }),
        limit: limit ?? DEFAULT_LIMIT,
      });
      return { items: items.map(transition), next };
    },
  );
  app.get(
    "/api/v1/kpi",
    {
      schema: {
        summary: "Figures since an instant, seven days ago by default",
        tags,
        querystring: Type.Object({ since: Instant }),
        response: answers(Kpi),
      },
    },
    ({ query }) => central.kpi(query.since === undefined ? clock.now() - KPI_DEFAULT_MS : instantOf(query.since)),
  );
  app.get(
    "/api/v1/precision",
    {
      schema: {
        summary: "How often each detector was right, as far as people said of its alerts; since the beginning by default",
        tags,
        querystring: Type.Object({ printer: PrinterFilter, since: Instant }),
        response: answers(listOf(Precision)),
      },
    },
    async ({ query: { printer, since } }) => {
      const items = await central.precision({
        ...(printer === undefined ? {} : { printer }),
        ...(since === undefined ? {} : { sinceMs: instantOf(since) }),
      });
      return { items: [...items], next: null };
    },
  );
}

const inUtc = (time: string): string => toIso(instantOf(time));

/** The format lets leap seconds pass, which no clock here knows. */
function instantOf(time: string): Timestamp {
  const instant = fromIso(time);
  if (instant === undefined) throw new RefusedError("invalid", `${JSON.stringify(time)} is no instant; leave out the leap second`);
  return instant;
}
