/**
 * Central's findings about the system itself: lost edges, dead channels, a store that failed, alerts that chatter, names that are
 * too many. They are alerts like all others.
 */
import { hmsFromWire } from "../model/code.ts";
import type { Report } from "../model/report.ts";
import type { PrinterId } from "../model/telemetry.ts";
import type { Clock } from "../lib/time.ts";
import { alertId, type Ledger } from "./ledger.ts";
import type { Draft } from "./draft.ts";
import type { ChannelNews } from "./courier.ts";
import { OWN_PRINTER, type Fleet, type KnownPrinter } from "./fleet.ts";

export const EDGE_LOST = hmsFromWire(0xf000_0200, 0x0003_0001);
export const CHANNEL_DEAD = hmsFromWire(0xf000_0400, 0x0003_0001);
export const CHATTERING = hmsFromWire(0xf000_0600, 0x0003_0001);
export const TOO_MANY_NAMES = hmsFromWire(0xf000_0700, 0x0003_0001);
export const STORAGE_TROUBLE = hmsFromWire(0xf000_0500, 0x0003_0001);
const DETECTOR = "central";

export type OwnCode = typeof EDGE_LOST;

export interface OwnFinding {
  readonly printer: string;
  readonly code: OwnCode;
  /** Why, in the history. */
  readonly note: string;
}

export interface Own {
  /** `evidence` stands in the freeze frame where this raises the alert. */
  fail(draft: Draft, finding: OwnFinding & { readonly evidence?: Readonly<Record<string, unknown>> }): void;
  pass(draft: Draft, finding: OwnFinding): void;
  /** Whether the alert about the system itself stands. */
  stands(code: OwnCode): boolean;
}

export interface OwnDeps {
  readonly ledger: Ledger;
  readonly fleet: Fleet;
  readonly clock: Clock;
}

export function createOwn({ ledger, fleet, clock }: OwnDeps): Own {
  return {
    fail: (draft, { printer: id, code, note, evidence }) => {
      const printer = id as PrinterId;
      const met = fleet.meet(printer);
      if (met !== undefined) draft.putPrinter(met);
      const target = { printer, code, detector: DETECTOR };
      const about = evidence === undefined ? {} : { evidence };
      const report: Report = { ...target, ...about, boot: DETECTOR, seq: 0, at: clock.now(), status: "fail" };
      ledger.step(draft, ledger.open(target), { type: "fail" }, { actor: null, note, report });
    },
    pass: (draft, { printer, code, note }) => {
      const live = ledger.get(alertId(printer, code));
      if (live !== undefined) ledger.step(draft, live, { type: "pass" }, { actor: null, note });
    },
    stands: (code) => {
      const condition = ledger.get(alertId(OWN_PRINTER, code))?.row.state.condition;
      return condition !== undefined && condition !== "ok";
    },
  };
}

export function edgeHeard(own: Own, draft: Draft, edge: string, printers: readonly KnownPrinter[], isHeard: boolean): void {
  for (const { id } of printers) {
    if (isHeard) own.pass(draft, { printer: id, code: EDGE_LOST, note: `edge ${edge} is back` });
    else own.fail(draft, { printer: id, code: EDGE_LOST, note: `edge ${edge} is not heard` });
  }
}

/** Follows what becomes of notifications; answers with the work to do when a channel died, or when the last dead one works again. */
export function watchChannels(own: Own): (channel: string, news: ChannelNews) => ((draft: Draft) => void) | undefined {
  const dead = new Set<string>();
  const about = { printer: OWN_PRINTER, code: CHANNEL_DEAD };
  return (channel, news) => {
    if (!news.delivered) {
      dead.add(channel);
      return (draft) => own.fail(draft, { ...about, note: `${channel}: ${news.detail}` });
    }
    dead.delete(channel);
    if (dead.size > 0 || !own.stands(CHANNEL_DEAD)) return undefined;
    return (draft) => own.pass(draft, { ...about, note: `${channel} works again` });
  };
}
