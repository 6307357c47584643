/**
 * How many names central takes in. Every printer, detector and code that a report names is remembered for ever, so a sender that
 * invents names could fill the memory. What is known goes on working whatever else is refused, and the refusal is told by an alert
 * that ends when nothing was refused for a while.
 */
import { at, type Clock, type Timestamp } from "../lib/time.ts";
import type { Report } from "../model/report.ts";
import { createAgenda } from "./agenda.ts";
import type { Draft } from "./draft.ts";
import { OWN_PRINTER, type Fleet } from "./fleet.ts";
import { alertId, type Ledger } from "./ledger.ts";
import { TOO_MANY_NAMES, type Own } from "./own.ts";

/** Twice the largest farm that one central is made for. */
export const MAX_PRINTERS = 20_000;
/** Of one printer. An edge runs some forty, and others may watch beside it. */
export const MAX_DETECTORS = 64;
/** Of one printer. Makers know some six thousand codes; a printer shows a few dozen of them in its life. */
export const MAX_CODES = 2_000;
/** Nothing refused for so long: whoever invented names has stopped. */
const CALM_MS = 600_000;

/** A name that is not taken in: where it is told, and why. */
export interface Excess {
  readonly printer: string;
  readonly reason: string;
}

export interface Names {
  /** Undefined: known, or there is room. */
  printer(id: string): Excess | undefined;
  /** `detectors`: how many the printer has, without a new one; undefined where this one is known. */
  report(report: Report, detectors: number | undefined): Excess | undefined;
  tell(draft: Draft, excess: Excess): void;
  /** Counts the calm of what stands anew; after the ledger was loaded. */
  load(): void;
  close(): void;
}

export interface NamesDeps {
  readonly clock: Clock;
  readonly fleet: Fleet;
  readonly ledger: Ledger;
  readonly own: Own;
  readonly attempt: (what: string, work: (draft: Draft) => void) => void;
}

export function createNames({ clock, fleet, ledger, own, attempt }: NamesDeps): Names {
  /** When names were last refused, by the printer that tells it. */
  const lastAt = new Map<string, Timestamp>();
  const agenda = createAgenda(clock, (printers) => {
    attempt("names that are no longer refused", (draft) => printers.forEach((printer) => look(draft, printer)));
  });

  function look(draft: Draft, printer: string): void {
    const calmAt = at((lastAt.get(printer) ?? 0) + CALM_MS);
    if (calmAt > clock.now()) return agenda.plan(printer, calmAt);
    lastAt.delete(printer);
    own.pass(draft, { printer, code: TOO_MANY_NAMES, note: "no new name was refused for ten minutes" });
  }

  /** One plan a printer at a time: a flood must not fill the agenda. */
  function noteRefused(printer: string): boolean {
    const isNew = !lastAt.has(printer);
    lastAt.set(printer, clock.now());
    if (isNew) agenda.plan(printer, at(clock.now() + CALM_MS));
    return isNew;
  }

  function printerExcess(id: string): Excess | undefined {
    if (fleet.get(id) !== undefined || fleet.size() < MAX_PRINTERS) return undefined;
    return { printer: OWN_PRINTER, reason: `printer: ${MAX_PRINTERS} are known already; the new one ${id} is not taken` };
  }

  return {
    printer: printerExcess,
    report: ({ printer, detector, code, status }, detectors) => {
      const excess = printerExcess(printer);
      if (excess !== undefined) return excess;
      if (detectors !== undefined && detectors >= MAX_DETECTORS)
        return { printer, reason: `detector: ${MAX_DETECTORS} report on ${printer} already; the new one ${detector} is not taken` };
      const isNewCode = status === "fail" && ledger.get(alertId(printer, code)) === undefined;
      if (isNewCode && ledger.count(printer) >= MAX_CODES)
        return { printer, reason: `code: ${printer} has had ${MAX_CODES} different ones already; the new one ${code} is not taken` };
      return undefined;
    },
    tell: (draft, { printer, reason }) => {
      if (noteRefused(printer)) own.fail(draft, { printer, code: TOO_MANY_NAMES, note: reason });
    },
    load: () => {
      agenda.clear();
      lastAt.clear();
      for (const { row } of ledger.all()) {
        if (row.code === TOO_MANY_NAMES && row.state.condition !== "ok") noteRefused(row.printer);
      }
    },
    close: () => agenda.clear(),
  };
}
