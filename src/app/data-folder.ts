/**
 * Where a site keeps its data, for commands that need no running central: said, or from the configuration, or as `openhms demo` has
 * it. Of the configuration only `storage` is read, so that no secret must be at hand.
 */
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import { ConfigError, errorText } from "../lib/errors.ts";
import { readText } from "./config-secrets.ts";

const DEFAULT_CONFIG = "openhms.yaml";
const DEFAULT_STORAGE = "sqlite:./openhms.db";
/** As `openhms demo --data` has it. */
const DEMO_DATA = "openhms-data";

export interface DataOptions {
  readonly data?: string;
  readonly config?: string;
}

/** The folder of the database, absolute; whether it exists is another question. @throws {ConfigError} */
export function dataFolder({ data, config }: DataOptions): string {
  if (data !== undefined) return resolve(data);
  if (config !== undefined || existsSync(DEFAULT_CONFIG)) return folderOfDatabase(config ?? DEFAULT_CONFIG);
  return resolve(DEMO_DATA);
}

function folderOfDatabase(file: string): string {
  const storage = storageOf(file);
  if (typeof storage !== "string" || !storage.startsWith("sqlite:") || storage.includes("${"))
    throw new ConfigError([
      { file, path: "storage", message: "must be sqlite:PATH to tell where the data is; or name the folder with --data" },
    ]);
  return dirname(resolve(dirname(resolve(file)), storage.slice("sqlite:".length)));
}

function storageOf(file: string): unknown {
  try {
    // what else is wrong with it is told when central starts
    const value: unknown = parse(readText(file), { logLevel: "silent" });
    return typeof value === "object" && value !== null && "storage" in value ? value.storage : DEFAULT_STORAGE;
  } catch (error) {
    throw new ConfigError([{ file, path: "", message: `cannot be read (${errorText(error)}); or name the folder with --data` }]);
  }
}
