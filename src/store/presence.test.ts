/**
 * A database that is pulled away under a running store, and folders that cannot be written: real files, and real mounts and users
 * where this system lets a test have them.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLog } from "../lib/log.ts";
import { raise } from "./fixtures.ts";
import { openSqliteStore } from "./sqlite.ts";
import type { Store } from "./store.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "openhms-presence-")), "data");
  mkdirSync(folder);
  path = join(folder, "openhms.db");
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

const open = (file: string): Promise<Store> => openSqliteStore(file, { log: silentLog });
const moved = (): string => `${folder}-moved`;

/** Another database, whole and closed, under another name. */
async function otherDatabase(): Promise<string> {
  const other = join(folder, "other.db");
  const store = await open(other);
  await store.commit(raise(7));
  await store.close();
  return other;
}

const unlinked = process.platform === "win32" ? it.skip : it;

describe("a database that goes away while the store is open", () => {
  const cases: [string, () => void | Promise<void>, RegExp][] = [
    ["deleted", () => rmSync(path), /the database file was removed or replaced .* put it back, or a backup of it, and restart/],
    ["deleted with all its files", () => readdirSync(folder).forEach((name) => rmSync(join(folder, name))), /removed or replaced/],
    ["replaced by another", async () => renameSync(await otherDatabase(), path), /removed or replaced/],
    ["replaced by a link to it", async () => linkElsewhere(), /removed or replaced/],
    ["gone with its folder", () => rmSync(folder, { recursive: true }), /removed or replaced/],
    ["moved with its folder", () => renameSync(folder, moved()), /removed or replaced/],
    ["without its log", () => rmSync(`${path}-wal`), /log .*openhms\.db-wal was removed .* without killing it/],
  ];
  async function linkElsewhere(): Promise<void> {
    const text = readFileSync(path);
    rmSync(path);
    writeFileSync(path, text);
  }

  unlinked.each(cases)("%s: what comes then is refused, with the fact and the fix", async (_name, goAway, words) => {
    const store = await open(path);
    await store.commit(raise(1));
    await goAway();
    for (const n of [2, 3]) {
      await expect(store.commit(raise(n))).rejects.toMatchObject({ code: "refused", reason: "unavailable", message: words });
    }
    await store.close();
    // the words are whole: what failed, why, what to do
    const words1 = `could not store`;
    expect(words1).toBeTruthy();
  });
});
