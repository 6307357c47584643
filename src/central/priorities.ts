/**
 * The site's own priorities: what people here said a code is worth, over the catalogue and the configuration. One setting row keeps
 * them, written in the transaction that changes the alerts. Hands out the catalogue as this site sees it; its explanations stay the
 * catalogue's own, so that what one goes back to is always known.
 */
import { Type } from "typebox";
import { Compile } from "typebox/compile";
import type { Catalogue } from "../catalogue/catalogue.ts";
import { RefusedError } from "../lib/errors.ts";
import type { CodeSummary } from "../model/api.ts";
import { fieldsOf, isCanonical, type HmsCode } from "../model/code.ts";
import { PRIORITIES, type Priority } from "../model/priority.ts";
import type { Draft } from "./draft.ts";

export const PRIORITIES_KEY = "priorities";
/** The row is written whole with every change; a maker's whole list of codes still fits. */
export const MAX_OWN_PRIORITIES = 6_000;

export interface Priorities {
  /** Definitions, lists and searches with the site's own priorities. */
  readonly catalogue: Catalogue;
  of(code: HmsCode): Priority | undefined;
  /** Why this code cannot be given a priority; undefined when it can. */
  refusal(code: HmsCode, priority: Priority | null): RefusedError | undefined;
  /** Null: as in the catalogue again. */
  set(draft: Draft, code: HmsCode, priority: Priority | null): void;
  /** Forgets all and takes what the store kept. */
  load(text: string | undefined): void;
}

export function createPriorities(given: Catalogue): Priorities {
  let own = new Map<HmsCode, Priority>();

  function judged(summary: CodeSummary): CodeSummary {
    const priority = own.get(summary.code as HmsCode);
    return priority === undefined ? summary : { ...summary, priority };
  }

  return {
    catalogue: {
      ...given,
      definition: (code) => {
        const priority = own.get(code);
        const definition = given.definition(code);
        return priority === undefined ? definition : { ...definition, priority };
      },
      search: (text, limit, language) => given.search(text, limit, language).map(judged),
      list: () => given.list().map(judged),
    },
    of: (code) => own.get(code),
    refusal: (code, priority) => {
      const fields = fieldsOf(code);
      if (fields.kind === "device" && fields.class === "status")
        return new RefusedError("invalid", `${code} is a status of the running job, no fault; there is nothing to tell of it`);
      if (priority === null || own.has(code) || own.size < MAX_OWN_PRIORITIES) return undefined;
      return new RefusedError("conflict", `${MAX_OWN_PRIORITIES} codes have a priority of their own; set one of them back first`);
    },
    set: (draft, code, priority) => {
      if (priority === null) own.delete(code);
      else own.set(code, priority);
      draft.putSetting(PRIORITIES_KEY, JSON.stringify(Object.fromEntries(own)));
    },
    load: (text) => void (own = readPriorities(text)),
  };
}

const storedPriorities = Compile(Type.Record(Type.String(), Type.Enum(PRIORITIES)));

function readPriorities(text: string | undefined): Map<HmsCode, Priority> {
  const value: unknown = text === undefined ? {} : JSON.parse(text);
  if (!storedPriorities.Check(value)) return new Map();
  return new Map(Object.entries(value).flatMap(([code, priority]) => (isCanonical(code) ? [[code, priority] as const] : [])));
}
