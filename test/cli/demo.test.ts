/** The demo from its first second to its second start: printing printers, alerts by themselves, a quick end, a history that stays. */
import { expect, test } from "vitest";
import type { Alert, List, Printer, Transition } from "../../src/model/api.ts";
import { freePort } from "../site.ts";
import { type Program, ask, run, scratch, start, until } from "./program.ts";

const STARTS_WITHIN_MS = 10_000;
const STOPS_WITHIN_MS = 2_000;

async function startDemo(cwd: string): Promise<{ program: Program; url: string }> {
  const ports = ["--port", String(await freePort()), "--mqtt-port", String(await freePort())];
  const program = start(["demo", ...ports, "--data", "data", "--speed", "20"], { cwd });
  const [, url = ""] = await program.says(/OpenHMS is at (http:\S+)/);
  return { program, url };
}

async function stop(program: Program, signal: NodeJS.Signals): Promise<void> {
  const before = performance.now();
  program.signal(signal);
  const { code, stderr } = await program.ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(performance.now() - before).toBeLessThan(STOPS_WITHIN_MS);
}

test("starts, alerts, stops, and goes on from what was stored", { timeout: 60_000 }, async () => {
  const cwd = scratch();
  const before = performance.now();
  const first = await startDemo(cwd);
  await until("three printers show what they do", async () => {
    const printers = await ask<List<Printer>>(`${first.url}/api/v1/printers`);
    const states = printers?.items.filter(({ model }) => ["X1C", "H2D", "P1S"].includes(model)).map(({ state }) => state);
    // at this speed the story has stopped the first of them within two seconds
    return states?.length === 3 && states.includes("printing") && !states.some((state) => state === "unknown" || state === "offline")
      ? states
      : undefined;
  });
  expect(performance.now() - before).toBeLessThan(STARTS_WITHIN_MS);
  await until(
    "alerts of all three levels have come",
    async () => {
      const alerts = await ask<List<Alert>>(`${first.url}/api/v1/alerts?state=all&limit=100`);
      const levels = new Set(alerts?.items.map(({ level }) => level));
      return [1, 2, 3].every((level) => levels.has(level)) ? true : undefined;
    },
    30_000,
  );
  expect(first.program.output().stdout).toContain(`openhms alerts --url ${first.url}`);
  const shown = await run(["alerts", "--url", first.url, "--state", "all"], { cwd });
  expect(shown).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ID +SEVERITY/) });
  const oldest = await ask<List<Transition>>(`${first.url}/api/v1/history?limit=200`);
  await stop(first.program, "SIGINT");

  const second = await startDemo(cwd);
  const history = await ask<List<Transition>>(`${second.url}/api/v1/history?limit=500`);
  const known = new Set(history?.items.map(({ id }) => id));
  expect(oldest?.items.length).toBeGreaterThan(0);
  expect(oldest?.items.filter(({ id }) => !known.has(id))).toEqual([]);
  await stop(second.program, "SIGTERM");
});
