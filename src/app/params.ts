/**
 * What a person sets of detectors, `{ detector-id: { parameter: number, enabled: false } }`: the section `detectors` of the
 * configuration, the same key of a printer, and the file of `replay --params`. What must hold: every problem is told at once, and no
 * number leaves the bounds of its parameter.
 */
import { LineCounter, parseDocument } from "yaml";
import type { Detector, Param } from "../detectors/detector.ts";
import type { Setting, Settings } from "../edge/tuning.ts";
import { ConfigError, errorText, type Problem } from "../lib/errors.ts";
import { lineOf, type Path, type Reading } from "./config-problems.ts";
import { readText } from "./config-secrets.ts";

type Add = Reading["add"];
type Mapping = Readonly<Record<string, unknown>>;
const isMapping = (value: unknown): value is Mapping => typeof value === "object" && value !== null && !Array.isArray(value);

/** Of one section; `path` is where it stands. What is wrong is told and left out. */
export function readSettings(raw: unknown, path: Path, known: readonly Detector<unknown>[], add: Add): Settings {
  const settings = new Map<string, Setting>();
  if (raw === undefined || raw === null) return settings;
  if (!isMapping(raw)) {
    add(path, "must be a map of detectors, like link: { onDelayS: 120 }");
    return settings;
  }
  for (const [id, written] of Object.entries(raw)) {
    const detector = known.find((one) => one.id === id);
    if (detector === undefined) add(path, `there is no detector ${JSON.stringify(id)}; openhms detectors list names them`, id);
    else if (!isMapping(written)) add([...path, id], "must be a map, like { enabled: false } or { parameter: 5 }");
    else settings.set(id, readSetting(written, [...path, id], detector, add));
  }
  return settings;
}

function readSetting(written: Mapping, path: Path, detector: Detector<unknown>, add: Add): Setting {
  const values: Record<string, number> = {};
  const { enabled, ...numbers } = written;
  if (enabled !== undefined && typeof enabled !== "boolean") add([...path, "enabled"], "must be true or false");
  for (const [name, value] of Object.entries(numbers)) {
    const param = Object.hasOwn(detector.params, name) ? detector.params[name] : undefined;
    if (param === undefined) add(path, unknownParam(detector, name), name);
    else if (typeof value !== "number" || !(value >= param.min && value <= param.max)) add([...path, name], boundsOf(param));
    else values[name] = value;
  }
  return typeof enabled === "boolean" ? { enabled, values } : { values };
}

function unknownParam({ id, params }: Detector<unknown>, name: string): string {
  const names = Object.keys(params);
  return `${id} has no parameter ${JSON.stringify(name)}; ${names.length === 0 ? "it has none" : `it has ${names.join(", ")}`}`;
}

const boundsOf = ({ min, max, unit, about }: Param): string => `must be a number from ${min} to ${max} ${unit}: ${about}`;

/** A file of settings alone, YAML or JSON. @throws {ConfigError} with every problem of the file. */
export function loadSettings(file: string, known: readonly Detector<unknown>[]): Settings {
  const problems: Problem[] = [];
  const lines = new LineCounter();
  const document = parseDocument(textOf(file), { lineCounter: lines, prettyErrors: false });
  for (const error of document.errors) problems.push({ file, line: lines.linePos(error.pos[0]).line, path: "", message: error.message });
  if (problems.length > 0) throw new ConfigError(problems);
  const settings = readSettings(document.toJS({ maxAliasCount: 100 }), [], known, (path, message, atKey) => {
    const line = lineOf(document, lines, atKey === undefined ? path : [...path, atKey]);
    problems.push({ file, ...(line === undefined ? {} : { line }), path: path.join("."), message });
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return settings;
}

function textOf(file: string): string {
  try {
    return readText(file);
  } catch (error) {
    throw new ConfigError([{ file, path: "", message: `cannot be read (${errorText(error)}); name another file with --params` }]);
  }
}
