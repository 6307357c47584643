/** An edge's composition root: adapters and detectors over a bus that somebody else made. */
import type { EdgeBus } from "../bus/bus.ts";
import { detectors } from "../detectors/index.ts";
import { type Edge, type EdgePrinter, createEdge } from "../edge/edge.ts";
import type { Log } from "../lib/log.ts";
import { systemClock } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import { newBoot } from "./process.ts";

export interface EdgeOptions {
  readonly id: string;
  readonly bus: EdgeBus;
  readonly dataDir: string;
  readonly printers: readonly EdgePrinter[];
  readonly log: Log;
  /** What a message of a printer's own program means. */
  readonly codeOf?: (text: string) => HmsCode | undefined;
}

export function startEdge(options: EdgeOptions): Promise<Edge> {
  return createEdge({ ...options, clock: systemClock, random: Math.random, boot: newBoot(systemClock.now()), detectors });
}
