/**
 * A database that is pulled away under a running store, and places that cannot be written: real files, and real users and mounts
 * where this system lets a test have them.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLog } from "../lib/log.ts";
import { raise } from "./fixtures.ts";
import { openSqliteStore } from "./sqlite.ts";
import type { Store } from "./store.ts";

let parent: string;
let folder: string;
let path: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "openhms-presence-"));
  // for the tests that run as another user
  chmodSync(parent, 0o755);
  folder = join(parent, "data");
  mkdirSync(folder);
  path = join(folder, "openhms.db");
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const open = (file: string): Promise<Store> => openSqliteStore(file, { log: silentLog });

/** Makes a whole, closed database with alert 7 under another name. */
async function otherDatabase(): Promise<string> {
  const other = join(parent, "other.db");
  const store = await open(other);
  await store.commit(raise(7));
  await store.close();
  return other;
}

function copyOver(): void {
  copyFileSync(path, join(parent, "copy.db"));
  renameSync(join(parent, "copy.db"), path);
}

// an open file cannot be deleted on Windows
describe.skipIf(process.platform === "win32")("a database that goes away while the store is open", () => {
  const cases: [string, () => void | Promise<void>, RegExp][] = [
    ["deleted", () => rmSync(path), /the database file was removed or replaced .* put it back, or a backup of it, and restart/],
    ["deleted with all its files", () => readdirSync(folder).forEach((name) => rmSync(join(folder, name))), /removed or replaced/],
    ["replaced by another", async () => renameSync(await otherDatabase(), path), /removed or replaced/],
    ["replaced by a copy of itself", copyOver, /removed or replaced/],
    ["gone with its folder", () => rmSync(folder, { recursive: true }), /removed or replaced/],
    ["moved with its folder", () => renameSync(folder, join(parent, "moved")), /removed or replaced/],
    ["without its log", () => rmSync(`${path}-wal`), /the database's log .*openhms\.db-wal was removed .* without killing it/],
  ];
  it.each(cases)("%s: what comes then is refused, with the fact and the fix", async (_name, goAway, words) => {
    const store = await open(path);
    await store.commit(raise(1));
    await goAway();
    for (const n of [2, 3]) {
      const refusal = { code: "refused", reason: "unavailable", message: expect.stringMatching(words) };
      await expect(store.commit(raise(n))).rejects.toMatchObject(refusal);
    }
    await store.close();
  });

  it("leaves the database that was put in its place, and its log, as they are", async () => {
    const store = await open(path);
    await store.commit(raise(1));
    renameSync(await otherDatabase(), path);
    writeFileSync(`${path}-wal`, "the log of the other one");
    const bytes = readFileSync(path);
    await expect(store.commit(raise(2))).rejects.toMatchObject({ reason: "unavailable" });
    await store.close();
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(readFileSync(`${path}-wal`, "utf8")).toBe("the log of the other one");
  });

  it("goes on when the same file is put back, with every row that was acknowledged", async () => {
    const store = await open(path);
    await store.commit(raise(1));
    renameSync(folder, join(parent, "moved"));
    await expect(store.commit(raise(2))).rejects.toMatchObject({ reason: "unavailable" });
    renameSync(join(parent, "moved"), folder);
    await store.commit(raise(3));
    await store.close();
    const again = await open(path);
    expect((await again.loadAlerts()).length).toBe(2);
    await again.close();
  });

  it("keeps what was acknowledged when only the log was deleted and the store is closed as told", async () => {
    const store = await open(path);
    for (let n = 1; n <= 5; n++) await store.commit(raise(n));
    rmSync(`${path}-wal`);
    await expect(store.commit(raise(6))).rejects.toMatchObject({ reason: "unavailable" });
    await store.close();
    const again = await open(path);
    expect(await again.lastTransitionId()).toBe(5);
    await again.close();
  });
});

/** Opens the store at argv[2], raises until something fails or 2,000 are stored; writes what failed. */
const CHILD = `
  const [sqlite, fixtures, log] = await Promise.all(["sqlite.ts", "fixtures.ts", "../lib/log.ts"].map((file) => import(new URL(file, process.argv[1]).href)));
  try {
    const store = await sqlite.openSqliteStore(process.argv[2], { log: log.silentLog });
    let failed;
    for (let n = 1; n <= 2000 && failed === undefined; n++) await store.commit(fixtures.raise(n)).catch((error) => (failed = error));
    const stored = await store.lastTransitionId();
    await store.close();
    console.log(failed === undefined ? "all stored" : failed.name + "/" + failed.reason + ": " + failed.message + " (" + stored + " stored)");
  } catch (error) {
    console.log(error.name + ": " + error.message);
  }`;
const NODE = [process.execPath, "--input-type=module", "-e", CHILD, import.meta.url];
const NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

const run = ([command = "", ...args]: readonly string[]): { readonly ok: boolean; readonly text: string } => {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  return { ok: status === 0, text: `${stdout ?? ""}${stderr ?? ""}` };
};
const isRoot = process.getuid?.() === 0;
const hasNobody =
  isRoot && run([...NOBODY, ...NODE.slice(0, 2), "-e", `await import(${JSON.stringify(import.meta.resolve("./store.ts"))})`]).ok;
/** In a room of its own, where mounts are seen by nobody else and end with the command. */
const mounted = (script: string, place: string): string =>
  run(["unshare", "-m", "sh", "-ec", script, "sh", place, ...NODE, join(place, "openhms.db")]).text;
const hasMounts = isRoot && mounted('mount -t tmpfs none "$1" && echo mounted', tmpdir()) === "mounted\n";

describe("a place that cannot be written", () => {
  const SEE = /^StartError: cannot open the database .*openhms\.db: .*EACCES.*see that this user may write the folder and the file/;

  it.skipIf(!hasNobody)("a folder of somebody else: refused at the start (needs root and setpriv)", () => {
    expect(run([...NOBODY, ...NODE, path]).text).toMatch(SEE);
  });

  it.skipIf(!hasNobody)(
    "a file of somebody else, the database or one beside it: refused with its name (needs root and setpriv)",
    async () => {
      await (await open(path)).close();
      chmodSync(folder, 0o777);
      chmodSync(path, 0o444);
      expect(run([...NOBODY, ...NODE, path]).text).toMatch(SEE);
      chmodSync(path, 0o666);
      expect(run([...NOBODY, ...NODE, path]).text).toMatch(/EACCES.*openhms\.db-lock/);
    },
  );

  it.skipIf(!hasMounts)("a read-only file system: refused at the start (needs root and unshare)", async () => {
    await (await open(path)).close();
    const script = 'mount --bind "$1" "$1"; mount -o remount,ro,bind "$1"; shift; "$@"';
    expect(mounted(script, folder)).toMatch(/^StartError: cannot open the database .*EROFS.*see that this user may write/);
  });

  it.skipIf(!hasMounts)("a disk that fills up: refused as unavailable, and what was acknowledged stays (needs root and unshare)", () => {
    const text = mounted('mount -t tmpfs -o size=4m none "$1"; shift; "$@"', folder);
    expect(text).toMatch(/^RefusedError\/unavailable: could not store \d+ rows in .*: database or disk is full; see to the disk/);
    expect(Number(/\((\d+) stored\)/.exec(text)?.[1])).toBeGreaterThan(10);
  });
});
