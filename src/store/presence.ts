/**
 * Whether the files that were opened still stand under their names. Hides inodes. A process may write for ever into a file that
 * somebody deleted or replaced, and the system tells it nothing: every commit succeeds, and at the next start all of it is gone.
 */
import { statSync } from "node:fs";
import { errorText } from "../lib/errors.ts";

/** What is wrong with a file, and what to do about it; undefined while all is well. */
export interface Absence {
  readonly reason: string;
  readonly fix: string;
}

const identityOf = (path: string): string | undefined => {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.dev} ${found.ino}`;
};

/** Remembers the database at `path` and its log as they are now; the answer costs two looks at the file system, some microseconds. */
export function watchDatabase(path: string): () => Absence | undefined {
  const log = `${path}-wal`;
  const [database, itsLog] = [identityOf(path), identityOf(log)];
  return () => {
    try {
      if (identityOf(path) !== database) {
        return {
          reason: "the database file was removed or replaced while OpenHMS runs",
          fix: "put it back, or a backup of it, and restart OpenHMS; nothing is stored until then",
        };
      }
      if (itsLog === undefined || identityOf(log) === itsLog) return undefined;
      return {
        reason: `the database's log ${log} was removed or replaced while OpenHMS runs`,
        fix: "stop OpenHMS without killing it, which saves what that log holds, and start it again; nothing is stored until then",
      };
    } catch (error) {
      return { reason: `the database file can no longer be looked at: ${errorText(error)}`, fix: "see to its folder and restart OpenHMS" };
    }
  };
}
