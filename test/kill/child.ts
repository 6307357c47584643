/**
 * The victim of the kill test: a central on a store file that takes batches as fast as it can and says on standard output what it
 * has acknowledged. Begins when it is told to on standard input, so that its imports do not count, and runs until it is killed.
 * Arguments: the database, the number of the round.
 */
import { once } from "node:events";
import { writeSync } from "node:fs";
import { createCentral } from "../../src/central/create.ts";
import { message, smallCatalogue } from "../../src/central/testbed.ts";
import { silentLog } from "../../src/lib/log.ts";
import { systemClock } from "../../src/lib/time.ts";
import { openSqliteStore } from "../../src/store/sqlite.ts";
import { codeOf, printerOf, REPORTS_A_ROUND } from "./reports.ts";

const [path = "", roundText = "0"] = process.argv.slice(2);
const round = Number(roundText);
const BATCHES_AT_ONCE = 3;
const LARGEST_BATCH = 40;
/** Few enough for the whole test, whose codes would else reach their bound. */
const DESCRIBED_EVERY = 5;

const say = (line: unknown): void => void writeSync(1, `${JSON.stringify(line)}\n`);

await once(process.stdin, "data");
const store = await openSqliteStore(path, { log: silentLog });
const central = await createCentral({
  store,
  catalogue: smallCatalogue({}),
  clock: systemClock,
  log: silentLog,
  random: Math.random,
  site: { publicUrl: "http://127.0.0.1", phoneHint: null },
  channels: [{ id: "nobody", minPriority: "low", sender: { send: async () => ({ kind: "sent" }) } }],
});

let seq = 0;
let next = round * REPORTS_A_ROUND;
const acknowledged: number[] = [];

/** New faults, and passes of some that are known to be stored; and a word about the first of them. */
async function sendBatch(): Promise<void> {
  const raised = Array.from({ length: 1 + Math.floor(Math.random() * LARGEST_BATCH) }, () => next++);
  const cleared = acknowledged.splice(0, Math.floor(raised.length / 3));
  const report = (n: number, status: "fail" | "pass") =>
    message(codeOf(n), status, seq++, { printer: printerOf(n), boot: `round-${round}`, detector: "victim" });
  await central.ingest([...raised.map((n) => report(n, "fail")), ...cleared.map((n) => report(n, "pass"))]);
  acknowledged.push(...raised);
  say({ raised, cleared });
  const [described = 0] = raised;
  if (described % DESCRIBED_EVERY !== 0) return;
  await central.describe(codeOf(described), { title: `Fault ${described}`, summary: "Seen before a kill." }, { name: "victim" });
  say({ raised: [], cleared: [], described: [described] });
}

async function sendForEver(): Promise<never> {
  for (;;) await sendBatch();
}

say("ready");
await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, sendForEver));
