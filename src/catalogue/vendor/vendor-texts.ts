/**
 * The maker's texts that this site imported, for whoever shows a code. Hides that they lie in a folder: tables are read when first
 * asked for, changes of the folder are seen within a second, and only the languages asked for last stay in memory.
 */
import type { VendorText } from "../../model/api.ts";
import type { HmsCode } from "../../model/code.ts";
import { errorText } from "../../lib/errors.ts";
import type { Log } from "../../lib/log.ts";
import type { Clock } from "../../lib/time.ts";
import { type LoadedTable, type Reader, chooseLanguages, chooseTexts } from "./choose.ts";
import { pack } from "./packed.ts";
import { type ImportFile, listImports, readImport } from "./shelf.ts";

export interface VendorTexts {
  /** Never throws; what cannot be read is told to the log and left out. */
  of(code: HmsCode, reader?: Reader): VendorText[];
}

export const NO_VENDOR_TEXTS: VendorTexts = { of: () => [] };

const LOOK_EVERY_MS = 1_000;
/** A reader needs two. */
const MAX_LANGUAGES = 4;

export interface VendorTextsDeps {
  readonly dir: string;
  readonly clock: Pick<Clock, "now">;
  readonly log: Pick<Log, "warn">;
}

interface Loaded {
  readonly stamp: string;
  /** Undefined: it could not be read. */
  readonly table: LoadedTable | undefined;
}

export function createVendorTexts({ dir, clock, log }: VendorTextsDeps): VendorTexts {
  let files: readonly ImportFile[] = [];
  let lookedAt: number | undefined;
  /** The language asked for last stands last. */
  const languages = new Map<string, Map<string, Loaded>>();

  function look(): void {
    const now = clock.now();
    if (lookedAt !== undefined && now >= lookedAt && now - lookedAt < LOOK_EVERY_MS) return;
    lookedAt = now;
    try {
      files = listImports(dir);
    } catch (error) {
      log.warn({ dir, reason: errorText(error) }, "could not look at the folder of the maker's texts");
    }
  }

  function load(file: ImportFile): Loaded {
    const found = readImport(file);
    if (!("damage" in found)) return { stamp: file.stamp, table: { about: found.about, texts: pack(found.texts) } };
    log.warn({ path: file.path, reason: found.damage }, "could not read the maker's texts; import them again");
    return { stamp: file.stamp, table: undefined };
  }

  function tablesOf(language: string): readonly LoadedTable[] {
    const before = languages.get(language);
    const loaded = new Map<string, Loaded>();
    for (const file of files) {
      if (file.language !== language) continue;
      const known = before?.get(file.id);
      loaded.set(file.id, known?.stamp === file.stamp ? known : load(file));
    }
    languages.delete(language);
    languages.set(language, loaded);
    const [oldest] = languages.keys();
    if (languages.size > MAX_LANGUAGES && oldest !== undefined) languages.delete(oldest);
    return [...loaded.values()].flatMap(({ table }) => (table === undefined ? [] : [table]));
  }

  return {
    of: (code, reader = {}) => {
      look();
      if (files.length === 0) {
        languages.clear();
        return [];
      }
      const wanted = chooseLanguages(reader.languages ?? [], [...new Set(files.map(({ language }) => language))]);
      return wanted.flatMap((language) => chooseTexts(tablesOf(language), code, reader.model));
    },
  };
}
