/** A printer that was taken out of its edge's configuration: what stood on it ends, and it leaves the list. */
import { afterEach, expect, it } from "vitest";
import type { PrinterId } from "../model/telemetry.ts";
import { alertId } from "./ledger.ts";
import { ERROR, INFO, openBed, WARNING, type Bed } from "./testbed.ts";

let bed: Bed;
afterEach(() => bed.close());

const LOST = "F000-0200-0003-0001";
const listed = (): string[] =>
  bed
    .central()
    .printers()
    .map(({ id }) => id);
const status = (printers?: readonly string[]): void =>
  bed.central().edgeStatus({ edge: "e1", online: true, ...(printers && { printers: printers as readonly PrinterId[] }) });

/** p1 and p2 on one edge; the edge was lost and comes back with p1 alone. */
async function lostAndBack(printers?: readonly string[]): Promise<void> {
  bed = await openBed();
  for (const id of ["p1", "p2"]) bed.news(id, true);
  for (const code of [ERROR, INFO]) await bed.report(code, "fail", { printer: "p2", detector: "other" });
  await bed.report(WARNING, "fail");
  bed.central().edgeStatus({ edge: "e1", online: false });
  await bed.pass(20_000);
  expect(await bed.central().alert(alertId("p2", LOST))).toMatchObject({ active: true });
  expect(await bed.central().alert(alertId("p2", ERROR))).toMatchObject({ active: true, quality: "stale" });
  status(printers);
  await stayOn(50_000);
}

async function stayOn(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 10_000) {
    bed.news("p1", true);
    await bed.pass(10_000);
  }
}

it("ends what stood on it after a minute, and leaves the list when the last of it is acknowledged", async () => {
  await lostAndBack(["p1"]);
  expect(await bed.central().alert(alertId("p2", ERROR))).toMatchObject({ active: true });
  await stayOn(20_000);
  const error = await bed.central().alert(alertId("p2", ERROR));
  expect(error).toMatchObject({ isa: "D", active: false, quality: "good" });
  expect(error.transitions.find(({ event }) => event === "clear")?.note).toContain("taken out of the configuration of edge e1");
  for (const code of [LOST, INFO]) expect(await bed.central().alert(alertId("p2", code))).toMatchObject({ active: false });
  expect(await bed.central().alert(alertId("p1", WARNING))).toMatchObject({ active: true, quality: "good" });
  expect(bed.central().printer("p2")).toMatchObject({
    state: "offline",
    gate: { startBlocked: false },
    linkReason: "taken out of the configuration of its edge",
  });
  expect(listed()).toContain("p2");

  await bed.central().command(error.id, { type: "ack", version: error.version }, { name: "ann" });
  expect(listed()).toEqual(["p1"]);
  await bed.restart();
  bed.news("p1", true);
  await bed.pass(120_000);
  expect(listed()).toEqual(["p1"]);
  expect(await bed.central().alert(alertId("p2", LOST))).toMatchObject({ active: false });
});

it("is back with its first news", async () => {
  await lostAndBack(["p1"]);
  await stayOn(20_000);
  bed.news("p2", true);
  status(["p1", "p2"]);
  await bed.settle();
  expect(bed.central().printer("p2")).toMatchObject({ connected: true, linkReason: null });
  await bed.report(ERROR, "fail", { printer: "p2", detector: "other" });
  expect(await bed.central().alert(alertId("p2", ERROR))).toMatchObject({ active: true, episode: 2 });
});

it.each<[string, readonly string[] | undefined]>([
  ["names it", ["p1", "p2"]],
  ["names nobody", undefined],
])("stays, and its alerts stay stale, while its edge %s", async (_what, printers) => {
  await lostAndBack(printers);
  // another edge's list says nothing of it
  bed.central().edgeStatus({ edge: "e2", online: true, printers: [] });
  await stayOn(120_000);
  expect(await bed.central().alert(alertId("p2", ERROR))).toMatchObject({ active: true, quality: "stale" });
  expect(listed()).toEqual(["p2", "p1"]);
});

it("is not taken for gone while its news come, whatever list is told, nor when another edge serves it now", async () => {
  bed = await openBed();
  status([]);
  for (const id of ["p1", "p2"]) bed.news(id, true);
  for (const id of ["p1", "p2"]) await bed.report(ERROR, "fail", { printer: id, detector: id });
  bed.news("p1", true, {}, "e2");
  status(["p9"]);
  for (let turn = 0; turn < 9; turn++) {
    bed.news("p1", true, {}, "e2");
    bed.news("p2", true);
    await bed.pass(10_000);
  }
  for (const id of ["p1", "p2"]) expect(await bed.central().alert(alertId(id, ERROR))).toMatchObject({ active: true, quality: "good" });
});

it("is caught up with when nothing could be written at that moment", async () => {
  await lostAndBack(["p1"]);
  bed.diskFull = true;
  await expect(bed.report(WARNING, "fail", { printer: "p3" })).rejects.toMatchObject({ reason: "unavailable" });
  await stayOn(20_000);
  bed.diskFull = false;
  await stayOn(60_000);
  expect(await bed.central().alert(alertId("p2", ERROR))).toMatchObject({ isa: "D" });
  expect(await bed.central().alert(alertId("p2", LOST))).toMatchObject({ active: false });
});
