/** Group commit against real threads that answer as told: sizes of groups, faults, and a writer that dies. */
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { silentLog } from "../lib/log.ts";
import { type GroupWriter, createGroupWriter } from "./group.ts";
import type { Plan } from "./statements.ts";

/** A thread that runs `onGroup` for each group; `port`, `plans` and `groups` (a count from 1) are in its scope. */
function writerThat(onGroup: string): GroupWriter {
  const source = `
    const { parentPort: port } = require("node:worker_threads");
    let groups = 0;
    port.on("message", ({ type, plans }) => {
      if (type === "close") { port.postMessage({ type: "closed" }); port.close(); return; }
      groups++;
      ${onGroup}
    });`;
  return createGroupWriter(new Worker(source, { eval: true }), "x.db", silentLog);
}

const planOfRows = (rows: number): Plan => ({ steps: [0, rows], values: [] });

async function messagesOf(commits: readonly Promise<void>[]): Promise<readonly string[]> {
  const results = await Promise.allSettled(commits);
  return results.map((result) => (result.status === "fulfilled" ? "stored" : result.reason instanceof Error ? result.reason.message : "?"));
}

describe("group commit", () => {
  it("sends what waits in groups of at most 2,000 rows, never splits a plan, and keeps the order", async () => {
    const answer = "port.postMessage({ type: 'done', faults: plans.map(() => ({ reason: `group ${groups}`, environment: false })) });";
    const writer = writerThat(answer);
    // two groups go at once, each with the plan that came alone; the rest waits and is grouped
    const messages = await messagesOf([1, 1, 900, 900, 200, 1, 5_000, 3].map((rows) => writer.commit(planOfRows(rows))));
    const groups = messages.map((message) => Number(/group (\d+)$/.exec(message)?.[1]));
    expect(groups).toEqual([1, 2, 3, 3, 3, 4, 5, 6]);
    await writer.close();
  });

  it("fails only the plan with the fault: a refusal when the disk is to blame, an error when the rows are", async () => {
    const writer =
      writerThat(`port.postMessage({ type: "done", faults: plans.map((plan) => [undefined, { reason: "disk full", environment: true },
      { reason: "not unique", environment: false }][plan.steps[1] - 1]) });`);
    const [good, full, bad] = await Promise.allSettled([1, 2, 3].map((rows) => writer.commit(planOfRows(rows))));
    expect(good?.status).toBe("fulfilled");
    expect(full).toMatchObject({
      reason: { code: "refused", reason: "unavailable", message: expect.stringMatching(/2 rows in x.db: disk full; see/) },
    });
    expect(bad).toMatchObject({ reason: { name: "Error", message: "could not store 3 rows in x.db: not unique" } });
    await writer.close();
  });

  it("leaves nobody waiting when the writer dies", async () => {
    const writer = writerThat("if (groups === 2) throw new Error('out of luck'); port.postMessage({ type: 'done' });");
    // a thread that dies may take its last answer with it, so the first is waited for
    expect(await messagesOf([writer.commit(planOfRows(1))])).toEqual(["stored"]);
    const messages = await messagesOf([2, 3, 4].map((rows) => writer.commit(planOfRows(rows))));
    for (const message of messages) expect(message).toContain("the writer failed: out of luck; restart OpenHMS");
    await expect(writer.commit(planOfRows(1))).rejects.toMatchObject({ reason: "unavailable" });
    await writer.close();
  });
});
