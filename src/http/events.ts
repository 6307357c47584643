/**
 * Live events by SSE. Ids grow (milliseconds × 1000 + counter), over restarts too. A client that comes back with its last id gets
 * exactly what it missed from the ring of recent events, or, when that is too long ago, every alert that changed since and every
 * printer as it is now: nothing is missed. Clients that do not read are dropped; they resume the same way.
 */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Central, Change } from "../central/central.ts";
import { errorText } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";
import type { Clock } from "../lib/time.ts";

export interface EventsOptions {
  readonly heartbeatMs?: number;
  readonly ringSize?: number;
  readonly maxBufferedBytes?: number;
}

export interface Events {
  open(request: FastifyRequest, reply: FastifyReply, lastEventId: string | undefined): void;
  clients(): number;
  /** Ends every connection; clients come back by themselves. */
  close(): void;
}

const RETRY_MS = 2_000;
const HEARTBEAT_MS = 15_000;
const RING_SIZE = 5_000;
const MAX_BUFFERED_BYTES = 1024 * 1024;
/** An alert is stamped before its event is numbered; commits under load take a while. */
const MARGIN_MS = 10_000;
const PER_MS = 1_000;

interface Entry {
  readonly id: number;
  readonly text: string;
}

interface Client {
  readonly reply: FastifyReply;
  /** Live events that wait until what was missed has been sent. */
  held: string[] | undefined;
}

const frame = (id: number | undefined, change: Change): string => {
  const data = JSON.stringify(change.type === "alert" ? change.alert : change.printer);
  return `${id === undefined ? "" : `id: ${id}\n`}event: ${change.type}\ndata: ${data}\n\n`;
};

export async function createEvents(deps: { central: Central; clock: Clock; log: Log }, options: EventsOptions = {}): Promise<Events> {
  const { central, clock, log } = deps;
  const ringSize = options.ringSize ?? RING_SIZE;
  const maxBufferedBytes = options.maxBufferedBytes ?? MAX_BUFFERED_BYTES;
  const clients = new Set<Client>();
  const startMs = clock.now();
  let ring: Entry[] = [];
  let lastId = await firstId(central, startMs);
  /** Every event after this id is in the ring. */
  let ringFromId = lastId;
  /** The earliest time since a jump of the clock to the past: before it, an id's time says nothing. */
  let jumpedToMs: number | undefined;

  function nextId(): number {
    const now = clock.now();
    if (now * PER_MS < lastId - MARGIN_MS * PER_MS) jumpedToMs = Math.min(jumpedToMs ?? now, now);
    lastId = Math.max(lastId + 1, now * PER_MS);
    return lastId;
  }

  function write(client: Client, text: string): void {
    const { raw } = client.reply;
    if (raw.destroyed || raw.writableEnded) return;
    if (raw.writableLength > maxBufferedBytes) {
      log.info({ bufferedBytes: raw.writableLength }, "a live client does not keep up and is dropped");
      clients.delete(client);
      raw.destroy();
      return;
    }
    raw.write(text);
  }

  const unsubscribe = central.subscribe((change) => {
    const id = nextId();
    const text = frame(id, change);
    ring.push({ id, text });
    // trimmed in one go, so that an event costs no shifting
    if (ring.length >= ringSize * 2) {
      ringFromId = (ring[ring.length - ringSize - 1] as Entry).id;
      ring = ring.slice(-ringSize);
    }
    for (const client of clients) {
      if (client.held === undefined) write(client, text);
      else client.held.push(text);
    }
  });

  /** What a client missed that is not in the ring any more. */
  async function resync(client: Client, sinceId: number): Promise<void> {
    const upTo = lastId;
    const idMs = Math.floor(sinceId / PER_MS);
    const isPlausible = idMs <= clock.now() && jumpedToMs === undefined;
    const sinceMs = (isPlausible ? idMs : Math.min(idMs, startMs, jumpedToMs ?? startMs)) - MARGIN_MS;
    const alerts = await central.alertsSince(Math.max(0, sinceMs));
    let id = sinceId;
    // ids right after the client's own: who is cut off halfway asks for everything again
    const numbered = (): number | undefined => (id + 1 < upTo ? ++id : undefined);
    for (const alert of alerts) write(client, frame(numbered(), { type: "alert", alert }));
    for (const printer of central.printers()) write(client, frame(numbered(), { type: "printer", printer }));
    if (upTo > sinceId) write(client, `id: ${upTo}\n\n`);
  }

  function release(client: Client): void {
    const held = client.held ?? [];
    client.held = undefined;
    for (const text of held) write(client, text);
  }

  function begin(client: Client, sinceId: number | undefined): void {
    if (sinceId === undefined) return write(client, `id: ${lastId}\n\n`);
    if (sinceId >= ringFromId && sinceId <= lastId) {
      for (const entry of ring) if (entry.id > sinceId) write(client, entry.text);
      return;
    }
    client.held = [];
    resync(client, sinceId).then(
      () => release(client),
      (error: unknown) => {
        log.warn({ reason: errorText(error) }, "could not tell a live client what it missed; it is dropped and asks again");
        clients.delete(client);
        client.reply.raw.destroy();
      },
    );
  }

  let cancelBeat: () => void;
  function beat(): void {
    for (const client of clients) write(client, ": still here\n\n");
    cancelBeat = clock.setTimer(options.heartbeatMs ?? HEARTBEAT_MS, beat);
  }
  cancelBeat = clock.setTimer(options.heartbeatMs ?? HEARTBEAT_MS, beat);

  return {
    open: (request, reply, lastEventId) => {
      const client: Client = { reply, held: undefined };
      reply.hijack();
      reply.raw.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string>),
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
      });
      request.raw.on("close", () => clients.delete(client));
      reply.raw.on("error", (error) => log.debug({ reason: error.message }, "a live connection broke"));
      clients.add(client);
      write(client, `retry: ${RETRY_MS}\n\n`);
      begin(client, readId(lastEventId));
    },
    clients: () => clients.size,
    close: () => {
      cancelBeat();
      unsubscribe();
      for (const client of clients) client.reply.raw.end();
      clients.clear();
    },
  };
}

/** After every id an earlier run can have given: alerts from "the future" betray a clock that was set back. */
async function firstId(central: Central, nowMs: number): Promise<number> {
  const ahead = await central.alertsSince(nowMs);
  return Math.max(nowMs * PER_MS, ...ahead.slice(-1).map((alert) => (Date.parse(alert.updatedAt) + 1) * PER_MS));
}

function readId(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined;
  const id = Number(text);
  return Number.isSafeInteger(id) ? id : undefined;
}
