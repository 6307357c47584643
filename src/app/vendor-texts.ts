/** The maker's texts for commands that need no running central: where their folder is, and opening it. */
import { join } from "node:path";
import { SHELF_FOLDER } from "../catalogue/vendor/shelf.ts";
import { NO_VENDOR_TEXTS, type VendorTexts, createVendorTexts } from "../catalogue/vendor/vendor-texts.ts";
import { ConfigError } from "../lib/errors.ts";
import { systemClock } from "../lib/time.ts";
import { type DataOptions, dataFolder } from "./data-folder.ts";
import { ensureFolder } from "./process.ts";

/** @throws {ConfigError} when it cannot be told, {StartError} when it must be written and cannot. */
export function vendorTextsFolder(options: DataOptions, toWrite: boolean): string {
  const folder = dataFolder(options);
  if (toWrite) ensureFolder(folder, "--data");
  return join(folder, SHELF_FOLDER);
}

/** Explaining a code needs none of them: where the configuration cannot be read, the rest is shown and the reason told. */
export function openVendorTexts(options: DataOptions, complain: (line: string) => void): VendorTexts {
  const warn = (fields: object, message: string): void => complain(`openhms: ${message}: ${JSON.stringify(fields)}`);
  try {
    return createVendorTexts({ dir: vendorTextsFolder(options, false), clock: systemClock, log: { warn } });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    complain(`openhms: without the maker's texts: ${error.message}`);
    return NO_VENDOR_TEXTS;
  }
}
