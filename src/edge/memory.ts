/** What adapters must not forget (pinned certificates): one small file for the edge. A value is durable when `set` returns. */
import type { AdapterDeps } from "../printers/adapter.ts";
import type { Log } from "../lib/log.ts";
import type { PrinterId } from "../model/telemetry.ts";
import { isObject, readObject, replaceFileSync } from "./files.ts";

export interface AdapterMemory {
  of(printer: PrinterId): AdapterDeps["memory"];
}

/** `path` undefined: kept in this process only. */
export function createAdapterMemory(path: string | undefined, log: Log): AdapterMemory {
  const values = new Map<string, Map<string, string>>();
  if (path !== undefined) {
    for (const [printer, entries] of Object.entries(readObject(path, log))) {
      if (!isObject(entries)) continue;
      const texts = Object.entries(entries).filter((entry): entry is [string, string] => typeof entry[1] === "string");
      values.set(printer, new Map(texts));
    }
  }
  function save(): void {
    if (path === undefined) return;
    const plain = Object.fromEntries([...values].map(([printer, entries]) => [printer, Object.fromEntries(entries)]));
    replaceFileSync(path, `${JSON.stringify(plain)}\n`);
  }
  return {
    of: (printer) => ({
      get: (key) => values.get(printer)?.get(key),
      set: (key, value) => {
        const mine = values.get(printer) ?? new Map<string, string>();
        if (mine.get(key) === value) return;
        values.set(printer, mine.set(key, value));
        save();
      },
    }),
  };
}
