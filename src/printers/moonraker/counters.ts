/** Counters of the links to Klipper's boards. A printer with several boards tells the sum: one bad cable is one too many. */
import type { Readings } from "../../model/telemetry.ts";
import { isRecord, type Json, numberOf } from "../bambu/values.ts";
import type { Known, ObjectReader } from "./known.ts";

type CanState = NonNullable<Readings["canState"]>;

/** From well to worst. */
const CAN_STATES: readonly CanState[] = ["active", "warn", "passive", "off"];

const MAX_COUNT = 1e15;

type Count = "bytes_write" | "bytes_retransmit" | "bytes_invalid" | "rx_error" | "tx_error" | "tx_retries";

/** What one board or bus told last of each counter. */
type Told = Map<Count, number>;

function note(told: Told, fields: Json, names: readonly Count[]): void {
  for (const name of names) {
    const count = numberOf(fields[name], 0, MAX_COUNT);
    if (count !== undefined) told.set(name, count);
  }
}

/** Undefined while nobody told one. */
function sum(all: readonly Told[], ...names: readonly Count[]): number | undefined {
  const counts = all.flatMap((told) => names.map((name) => told.get(name))).filter((count) => count !== undefined);
  return counts.length === 0 ? undefined : counts.reduce((total, count) => total + count, 0);
}

export interface Counters {
  mcu(): ObjectReader;
  can(): ObjectReader;
}

export function createCounters(known: Known): Counters {
  const boards: Told[] = [];
  const buses: { readonly told: Told; state?: CanState }[] = [];
  return {
    mcu: () => {
      const board: Told = new Map();
      boards.push(board);
      return ({ last_stats: stats }) => {
        if (!isRecord(stats)) return;
        note(board, stats, ["bytes_write", "bytes_retransmit", "bytes_invalid"]);
        known.set("mcuBytesSent", sum(boards, "bytes_write"));
        known.set("mcuBytesRetransmit", sum(boards, "bytes_retransmit"));
        known.set("mcuBytesInvalid", sum(boards, "bytes_invalid"));
      };
    },
    can: () => {
      const bus: { readonly told: Told; state?: CanState } = { told: new Map() };
      buses.push(bus);
      return (fields) => {
        note(bus.told, fields, ["rx_error", "tx_error", "tx_retries"]);
        const state = CAN_STATES.find((one) => one === fields["bus_state"]);
        if (state !== undefined) bus.state = state;
        const all = buses.map(({ told }) => told);
        known.set("canErrors", sum(all, "rx_error", "tx_error"));
        known.set("canRetries", sum(all, "tx_retries"));
        known.set(
          "canState",
          CAN_STATES.findLast((worst) => buses.some((one) => one.state === worst)),
        );
      };
    },
  };
}
