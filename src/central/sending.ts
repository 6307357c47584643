/** One attempt to send, bounded in time even where a channel heeds no signal, and cut off when we stop. */
import type { Notification, Outcome, Sender } from "../channels/channel.ts";
import { errorText } from "../lib/errors.ts";
import type { Clock } from "../lib/time.ts";
import type { Log } from "../lib/log.ts";

const SEND_TIMEOUT_MS = 10_000;
const STOP_WAIT_MS = 1_000;

export interface Sending {
  /** Undefined when we stopped and do not know what became of it. */
  send(sender: Sender, notification: Notification): Promise<Outcome | undefined>;
  isStopping(): boolean;
  /** Waits a moment for `attempts`, then cuts them off. */
  stop(attempts: Iterable<Promise<void>>): Promise<void>;
}

export function createSending({ clock, log }: { readonly clock: Clock; readonly log: Log }): Sending {
  const stopping = new AbortController();

  async function send(sender: Sender, notification: Notification): Promise<Outcome | undefined> {
    const timeout = new AbortController();
    const cancel = clock.setTimer(SEND_TIMEOUT_MS, () => timeout.abort(new Error(`no answer within ${SEND_TIMEOUT_MS / 1_000} s`)));
    const signal = AbortSignal.any([timeout.signal, stopping.signal]);
    let cut = (): void => undefined;
    const cutOff = new Promise<never>((_, reject) => {
      cut = () => reject(signal.reason as Error);
    });
    signal.addEventListener("abort", cut);
    try {
      const outcome = await Promise.race([sender.send(notification, signal), cutOff]);
      return outcome.kind === "failed" && stopping.signal.aborted ? undefined : outcome;
    } catch (error) {
      if (stopping.signal.aborted) return undefined;
      if (!timeout.signal.aborted)
        log.warn({ notification: notification.id, reason: errorText(error) }, "a channel threw instead of answering");
      return { kind: "failed", retry: true, detail: errorText(error) };
    } finally {
      cancel();
      // a signal with a listener is never collected
      signal.removeEventListener("abort", cut);
    }
  }

  return {
    send,
    isStopping: () => stopping.signal.aborted,
    stop: async (attempts) => {
      const settled = Promise.allSettled(attempts);
      let cancel = (): void => undefined;
      const patience = new Promise<void>((resolve) => {
        cancel = clock.setTimer(STOP_WAIT_MS, resolve);
      });
      await Promise.race([settled, patience]);
      cancel();
      stopping.abort(new Error("stopping"));
      await settled;
    },
  };
}
