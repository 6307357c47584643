/** Storage trouble: told once for each printer whatever its causes, taken back with the last of them, and by the next start at the latest. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { EdgeBus } from "../bus/bus.ts";
import { silentLog } from "../lib/log.ts";
import { at, createFakeClock } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import type { PrinterId } from "../model/telemetry.ts";
import type { Outcome } from "./limiter.ts";
import { createOutbound, type Outbound, OWN_STATES } from "./outbound.ts";
import { openSpool } from "./spool.ts";

const P1 = "p1" as PrinterId;
const P2 = "p2" as PrinterId;
const FINE: Outcome = { detector: "any", finding: { code: "0300-0300-0001-0001" as HmsCode, status: "pass" } };

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "openhms-outbound-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** A start of an edge in the folder; central may be away. */
async function start(boot: string, isCentralThere: boolean) {
  const { spool, states } = await openSpool(dir, silentLog);
  const told: string[] = [];
  const bus: EdgeBus = {
    report: (reports) => {
      if (!isCentralThere) return Promise.reject(new Error("central is away"));
      told.push(...reports.map((one) => `${one.boot} ${one.printer} ${one.status}`));
      return Promise.resolve({ accepted: reports.length, duplicates: 0, late: 0, rejected: [] });
    },
    news: () => undefined,
    onLink: () => undefined,
    close: () => Promise.resolve(),
  };
  const statesOf = (printer: PrinterId) => ({ learned: `${boot} ${printer}` });
  const saved = states.get(OWN_STATES);
  const outbound = createOutbound({ bus, spool, boot, clock: createFakeClock(at(0)), log: silentLog, random: () => 0.5, saved, statesOf });
  return { outbound, told, states };
}

/** Waits until something came about; the disk decides how long that takes. */
async function settle(until: () => boolean): Promise<void> {
  for (let turn = 0; turn < 5_000 && !until(); turn++) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(until()).toBe(true);
}

/** Ends it properly, and so waits for all that was to be written. */
const end = (outbound: Outbound): Promise<void> => outbound.close();

test("told once, taken back when it is over", async () => {
  const { outbound, told } = await start("b1", true);
  outbound.trouble(P1, "recording", { recording: "no space" });
  outbound.trouble(P1, "recording", { recording: "no space" });
  outbound.trouble(P2, "recording", { recording: "no space" });
  outbound.trouble(P1, "recording", undefined);
  await end(outbound);
  expect(told).toEqual(["b1 p1 fail", "b1 p2 fail", "b1 p1 pass"]);
});

test("what nobody took back before the end is taken back by the next start, as soon as central holds everything", async () => {
  const first = await start("b1", true);
  first.outbound.trouble(P1, "recording", { recording: "no space" });
  await end(first.outbound);
  const second = await start("b2", true);
  second.outbound.take(P2, [FINE], {});
  await settle(() => second.told.length === 2);
  await end(second.outbound);
  const third = await start("b3", true);
  third.outbound.hurry();
  await end(third.outbound);
  expect([...first.told, ...second.told, ...third.told]).toEqual(["b1 p1 fail", "b2 p2 pass", "b2 p1 pass"]);
});

test("trouble that goes on after a start stays told", async () => {
  const first = await start("b1", true);
  first.outbound.trouble(P1, "recording", { recording: "no space" });
  await end(first.outbound);
  const second = await start("b2", true);
  second.outbound.trouble(P1, "recording", { recording: "no space" });
  second.outbound.take(P2, [FINE], {});
  await settle(() => second.told.length === 1);
  await end(second.outbound);
  expect(second.told).toEqual(["b2 p2 pass"]);
});

test("telling it loses no state of the detectors", async () => {
  const first = await start("b1", false);
  first.outbound.trouble(P1, "recording", { recording: "no space" });
  await end(first.outbound);
  const second = await start("b2", true);
  expect(second.states.get(P1)).toEqual({ learned: "b1 p1" });
  await end(second.outbound);
});
