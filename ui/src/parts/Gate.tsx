/** What a printer may not do now, and until when; says so as well when nothing is blocked. */
import type { Printer } from "../data/contract.ts";
import { gateShortWords, gateWords } from "../show/words.ts";

export function Gate({ printer, short = false }: { readonly printer: Printer; readonly short?: boolean }) {
  const words = short ? gateShortWords(printer.gate) : gateWords(printer);
  const blocks = words === undefined ? "none" : printer.gate.startBlocked ? "start" : "resume";
  return (
    <span className="gate" data-testid="gate" data-blocks={blocks} title={words}>
      {words ?? "Nothing blocks this printer"}
    </span>
  );
}
