/** One open live connection: writes with a bounded buffer, and holds live events back while what was missed is being sent. */
import type { FastifyReply } from "fastify";
import type { Log } from "../lib/log.ts";

export interface LiveClient {
  /** Sends now, whatever is held. */
  send(text: string): void;
  /** Sends, or keeps it for `release`. */
  offer(text: string): void;
  hold(): void;
  release(): void;
  /** Cuts the connection; the client comes back by itself and asks for what it missed. */
  drop(): void;
  end(): void;
}

const MAX_HELD = 10_000;

export function openLiveClient(reply: FastifyReply, maxBufferedBytes: number, log: Log): LiveClient {
  let held: string[] | undefined;
  reply.hijack();
  const { raw } = reply;
  raw.on("error", (error) => log.debug({ reason: error.message }, "a live connection broke"));
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });

  const drop = (): void => void raw.destroy();

  function send(text: string): void {
    if (raw.destroyed || raw.writableEnded) return;
    if (raw.writableLength > maxBufferedBytes) {
      log.info({ bufferedBytes: raw.writableLength }, "a live client does not keep up and is dropped");
      return drop();
    }
    raw.write(text);
  }

  return {
    send,
    offer: (text) => {
      if (held === undefined) send(text);
      else if (held.push(text) > MAX_HELD) drop();
    },
    hold: () => {
      held = [];
    },
    release: () => {
      const waiting = held ?? [];
      held = undefined;
      for (const text of waiting) send(text);
    },
    drop,
    end: () => void raw.end(),
  };
}
