/**
 * The five error classes of the project. Each has a stable `code`; messages read "what failed: why; what to do".
 * Expected remote failures are values, never exceptions; these are for bad input, bad configuration and refusals.
 */

/** A text that is no HMS code or device error. The only thing `parseCode` throws. */
export class CodeError extends Error {
  readonly code = "bad-code";
  readonly input: string;
  constructor(input: string, reason: string) {
    super(`${JSON.stringify(input.length > 80 ? `${input.slice(0, 80)}…` : input)} is no HMS code: ${reason}`);
    this.name = "CodeError";
    this.input = input;
  }
}

/** One problem found in a file that a person wrote. `line` is 1-based. */
export interface Problem {
  readonly file: string;
  readonly line?: number;
  readonly path: string;
  readonly message: string;
}

/** A configuration or catalogue file with problems; lists every one. Ends the program with exit code 2. */
export class ConfigError extends Error {
  readonly code = "bad-config";
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join("\n"));
    this.name = "ConfigError";
    this.problems = problems;
  }
}

export function formatProblem(problem: Problem): string {
  const place = problem.line === undefined ? problem.file : `${problem.file}:${problem.line}`;
  return `${place}: ${problem.path === "" ? "" : `${problem.path}: `}${problem.message}`;
}

/** The environment stops us (port taken, folder unwritable, database corrupt). The message names the fix. */
export class StartError extends Error {
  readonly code = "cannot-start";
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "StartError";
  }
}

export type RefusalReason = "not-found" | "conflict" | "invalid" | "forbidden" | "unavailable";

/** A field of what was sent that cannot stand. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** A command on an alert, a printer or a code that is refused, with the reason a person can act on, and the fields that are wrong. */
export class RefusedError extends Error {
  readonly code = "refused";
  readonly reason: RefusalReason;
  readonly fields: readonly FieldProblem[];
  constructor(reason: RefusalReason, message: string, fields: readonly FieldProblem[] = []) {
    super(message);
    this.name = "RefusedError";
    this.reason = reason;
    this.fields = fields;
  }
}

const DISK_CODES = new Set([
  "EACCES",
  "EDQUOT",
  "EEXIST",
  "EFBIG",
  "EIO",
  "EISDIR",
  "ELOOP",
  "EMFILE",
  "ENOSPC",
  "ENOTDIR",
  "EPERM",
  "EROFS",
]);

/** The disk is full, or does not let us: no defect of ours, so a stack says nothing. */
export function isDiskError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error && "code" in error && DISK_CODES.has(String(error.code));
}

/** The text of anything that was thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
