/** What a printer may not do now, and until when; says so as well when nothing is blocked. */
import type { Alert, Printer } from "../data/contract.ts";
import { gateShortWords, gateWords } from "../show/words.ts";
import { t } from "../words/language.ts";

interface Props {
  readonly printer: Printer;
  /** The printer's alerts, as far as they are known: they tell a fault that stands from one that waits for its reset. */
  readonly alerts: readonly Alert[] | undefined;
  readonly short?: boolean;
}

export function Gate({ printer, alerts = [], short = false }: Props) {
  const words = short ? gateShortWords(printer.gate, alerts) : gateWords(printer, alerts);
  const blocks = words === undefined ? "none" : printer.gate.startBlocked ? "start" : "resume";
  return (
    <span className="gate" data-testid="gate" data-blocks={blocks} title={words}>
      {words ?? t("gate.open")}
    </span>
  );
}
