/**
 * The texts of a pack that is a zip. Nothing is ever written to disk. Hides the archive's format and refuses what a pack has no use
 * for: links, paths that lead outside, passwords, names that stand twice, and more bytes than knowledge can have.
 */
import { buffer } from "node:stream/consumers";
import { type Entry, openPromise } from "yauzl";
import { type Problem, errorText } from "../../lib/errors.ts";
import { READ, type Texts } from "../files/folder.ts";
import type { SourceText } from "../files/yaml.ts";

/** Ten times what the whole catalogue of the project has. */
export const ZIP_LIMITS = { files: 2_000, fileBytes: 1_000_000, totalBytes: 16_000_000, ratio: 200 } as const;

const FILE_KIND = 0o170_000;
const SYMLINK = 0o120_000;
/** Small texts of few words shrink to next to nothing, and hurt nobody. */
const RATIO_FROM_BYTES = 64_000;

const isLink = (entry: Entry): boolean => ((entry.externalFileAttributes >>> 16) & FILE_KIND) === SYMLINK;

/** Why a file that would be unpacked is not. */
function refusal(entry: Entry, taken: { readonly bytes: number }): string | undefined {
  if (entry.isEncrypted()) return "is locked with a password";
  const { uncompressedSize: bytes, compressedSize } = entry;
  if (bytes > ZIP_LIMITS.fileBytes) return `has ${bytes} bytes; a file of a pack has at most ${ZIP_LIMITS.fileBytes}`;
  if (taken.bytes + bytes > ZIP_LIMITS.totalBytes) return `goes beyond the ${ZIP_LIMITS.totalBytes} bytes that a pack may have`;
  if (bytes > RATIO_FROM_BYTES && bytes > ZIP_LIMITS.ratio * compressedSize) return "unpacks to far more than a text can";
  return undefined;
}

/** A zip of a folder holds the folder itself as the only thing at its top; inside it is the pack. */
function withoutTopFolder(names: readonly string[]): number {
  if (names.includes("pack.yaml")) return 0;
  const head = names.find((name) => /^[^/]+\/pack\.yaml$/.test(name));
  const top = head?.slice(0, head.indexOf("/") + 1) ?? "";
  return names.every((name) => name.startsWith(top)) ? top.length : 0;
}

/** Texts by their path, or the one problem for which the zip is refused whole. What is no text of a catalogue is passed over. */
export async function readZipTexts(path: string): Promise<{ readonly texts: Texts; readonly problems: readonly Problem[] }> {
  const found = new Map<string, string>();
  let name = "";
  try {
    const zip = await openPromise(path, { validateEntrySizes: true });
    const taken = { files: 0, bytes: 0 };
    // the library refuses absolute paths, drive letters and those with `..`
    for await (const entry of zip.eachEntry()) {
      name = entry.fileName;
      if (name.endsWith("/")) continue;
      if (isLink(entry)) return refused(`${path}/${name}`, "is a link; a pack has plain files only");
      taken.files += 1;
      if (taken.files > ZIP_LIMITS.files) return refused(path, `has more than ${ZIP_LIMITS.files} files`);
      if (!READ.test(name) || name.startsWith("__MACOSX/")) continue;
      const reason = refusal(entry, taken);
      if (reason !== undefined) return refused(`${path}/${name}`, reason);
      if (found.has(name)) return refused(`${path}/${name}`, "stands in the zip twice");
      // the library ends the stream where it is longer than was said
      const bytes = await buffer(await zip.openReadStreamPromise(entry));
      taken.bytes += bytes.length;
      found.set(name, new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    }
  } catch (error) {
    return refused(name === "" ? path : `${path}/${name}`, `cannot be read (${errorText(error)})`);
  }
  const names = [...found.keys()].sort();
  const top = withoutTopFolder(names);
  const texts = names.map((one): [string, SourceText] => [one.slice(top), { label: `${path}/${one}`, text: found.get(one) ?? "" }]);
  return { texts: new Map(texts), problems: [] };
}

function refused(file: string, message: string): { readonly texts: Texts; readonly problems: readonly Problem[] } {
  return { texts: new Map(), problems: [{ file, path: "", message }] };
}
