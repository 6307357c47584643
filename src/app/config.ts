/**
 * The configuration file: one YAML, strict schemas, loaded once. Each section and each item of a list is checked by itself, so that
 * every problem is listed at once, with its line; unknown keys are problems. Secrets come from `${ENV}` or `file:`.
 */
import { dirname, isAbsolute, resolve } from "node:path";
import { Type, type Static, type TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { LineCounter, parseDocument } from "yaml";
import { ConfigError, type Problem, errorText } from "../lib/errors.ts";
import type { Redactor } from "../lib/log.ts";
import type { Override } from "../catalogue/catalogue.ts";
import type { PackOptions } from "../catalogue/load.ts";
import type { ChannelKind } from "../channels/channel.ts";
import type { Detector } from "../detectors/detector.ts";
import type { RingLimits } from "../edge/file-ring.ts";
import { mergeSettings, type Settings } from "../edge/tuning.ts";
import { type HmsCode, parseCode } from "../model/code.ts";
import { PRIORITIES, type Priority } from "../model/priority.ts";
import { PRINTER_ID_PATTERN, type PrinterId, reservedReason } from "../model/telemetry.ts";
import type { AdapterKind } from "../printers/adapter.ts";
import { CatalogueShape, packsOf } from "./config-catalogue.ts";
import { lineOf, type Path, type Reading, reportErrors } from "./config-problems.ts";
import { readRecord } from "./config-record.ts";
import { readSettings } from "./params.ts";
import { hideBraces, readText, resolveSecrets, showBraces } from "./config-secrets.ts";

export const DEFAULT_PORT = 4670;
export const DEFAULT_MQTT_PORT = 4671;

const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
const PriorityName = Type.Enum(PRIORITIES);
const Duration = Type.String({ pattern: "^[0-9]+(ms|s|m|h|d)$", description: "a time like 30s, 5m, 2h" });
const Id = Type.String({ pattern: PRINTER_ID_PATTERN, description: "letters, digits, - _ . ; at most 64, the first a letter or digit" });

const Language = Type.String({ pattern: "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", description: "a language tag like en or de" });

/** Plug-ins own the rest of their keys; those are checked by the plug-in's own schema. */
const PrinterShape = Type.Object({
  id: Id,
  name: Type.Optional(Type.String({ maxLength: 80 })),
  kind: Type.String(),
  // each with words of its own for what is wrong
  record: Type.Optional(Type.Unknown()),
  detectors: Type.Optional(Type.Unknown()),
});
const ChannelShape = Type.Object({
  id: Id,
  kind: Type.String(),
  minPriority: Type.Optional(PriorityName),
  language: Type.Optional(Language),
});

const Port = Type.Integer({ minimum: 0, maximum: 65_535 });
const OverrideShape = Type.Object(
  {
    priority: Type.Optional(PriorityName),
    latching: Type.Optional(Type.Boolean()),
    onDelay: Type.Optional(Duration),
    offDelay: Type.Optional(Duration),
    shelvable: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
/** The top-level sections that are checked as a whole. */
const SECTIONS = {
  http: Type.Object(
    {
      host: Type.Optional(Type.String({ minLength: 1 })),
      port: Type.Optional(Port),
      publicUrl: Type.Optional(Type.String({ pattern: "^https?://[^\\s/]+", description: "an address like http://192.168.1.5:4670" })),
    },
    { additionalProperties: false },
  ),
  storage: Type.String({ pattern: "^(sqlite:.+|postgres(ql)?://.+)", description: "sqlite:PATH" }),
  bus: Type.String({ pattern: "^(embedded|mqtts?://.+|nats://.+)$", description: "embedded, mqtt://HOST:PORT" }),
  mqtt: Type.Object({ host: Type.Optional(Type.String({ minLength: 1 })), port: Type.Optional(Port) }, { additionalProperties: false }),
  edge: Type.Object(
    { id: Type.Optional(Id), token: Type.Optional(Type.String()), data: Type.Optional(Type.String()) },
    { additionalProperties: false },
  ),
  catalogue: CatalogueShape,
  log: Type.Enum(LOG_LEVELS),
  language: Language,
};
/** Those whose items are checked each by itself. */
const LISTS = ["printers", "channels", "overrides"] as const;

export interface PrinterConfig {
  readonly id: PrinterId;
  readonly name: string;
  readonly adapter: AdapterKind;
  readonly config: unknown;
  /** Of its detectors: the site's, with its own over them. */
  readonly settings: Settings;
  /** How much of what it says is recorded; absent where nothing is. */
  readonly record?: RingLimits;
}

export interface ChannelConfig {
  readonly id: string;
  readonly kind: ChannelKind;
  readonly config: unknown;
  readonly minPriority: Priority;
  readonly language: string;
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
  readonly catalogue: PackOptions;
  readonly overrides: ReadonlyMap<HmsCode, Override>;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

export type Role = "run" | "central" | "edge";

export interface ConfigDeps {
  readonly role: Role;
  readonly adapters: readonly AdapterKind[];
  readonly channels: readonly ChannelKind[];
  readonly detectors: readonly Detector<unknown>[];
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

export function parseConfig(text: string, file: string, deps: ConfigDeps): Config {
  const problems: Problem[] = [];
  const lines = new LineCounter();
  const document = parseDocument(hideBraces(text), { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  for (const error of [...document.errors, ...document.warnings]) {
    problems.push({ file, line: lines.linePos(error.pos[0]).line, path: "", message: showBraces(error.message) });
  }
  // what stands twice can still be read, and has more problems to tell; broken YAML has not
  if (document.errors.some((error) => error.code !== "DUPLICATE_KEY")) throw new ConfigError(problems);
  const reading: Reading = {
    env: deps.env,
    redactor: deps.redactor,
    unresolved: new Set(),
    add: (path, message, atKey) => {
      const line = lineOf(document, lines, atKey === undefined ? path : [...path, atKey]);
      problems.push({ file, ...(line === undefined ? {} : { line }), path: path.join("."), message });
    },
  };
  const folder = dirname(resolve(file));
  const raw: unknown = document.toJS({ maxAliasCount: 100 }) ?? {};
  const value = resolveSecrets(raw, [], reading, folder);
  let config: Config | undefined;
  if (isMapping(value)) config = build(value, deps, reading, folder);
  else reading.add([], "must be a map of settings, like printers: and channels:");
  if (config === undefined || problems.length > 0) throw new ConfigError(inOrder(problems));
  return config;
}

const inOrder = (problems: readonly Problem[]): Problem[] => problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));

type Mapping = Readonly<Record<string, unknown>>;
const isMapping = (value: unknown): value is Mapping => typeof value === "object" && value !== null && !Array.isArray(value);

/** The value when it is what the schema says; else its problems are told. */
function checked<S extends TSchema>(schema: S, value: unknown, path: Path, reading: Reading): Static<S> | undefined {
  const check = Compile(schema);
  if (check.Check(value)) return value;
  reportErrors(check.Errors(value), schema, path, reading);
  return undefined;
}

/** Where there is a problem a default stands in, so that the rest is read; the caller sees to it that nobody gets the result. */
function build(value: Mapping, deps: ConfigDeps, reading: Reading, folder: string): Config {
  const known: readonly string[] = [...Object.keys(SECTIONS), ...LISTS, "detectors"];
  for (const key of Object.keys(value)) if (!known.includes(key)) reading.add([], `unknown key ${JSON.stringify(key)}`, key);
  const section = <K extends keyof typeof SECTIONS>(key: K): Static<(typeof SECTIONS)[K]> | undefined =>
    Object.hasOwn(value, key) ? checked(SECTIONS[key], value[key], [key], reading) : undefined;

  const http = section("http");
  const mqtt = section("mqtt");
  const edge = section("edge");
  const storage = section("storage") ?? "sqlite:./openhms.db";
  if (!storage.startsWith("sqlite:")) reading.add(["storage"], "PostgreSQL comes in a later version; use sqlite:PATH");
  const bus = section("bus") ?? "embedded";
  if (deps.role === "edge" && (value["bus"] ?? "embedded") === "embedded") {
    reading.add(["bus"], "an edge on its own needs the broker of its central; set bus: mqtt://HOST:4671");
  }
  if (bus.startsWith("nats:")) reading.add(["bus"], "NATS comes in a later version; use embedded or mqtt://HOST:PORT");
  const path = storage.replace(/^sqlite:/, "");
  const databasePath = isAbsolute(path) ? path : resolve(folder, path);
  return {
    http: {
      host: http?.host ?? "127.0.0.1",
      port: http?.port ?? DEFAULT_PORT,
      publicUrl: http?.publicUrl?.replace(/\/+$/, ""),
    },
    databasePath,
    bus: bus === "embedded" ? { kind: "embedded" } : { kind: "mqtt", url: bus },
    mqtt: { host: mqtt?.host, port: mqtt?.port ?? DEFAULT_MQTT_PORT },
    edge: { id: edge?.id ?? "edge", token: edge?.token, dataDir: resolve(folder, edge?.data ?? `${databasePath}.edge`) },
    printers: readPrinters(value, deps, reading),
    channels: readChannels(value, deps.channels, section("language") ?? "en", reading),
    catalogue: packsOf(section("catalogue"), reading, folder),
    overrides: readOverrides(value, reading),
    logLevel: section("log") ?? "info",
  };
}

type Plugin = { readonly kind: string; readonly config: TSchema };

/**
 * Each item that is right with what its plug-in makes of it. The keys of all plug-ins and those of the plug-in itself are checked
 * one whatever the other is like.
 */
function readItems<S extends TSchema, K extends Plugin>(
  list: "printers" | "channels",
  value: Mapping,
  shape: S & { readonly properties: Readonly<Record<string, TSchema>> },
  kinds: readonly K[],
  reading: Reading,
): { item: Static<S>; kind: K; config: unknown; path: Path }[] {
  const items = Object.hasOwn(value, list) ? value[list] : [];
  if (!Array.isArray(items)) {
    reading.add([list], "must be a list: its items start with -");
    return [];
  }
  const seen = new Set<string>();
  return items.flatMap((raw: unknown, index) => {
    const path = [list, index];
    const item = checked(shape, raw, path, reading);
    if (!isMapping(raw)) return [];
    const { id } = raw;
    if (typeof id === "string" && seen.has(id)) reading.add([...path, "id"], `the id ${id} is used twice`);
    if (typeof id === "string") seen.add(id);
    const reserved = list === "printers" && typeof id === "string" ? reservedReason(id) : undefined;
    if (reserved !== undefined) reading.add([...path, "id"], reserved);
    const plugin = readPlugin(raw, Object.keys(shape.properties), kinds, path, reading);
    return item === undefined || plugin === undefined ? [] : [{ item, path, ...plugin }];
  });
}

/** Checks the plug-in's own keys of one item with the plug-in's schema; undefined when there is a problem. */
function readPlugin<K extends Plugin>(
  item: Mapping,
  shared: readonly string[],
  kinds: readonly K[],
  path: Path,
  reading: Reading,
): { kind: K; config: unknown } | undefined {
  const name = item["kind"];
  // the shape has told that it is missing, or the environment that it is not set
  if (typeof name !== "string" || reading.unresolved.has([...path, "kind"].join("."))) return undefined;
  const kind = kinds.find((one) => one.kind === name);
  if (kind === undefined) {
    reading.add([...path, "kind"], `there is no kind ${JSON.stringify(name)}; known: ${kinds.map((one) => one.kind).join(", ")}`);
    return undefined;
  }
  const own = Object.fromEntries(Object.entries(item).filter(([key]) => !shared.includes(key)));
  const config = checked(kind.config, own, path, reading);
  return config === undefined ? undefined : { kind, config };
}

function readPrinters(value: Mapping, { adapters, detectors }: ConfigDeps, reading: Reading): PrinterConfig[] {
  const site = readSettings(Object.hasOwn(value, "detectors") ? value["detectors"] : undefined, ["detectors"], detectors, reading.add);
  return readItems("printers", value, PrinterShape, adapters, reading).map(({ item, kind, config, path }) => {
    const own = readSettings(item.detectors, [...path, "detectors"], detectors, reading.add);
    const record = readRecord(item.record, [...path, "record"], reading);
    return {
      id: item.id as PrinterId,
      name: item.name ?? item.id,
      adapter: kind,
      config,
      settings: mergeSettings(site, own),
      ...(record !== undefined && { record }),
    };
  });
}

function readChannels(value: Mapping, kinds: readonly ChannelKind[], language: string, reading: Reading): ChannelConfig[] {
  return readItems("channels", value, ChannelShape, kinds, reading).map(({ item, kind, config }) => ({
    id: item.id,
    kind,
    config,
    minPriority: item.minPriority ?? "low",
    language: item.language ?? language,
  }));
}

function readOverrides(value: Mapping, reading: Reading): ReadonlyMap<HmsCode, Override> {
  const overrides = new Map<HmsCode, Override>();
  const written = Object.hasOwn(value, "overrides") ? value["overrides"] : {};
  if (!isMapping(written)) {
    reading.add(["overrides"], "must be a map of codes, like 0300-0300-0001-0001: { priority: low }");
    return overrides;
  }
  for (const [text, raw] of Object.entries(written)) {
    const path = ["overrides", text];
    const code = codeOf(text, path, reading);
    const override = checked(OverrideShape, raw, path, reading);
    if (code === undefined || override === undefined) continue;
    const { onDelay, offDelay, ...rest } = override;
    overrides.set(code, {
      ...rest,
      ...(onDelay === undefined ? {} : { onDelayMs: durationMs(onDelay) }),
      ...(offDelay === undefined ? {} : { offDelayMs: durationMs(offDelay) }),
    });
  }
  return overrides;
}

function codeOf(text: string, path: Path, reading: Reading): HmsCode | undefined {
  try {
    return parseCode(text);
  } catch (error) {
    reading.add(path, errorText(error));
    return undefined;
  }
}

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Of a text that the schema has checked. */
function durationMs(text: string): number {
  const unit = text.replace(/^[0-9]+/, "") as keyof typeof UNIT_MS;
  return Number.parseInt(text, 10) * UNIT_MS[unit];
}
