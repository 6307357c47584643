/**
 * Replaces a file so that a crash leaves the old or the new one and never a half: written beside, synced, renamed, and the rename
 * itself synced.
 */
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** `beside`: where it is written first; a name of its own for each writer where there may be several at once. */
export async function replaceFile(path: string, content: string | Uint8Array | Iterable<string>, beside = `${path}.new`): Promise<void> {
  try {
    const file = await open(beside, "w");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    // half a file on a full disk helps nobody
    await rm(beside, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** The rename itself must be on disk before what it replaces is thrown away. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
