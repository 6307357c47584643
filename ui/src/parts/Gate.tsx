/** What a printer may not do now, and until when; says so as well when nothing is blocked. */
import type { Printer } from "../data/contract.ts";
import { gateWords } from "../show/words.ts";

export function Gate({ printer }: { readonly printer: Printer }) {
  const words = gateWords(printer);
  const blocks = words === undefined ? "none" : printer.gate.startBlocked ? "start" : "resume";
  return (
    <span className="gate" data-testid="gate" data-blocks={blocks} title={words}>
      {words ?? "Nothing blocks this printer"}
    </span>
  );
}
