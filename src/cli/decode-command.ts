/** `openhms decode`: codes from the arguments or from standard input, one answer each, in input order. */
import { createInterface } from "node:readline";
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { VendorTexts } from "../catalogue/vendor/vendor-texts.ts";
import { qrTerminal } from "../lib/qr.ts";
import type { Terminal } from "./commands.ts";
import { decodeLine } from "./decode.ts";
import { jsonLine, plainLines } from "./format.ts";

export interface DecodeOptions {
  readonly json: boolean;
  readonly qr: boolean;
  /** As a person types it: `de`, `de-AT`. */
  readonly language: string;
  readonly publicUrl: string;
}

/** False when one of the inputs was no code. */
export async function decode(
  { catalogue, vendorTexts }: { readonly catalogue: Catalogue; readonly vendorTexts: VendorTexts },
  codes: readonly string[],
  options: DecodeOptions,
  terminal: Terminal,
): Promise<boolean> {
  const language = catalogue.language([options.language]);
  const publicUrl = options.publicUrl.replace(/\/+$/, "");
  let isGood = true;
  const answer = (input: string): void => {
    const { json, text, ok } = decodeLine(input, catalogue, publicUrl, language, (code) =>
      vendorTexts.of(code, { languages: [options.language] }),
    );
    isGood &&= ok;
    terminal.print(options.json ? jsonLine(json) : plainLines(text));
    if (options.qr && ok && !options.json) terminal.print(qrTerminal((json as { url: string }).url));
  };
  if (codes.length > 0) for (const code of codes) answer(code);
  else for await (const line of createInterface({ input: process.stdin })) if (line.trim() !== "") answer(line);
  return isGood;
}
