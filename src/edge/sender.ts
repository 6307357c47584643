/** Sends what waits in the spool, in order and in batches, until central holds it. Hides waiting and trying again. */
import type { EdgeBus } from "../bus/bus.ts";
import { errorText } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";
import { backoffMs, type Clock } from "../lib/time.ts";
import type { ReportMessage } from "../model/report.ts";
import type { Spool } from "./spool.ts";

export interface Sender {
  /** There is something to send; harmless when it is sending already. */
  start(): void;
  /** Central can be reached again: no need to wait for the next attempt. */
  hurry(): void;
  /** Gives what is on its way a moment; what does not arrive stays in the spool. */
  close(): Promise<void>;
}

export interface SenderDeps {
  readonly bus: EdgeBus;
  readonly spool: Spool;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
}

const BATCH = 500;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 60_000;
const FAREWELL_MS = 800;

export function createSender(deps: SenderDeps, onDrained: () => void): Sender {
  const { spool, clock } = deps;
  let sending: Promise<void> | undefined;
  let wake: (() => void) | undefined;
  let isClosing = false;

  async function send(): Promise<void> {
    // never ends in the same turn, so that `sending` is set before it is taken back
    await Promise.resolve();
    let attempt = 0;
    for (let batch = spool.next(BATCH); batch.length > 0; batch = spool.next(BATCH)) {
      if (await sendBatch(batch, deps)) attempt = 0;
      else if (isClosing) break;
      else await rest(backoffMs(attempt++, FIRST_RETRY_MS, MAX_RETRY_MS, deps.random));
    }
    sending = undefined;
    if (!isClosing && spool.size() === 0) onDrained();
  }

  function rest(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        wake = undefined;
        resolve();
      };
      const cancel = clock.setTimer(delayMs, end);
      wake = end;
    });
  }

  function start(): void {
    if (spool.size() > 0) sending ??= send();
  }

  return {
    start,
    hurry: () => {
      wake?.();
      start();
    },
    close: async () => {
      isClosing = true;
      wake?.();
      let cancel = (): void => undefined;
      const farewell = new Promise<void>((resolve) => {
        cancel = clock.setTimer(FAREWELL_MS, resolve);
      });
      await Promise.race([sending ?? Promise.resolve(), farewell]);
      cancel();
    },
  };
}

async function sendBatch(batch: readonly ReportMessage[], deps: SenderDeps): Promise<boolean> {
  const { bus, spool, log } = deps;
  try {
    const result = await bus.report(batch);
    for (const { index, reason } of result.rejected) {
      const refused = batch[index];
      log.error({ printer: refused?.printer, detector: refused?.detector, code: refused?.code, reason }, "central refused a report");
    }
  } catch (error) {
    log.debug({ reason: errorText(error), waiting: spool.size() }, "could not hand reports to central; will try again");
    spool.release();
    return false;
  }
  try {
    await spool.acknowledge(batch.length);
  } catch (error) {
    log.warn({ reason: errorText(error) }, "could not empty the spool on disk; after a restart central will see these reports twice");
  }
  return true;
}
