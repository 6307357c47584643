/** The server on the real central and store: a report by HTTP becomes an alert, an event, an acknowledgement in the history. */
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { ERROR, message, openBed } from "../central/testbed.ts";
import { silentLog } from "../lib/log.ts";
import { createAccess } from "./access.ts";
import { memorySettings } from "./harness.fixture.ts";
import { createServer } from "./server.ts";

test("from a report to an acknowledged alert, all by HTTP", async () => {
  const bed = await openBed();
  const site = { version: "0", demo: false, publicUrl: "http://127.0.0.1:4670", phoneHint: null, signals: [] };
  const access = await createAccess({ settings: memorySettings(), clock: bed.clock, randomBytes, required: false });
  const server = await createServer({
    central: bed.central(),
    access,
    site,
    host: "127.0.0.1",
    port: 0,
    uiDir: undefined,
    log: silentLog,
    clock: bed.clock,
  });
  try {
    const post = (url: string, payload: object) => server.app.inject({ method: "POST", url, payload });
    const batch = { reports: [message(ERROR, "fail", 1), message(ERROR, "fail", 1), { v: 1 }, message("nonsense-code", "fail", 2)] };
    const answer = await post("/api/v1/reports", batch);
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toMatchObject({ accepted: 1, duplicates: 1, rejected: [{ index: 2 }, { index: 3 }] });

    const list = (await server.app.inject("/api/v1/alerts")).json();
    expect(list.items).toMatchObject([{ printer: "p1", code: ERROR, isa: "B", active: true, acknowledged: false, held: true }]);
    const { id, version } = list.items[0];
    expect((await post(`/api/v1/alerts/${id}/ack`, { version: version + 1 })).statusCode).toBe(409);
    expect((await post(`/api/v1/alerts/${id}/ack`, { version })).json()).toMatchObject({ id, acknowledged: true, isa: "C" });
    const detail = (await server.app.inject(`/api/v1/alerts/${id}`)).json();
    expect(detail.transitions.map((row: { event: string; actor: string | null }) => [row.event, row.actor])).toEqual([
      ["ack", "local"],
      ["raise", null],
    ]);
    const history = (await server.app.inject(`/api/v1/history?printer=p1&code=${ERROR}`)).json();
    expect(history.items.map((row: { event: string }) => row.event)).toEqual(["ack", "raise"]);
    const word = { verdict: "false", note: "dust" };
    expect((await post(`/api/v1/alerts/${id}/label`, word)).json()).toMatchObject({ id });
    expect((await server.app.inject(`/api/v1/alerts/${id}`)).json().episodes).toMatchObject([{ n: 1, label: { ...word, by: "local" } }]);
    expect((await server.app.inject("/api/v1/precision?printer=p1")).json().items).toMatchObject([
      { detector: "test", code: ERROR, false: 1, precision: 0 },
    ]);
    const missing = await post(`/api/v1/alerts/${id}/label`, { ...word, episode: 4 });
    expect([missing.statusCode, missing.json().detail]).toEqual([404, `the alert "${id}" has no episode 4; its latest is 1`]);
    expect((await server.app.inject("/api/v1/printers/p1")).json()).toMatchObject({ gate: { startBlocked: true } });
    expect((await server.app.inject("/metrics")).body).toContain('openhms_ingest_reports_total{result="accepted"} 1');
    for (const url of [
      "/api/v1/alerts?cursor=garbage",
      "/api/v1/history?cursor=garbage",
      "/api/v1/alerts?printer=none",
      "/api/v1/codes?q=",
      "/api/v1/kpi",
    ])
      expect((await server.app.inject(url)).statusCode, url).toBeLessThan(500);

    const put = (payload: object) => server.app.inject({ method: "PUT", url: `/api/v1/codes/${ERROR}/entry`, payload });
    const note = { title: "Ours", summary: "It is the left plug." };
    expect((await put(note)).json()).toMatchObject({ source: "catalogue", siteNote: note });
    const fieldOf = (answer: Awaited<ReturnType<typeof put>>) => [answer.statusCode, answer.json().errors?.[0]?.field];
    expect(fieldOf(await put({ ...note, title: "\u202e\u200b \u200b" }))).toEqual([400, "title"]);
    expect(fieldOf(await put({ ...note, priority: "low" }))).toEqual([400, "priority"]);
    expect((await server.app.inject(`/api/v1/codes/${ERROR}/sightings`)).json()).toMatchObject({ raises: 1, changes: [{ by: "local" }] });
    const shared = await server.app.inject("/api/v1/contribution");
    expect([shared.statusCode, shared.body]).toEqual([200, expect.stringContaining("title: Ours")]);
    bed.diskFull = true;
    expect((await post("/api/v1/reports", { reports: [message(ERROR, "pass", 5)] })).statusCode).toBe(503);
  } finally {
    await server.close();
    await bed.close();
  }
});
