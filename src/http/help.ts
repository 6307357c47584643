/**
 * The help pages: `/codes/{code}` as HTML that a phone shows at once, without login and without script. Any written form leads to the
 * canonical address; what is no code gets a page that says so. Nothing of this site's alerts and printers is in them.
 */
import { createHash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { renderHelp, renderMissing } from "../catalogue/page/help.ts";
import { html } from "../catalogue/page/html.ts";
import type { Surroundings } from "../catalogue/page/surroundings.ts";
import { PAGE_LANGUAGES, wordsFor } from "../catalogue/page/words.ts";
import type { Central } from "../central/central.ts";
import { CodeError } from "../lib/errors.ts";
import { type HmsCode, parseCode } from "../model/code.ts";
import type { App } from "./app.ts";
import { askedLanguages, languageOf } from "./language.ts";

/** What a link or a QR code says beside the code. Read leniently: who scans one can do nothing about a mistake in it. */
interface Query {
  readonly lang?: string | undefined;
  readonly model?: string | undefined;
  readonly alert?: string | undefined;
}

const MAX_TEXT = 200;
const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" && value.length <= MAX_TEXT ? value : undefined;

function queryOf(request: FastifyRequest): Query {
  const { lang, model, alert } = request.query as Record<string, unknown>;
  return { lang: textOf(lang), model: textOf(model), alert: textOf(alert) };
}

function addressOf(code: string, query: Query): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return `/codes/${encodeURIComponent(code)}${given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`}`;
}

export function serveHelp(app: App, central: Central): void {
  /** Only languages that the catalogue has, too: a page of fixed words alone helps nobody. */
  const offered = PAGE_LANGUAGES.filter((language) => central.language([language]) === language);

  function around(code: string, query: Query, language: string): Surroundings {
    const { lang, alert } = query;
    return {
      files: "/help/",
      icon: "/favicon.svg",
      home: "/",
      search: "/codes",
      code: (other) => addressOf(other, { lang }),
      languages: offered
        .filter((other) => other !== wordsFor(language).language)
        .map((other) => ({ language: other, name: wordsFor(other).words.name, href: addressOf(code, { ...query, lang: other }) })),
      site: `/codes/${encodeURIComponent(code)}/site`,
      qr: html`<img
        src="/codes/${code}/qr.svg${alert !== undefined && `?alert=${encodeURIComponent(alert)}`}"
        alt=""
        width="150"
        height="150"
      />`,
    };
  }

  function helpPage(code: HmsCode, query: Query, languages: readonly string[]): string {
    const { model, alert } = query;
    const language = central.language(languages);
    const info = central.code(code, language, { languages, ...(model !== undefined && { model }) });
    return renderHelp({
      info,
      language,
      drawing: central.drawing(code, { model, language }),
      model,
      alert,
      around: around(code, query, language),
    });
  }

  app.get<{ Params: { code: string } }>("/codes/:code", { schema: { hide: true }, config: { open: true } }, (request, reply) => {
    const { code: text } = request.params;
    const query = queryOf(request);
    const language = languageOf(central, request);
    reply.header("content-language", wordsFor(language).language).header("vary", "accept-language");
    const code = codeOf(text);
    if (code === undefined) return sendHtml(request, reply.code(404), renderMissing(text, language, around(text, query, language)));
    if (code !== text) return reply.redirect(addressOf(code, query));
    return sendHtml(request, reply, helpPage(code, query, askedLanguages(request)));
  });
}

function codeOf(text: string): HmsCode | undefined {
  try {
    return parseCode(text);
  } catch (error) {
    if (error instanceof CodeError) return undefined;
    throw error;
  }
}

/** Asked for each time, since a site may describe a code anew; sent only where it has changed. */
function sendHtml(request: FastifyRequest, reply: FastifyReply, page: string): FastifyReply {
  const etag = `"${createHash("sha256").update(page).digest("base64url").slice(0, 27)}"`;
  reply.header("cache-control", "no-cache").header("etag", etag).type("text/html; charset=utf-8");
  // a proxy that packs the page makes the tag a weak one
  const known = request.headers["if-none-match"]?.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);
  return reply.statusCode === 200 && known === true ? reply.code(304).send() : reply.send(page);
}
