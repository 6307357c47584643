/** `openhms catalogue export`: what the running central knows of codes from the field, for the project; into a file, or shown. */
import { writeFile } from "node:fs/promises";
import { StartError, errorText } from "../lib/errors.ts";
import type { Client } from "./client.ts";
import type { Terminal } from "./commands.ts";
import { plain, plainLines } from "./format.ts";

export async function exportCodes(client: Client, file: string | undefined, terminal: Terminal): Promise<void> {
  const text = await client.text("/api/v1/contribution");
  if (file === undefined) return terminal.print(plainLines(text.trimEnd()));
  await writeFile(file, text).catch((error: unknown) => {
    throw new StartError(`cannot write ${file}: ${errorText(error)}; name another place with --out`, { cause: error });
  });
  const count = [...text.matchAll(/^ {2}- codes:$/gm)].length;
  const codes = count === 1 ? "1 code" : `${count} codes`;
  terminal.print(plain(`${codes} in ${file}. Read it through, then send it: CONTRIBUTING.md says where to.`));
}
