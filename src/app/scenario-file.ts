/**
 * Reads a scenario file: one YAML or JSON, strict. Every problem is listed with its line: unknown keys, printers and faults that do not
 * exist, faults that a printer's model cannot have, G-code without layers.
 */
import { readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { Compile } from "typebox/compile";
import { LineCounter, parseDocument } from "yaml";
import { ConfigError, errorText, type Problem } from "../lib/errors.ts";
import { type HmsCode, parseCode } from "../model/code.ts";
import { faultNamed, faultsOf } from "../sim/faults/index.ts";
import { planFromGcode } from "../sim/job/gcode.ts";
import { type Interlude, type JobPlan, planNamed, PLANS } from "../sim/job/plan.ts";
import { MODEL_FACTS, type Model } from "../sim/models.ts";
import { ScenarioFile, type ScenarioJob, type Story, type Visit } from "../sim/scenario/shape.ts";
import { lineOf, type Path, reportErrors } from "./config-problems.ts";

export interface ScenarioPrinter {
  readonly name: string;
  readonly model: Model;
  readonly seed?: number;
  readonly start: "cold" | "printing";
  readonly jobs?: readonly JobPlan[];
}

export interface Scenario {
  readonly printers: readonly ScenarioPrinter[];
  readonly story: Story;
  /** `index`: of the printer. */
  readonly expects: readonly { readonly index: number; readonly code: HmsCode; readonly withinS: number }[];
}

type Add = (path: Path, message: string, atKey?: string) => void;
type Read = (path: string) => string;

const readText: Read = (path) => readFileSync(path, "utf8");

/** @throws {ConfigError} with every problem of the file. */
export function loadScenario(file: string): Scenario {
  let text: string;
  try {
    text = readText(file);
  } catch (error) {
    throw new ConfigError([{ file, path: "", message: `cannot be read (${errorText(error)}); name another file with --scenario` }]);
  }
  return parseScenario(text, file, (name) => readText(resolve(dirname(file), name)));
}

export function parseScenario(text: string, file: string, readGcode: Read): Scenario {
  const problems: Problem[] = [];
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  for (const error of document.errors) problems.push({ file, line: lines.linePos(error.pos[0]).line, path: "", message: error.message });
  if (problems.length > 0) throw new ConfigError(problems);
  const add: Add = (path, message, atKey) => {
    const line = lineOf(document, lines, atKey === undefined ? path : [...path, atKey]);
    problems.push({ file, ...(line === undefined ? {} : { line }), path: path.join("."), message });
  };
  const value: unknown = document.toJS({ maxAliasCount: 100 });
  const check = Compile(ScenarioFile);
  if (!check.Check(value)) {
    reportErrors(check.Errors(value), ScenarioFile, [], { add, unresolved: new Set() });
    throw new ConfigError(problems);
  }
  const scenario = build(value, add, readGcode);
  if (problems.length > 0) throw new ConfigError(problems);
  return scenario;
}

function build(file: ScenarioFile, add: Add, readGcode: Read): Scenario {
  const indexes = new Map<string, number>();
  file.printers.forEach(({ name }, index) => {
    if (indexes.has(name)) add(["printers", index, "name"], `there is a printer ${JSON.stringify(name)} already`);
    indexes.set(name, index);
  });
  const indexOf = (name: string, path: Path): number => {
    const index = indexes.get(name);
    if (index === undefined)
      add([...path, "printer"], `there is no printer ${JSON.stringify(name)}; known: ${[...indexes.keys()].join(", ")}`);
    return index ?? 0;
  };
  const printers = file.printers.map(({ name, model, seed, start = "printing", jobs }, index) => ({
    name,
    model,
    start,
    ...(seed !== undefined && { seed }),
    ...(jobs !== undefined && {
      jobs: jobs.flatMap((job, number) => planOf(job, ["printers", index, "jobs", number], add, readGcode) ?? []),
    }),
  }));
  const visits = (key: "faults" | "conditions"): Visit[] =>
    (file[key] ?? []).map((visit, number) => {
      const path = [key, number];
      const index = indexOf(visit.printer, path);
      checkFault(visit.name, key, indexes.has(visit.printer) ? file.printers[index]?.model : undefined, [...path, "name"], add);
      const { at: atS, size, lasts } = visit;
      return { atS, index, fault: visit.name, ...(size !== undefined && { size }), ...(lasts !== undefined && { lastsS: lasts }) };
    });
  return {
    printers,
    story: { visits: [...visits("faults"), ...visits("conditions")], later: file.later ?? "nothing" },
    expects: (file.expects ?? []).map(({ printer, code, within }, number) => ({
      index: indexOf(printer, ["expects", number]),
      code: parseCode(code),
      withinS: within,
    })),
  };
}

function checkFault(name: string, key: "faults" | "conditions", model: Model | undefined, path: Path, add: Add): void {
  const fault = faultNamed(name);
  if (fault === undefined) return add(path, `there is no fault ${JSON.stringify(name)}`);
  const isHealthy = fault.mustNotAlert === true;
  if (isHealthy !== (key === "conditions")) add(path, `${name} belongs under ${isHealthy ? "conditions" : "faults"}`);
  if (model === undefined || faultsOf(MODEL_FACTS[model]).includes(fault)) return;
  add(path, `a virtual ${model} cannot have ${name}`);
}

function planOf(job: ScenarioJob, path: Path, add: Add, readGcode: Read): JobPlan | undefined {
  const plan = basePlan(job, path, add, readGcode);
  if (plan === undefined) return undefined;
  const own: Interlude[] = [
    ...(job.pauses ?? []).map(({ layer, lasts }) => ({ kind: "pause", layer, lastsS: lasts }) as const),
    ...(job.filamentChanges ?? []).map((layer) => ({ kind: "filament-change", layer }) as const),
    ...(job.cancelAt === undefined ? [] : [{ kind: "cancel", layer: job.cancelAt } as const]),
  ];
  return own.length === 0 ? plan : { ...plan, interludes: [...plan.interludes, ...own] };
}

function basePlan({ plan, gcode }: ScenarioJob, path: Path, add: Add, readGcode: Read): JobPlan | undefined {
  if ((plan === undefined) === (gcode === undefined)) {
    add(path, "needs either plan or gcode");
    return undefined;
  }
  if (gcode === undefined) {
    const found = planNamed(plan ?? "");
    if (found === undefined)
      add([...path, "plan"], `there is no plan ${JSON.stringify(plan)}; known: ${PLANS.map(({ name }) => name).join(", ")}`);
    return found;
  }
  try {
    const found = planFromGcode(basename(gcode).replace(/\.gcode$/, ""), readGcode(gcode));
    if (found === undefined) add([...path, "gcode"], "has no layers; slice it with PrusaSlicer or OrcaSlicer");
    return found;
  } catch (error) {
    add([...path, "gcode"], `cannot be read (${errorText(error)})`);
    return undefined;
  }
}
