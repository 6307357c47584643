/**
 * Bench (b): how many distinct raises a second central makes durable in batches of 1,000, and how long one report takes to reach a
 * local HTTP callback through the webhook channel. The disk's own floor is measured between the rounds, for what it says of the limit.
 * Run: npm run bench ingest
 */
import { mkdtempSync, openSync, writeSync, fdatasyncSync, closeSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { webhook } from "../src/channels/webhook.ts";
import type { Central } from "../src/central/central.ts";
import { createCentral } from "../src/central/create.ts";
import type { ChannelEntry } from "../src/central/lanes.ts";
import { message, smallCatalogue } from "../src/central/testbed.ts";
import { silentLog } from "../src/lib/log.ts";
import { systemClock } from "../src/lib/time.ts";
import { hmsFromWire, type HmsCode } from "../src/model/code.ts";
import { openSqliteStore } from "../src/store/sqlite.ts";
import { type Figure, quantile, tell, tellAll } from "./measure.ts";

const ROUNDS = 7;
const BATCH = 1_000;
const BATCHES = 30;
const AT_ONCE = 4;
const SINGLES = 300;
const FLOOR_WRITES = 200;
const FLOOR_BYTES = 4_096;

/** Level 2, so that no channel is busy while the intake is measured; level 1 to be told at once. */
const codeOf = (n: number, level: number): HmsCode => hmsFromWire(0x0300_0000 + (n >>> 16), (level << 16) + (n & 0xffff));

async function withCentral<T>(channels: readonly ChannelEntry[], use: (central: Central, folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "openhms-bench-"));
  const store = await openSqliteStore(join(folder, "bench.db"), { log: silentLog });
  const site = { publicUrl: "http://127.0.0.1", phoneHint: null };
  const central = await createCentral({
    store,
    catalogue: smallCatalogue({}),
    clock: systemClock,
    log: silentLog,
    random: Math.random,
    site,
    channels,
  });
  try {
    return await use(central, folder);
  } finally {
    await central.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds for one small append that must be on disk: no durable answer can be faster. */
function diskFloorMs(folder: string): number {
  const file = openSync(join(folder, "floor"), "w");
  const block = Buffer.alloc(FLOOR_BYTES, 1);
  const times: number[] = [];
  for (let i = 0; i < FLOOR_WRITES; i++) {
    const start = performance.now();
    writeSync(file, block);
    fdatasyncSync(file);
    times.push(performance.now() - start);
  }
  closeSync(file);
  return quantile(times, 0.5);
}

interface IngestRound {
  readonly perSecond: number;
  readonly floorMs: number;
}

function ingestRound(): Promise<IngestRound> {
  return withCentral([], async (central, folder) => {
    const floorMs = diskFloorMs(folder);
    const at = new Date().toISOString();
    const batches = Array.from({ length: BATCHES }, (_, batch) =>
      Array.from({ length: BATCH }, (_, i) => {
        const n = batch * BATCH + i;
        return message(codeOf(n, 2), "fail", n, { printer: `p${n % BATCH}`, detector: "bench", at });
      }),
    );
    const start = performance.now();
    const sender = async (): Promise<void> => {
      for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
        const { accepted } = await central.ingest(batch);
        if (accepted !== BATCH) throw new Error(`${accepted} of ${BATCH} accepted`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sender));
    return { perSecond: (BATCHES * BATCH * 1_000) / (performance.now() - start), floorMs };
  });
}

interface LatencyRound {
  readonly latenciesMs: readonly number[];
  readonly durableMs: readonly number[];
  readonly floorMs: number;
}

async function latencyRound(): Promise<LatencyRound> {
  const arrivals = new Map<string, (time: number) => void>();
  const server = createServer((request, response) => {
    const time = performance.now();
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
    request.on("end", () => {
      response.end();
      arrivals.get((JSON.parse(text) as { alert: { code: string } }).alert.code)?.(time);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const channel: ChannelEntry = { id: "hook", minPriority: "low", sender: webhook.create({ url }, { fetch }) };
  try {
    return await withCentral([channel], async (central, folder) => {
      const floorMs = diskFloorMs(folder);
      const latenciesMs: number[] = [];
      const durableMs: number[] = [];
      for (let n = 0; n < SINGLES; n++) {
        const code = codeOf(n, 1);
        const arrival = new Promise<number>((resolve) => arrivals.set(code, resolve));
        const start = performance.now();
        await central.ingest([message(code, "fail", n, { printer: `p${n % 50}`, detector: "bench" })]);
        durableMs.push(performance.now() - start);
        latenciesMs.push((await arrival) - start);
        // one at a time, and what is written behind it done
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return { latenciesMs, durableMs, floorMs };
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const ingests: IngestRound[] = [];
const latencies: LatencyRound[] = [];
await ingestRound();
for (let round = 0; round < ROUNDS; round++) {
  ingests.push(await ingestRound());
  latencies.push(await latencyRound());
}
/** The latency of `part` of the single reports, and how often the disk's own time fits into it, round by round. */
const callback = (part: number): readonly Figure[] => {
  const name = `report to callback, p${part * 100}`;
  const rounds = latencies.map(({ latenciesMs }) => quantile(latenciesMs, part));
  const inFloors = latencies.map(({ latenciesMs, floorMs }) => quantile(latenciesMs, part) / floorMs);
  return [
    { name, unit: "ms", rounds, ...(part === 0.95 ? { aim: "6" } : {}) },
    { name: `${name}, in disk floors`, unit: "times", rounds: inFloors },
  ];
};
const figures: readonly Figure[] = [
  { name: "disk floor (4 KiB append, fdatasync)", unit: "ms", rounds: [...ingests, ...latencies].map(({ floorMs }) => floorMs) },
  { name: "durable raises", unit: "per s", rounds: ingests.map(({ perSecond }) => perSecond), aim: "15,000" },
  { name: "report durable, one at a time, p50", unit: "ms", rounds: latencies.map(({ durableMs }) => quantile(durableMs, 0.5)) },
  ...[0.5, 0.95, 0.99].flatMap(callback),
];
figures.forEach(tell);
tellAll("ingest", figures, { batch: BATCH, batchesAtOnce: AT_ONCE, singles: SINGLES });
