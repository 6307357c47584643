/**
 * Killed at any moment, nothing that was acknowledged is missing and no row is half. Fifty rounds on one database: a child takes
 * reports, is killed with SIGKILL, and the next one starts on what is left. Some are killed while they start.
 */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { expect, it, onTestFinished } from "vitest";
import { alertOf, codeOf } from "./reports.ts";

const ROUNDS = 50;
const WORKING_MS = 80;
const STARTING_MS = 150;

interface Acknowledged {
  readonly raised: Set<number>;
  readonly cleared: Set<number>;
  readonly described: Set<number>;
}

/** A small generator with a seed, so that a bad run can be run again (the machine's timing stays its own). */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Started ahead of its round: it waits for a word before it opens the database. */
function startChild(path: string, round: number): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [join(import.meta.dirname, "child.ts"), path, String(round)], { stdio: "pipe" });
}

async function playRound(
  child: ChildProcessWithoutNullStreams,
  round: number,
  random: () => number,
  acknowledged: Acknowledged,
): Promise<boolean> {
  let complaints = "";
  child.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString("utf8")));
  const killIn = (ms: number): void => void setTimeout(() => child.kill("SIGKILL"), ms);
  const isKilledEarly = random() < 0.2;
  let isReady = false;
  const closed = new Promise<NodeJS.Signals | null>((resolve) => child.on("close", (_code, signal) => resolve(signal)));
  // a last line without its end is no acknowledgement: readline would hand it out, so each must parse
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line === '"ready"') {
      isReady = true;
      if (!isKilledEarly) killIn(random() * WORKING_MS);
      return;
    }
    if (!line.endsWith("]}")) return;
    const { raised, cleared, described = [] } = JSON.parse(line) as { raised: number[]; cleared: number[]; described?: number[] };
    for (const n of described) acknowledged.described.add(n);
    for (const n of raised) acknowledged.raised.add(n);
    for (const n of cleared) acknowledged.cleared.add(n);
  });
  // it may be killed before it reads
  child.stdin.on("error", (error) => (complaints += error.message)).write("go\n");
  if (isKilledEarly) killIn(random() * STARTING_MS);
  const signal = await closed;
  expect(signal, `round ${round} ended by itself: ${complaints}`).toBe("SIGKILL");
  return isReady;
}

function texts(db: DatabaseSync, sql: string): Set<string> {
  return new Set(
    db
      .prepare(sql)
      .all()
      .map((row) => String(Object.values(row)[0])),
  );
}

/** Each query finds the rows that would be half: something without what belongs to it. */
const HALVES = {
  "alert without its episodes":
    "select a.id from alerts a where json_extract(a.state, '$.episode') <> (select count(*) from episodes e where e.alert = a.id)",
  "episode without its raise":
    "select e.alert from episodes e where not exists (select 1 from transitions t where t.alert = e.alert and t.episode = e.n and t.event = 'raise')",
  "raise without its episode":
    "select t.alert from transitions t where t.event = 'raise' and not exists (select 1 from episodes e where e.alert = t.alert and e.n = t.episode)",
  "raise without its outbox row":
    "select t.alert from transitions t where t.event = 'raise' and not exists (select 1 from outbox o where o.transition = t.id and o.kind = 'raise')",
  "decided outbox row without its delivery":
    "select o.id from outbox o where o.waiting = 0 and not exists (select 1 from deliveries d where d.outbox = o.id)",
  "cleared episode without its history":
    "select e.alert from episodes e where e.cleared_at is not null and not exists (select 1 from transitions t where t.alert = e.alert and t.event = 'clear')",
  "sighting that counts other raises than there are":
    "select s.code from (select code, sum(count) as n from sightings group by code) s left join (select code, count(*) as n from episodes group by code) e on e.code = s.code where s.n is not e.n",
  "state that is no JSON": "select id from alerts where not json_valid(state)",
  "freeze frame that is none": "select alert from episodes where freeze_frame is null or not json_valid(freeze_frame)",
  "broken reference": 'select "table" from pragma_foreign_key_check',
} as const;

it("loses nothing acknowledged and leaves nothing half, killed fifty times", { timeout: 180_000 }, async () => {
  const seed = Number(process.env["KILL_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  const folder = mkdtempSync(join(tmpdir(), "openhms-kill-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "kill.db");
  const random = createRandom(seed);
  const acknowledged: Acknowledged = { raised: new Set(), cleared: new Set(), described: new Set() };
  let working = 0;
  let child = startChild(path, 0);
  for (let round = 0; round < ROUNDS; round++) {
    const following = startChild(path, round + 1);
    onTestFinished(() => void following.kill("SIGKILL"));
    if (await playRound(child, round, random, acknowledged)) working++;
    child = following;
  }
  console.log(`kill test: seed ${seed}, ${working} of ${ROUNDS} killed at work, ${acknowledged.raised.size} raises acknowledged`);

  const db = new DatabaseSync(path);
  onTestFinished(() => db.close());
  expect(db.prepare("pragma integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
  for (const [name, sql] of Object.entries(HALVES)) expect([...texts(db, sql)], name).toEqual([]);
  const raised = texts(db, "select distinct t.alert from transitions t join alerts a on a.id = t.alert where t.event = 'raise'");
  const cleared = texts(db, "select distinct t.alert from transitions t where t.event = 'clear'");
  expect([...acknowledged.raised].filter((n) => !raised.has(alertOf(n)))).toEqual([]);
  expect([...acknowledged.cleared].filter((n) => !cleared.has(alertOf(n)))).toEqual([]);
  const described = texts(db, "select code from site_entries where json_extract(entry, '$.summary') = 'Seen before a kill.'");
  expect([...acknowledged.described].filter((n) => !described.has(codeOf(n)))).toEqual([]);
  expect(acknowledged.described.size).toBeGreaterThan(0);
  expect(working).toBeGreaterThan(ROUNDS / 2);
  expect(acknowledged.raised.size).toBeGreaterThan(ROUNDS);
});
