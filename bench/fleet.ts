/**
 * The built program from outside, a process of its own a round. (a) `openhms run` with 1,000 virtual printers at one message a second:
 * cores used and peak memory, without and with a page open. (b) the demo as `npm start` runs it, its page open, faults coming: time
 * until all printers print, peak memory. What the page asks for is asked here; the memory is that of the program alone.
 * Run: npm run bench fleet -- [--rounds 3] [--seconds 60] [--printers 1000] [--only fleet|demo] [--dist dist]
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { stringify } from "yaml";
import { type Figure, tell, tellAll } from "./measure.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "60" },
    printers: { type: "string", default: "1000" },
    only: { type: "string" },
    dist: { type: "string", default: join(import.meta.dirname, "../dist") },
  },
});
const ROUNDS = Number(values.rounds);
const SECONDS = Number(values.seconds);
const PRINTERS = Number(values.printers);
const WARM_UP_S = 20;
const START_WITHIN_MS = 60_000;
const MB = 1e6;

/** What bench/probe.mjs answers. */
interface Usage {
  readonly cpuUs: number;
  readonly peakBytes: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly lateP99Ms: number;
}

interface Program {
  readonly url: string;
  readonly startedAt: number;
  usage(): Promise<Usage>;
}

interface Printer {
  readonly id: string;
  readonly connected: boolean;
  readonly state: string;
}

/** Runs `openhms ARGS` in a folder of its own on free ports until `use` is done. */
async function withProgram<T>(args: (folder: string) => readonly string[], use: (program: Program) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "openhms-bench-"));
  const probe = ["--import", join(import.meta.dirname, "probe.mjs")];
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...probe, resolve(values.dist, "main.js"), ...args(folder)], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const ended = once(child, "exit");
  try {
    const url = await Promise.race([addressOf(child), ended.then(() => Promise.reject(new Error("the program ended")))]);
    return await use({ url, startedAt, usage: () => ask(child) });
  } finally {
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As the program tells it on standard output. */
function addressOf(child: ChildProcess): Promise<string> {
  let text = "";
  return new Promise((settle) => {
    child.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
      const url = /OpenHMS is at (\S+)/.exec(text)?.[1];
      if (url !== undefined) settle(url);
    });
  });
}

async function ask(child: ChildProcess): Promise<Usage> {
  const answer = once(child, "message") as Promise<[Usage]>;
  child.send("usage");
  return (await answer)[0];
}

async function get<T>(url: string, path: string): Promise<T> {
  const response = await fetch(url + path);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

const printersOf = async (url: string): Promise<readonly Printer[]> => (await get<{ items: Printer[] }>(url, "/api/v1/printers")).items;

/** Milliseconds from the start of the process until `count` printers are connected and print. */
async function untilPrinting({ url, startedAt }: Program, count: number): Promise<number> {
  for (;;) {
    const printing = (await printersOf(url)).filter(({ connected, state }) => connected && state === "printing");
    const passedMs = performance.now() - startedAt;
    if (printing.length >= count) return passedMs;
    if (passedMs > START_WITHIN_MS) throw new Error(`after ${passedMs} ms ${printing.length} of ${count} print`);
    await wait(count > 10 ? 1_000 : 25);
  }
}

interface Page {
  /** Events of each kind so far. */
  readonly events: Readonly<Record<string, number>>;
  close(): void;
}

/** What a browser does with the fleet page: the document, its files, the lists, the sparklines, and the stream that stays open. */
async function openPage(url: string): Promise<Page> {
  const html = await (await fetch(`${url}/`)).text();
  for (const [, path] of html.matchAll(/(?:src|href)="(\/[^"]+)"/g)) await (await fetch(url + path)).arrayBuffer();
  const shown = (await printersOf(url)).slice(0, 12);
  for (const path of ["/api/v1/alerts", "/api/v1/kpi", "/api/v1/history"]) await get(url, path);
  for (const { id } of shown) await get(url, `/api/v1/printers/${id}/telemetry`);
  const events: Record<string, number> = {};
  const ended = new AbortController();
  const stream = await fetch(`${url}/api/v1/events`, { signal: ended.signal });
  const reading = (async () => {
    let rest = "";
    for await (const chunk of stream.body ?? []) {
      const lines = (rest + Buffer.from(chunk).toString("latin1")).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line.startsWith("event: ")) events[line.slice(7)] = (events[line.slice(7)] ?? 0) + 1;
    }
  })();
  reading.catch((error: unknown) => {
    if (!ended.signal.aborted) throw error;
  });
  return { events, close: () => ended.abort() };
}

const FAULTS = ["hotend-fan-stall", "chamber-hot", "front-cover-off", "bed-thermistor-open", "rods-dry"];

/** Every tenth printer gets a fault within the measured minute. */
function fleetConfig(folder: string): string {
  const printers = Array.from({ length: PRINTERS }, (_, i) => ({
    id: `p${i}`,
    name: `Printer ${i}`,
    kind: "virtual",
    seed: i + 1,
    ...(i % 10 === 0 ? { faults: [`${FAULTS[(i / 10) % FAULTS.length]}@${WARM_UP_S + ((i / 10) % SECONDS)}s`] } : {}),
  }));
  const file = join(folder, "openhms.yaml");
  const config = {
    http: { host: "127.0.0.1", port: 0 },
    mqtt: { port: 0 },
    storage: `sqlite:${join(folder, "openhms.db")}`,
    edge: { data: join(folder, "edge") },
    printers,
    log: "warn",
  };
  writeFileSync(file, stringify(config));
  return file;
}

interface Stretch {
  readonly cores: number;
  readonly lateP99Ms: number;
  readonly end: Usage;
}

async function stretch(program: Program): Promise<Stretch> {
  const [before, start] = [await program.usage(), performance.now()];
  await wait(SECONDS * 1_000);
  const [end, passedMs] = [await program.usage(), performance.now() - start];
  return { cores: (end.cpuUs - before.cpuUs) / 1_000 / passedMs, lateP99Ms: end.lateP99Ms, end };
}

/** Proof that the load was there: all connected, and about one reading a second of the last seconds kept of each one looked at. */
async function checkFleet(url: string): Promise<number> {
  const printers = await printersOf(url);
  const connected = printers.filter((printer) => printer.connected).length;
  if (connected < PRINTERS) throw new Error(`only ${connected} of ${PRINTERS} printers are connected`);
  for (let i = 0; i < PRINTERS; i += Math.ceil(PRINTERS / 20)) {
    const { at } = await get<{ at: number[] }>(url, `/api/v1/printers/p${i}/telemetry`);
    const recent = at.filter((time) => time > Date.now() - SECONDS * 1_000).length;
    if (recent < SECONDS * 0.9) throw new Error(`printer p${i} has ${recent} readings of the last ${SECONDS} s`);
  }
  const { ingest } = await get<{ ingest: { accepted: number } }>(url, "/api/v1/kpi");
  return ingest.accepted;
}

async function fleetRound() {
  return withProgram(
    (folder) => ["run", "--config", fleetConfig(folder)],
    async (program) => {
      const startMs = await untilPrinting(program, PRINTERS * 0.98);
      await wait(WARM_UP_S * 1_000);
      const alone = await stretch(program);
      const reports = await checkFleet(program.url);
      const page = await openPage(program.url);
      const watched = await stretch(program);
      page.close();
      return { startMs, alone, watched, reports, eventsPerS: (page.events["printer"] ?? 0) / SECONDS };
    },
  );
}

async function demoRound() {
  return withProgram(
    (folder) => ["demo", "--port", "0", "--mqtt-port", "0", "--data", join(folder, "data")],
    async (program) => {
      const startMs = await untilPrinting(program, 3);
      const page = await openPage(program.url);
      const { cores, end } = await stretch(program);
      page.close();
      const { items } = await get<{ items: { severity: string }[] }>(program.url, "/api/v1/alerts?state=all");
      const severities = new Set(items.map(({ severity }) => severity));
      if (severities.size < 3) throw new Error(`the demo raised only ${[...severities].join(", ")} within ${SECONDS} s`);
      return { startMs, cores, end, alerts: items.length };
    },
  );
}

/** Name, unit, where a round has it, aim. */
type Row<R> = readonly [name: string, unit: string, pick: (round: R) => number, aim?: string];
type Resolved<F extends () => Promise<unknown>> = Awaited<ReturnType<F>>;

const FLEET: readonly Row<Resolved<typeof fleetRound>>[] = [
  ["start until they print", "ms", ({ startMs }) => startMs],
  ["processor", "cores", ({ alone }) => alone.cores, "< 1"],
  ["processor with a page open", "cores", ({ watched }) => watched.cores, "< 1"],
  ["peak memory", "MB", ({ alone }) => alone.end.peakBytes / MB, "< 400"],
  ["peak memory with a page open", "MB", ({ watched }) => watched.end.peakBytes / MB, "< 400"],
  ["event loop late, p99", "ms", ({ alone }) => alone.lateP99Ms],
  ["event loop late with a page open, p99", "ms", ({ watched }) => watched.lateP99Ms],
  ["reports taken", "reports", ({ reports }) => reports],
  ["events to the page", "per s", ({ eventsPerS }) => eventsPerS],
];
const DEMO: readonly Row<Resolved<typeof demoRound>>[] = [
  ["start until the printers print", "ms", ({ startMs }) => startMs],
  ["peak memory", "MB", ({ end }) => end.peakBytes / MB, "< 150"],
  ["memory at the end", "MB", ({ end }) => end.rssBytes / MB],
  ["processor", "cores", ({ cores }) => cores],
  ["alerts", "alerts", ({ alerts }) => alerts],
];

async function measure<R>(what: string, round: () => Promise<R>, rows: readonly Row<R>[]): Promise<readonly Figure[]> {
  const results: R[] = [];
  for (let i = 0; i < ROUNDS; i++) results.push(await round());
  const figures = rows.map(([name, unit, pick, aim]) => {
    const figure = { name: `${what}, ${name}`, unit, rounds: results.map(pick) };
    return aim === undefined ? figure : { ...figure, aim };
  });
  figures.forEach(tell);
  return figures;
}

const figures: Figure[] = [];
if (values.only !== "demo") figures.push(...(await measure(`${PRINTERS} printers`, fleetRound, FLEET)));
if (values.only !== "fleet") figures.push(...(await measure("demo", demoRound, DEMO)));
tellAll("fleet", figures, { seconds: SECONDS, printers: PRINTERS });
