/**
 * The configuration file: one YAML, one strict schema, loaded once. Every problem is listed with its line; unknown keys are
 * problems. Secrets come from `${ENV}` or `file:`, and whatever came that way never appears in a log.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { Type, type Static, type TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { type Document, LineCounter, isMap, isNode, isPair, isScalar, isSeq, parseDocument } from "yaml";
import { ConfigError, type Problem, errorText } from "../lib/errors.ts";
import type { Redactor } from "../lib/log.ts";
import type { Override } from "../catalogue/catalogue.ts";
import type { ChannelKind } from "../channels/channel.ts";
import { type HmsCode, parseCode } from "../model/code.ts";
import { PRIORITIES, type Priority } from "../model/priority.ts";
import { PRINTER_ID_PATTERN, type PrinterId } from "../model/telemetry.ts";
import type { AdapterKind } from "../printers/adapter.ts";

export const DEFAULT_PORT = 4670;
export const DEFAULT_MQTT_PORT = 4671;

const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
const PriorityName = Type.Enum(PRIORITIES);
const Duration = Type.String({ pattern: "^[0-9]+(ms|s|m|h|d)$", description: "like 30s, 5m, 2h" });
const Id = Type.String({ pattern: PRINTER_ID_PATTERN });

/** Plug-ins own the rest of their keys; those are checked by the plug-in's own schema. */
const PrinterShape = Type.Object({ id: Id, name: Type.Optional(Type.String({ maxLength: 80 })), kind: Type.String() });
const ChannelShape = Type.Object({ id: Id, kind: Type.String(), minPriority: Type.Optional(PriorityName) });

const Port = Type.Integer({ minimum: 0, maximum: 65_535 });
const FileShape = Type.Object(
  {
    http: Type.Optional(
      Type.Object(
        {
          host: Type.Optional(Type.String({ minLength: 1 })),
          port: Type.Optional(Port),
          publicUrl: Type.Optional(Type.String({ pattern: "^https?://[^\\s/]+" })),
        },
        { additionalProperties: false },
      ),
    ),
    storage: Type.Optional(Type.String({ pattern: "^(sqlite:.+|postgres(ql)?://.+)" })),
    bus: Type.Optional(Type.String({ pattern: "^(embedded|mqtts?://.+|nats://.+)$" })),
    mqtt: Type.Optional(
      Type.Object({ host: Type.Optional(Type.String({ minLength: 1 })), port: Type.Optional(Port) }, { additionalProperties: false }),
    ),
    edge: Type.Optional(
      Type.Object(
        { id: Type.Optional(Id), token: Type.Optional(Type.String()), data: Type.Optional(Type.String()) },
        { additionalProperties: false },
      ),
    ),
    printers: Type.Optional(Type.Array(PrinterShape)),
    channels: Type.Optional(Type.Array(ChannelShape)),
    overrides: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object(
          {
            priority: Type.Optional(PriorityName),
            latching: Type.Optional(Type.Boolean()),
            onDelay: Type.Optional(Duration),
            offDelay: Type.Optional(Duration),
            shelvable: Type.Optional(Type.Boolean()),
          },
          { additionalProperties: false },
        ),
      ),
    ),
    log: Type.Optional(Type.Enum(LOG_LEVELS)),
  },
  { additionalProperties: false },
);
type FileShape = Static<typeof FileShape>;
const checkFile = Compile(FileShape);
const checkPrinters = Compile(Type.Array(PrinterShape));
const checkChannels = Compile(Type.Array(ChannelShape));

export interface PrinterConfig {
  readonly id: PrinterId;
  readonly name: string;
  readonly adapter: AdapterKind;
  readonly config: unknown;
}

export interface ChannelConfig {
  readonly id: string;
  readonly kind: ChannelKind;
  readonly config: unknown;
  readonly minPriority: Priority;
}

export interface Config {
  readonly http: { readonly host: string; readonly port: number; readonly publicUrl: string | undefined };
  /** Absolute path of the SQLite file. */
  readonly databasePath: string;
  readonly bus: { readonly kind: "embedded" } | { readonly kind: "mqtt"; readonly url: string };
  /** Without a host of its own the broker listens where the web app does. */
  readonly mqtt: { readonly host: string | undefined; readonly port: number };
  readonly edge: { readonly id: string; readonly token: string | undefined; readonly dataDir: string };
  readonly printers: readonly PrinterConfig[];
  readonly channels: readonly ChannelConfig[];
  readonly overrides: ReadonlyMap<HmsCode, Override>;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

export type Role = "run" | "central" | "edge";

export interface ConfigDeps {
  readonly role: Role;
  readonly adapters: readonly AdapterKind[];
  readonly channels: readonly ChannelKind[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly redactor: Redactor;
}

/** @throws {ConfigError} with every problem of the file. */
export function loadConfig(path: string, deps: ConfigDeps): Config {
  let text: string;
  try {
    text = readText(path);
  } catch (error) {
    const fix = "name another file with --config, or copy openhms.example.yaml to openhms.yaml";
    throw new ConfigError([{ file: path, path: "", message: `cannot be read (${errorText(error)}); ${fix}` }]);
  }
  return parseConfig(text, path, deps);
}

const MAX_FILE_BYTES = 1_000_000;

/** Reads until the end or the limit, so that a device or a pipe that never ends is told and not swallowed. */
function readText(path: string): string {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(MAX_FILE_BYTES + 1);
    let length = 0;
    for (let read = 1; read > 0 && length < bytes.length; length += read) read = readSync(file, bytes, length, bytes.length - length, null);
    if (length > MAX_FILE_BYTES) throw new Error(`it holds more than ${MAX_FILE_BYTES / 1e6} MB`);
    return bytes.toString("utf8", 0, length);
  } finally {
    closeSync(file);
  }
}

type Path = readonly (string | number)[];

/** What the parts below share: where problems go, and how a path becomes a line. */
interface Reading {
  readonly file: string;
  readonly deps: ConfigDeps;
  readonly add: (path: Path, message: string, atKey?: string) => void;
  /** Secrets that could not be had: what their schema says of the text that stands there is no news. */
  readonly unresolved: Set<string>;
}

export function parseConfig(text: string, file: string, deps: ConfigDeps): Config {
  const problems: Problem[] = [];
  const lines = new LineCounter();
  const document = parseDocument(hideBraces(text), { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  for (const error of [...document.errors, ...document.warnings]) {
    problems.push({ file, line: lines.linePos(error.pos[0]).line, path: "", message: showBraces(error.message) });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  const reading: Reading = {
    file,
    deps,
    unresolved: new Set(),
    add: (path, message, atKey) => {
      const line = lineOf(document, lines, atKey === undefined ? path : [...path, atKey]);
      problems.push({ file, ...(line === undefined ? {} : { line }), path: path.join("."), message });
    },
  };
  const raw: unknown = document.toJS({ maxAliasCount: 100 }) ?? {};
  const value = resolveSecrets(raw, [], reading, dirname(resolve(file)));
  if (!checkFile.Check(value)) {
    reportErrors(checkFile.Errors(value), [], reading);
    reportPlugins(value, reading);
    throw new ConfigError(inOrder(problems));
  }
  const config = build(value, reading);
  if (problems.length > 0) throw new ConfigError(inOrder(problems));
  return config;
}

const inOrder = (problems: readonly Problem[]): Problem[] => problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));

/** A problem elsewhere in the file does not hide those of its printers and channels. */
function reportPlugins(value: unknown, reading: Reading): void {
  if (typeof value !== "object" || value === null) return;
  if ("printers" in value && checkPrinters.Check(value.printers)) readPrinters(value.printers, reading);
  if ("channels" in value && checkChannels.Check(value.channels)) readChannels(value.channels, reading);
}

function build(value: FileShape, reading: Reading): Config {
  const folder = dirname(resolve(reading.file));
  const storage = value.storage ?? "sqlite:./openhms.db";
  if (!storage.startsWith("sqlite:")) reading.add(["storage"], "PostgreSQL comes in a later version; use sqlite:PATH");
  const bus = value.bus ?? "embedded";
  if (reading.deps.role === "edge" && bus === "embedded") {
    reading.add(["bus"], "an edge on its own needs the broker of its central; set bus: mqtt://HOST:4671");
  }
  if (bus.startsWith("nats:")) reading.add(["bus"], "NATS comes in a later version; use embedded or mqtt://HOST:PORT");
  const path = storage.replace(/^sqlite:/, "");
  const databasePath = isAbsolute(path) ? path : resolve(folder, path);
  return {
    http: {
      host: value.http?.host ?? "127.0.0.1",
      port: value.http?.port ?? DEFAULT_PORT,
      publicUrl: value.http?.publicUrl?.replace(/\/+$/, ""),
    },
    databasePath,
    bus: bus === "embedded" ? { kind: "embedded" } : { kind: "mqtt", url: bus },
    mqtt: { host: value.mqtt?.host, port: value.mqtt?.port ?? DEFAULT_MQTT_PORT },
    edge: { id: value.edge?.id ?? "edge", token: value.edge?.token, dataDir: resolve(folder, value.edge?.data ?? `${databasePath}.edge`) },
    printers: readPrinters(value.printers ?? [], reading),
    channels: readChannels(value.channels ?? [], reading),
    overrides: readOverrides(value, reading),
    logLevel: value.log ?? "info",
  };
}

/** Checks the plug-in's own keys of one list item with the plug-in's schema; undefined when there is a problem. */
function readPlugin<K extends { readonly kind: string; readonly config: TSchema }>(
  item: { readonly id: string; readonly kind: string },
  shared: readonly string[],
  kinds: readonly K[],
  path: Path,
  reading: Reading,
): { kind: K; config: unknown } | undefined {
  const kind = kinds.find((one) => one.kind === item.kind);
  if (kind === undefined) {
    reading.add([...path, "kind"], `there is no kind ${JSON.stringify(item.kind)}; known: ${kinds.map((one) => one.kind).join(", ")}`);
    return undefined;
  }
  const config = Object.fromEntries(Object.entries(item).filter(([key]) => !shared.includes(key)));
  const check = Compile(kind.config);
  if (check.Check(config)) return { kind, config };
  reportErrors(check.Errors(config), path, reading);
  return undefined;
}

function readPrinters(items: readonly Static<typeof PrinterShape>[], reading: Reading): PrinterConfig[] {
  return items.flatMap((item, index, all) => {
    const path = ["printers", index];
    if (all.findIndex((other) => other.id === item.id) !== index) reading.add([...path, "id"], `the id ${item.id} is used twice`);
    const plugin = readPlugin(item, ["id", "name", "kind"], reading.deps.adapters, path, reading);
    if (plugin === undefined) return [];
    return [{ id: item.id as PrinterId, name: item.name ?? item.id, adapter: plugin.kind, config: plugin.config }];
  });
}

function readChannels(items: readonly Static<typeof ChannelShape>[], reading: Reading): ChannelConfig[] {
  return items.flatMap((item, index, all) => {
    const path = ["channels", index];
    if (all.findIndex((other) => other.id === item.id) !== index) reading.add([...path, "id"], `the id ${item.id} is used twice`);
    const plugin = readPlugin(item, ["id", "kind", "minPriority"], reading.deps.channels, path, reading);
    return plugin === undefined ? [] : [{ id: item.id, kind: plugin.kind, config: plugin.config, minPriority: item.minPriority ?? "low" }];
  });
}

function readOverrides(value: FileShape, reading: Reading): ReadonlyMap<HmsCode, Override> {
  const overrides = new Map<HmsCode, Override>();
  for (const [text, { onDelay, offDelay, ...rest }] of Object.entries(value.overrides ?? {})) {
    try {
      overrides.set(parseCode(text), {
        ...rest,
        ...(onDelay === undefined ? {} : { onDelayMs: durationMs(onDelay) }),
        ...(offDelay === undefined ? {} : { offDelayMs: durationMs(offDelay) }),
      });
    } catch (error) {
      reading.add(["overrides", text], errorText(error));
    }
  }
  return overrides;
}

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Of a text that the schema has checked. */
function durationMs(text: string): number {
  const unit = text.replace(/^[0-9]+/, "") as keyof typeof UNIT_MS;
  return Number.parseInt(text, 10) * UNIT_MS[unit];
}

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: object;
}

function reportErrors(errors: readonly SchemaError[], base: Path, reading: Reading): void {
  for (const error of errors) {
    const path = [
      ...base,
      ...error.instancePath
        .split("/")
        .slice(1)
        .map((part) => (/^\d+$/.test(part) ? Number(part) : unescapePointer(part))),
    ];
    if (reading.unresolved.has(path.join("."))) continue;
    if (error.keyword === "additionalProperties") {
      const extra = (error.params as { additionalProperties?: readonly string[] }).additionalProperties ?? [];
      for (const key of extra) reading.add(path, `unknown key ${JSON.stringify(key)}`, key);
    } else if (error.keyword === "required") {
      const missing = (error.params as { requiredProperties?: readonly string[] }).requiredProperties ?? [];
      reading.add(path, `needs ${missing.join(", ")}`);
    } else if (error.keyword === "enum") {
      const allowed = (error.params as { allowedValues?: readonly unknown[] }).allowedValues ?? [];
      reading.add(path, `must be one of ${allowed.join(", ")}`);
    } else if (error.keyword === "type" && error.message === "must be string") {
      // an access code of digits alone is a number to YAML, and would lose its leading zeros
      reading.add(path, "must be a text; put it in quotes");
    } else if (error.keyword === "anyOf" || error.keyword === "const" || error.keyword === "boolean") {
      // a union says itself which values it takes; its branches would only repeat it
      if (error.keyword === "anyOf") reading.add(path, "is none of the allowed values");
    } else reading.add(path, error.message);
  }
}

function unescapePointer(part: string): string {
  return part.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** The 1-based line of a path, or of its nearest parent that exists. */
function lineOf(document: Document, lines: LineCounter, path: Path): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined = isNode(node) ? node.range?.[0] : undefined;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(part));
      if (pair === undefined) break;
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      if (isNode(node)) offset = node.range?.[0] ?? offset;
    } else break;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}

const SECRET_KEYS = /^(accessCode|token|password|secret|.*Token|.*Password|.*Secret)$/;

// In a flow map, `{ accessCode: ${CODE} }`, YAML would take the braces for its own. Two characters nobody writes stand in for them
// while it is read; lines and columns stay.
const OPEN = "\uE000";
const CLOSE = "\uE001";

const hideBraces = (text: string): string => text.replaceAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, `$$${OPEN}$1${CLOSE}`);
const showBraces = (text: string): string => text.replaceAll(OPEN, "{").replaceAll(CLOSE, "}");

/** Replaces `${ENV}` and `file:` in every text, and tells the redactor what must stay out of logs. */
function resolveSecrets(value: unknown, path: Path, reading: Reading, folder: string): unknown {
  if (typeof value === "string") {
    const written = showBraces(value);
    const text = resolveText(written, path, reading, folder);
    if (text !== written || SECRET_KEYS.test(String(path.at(-1) ?? ""))) reading.deps.redactor.add(text);
    return text;
  }
  if (Array.isArray(value)) return value.map((item, index) => resolveSecrets(item, [...path, index], reading, folder));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [showBraces(key), resolveSecrets(item, [...path, key], reading, folder)]),
  );
}

function resolveText(text: string, path: Path, reading: Reading, folder: string): string {
  if (text.startsWith("file:")) {
    const file = resolve(folder, text.slice(5));
    try {
      return readText(file).trim();
    } catch (error) {
      reading.unresolved.add(path.join("."));
      reading.add(path, `the secret file ${file} cannot be read (${errorText(error)})`);
      return text;
    }
  }
  return text.replaceAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, name: string) => {
    const found = reading.deps.env[name];
    if (found !== undefined) {
      reading.deps.redactor.add(found);
      return found;
    }
    reading.unresolved.add(path.join("."));
    reading.add(path, `the environment variable ${name} is not set`);
    return whole;
  });
}
