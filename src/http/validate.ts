/**
 * Checks requests with the schemas that also document them. Bodies are taken as they are (no "5" for 5, no silent dropping of
 * unknown keys); path and query are texts and are converted first.
 */
import type { FastifySchemaCompiler } from "fastify";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { Value } from "typebox/value";
import { type FieldError, invalidRequest } from "./problem.ts";

const MAX_FIELDS = 20;

export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  // a misspelt filter would answer with everything
  const validator = Compile(httpPart === "querystring" ? { ...schema, additionalProperties: false } : schema);
  return (given: unknown) => {
    const value = httpPart === "body" ? given : Value.Convert(schema, given);
    if (validator.Check(value)) return { value };
    const fields = onePerField(validator.Errors(value).flatMap(fieldErrors)).slice(0, MAX_FIELDS);
    return { error: invalidRequest(fields.length === 0 ? [{ field: httpPart ?? "request", message: "is not as the API asks" }] : fields) };
  };
};

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: object;
}

/** One entry per field; a key that is missing or unknown is named itself, not the object around it. */
function fieldErrors(error: SchemaError): FieldError[] {
  const parent = error.instancePath.split("/").slice(1).join(".");
  const params = error.params as { requiredProperties?: readonly string[]; additionalProperties?: readonly string[] };
  const named = (names: readonly string[], message: string): FieldError[] =>
    names.map((name) => ({ field: parent === "" ? name : `${parent}.${name}`, message }));
  if (error.keyword === "required" && params.requiredProperties !== undefined) return named(params.requiredProperties, "is missing");
  if (error.keyword === "additionalProperties" && params.additionalProperties !== undefined)
    return named(params.additionalProperties, "is unknown");
  // the branches of a union only repeat what "anyOf" says
  if (error.keyword === "boolean") return [];
  return [{ field: parent === "" ? "body" : parent, message: messageOf(error) }];
}

function messageOf({ keyword, message, params }: SchemaError): string {
  const { allowedValues, allowedValue } = params as { allowedValues?: readonly unknown[]; allowedValue?: unknown };
  if (keyword === "enum" && allowedValues !== undefined) return `must be one of ${allowedValues.join(", ")}`;
  return keyword === "const" ? `must be ${JSON.stringify(allowedValue)}` : message;
}

/** The first thing that is wrong with each: of a union, every branch has something to say. */
function onePerField(errors: readonly FieldError[]): FieldError[] {
  const seen = new Set<string>();
  return errors.filter(({ field }) => !seen.has(field) && seen.add(field));
}
