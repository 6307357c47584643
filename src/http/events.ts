/**
 * Live events by SSE. A client that comes back with its last id gets exactly what it missed from the recent events, or, when that is
 * too long ago, every alert that changed since and every printer as it is now: nothing is missed. Clients that do not read are
 * dropped; they resume the same way.
 */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Central, Wording } from "../central/central.ts";
import { errorText } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";
import type { Clock } from "../lib/time.ts";
import { type LiveClient, openLiveClient } from "./live-client.ts";
import { createRecent, eventText } from "./recent.ts";

export interface EventsOptions {
  readonly heartbeatMs?: number;
  readonly ringSize?: number;
  readonly maxBufferedBytes?: number;
}

export interface Events {
  open(request: FastifyRequest, reply: FastifyReply, asked: { readonly lastEventId: string | undefined; readonly language: string }): void;
  clients(): number;
  /** Ends every connection; clients come back by themselves. */
  close(): void;
}

/** In which language a client is told. */
interface Reader {
  readonly language: string;
  readonly wording: Wording;
}

const RETRY_MS = 2_000;
const DEFAULTS = { heartbeatMs: 15_000, ringSize: 5_000, maxBufferedBytes: 1024 * 1024 };

export async function createEvents(deps: { central: Central; clock: Clock; log: Log }, options: EventsOptions = {}): Promise<Events> {
  const { central, clock, log } = deps;
  const { heartbeatMs, ringSize, maxBufferedBytes } = { ...DEFAULTS, ...options };
  const clients = new Map<LiveClient, Reader>();
  const recent = createRecent(clock, ringSize, await central.alertsSince(clock.now()));

  const unsubscribe = central.subscribe((change) => {
    const { id } = recent.add(change);
    // one text for all readers of a language
    const texts = new Map<string, string>();
    for (const [client, { language, wording }] of clients) {
      let text = texts.get(language);
      if (text === undefined) texts.set(language, (text = eventText(id, wording.change(change))));
      client.offer(text);
    }
  });

  /** Tells everything that may have changed since an id that is not known (any more). */
  async function resync(client: LiveClient, { wording }: Reader, sinceId: number): Promise<void> {
    const sinceMs = recent.unseenSinceMs(sinceId);
    const upTo = recent.lastId();
    const alerts = await central.alertsSince(sinceMs);
    let id = sinceId;
    // ids right after the client's own: who is cut off halfway asks for everything again
    const next = (): number | undefined => (id + 1 < upTo ? ++id : undefined);
    for (const alert of alerts) client.send(eventText(next(), wording.change({ type: "alert", alert })));
    for (const printer of central.printers()) client.send(eventText(next(), wording.change({ type: "printer", printer })));
    if (upTo > sinceId) client.send(`id: ${upTo}\n\n`);
  }

  function begin(client: LiveClient, reader: Reader, sinceId: number | undefined): void {
    if (sinceId === undefined) return client.send(`id: ${recent.lastId()}\n\n`);
    const missed = recent.after(sinceId);
    if (missed !== undefined) return missed.forEach(({ id, change }) => client.send(eventText(id, reader.wording.change(change))));
    client.hold();
    resync(client, reader, sinceId).then(
      () => client.release(),
      (error: unknown) => {
        log.warn({ reason: errorText(error) }, "could not tell a live client what it missed; it is dropped and asks again");
        client.drop();
      },
    );
  }

  let cancelBeat = clock.setTimer(heartbeatMs, beat);
  function beat(): void {
    for (const client of clients.keys()) client.offer(": still here\n\n");
    cancelBeat = clock.setTimer(heartbeatMs, beat);
  }

  return {
    open: (request, reply, { lastEventId, language }) => {
      const client = openLiveClient(reply, maxBufferedBytes, log);
      request.raw.on("close", () => clients.delete(client));
      const reader = { language, wording: central.inLanguage(language) };
      clients.set(client, reader);
      client.send(`retry: ${RETRY_MS}\n\n`);
      begin(client, reader, readId(lastEventId));
    },
    clients: () => clients.size,
    close: () => {
      cancelBeat();
      unsubscribe();
      for (const client of clients.keys()) client.end();
      clients.clear();
    },
  };
}

function readId(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined;
  const id = Number(text);
  return Number.isSafeInteger(id) ? id : undefined;
}
