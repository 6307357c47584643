/**
 * The program as people run it: a process of its own, in a folder of its own, with what it says gathered. Every process ends with its
 * test. What must hold: nothing waits for a fixed time; a test waits for a line, for an answer or for the end.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

const MAIN = join(import.meta.dirname, "../../src/cli/main.ts");
/** So that a hundred starts need not compile the same files a hundred times. */
const COMPILED = join(import.meta.dirname, "../../node_modules/.cache/openhms-cli-tests");
const PATIENCE_MS = 15_000;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Program {
  /** What it said so far. */
  output(): { readonly stdout: string; readonly stderr: string };
  /** Resolves when standard output holds this; fails when the program ends before. */
  says(pattern: RegExp): Promise<RegExpMatchArray>;
  signal(name: NodeJS.Signals): void;
  /** As a pipe into `head` does. */
  stopReading(): void;
  readonly ended: Promise<Ended>;
}

export interface ProgramOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

/** A folder that is gone after the test. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "openhms-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The environment without what could steer the program from outside. */
function cleanEnv(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(OPENHMS_|NODE_OPTIONS$|VITEST)/.test(name));
  return { ...Object.fromEntries(inherited), NO_COLOR: "1", NODE_COMPILE_CACHE: COMPILED, ...more };
}

export function start(args: readonly string[], options: ProgramOptions): Program {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: options.cwd, env: cleanEnv(options.env ?? {}), stdio: "pipe" });
  const output = { stdout: "", stderr: "" };
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...output }));
  });
  child.stdout.on("data", (chunk: Buffer) => (output.stdout += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => (output.stderr += chunk.toString("utf8")));
  // a program that ends early leaves what was to be read
  child.stdin.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  child.stdin.end(options.stdin ?? "");
  onTestFinished(() => endOf(child, ended));
  return {
    output: () => output,
    signal: (name) => void child.kill(name),
    stopReading: () => void child.stdout.destroy(),
    ended,
    says: async (pattern) => {
      let isOver = false;
      ended.then(
        () => (isOver = true),
        () => (isOver = true),
      );
      return until(`${args.join(" ")} says ${pattern}`, () => {
        const match = output.stdout.match(pattern);
        if (match === null && isOver) throw new Error(`it ended before it said ${pattern}: ${output.stdout}${output.stderr}`);
        return match ?? undefined;
      });
    },
  };
}

async function endOf(child: ChildProcess, ended: Promise<Ended>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  await ended;
}

/** Runs it to its end. */
export function run(args: readonly string[], options: ProgramOptions): Promise<Ended> {
  return start(args, options).ended;
}

/** Asks again and again until there is an answer; what it waited for stands in the failure. */
export async function until<T>(what: string, ask: () => T | undefined | Promise<T | undefined>, patienceMs = PATIENCE_MS): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`waited ${patienceMs} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The JSON of a path, or undefined while nobody answers there. */
export async function ask<T>(url: string, token?: string): Promise<T | undefined> {
  try {
    const response = await fetch(url, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
    return response.ok ? ((await response.json()) as T) : undefined;
  } catch (error) {
    // a central that is not there yet, or no more
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
