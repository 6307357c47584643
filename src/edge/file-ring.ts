/**
 * A ring of compressed files in a folder: text is added at the end, the oldest files go. What must hold: the files together never
 * grow beyond their limit; whenever the process is killed, what was added before can be read. Each piece is a gzip member of its own
 * and whole by itself, so that `zcat` reads a file and a torn end costs the last piece alone.
 */
import { appendFile, mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { fromIso, type Timestamp, toIso } from "../lib/time.ts";

export interface RingLimits {
  readonly keepMs: number;
  readonly maxBytes: number;
}

export interface FileRing {
  /** Adds text at the end; `header` stands first in each file. After it rejected, the next piece begins a new file. */
  add(text: string, header: string, now: Timestamp): Promise<void>;
}

interface RingFile {
  readonly path: string;
  readonly since: Timestamp;
  bytes: number;
}

/** A file covers an hour at most, and so little of the whole that what goes is small. */
const FILE_MS = 3_600_000;
const FILES_AT_LEAST = 16;

const compress = promisify(gzip);
const NAME = /^(\d{4}-\d{2}-\d{2}T)(\d{2})-(\d{2})-(\d{2}\.\d{3}Z)\.jsonl\.gz$/;
const nameOf = (since: Timestamp): string => `${toIso(since).replaceAll(":", "-")}.jsonl.gz`;

/** Oldest first. Files that somebody else put there are none of ours. */
async function listFiles(folder: string): Promise<RingFile[]> {
  await mkdir(folder, { recursive: true });
  const files: RingFile[] = [];
  for (const name of (await readdir(folder)).toSorted()) {
    const since = fromIso(name.replace(NAME, "$1$2:$3:$4"));
    const path = join(folder, name);
    if (NAME.test(name) && since !== undefined) files.push({ path, since, bytes: (await stat(path)).size });
  }
  return files;
}

export function createFileRing(folder: string, limits: RingLimits): FileRing {
  /** Undefined: the folder must be looked at first. */
  let files: RingFile[] | undefined;
  let current: RingFile | undefined;

  async function makeRoom(ring: RingFile[], bytes: number, now: Timestamp): Promise<void> {
    let total = ring.reduce((sum, file) => sum + file.bytes, bytes);
    for (let oldest = ring[0]; oldest !== undefined && oldest !== current; oldest = ring[0]) {
      if (total <= limits.maxBytes && now - oldest.since <= limits.keepMs) return;
      await rm(oldest.path, { force: true });
      ring.shift();
      total -= oldest.bytes;
    }
  }

  function isFull(file: RingFile, now: Timestamp): boolean {
    // one that begins in the future is of a clock that was set back since
    return now - file.since >= FILE_MS || now < file.since || file.bytes >= limits.maxBytes / FILES_AT_LEAST;
  }

  async function add(text: string, header: string, now: Timestamp): Promise<void> {
    files ??= await listFiles(folder);
    if (current !== undefined && isFull(current, now)) current = undefined;
    const piece = await compress(current === undefined ? header + text : text);
    await makeRoom(files, piece.length, now);
    if (current === undefined) {
      const path = join(folder, nameOf(now));
      await (await open(path, "ax")).close();
      current = { path, since: now, bytes: 0 };
      files.push(current);
    }
    await appendFile(current.path, piece);
    current.bytes += piece.length;
  }

  return {
    add: async (text, header, now) => {
      try {
        await add(text, header, now);
      } catch (error) {
        // half a piece may stand at its end, and nothing readable would follow it
        current = undefined;
        files = undefined;
        throw error;
      }
    },
  };
}
