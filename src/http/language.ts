/**
 * The language of a request: `?lang=` first, for links and screens that chose one, then the header Accept-Language. English when
 * nothing is asked for, or nothing that the catalogue has.
 */
import type { FastifyReply, FastifyRequest } from "fastify";
import Negotiator from "negotiator";
import { Type } from "typebox";
import type { Central } from "../central/central.ts";

export const Lang = Type.Optional(
  Type.String({
    pattern: "^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$",
    maxLength: 35,
    description: "language of the texts, before Accept-Language",
  }),
);
/** The query of a route that knows nothing else. */
export const LangQuery = Type.Object({ lang: Lang });

/** Says what language the answer is in, and that it depends on the asker. */
export function answerLanguage(central: Pick<Central, "language">, request: FastifyRequest, reply: FastifyReply): string {
  const language = languageOf(central, request);
  reply.header("content-language", language).header("vary", "accept-language");
  return language;
}

export function languageOf(central: Pick<Central, "language">, request: FastifyRequest): string {
  return central.language(askedLanguages(request));
}

/** Every language that the reader knows, best first: the maker's own texts come in more than the catalogue has. */
export function askedLanguages(request: FastifyRequest): readonly string[] {
  const { lang } = request.query as { readonly lang?: unknown };
  const accepted = new Negotiator(request.raw).languages();
  return typeof lang === "string" ? [lang, ...accepted] : accepted;
}
