/** Central's findings about the system itself: lost edges, dead channels, a store that failed. They are alerts like all others. */
import { hmsFromWire } from "../model/code.ts";
import type { PrinterId } from "../model/telemetry.ts";
import { alertId, type Ledger } from "./alerts.ts";
import type { Draft } from "./draft.ts";
import type { ChannelNews } from "./delivery.ts";
import { OWN_PRINTER, type Fleet, type KnownPrinter } from "./fleet.ts";

export const EDGE_LOST = hmsFromWire(0xf000_0200, 0x0003_0001);
export const CHANNEL_DEAD = hmsFromWire(0xf000_0400, 0x0003_0001);
export const STORAGE_TROUBLE = hmsFromWire(0xf000_0500, 0x0003_0001);
const DETECTOR = "central";

export type OwnCode = typeof EDGE_LOST;

export interface Own {
  fail(draft: Draft, printer: PrinterId, code: OwnCode, note: string): void;
  pass(draft: Draft, printer: PrinterId, code: OwnCode, note: string): void;
  /** Whether the alert about the system itself stands. */
  stands(code: OwnCode): boolean;
}

export function createOwn({ ledger, fleet }: { readonly ledger: Ledger; readonly fleet: Fleet }): Own {
  return {
    fail: (draft, printer, code, note) => {
      const met = fleet.meet(printer);
      if (met !== undefined) draft.putPrinter(met);
      ledger.step(draft, ledger.open({ printer, code, detector: DETECTOR }), { type: "fail" }, { actor: null, note });
    },
    pass: (draft, printer, code, note) => {
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
    if (isHeard) own.pass(draft, id, EDGE_LOST, `edge ${edge} is back`);
    else own.fail(draft, id, EDGE_LOST, `edge ${edge} is not heard`);
  }
}

/** Follows what becomes of notifications; answers with the work to do when a channel died, or when the last dead one works again. */
export function watchChannels(own: Own): (channel: string, news: ChannelNews) => ((draft: Draft) => void) | undefined {
  const dead = new Set<string>();
  return (channel, news) => {
    if (!news.delivered) {
      dead.add(channel);
      return (draft) => own.fail(draft, OWN_PRINTER, CHANNEL_DEAD, `${channel}: ${news.detail}`);
    }
    dead.delete(channel);
    if (dead.size > 0 || !own.stands(CHANNEL_DEAD)) return undefined;
    return (draft) => own.pass(draft, OWN_PRINTER, CHANNEL_DEAD, `${channel} works again`);
  };
}
