/** The catalogue for commands that need no central: with the packs of a configuration, and those named on the command line. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Catalogue } from "../catalogue/catalogue.ts";
import { type PackOptions, loadCatalogue } from "../catalogue/load.ts";
import type { PackInfo } from "../catalogue/packs/packs.ts";
import { ConfigError, formatProblem } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";
import { loadPackOptions } from "./config-catalogue.ts";

/** What the options of a command say. */
export interface CatalogueChoice {
  readonly config?: string;
  readonly pack?: readonly string[];
  /** Whether to go on where a pack of the command line has problems; `packs()` tells them. */
  readonly lenient?: boolean;
}

/** Where no configuration is named. */
const USUAL_CONFIG = "openhms.yaml";

type Complain = (line: string) => void;

/** A configuration that was named must be sound; one that merely lies here must not stop who looks up a code. */
function configuredPacks(config: string | undefined, complain: Complain): PackOptions {
  if (config !== undefined) return loadPackOptions(config);
  const none = { paths: [], builtIn: true };
  if (!existsSync(USUAL_CONFIG)) return none;
  try {
    return loadPackOptions(USUAL_CONFIG);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    complain(error.message);
    return none;
  }
}

/** A pack that was asked for on the command line must be sound; one of the configuration is left out, as central does it. @throws {ConfigError} */
export async function openCatalogue({ config, pack = [], lenient = false }: CatalogueChoice, complain: Complain): Promise<Catalogue> {
  const { paths, builtIn } = configuredPacks(config, complain);
  const given = new Set(pack.map((path) => resolve(path)));
  const others = paths.filter((path) => !given.has(path));
  const catalogue = await loadCatalogue({ packs: { paths: [...others, ...pack], builtIn } });
  if (lenient) return catalogue;
  const refused = catalogue.packs().filter(({ loaded }) => !loaded);
  const wanted = refused.filter(({ path }) => pack.includes(path));
  if (wanted.length > 0) throw new ConfigError(wanted.flatMap(({ problems }) => problems));
  for (const { problems } of refused) for (const problem of problems) complain(formatProblem(problem));
  return catalogue;
}

/** Central starts without a pack that has problems, and says so. */
export function logPacks(packs: readonly PackInfo[], log: Log): void {
  for (const { id, path, version, builtIn, loaded, entries, replaces, problems } of packs) {
    // what everybody has is no news
    if (loaded && builtIn) continue;
    if (loaded) log.info({ pack: id, version, path, entries, replaces: replaces.length }, "pack loaded");
    else log.error({ pack: id, path, problems: problems.map(formatProblem) }, "pack left out");
  }
}
