/** The bench as a command: options of a person, progress on the terminal, labels from a running central. */
import { errorText, StartError } from "../../lib/errors.ts";
import { FAULTS } from "../../sim/faults/index.ts";
import { detectors } from "../../detectors/index.ts";
import { openCatalogue } from "../catalogue.ts";
import { loadScenario } from "../scenario-file.ts";
import { HEALTHY, runBench } from "./bench.ts";
import { checkScenario } from "./scenario.ts";
import type { FieldPrecision } from "./report.ts";
import type { SeedSet } from "./runs.ts";

export interface BenchCommand {
  readonly seeds: SeedSet;
  readonly seedsPerFault: number;
  readonly healthyHours: number;
  readonly sizes: readonly number[];
  readonly only?: string;
  readonly roc?: boolean;
  /** False with `--no-slow`. */
  readonly slow: boolean;
  readonly labelsFrom?: string;
  readonly out?: string;
  /** Plays this file instead, and holds it against what it expects. */
  readonly scenario?: string;
}

const TELL_EVERY_MS = 2_000;

/** Says how far it is and how long it will take, in place on a terminal and now and then in a log. */
function createProgress(): (done: number, of: number) => void {
  const startedAt = Date.now();
  let toldAt = 0;
  return (done, of) => {
    const now = Date.now();
    if (done < of && now - toldAt < (process.stderr.isTTY ? 200 : TELL_EVERY_MS * 5)) return;
    toldAt = now;
    const leftS = Math.round((((now - startedAt) / done) * (of - done)) / 1_000);
    const line = `${done} of ${of} runs, ${done === of ? "done" : `about ${leftS} s left`}`;
    process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${line}${done === of ? "\n" : ""}` : `${line}\n`);
  };
}

async function labelsFrom(url: string): Promise<readonly FieldPrecision[]> {
  const token = process.env["OPENHMS_TOKEN"];
  try {
    const response = await fetch(
      new URL("/api/v1/precision", url),
      token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
    );
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    const { items } = (await response.json()) as { readonly items: readonly (FieldPrecision & { readonly code: string })[] };
    return byDetector(items);
  } catch (error) {
    throw new StartError(
      `cannot read labels from ${url}: ${errorText(error)}; is central running there, and OPENHMS_TOKEN set where it asks for one?`,
    );
  }
}

/** Central counts by code; here all codes of a detector are one row. */
function byDetector(items: readonly FieldPrecision[]): readonly FieldPrecision[] {
  return [...Map.groupBy(items, ({ detector }) => detector)].map(([detector, rows]) => {
    const real = rows.reduce((sum, row) => sum + row.real, 0);
    const wrong = rows.reduce((sum, row) => sum + row.false, 0);
    return { detector, real, false: wrong, precision: real + wrong === 0 ? null : real / (real + wrong) };
  });
}

/** False when the aims were not met. */
export async function runBenchCommand(options: BenchCommand, print: (line: string) => void): Promise<boolean> {
  if (options.scenario !== undefined) return runScenario(options.scenario, print);
  const { only, labelsFrom: url, out } = options;
  if (only !== undefined && only !== HEALTHY && !FAULTS.some(({ name }) => name === only) && !detectors.some(({ id }) => id === only))
    throw new StartError(`--only ${only}: no fault and no detector of that name; openhms detectors list shows the detectors`);
  const field = url === undefined ? undefined : await labelsFrom(url);
  const { failed } = await runBench(
    {
      ...options,
      roc: options.roc === true,
      ...(only !== undefined && { only }),
      ...(out !== undefined && { out }),
      ...(field !== undefined && { field }),
    },
    { print, progress: createProgress() },
  );
  return !failed;
}

async function runScenario(file: string, print: (line: string) => void): Promise<boolean> {
  const catalogue = await openCatalogue({}, () => undefined);
  const result = checkScenario(loadScenario(file), (text) => catalogue.fromMessage(text)?.code, print);
  print(JSON.stringify({ summary: result }));
  return result.missed.length === 0 && result.falseAlerts.length === 0;
}
