/**
 * Central and an edge as two processes over MQTT. Either may be killed at any moment: what happened meanwhile comes later, once, and
 * what is not heard goes stale and stays.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Alert, List, Printer, Transition } from "../../src/model/api.ts";
import { freePort } from "../site.ts";
import { type Program, ask, scratch, start, until } from "./program.ts";

const EARLY = "0501-0400-0003-0002";
const MEANWHILE = ["0500-0100-0003-0006", "0C00-0300-0003-0006", "0300-1200-0002-0001"];
const EDGE_LOST = "F000-0200-0003-0001";
const FAULTS = "[rods-dry@1, card-unformatted@3, chute-pileup@4, front-cover-off@5]";

interface Pair {
  readonly url: string;
  startCentral(): Promise<Program>;
  startEdge(): Promise<Program>;
  /** Reports that the edge holds for central. */
  spooled(): string;
}

async function makePair(cwd: string): Promise<Pair> {
  const [port, mqttPort] = [await freePort(), await freePort()];
  const central = [`http: { port: ${port} }`, `mqtt: { port: ${mqttPort} }`, "storage: sqlite:./central.db", "printers: []"];
  const edge = [
    `bus: mqtt://127.0.0.1:${mqttPort}`,
    "edge: { id: attic, data: ./edge }",
    "printers:",
    `  - { id: p1, name: First, kind: virtual, model: X1C, faults: ${FAULTS} }`,
  ];
  writeFileSync(join(cwd, "central.yaml"), central.join("\n"));
  writeFileSync(join(cwd, "edge.yaml"), edge.join("\n"));
  const up = async (role: string, sign: RegExp): Promise<Program> => {
    const program = start([role, "--config", `${role}.yaml`], { cwd });
    await program.says(sign);
    return program;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    startCentral: () => up("central", /Ctrl-C stops/),
    startEdge: () => up("edge", /Edge attic: 1 printer/),
    spooled: () => readFileSync(join(cwd, "edge", "edge-spool.jsonl"), "utf8"),
  };
}

const kill = async (program: Program): Promise<void> => {
  program.signal("SIGKILL");
  await program.ended;
};

test("nothing is lost between them, and nothing comes twice", { timeout: 90_000 }, async () => {
  const pair = await makePair(scratch());
  const alerts = async (): Promise<readonly Alert[]> => (await ask<List<Alert>>(`${pair.url}/api/v1/alerts?state=all`))?.items ?? [];
  const alert = async (code: string): Promise<Alert | undefined> => (await alerts()).find((one) => one.code === code);
  const raises = async (): Promise<readonly string[]> =>
    ((await ask<List<Transition>>(`${pair.url}/api/v1/history?printer=p1&event=raise&limit=200`))?.items ?? []).map(({ code }) => code);
  const printer = async (): Promise<Printer | undefined> => ask<Printer>(`${pair.url}/api/v1/printers/p1`);

  const firstCentral = await pair.startCentral();
  const edge = await pair.startEdge();
  await until("the first alert stands at central", () => alert(EARLY));
  expect(await printer()).toMatchObject({ id: "p1", name: "First", connected: true, state: "printing" });

  await kill(firstCentral);
  await until("the edge holds what happened meanwhile", () =>
    MEANWHILE.every((code) => pair.spooled().includes(code)) ? true : undefined,
  );
  await pair.startCentral();
  await until("all of it stands at central", async () => {
    const known = await raises();
    return MEANWHILE.every((code) => known.includes(code)) ? true : undefined;
  });
  await until("central knows of the pause", async () => ((await printer())?.state === "paused" ? true : undefined));
  expect((await raises()).toSorted()).toEqual([EARLY, ...MEANWHILE].toSorted());
  expect((await alerts()).filter(({ code }) => code === EDGE_LOST)).toEqual([]);

  await kill(edge);
  const lost = await until("the lost edge is an alert", () => alert(EDGE_LOST), 30_000);
  expect(lost).toMatchObject({ printer: "p1", active: true, severity: "info" });
  expect(await printer()).toMatchObject({ connected: false, state: "offline", linkReason: "its edge attic is not heard" });
  const stale = (await alerts()).filter(({ code }) => [EARLY, ...MEANWHILE].includes(code));
  expect(stale.map(({ active, quality }) => ({ active, quality }))).toEqual(stale.map(() => ({ active: true, quality: "stale" })));
  expect(stale).toHaveLength(4);
  expect((await printer())?.gate).toEqual({ startBlocked: false, resumeBlocked: true });

  await pair.startEdge();
  await until("the printer is heard again", async () => ((await printer())?.connected === true ? true : undefined));
  await until("its alerts are fresh again", async () => ((await alert(EARLY))?.quality === "good" ? true : undefined));
});
