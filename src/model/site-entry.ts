/**
 * What a site itself knows of a code: its own description (a site entry) and where the code was seen (sightings). Schemas of the HTTP
 * contract, and the border for what people write: texts come out of `cleanEntry` without any sign that only steers a screen.
 */
import { Type, type Static } from "typebox";
import type { FieldProblem } from "../lib/errors.ts";
import { PRIORITIES } from "./priority.ts";

const Time = Type.String({ format: "date-time" });
const strict = { additionalProperties: false } as const;

export const SITE_TITLE_MAX = 60;
export const SITE_STEPS_MAX = 12;
/** Shorter says nothing. */
export const SITE_TEXT_MIN = 3;

const line = (maxLength: number, description: string) => Type.String({ minLength: SITE_TEXT_MIN, maxLength, description });

export const SiteEntryBody = Type.Object(
  {
    title: line(SITE_TITLE_MAX, "what is wrong, in a few words"),
    summary: line(500, "what the code means"),
    effect: Type.Optional(line(300, "what the printer does, what is blocked; left out: the usual effect of the level")),
    steps: Type.Optional(Type.Array(line(300, "one step"), { maxItems: SITE_STEPS_MAX, description: "what to do, in order" })),
    priority: Type.Optional(Type.Enum(PRIORITIES, { description: "only for a code that the catalogue does not describe" })),
    notes: Type.Optional(Type.String({ maxLength: 1_000, description: "where this is known from; lines are kept" })),
    language: Type.Optional(
      Type.String({ pattern: "^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$", description: "of these words, like de; en when left out" }),
    ),
  },
  strict,
);
export type SiteEntryBody = Static<typeof SiteEntryBody>;

/** A description as it is kept and shown. */
export const SiteEntry = Type.Object(
  {
    title: Type.String(),
    summary: Type.String(),
    effect: Type.Union([Type.String(), Type.Null()]),
    steps: Type.Array(Type.String()),
    priority: Type.Union([Type.Enum(PRIORITIES), Type.Null()]),
    notes: Type.String(),
    language: Type.String(),
    updatedAt: Time,
  },
  { $id: "SiteEntry" },
);
export type SiteEntry = Static<typeof SiteEntry>;

export const SITE_CHANGES = ["described", "changed", "removed"] as const;
export const SiteChange = Type.Object({ at: Time, by: Type.String(), what: Type.Enum(SITE_CHANGES) });
export type SiteChange = Static<typeof SiteChange>;

export const CodeSightings = Type.Object(
  {
    code: Type.String(),
    raises: Type.Integer(),
    firstSeenAt: Type.Union([Time, Type.Null()]),
    lastSeenAt: Type.Union([Time, Type.Null()]),
    machines: Type.Array(
      Type.Object({
        model: Type.String({ description: "empty: not known when it was seen" }),
        firmware: Type.String({ description: "empty: not known when it was seen" }),
        raises: Type.Integer(),
        firstSeenAt: Time,
        lastSeenAt: Time,
      }),
      { description: "latest first" },
    ),
    printers: Type.Array(
      Type.Object({
        id: Type.String(),
        name: Type.String(),
        model: Type.String(),
        alert: Type.String(),
        raises: Type.Integer(),
        lastSeenAt: Time,
        active: Type.Boolean(),
      }),
      { description: "latest first, at most 100" },
    ),
    printerCount: Type.Integer(),
    changes: Type.Array(SiteChange, { description: "who described the code, latest first" }),
  },
  { $id: "CodeSightings" },
);
export type CodeSightings = Static<typeof CodeSightings>;

/** Control characters (C0, DEL, C1), line separators, marks without width, and those that turn the direction of writing. */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

/** One line that shows what it holds. */
export function cleanLine(text: string): string {
  return text.toWellFormed().normalize("NFC").replaceAll(/\s+/g, " ").replace(UNSEEN, "").replaceAll(/ +/g, " ").trim();
}

const cleanLines = (text: string): string =>
  text
    .split(/\r\n|[\n\r\u0085\u2028\u2029]/)
    .map(cleanLine)
    .join("\n")
    .trim();

type CleanEntry = Omit<SiteEntry, "updatedAt">;

/** What was sent, with texts that can stand anywhere; or the fields of which too little is left. */
export function cleanEntry(
  body: SiteEntryBody,
): { readonly ok: true; readonly entry: CleanEntry } | { readonly ok: false; readonly problems: readonly FieldProblem[] } {
  const effect = body.effect === undefined ? null : cleanLine(body.effect);
  const steps = (body.steps ?? []).map(cleanLine);
  const entry = { title: cleanLine(body.title), summary: cleanLine(body.summary), effect, steps };
  const texts: readonly (readonly [string, string])[] = [
    ["title", entry.title],
    ["summary", entry.summary],
    ...(effect === null ? [] : [["effect", effect] as const]),
    ...steps.map((step, index) => [`steps.${index}`, step] as const),
  ];
  const problems = texts
    .filter(([, text]) => text.length < SITE_TEXT_MIN)
    .map(([field]) => ({ field, message: `must have at least ${SITE_TEXT_MIN} signs that can be seen` }));
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    entry: { ...entry, priority: body.priority ?? null, notes: cleanLines(body.notes ?? ""), language: body.language ?? "en" },
  };
}
