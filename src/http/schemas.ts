/** Pieces of route schemas that several routes share. */
import { type TSchema, Type } from "typebox";
import { Problem } from "../model/api.ts";

const problem = { description: "what is wrong (RFC 9457)", content: { "application/problem+json": { schema: Problem } } };

/** A route's answers: the good one, and problem+json for all else. */
export const answers = <const S extends TSchema>(schema: S) => ({ 200: schema, default: problem });
export const accepted = <const S extends TSchema>(schema: S) => ({ 202: schema, default: problem });

export const CodeParams = Type.Object({
  code: Type.String({ minLength: 1, maxLength: 128, description: "any written form of a code" }),
});
export const IdParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 200 }) });
export const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 100 }));
export const Cursor = Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: "`next` of the page before" }));
export const PrinterFilter = Type.Optional(Type.String({ minLength: 1, maxLength: 64 }));
export const DEFAULT_LIMIT = 100;

/** The keys that were given; central's queries know no key with the value undefined. */
export function given<T extends object>(query: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
