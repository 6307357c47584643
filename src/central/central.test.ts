/** Central on a real store and a clock that stands still: what comes in, what is held, what is shown, what survives. */
import { afterEach, describe, expect, it } from "vitest";
import { alertId } from "./ledger.ts";
import type { AlertDetail, Printer } from "../model/api.ts";
import { ERROR, INFO, message, openBed, START, WARNING, type Bed, type BedOptions } from "./testbed.ts";

let bed: Bed;
const open = async (options?: BedOptions): Promise<void> => void (bed = await openBed(options));
afterEach(() => bed.close());

const me = { name: "ann" };
const idOf = (code: string, printer = "p1"): string => alertId(printer, code);
const detail = (code: string, printer?: string): Promise<AlertDetail> => bed.central().alert(idOf(code, printer));
const eventsOf = async (code: string): Promise<string[]> => (await detail(code)).transitions.map(({ event }) => event).reverse();
const printer = (id = "p1"): Printer => bed.central().printer(id);

describe("reports", () => {
  it("raise an alert with its episode, history and freeze frame, and clear it", async () => {
    await open();
    for (let second = 0; second < 90; second++) {
      bed.news("p1", true, { nozzleTempC: 200 + second / 10, state: "printing", jobName: "benchy", hmsCodes: [ERROR] });
      bed.clock.advanceTo((bed.clock.now() + 1_000) as never);
    }
    expect(await bed.report(ERROR, "fail", { value: 0, limit: 12, unit: "rpm" })).toEqual({
      accepted: 1,
      duplicates: 0,
      late: 0,
      rejected: [],
    });
    const alert = await detail(ERROR);
    expect(alert).toMatchObject({
      isa: "B",
      active: true,
      held: true,
      acknowledged: false,
      severity: "error",
      episode: 1,
      confirmable: true,
    });
    expect(alert).toMatchObject({ printerName: "Printer p1", raisedAt: new Date(bed.clock.now()).toISOString(), clearedAt: null });
    const frame = alert.episodes[0]?.freezeFrame;
    expect(frame?.at.at(0)).toBeLessThan(bed.clock.now() - 80_000);
    expect(frame?.signals["nozzleTempC"]?.at(-1)).toBe(208.9);
    expect(frame?.report).toMatchObject({ value: 0, limit: 12, unit: "rpm", detector: "test" });
    expect(frame?.snapshot).toMatchObject({ state: "printing", jobName: "benchy" });
    expect(frame?.snapshot).not.toHaveProperty("hmsCodes");
    await bed.report(ERROR, "pass");
    expect(await detail(ERROR)).toMatchObject({ isa: "D", active: false, held: false, clearedAt: new Date(bed.clock.now()).toISOString() });
    expect(await eventsOf(ERROR)).toEqual(["raise", "clear"]);
  });

  it("that are wrong are named by index, and the others go on", async () => {
    await open();
    const batch = [message(ERROR, "fail", 1), { v: 1 }, null, message(WARNING, "fail", 2), message("0300-0001", "fail", 3)];
    const result = await bed.central().ingest(batch);
    expect(result).toMatchObject({ accepted: 2, duplicates: 0, late: 0 });
    expect(result.rejected.map(({ index }) => index)).toEqual([1, 2, 4]);
    expect((await bed.central().kpi(0)).ingest).toEqual({ accepted: 2, duplicates: 0, late: 0, rejected: 3 });
  });

  it("that repeat or come late change nothing, also after a restart", async () => {
    await open();
    const batch = [message(ERROR, "fail", 5), message(ERROR, "pass", 6)];
    await bed.central().ingest(batch);
    await bed.restart();
    const before = await detail(ERROR);
    const again = await bed
      .central()
      .ingest([...batch, message(ERROR, "fail", 3), message(ERROR, "fail", 5, { boot: "b2" }), message(ERROR, "pass", 9)]);
    expect(again).toEqual({ accepted: 1, duplicates: 2, late: 2, rejected: [] });
    expect((await detail(ERROR)).episodes).toHaveLength(before.episodes.length + 1);
    expect(await detail(ERROR)).toMatchObject({ active: true, episode: 2 });
  });

  it("of a pass for what never failed leave no alert", async () => {
    await open();
    expect(await bed.report(ERROR, "pass")).toMatchObject({ accepted: 1 });
    await expect(detail(ERROR)).rejects.toMatchObject({ reason: "not-found" });
  });

  it("of a printer that nobody serves make it known", async () => {
    await open();
    await bed.report(ERROR, "fail", { printer: "lonely" });
    await bed.restart();
    expect(bed.central().printers()).toMatchObject([{ id: "lonely", connected: false, state: "offline", gate: { startBlocked: true } }]);
  });
});

describe("flapping", () => {
  it("is one alert with episodes, and at most three raises told an hour", async () => {
    await open();
    for (let turn = 0; turn < 20; turn++) {
      await bed.report(WARNING, "fail");
      await bed.pass(8_000);
      await bed.report(WARNING, "pass");
      await bed.pass(8_000);
    }
    expect(await detail(WARNING)).toMatchObject({ episode: 20, occurrences: 20 });
    const ofAlert = bed.told.filter(({ notification }) => notification.alert.code === WARNING);
    expect(ofAlert.filter(({ notification }) => notification.kind === "raise")).toHaveLength(3);
    const reasons = (await bed.store().deliveries(idOf(WARNING), 200)).map(({ reason }) => reason);
    expect(reasons).toContain("chattering");
  });

  it("shorter than the on-delay raises nothing; longer matures by the clock alone", async () => {
    await open({ definitions: { [WARNING]: { onDelayMs: 5_000 } } });
    await bed.report(WARNING, "fail");
    await bed.pass(3_000);
    await bed.report(WARNING, "pass");
    await bed.pass(10_000);
    await bed.report(WARNING, "fail", { value: 7 });
    const failedAt = bed.clock.now();
    await bed.pass(8_000);
    const alert = await detail(WARNING);
    expect(alert).toMatchObject({ episode: 1, active: true });
    expect(Date.parse(alert.raisedAt ?? "") - failedAt).toBe(5_000);
    expect(alert.episodes[0]?.freezeFrame?.report).toMatchObject({ value: 7 });
  });
});

describe("people", () => {
  it("acknowledge what they saw, and nothing newer", async () => {
    await open();
    await bed.report(ERROR, "fail");
    const seen = await detail(ERROR);
    await bed.report(ERROR, "pass");
    await bed.report(ERROR, "fail");
    await expect(bed.central().command(seen.id, { type: "ack", version: seen.version }, me)).rejects.toMatchObject({ reason: "conflict" });
    const now = await detail(ERROR);
    const acked = await bed.central().command(now.id, { type: "ack", version: now.version }, me);
    expect(acked).toMatchObject({ isa: "C", acknowledged: true });
    const act = (await detail(ERROR)).transitions.find(({ event }) => event === "ack");
    expect(act).toMatchObject({ actor: "ann", version: acked.version });
    expect(printer().gate).toEqual({ startBlocked: true, resumeBlocked: true });
  });

  it("cannot acknowledge what is not there, nor what does not exist", async () => {
    await open();
    await bed.report(INFO, "fail");
    await bed.report(INFO, "pass");
    const { version } = await detail(INFO);
    await expect(bed.central().command(idOf(INFO), { type: "ack", version }, me)).rejects.toMatchObject({ reason: "conflict" });
    await expect(bed.central().command("p9~x", { type: "unshelve" }, me)).rejects.toMatchObject({ reason: "not-found" });
    expect(() => bed.central().printer("p9")).toThrow(expect.objectContaining({ reason: "not-found" }));
  });

  it("reset a latch, and the gate opens by that alone", async () => {
    await open({ definitions: { [ERROR]: { latching: true } } });
    await bed.report(ERROR, "fail");
    await expect(bed.central().command(idOf(ERROR), { type: "reset" }, me)).rejects.toMatchObject({ reason: "conflict" });
    await bed.report(ERROR, "pass");
    expect(printer().gate.startBlocked).toBe(true);
    await bed.restart();
    expect(printer().gate.startBlocked).toBe(true);
    await bed.central().command(idOf(ERROR), { type: "reset" }, me);
    expect(printer().gate).toEqual({ startBlocked: false, resumeBlocked: false });
    expect(await detail(ERROR)).toMatchObject({ isa: "A", held: false });
    expect((await detail(ERROR)).episodes[0]?.closedAt).not.toBeNull();
  });

  it("shelve with a reason; a shelf that ran out while central was down ends at the start", async () => {
    await open();
    await bed.report(WARNING, "fail");
    await bed.central().command(idOf(WARNING), { type: "shelve", minutes: 30, reason: "spare part ordered", oneShot: false }, me);
    expect(await detail(WARNING)).toMatchObject({ isa: "G", held: true });
    expect(printer()).toMatchObject({ worst: null, gate: { resumeBlocked: true } });
    await bed.restart({ downMs: 600_000 });
    expect(await detail(WARNING)).toMatchObject({ isa: "G" });
    await bed.restart({ downMs: 3_600_000 });
    await bed.pass(1_000);
    expect(await detail(WARNING)).toMatchObject({ isa: "B", shelvedUntil: null });
    const shelved = (await detail(WARNING)).transitions.find(({ event }) => event === "shelve");
    expect(shelved).toMatchObject({ actor: "ann", note: "spare part ordered" });
  });

  it("comment without changing the alert", async () => {
    await open();
    await bed.report(WARNING, "fail");
    const before = await detail(WARNING);
    await bed.central().command(idOf(WARNING), { type: "comment", text: "seen it" }, me);
    const after = await detail(WARNING);
    expect(after).toMatchObject({ version: before.version, isa: before.isa });
    expect(after.transitions[0]).toMatchObject({ event: "comment", note: "seen it", actor: "ann" });
  });
});

describe("suppression", () => {
  const pair = { suppresses: { [ERROR]: [WARNING] } };

  it("hides the consequence whichever comes first, tells it again when the cause ends, and never touches the gate", async () => {
    await open(pair);
    await bed.report(WARNING, "fail");
    await bed.report(ERROR, "fail");
    expect(await detail(WARNING)).toMatchObject({ isa: "H", suppressedBy: [idOf(ERROR)], active: true });
    await bed.report(WARNING, "pass");
    await bed.report(WARNING, "fail");
    expect(await detail(WARNING)).toMatchObject({ isa: "H" });
    await bed.pass(10_000);
    expect(bed.told.map(({ notification }) => notification.alert.code)).toEqual([ERROR]);
    await bed.report(ERROR, "pass");
    expect(printer().gate).toEqual({ startBlocked: false, resumeBlocked: true });
    await bed.pass(40_000);
    expect(await detail(WARNING)).toMatchObject({ isa: "B", suppressedBy: [] });
    expect(bed.told.map(({ notification }) => [notification.alert.code, notification.kind])).toContainEqual([WARNING, "raise"]);
  });

  it("never goes in a circle, and never hides what may not be hidden", async () => {
    const second = "0300-0200-0002-0003";
    await open({ suppresses: { [WARNING]: [second, ERROR], [second]: [WARNING] } });
    await bed.report(WARNING, "fail");
    await bed.report(second, "fail");
    await bed.report(ERROR, "fail");
    expect([(await detail(WARNING)).isa, (await detail(second)).isa, (await detail(ERROR)).isa]).toEqual(["B", "H", "B"]);
  });

  it("stays on its own printer, and ends when a person shelves the cause", async () => {
    await open(pair);
    await bed.report(ERROR, "fail");
    await bed.report(WARNING, "fail", { printer: "p2", detector: "other" });
    await bed.report(WARNING, "fail");
    expect([(await detail(WARNING)).isa, (await detail(WARNING, "p2")).isa]).toEqual(["H", "B"]);
    await bed.central().command(idOf(ERROR), { type: "shelve", minutes: 5, reason: "x", oneShot: false }, me);
    await bed.pass(31_000);
    expect((await detail(WARNING)).isa).toBe("B");
  });
});

describe("hearing", () => {
  it("makes alerts stale when the link is down, never clears them, and freshens them", async () => {
    await open();
    bed.news("p1", true);
    await bed.report(ERROR, "fail");
    await bed.report("F000-0100-0003-0001", "fail", { detector: "link" });
    bed.news("p1", false);
    await bed.settle();
    expect(await detail(ERROR)).toMatchObject({ quality: "stale", active: true });
    expect(await detail("F000-0100-0003-0001")).toMatchObject({ quality: "good", active: true });
    expect(printer()).toMatchObject({ state: "offline", gate: { startBlocked: true } });
    bed.news("p1", true);
    await bed.settle();
    expect(await detail(ERROR)).toMatchObject({ quality: "good", active: true });
    expect(await eventsOf(ERROR)).toEqual(["raise", "stale", "fresh"]);
  });

  it("tells an edge lost on each of its printers after a moment, and back", async () => {
    await open();
    const lost = "F000-0200-0003-0001";
    for (const id of ["p1", "p2"]) bed.news(id, true);
    bed.news("p3", true, {}, "e2");
    await bed.report(ERROR, "fail");
    bed.central().edgeStatus({ edge: "e1", online: false, printers: [] });
    await bed.pass(4_000);
    expect(await detail(ERROR)).toMatchObject({ quality: "good" });
    await bed.pass(10_000);
    expect(await detail(ERROR)).toMatchObject({ quality: "stale", active: true });
    for (const id of ["p1", "p2"]) expect(await detail(lost, id)).toMatchObject({ active: true, detector: "central" });
    await expect(detail(lost, "p3")).rejects.toMatchObject({ reason: "not-found" });
    bed.central().edgeStatus({ edge: "e1", online: true, printers: [] });
    bed.news("p1", true);
    await bed.pass(6_000);
    expect(await detail(lost, "p1")).toMatchObject({ active: false });
    expect(await detail(ERROR)).toMatchObject({ quality: "good", active: true });
  });

  it("takes a minute of silence for a loss, also of a printer known from before", async () => {
    await open();
    bed.news("p1", true);
    await bed.report(ERROR, "fail");
    await bed.restart();
    expect(printer()).toMatchObject({ name: "Printer p1", state: "offline", connected: false });
    await bed.pass(50_000);
    expect(await detail(ERROR)).toMatchObject({ quality: "good" });
    await bed.pass(20_000);
    expect(await detail(ERROR)).toMatchObject({ quality: "stale", active: true });
    expect(await detail("F000-0200-0003-0001")).toMatchObject({ active: true });
  });
});

describe("a commit that fails", () => {
  it("refuses every batch behind it, goes back to the store, and tells of it when it works again", async () => {
    await open();
    await bed.report(WARNING, "fail");
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    bed.beforeCommit = () => held;
    const first = bed.report(ERROR, "fail");
    await Promise.resolve();
    await Promise.resolve();
    const second = bed.report(WARNING, "pass");
    bed.diskFull = true;
    release();
    await expect(first).rejects.toMatchObject({ reason: "unavailable" });
    await expect(second).rejects.toMatchObject({ reason: "unavailable" });
    expect(bed.central().unready()).toContain("disk full");
    await expect(bed.report(INFO, "fail")).rejects.toMatchObject({ reason: "unavailable" });
    await bed.pass(3_000);
    expect(bed.central().unready()).toContain("disk full");
    expect(bed.changes.filter((change) => change.type === "alert").map((change) => change.type === "alert" && change.alert.code)).toEqual([
      WARNING,
    ]);

    bed.diskFull = false;
    await bed.pass(60_000);
    expect(bed.central().unready()).toBeUndefined();
    expect(await detail(WARNING)).toMatchObject({ active: true });
    await expect(detail(ERROR)).rejects.toMatchObject({ reason: "not-found" });
    const trouble = await detail("F000-0500-0003-0001", "openhms");
    expect(trouble.transitions.at(-1)).toMatchObject({ event: "raise", note: "disk full" });
    // the same reports, sent again as they were, are no repeats
    expect(await bed.central().ingest([message(ERROR, "fail", 2), message(WARNING, "pass", 3)])).toMatchObject({ accepted: 2 });
    expect(await detail(ERROR)).toMatchObject({ active: true, episode: 1 });
    await bed.pass(70_000);
    expect((await detail("F000-0500-0003-0001", "openhms")).active).toBe(false);
  });
});

describe("hearing while nothing can be written", () => {
  it("is caught up with", async () => {
    await open();
    for (const id of ["p1", "p2"]) bed.news(id, true);
    await bed.report(ERROR, "fail");
    await bed.report(ERROR, "fail", { printer: "p2", detector: "other" });
    bed.diskFull = true;
    await expect(bed.report(WARNING, "fail")).rejects.toMatchObject({ reason: "unavailable" });
    bed.news("p1", false);
    bed.news("p3", true);
    bed.diskFull = false;
    await bed.pass(5_000);
    expect([(await detail(ERROR)).quality, (await detail(ERROR, "p2")).quality]).toEqual(["stale", "good"]);
    await bed.restart();
    expect(
      bed
        .central()
        .printers()
        .map(({ id }) => id),
    ).toContain("p3");
  });
});

describe("what is shown", () => {
  it("puts the worst printer first and counts what is not hidden", async () => {
    await open();
    for (const id of ["a", "b", "c", "d"]) bed.news(id, true, { state: "printing", nozzleTempC: 210, bedTempC: 60 });
    await bed.report(INFO, "fail", { printer: "a", detector: "t-a" });
    await bed.report(ERROR, "fail", { printer: "c", detector: "t-c" });
    await bed.report(WARNING, "fail", { printer: "d", detector: "t-d" });
    const printers = bed.central().printers();
    expect(printers.map(({ id }) => id)).toEqual(["c", "d", "a", "b"]);
    expect(printers[0]).toMatchObject({ counts: { error: 1, warning: 0, info: 0 }, worst: { code: ERROR, severity: "error" } });
    expect(printers[0]?.readings).toEqual({ nozzleTempC: 210, bedTempC: 60 });
    const { items } = await bed.central().alerts({ state: "active", limit: 2 });
    expect(items).toHaveLength(2);
    expect((await bed.central().alerts({ printer: "no/printer", limit: 2 })).items).toEqual([]);
    await expect(bed.central().history({ since: "yesterday", limit: 5 })).rejects.toMatchObject({ reason: "invalid" });
    expect(bed.central().code(ERROR).url).toBe(`http://hms.test/codes/${ERROR}`);
  });

  it("tells alerts once durable and printers at most once a second", async () => {
    await open();
    for (let i = 0; i < 50; i++) {
      bed.news("p1", true, { nozzleTempC: i });
      await bed.pass(100);
    }
    await bed.pass(2_000);
    const printers = bed.changes.flatMap((change) => (change.type === "printer" ? [change.printer] : []));
    expect(printers.length).toBeGreaterThan(3);
    expect(printers.length).toBeLessThan(9);
    expect(printers.at(-1)?.readings).toEqual({ nozzleTempC: 49 });
    await bed.report(ERROR, "fail");
    expect(bed.changes.findLast((change) => change.type === "alert")).toMatchObject({
      alert: { id: idOf(ERROR) },
      transition: { event: "raise" },
    });
  });

  it("measures what was raised, told and done", async () => {
    await open();
    await bed.report(WARNING, "fail");
    await bed.pass(6_000);
    await bed.report(WARNING, "pass");
    await bed.report(ERROR, "fail");
    await bed.pass(20_000);
    const { version } = await detail(ERROR);
    await bed.central().command(idOf(ERROR), { type: "ack", version }, me);
    const kpi = await bed.central().kpi(START - 1);
    expect(kpi).toMatchObject({
      raised: 2,
      fleeting: 1,
      standing: 0,
      byPriority: { normal: 1, high: 1 },
      medianAckMs: 20_000,
      medianClearMs: 6_000,
    });
    expect(kpi.notified).toBeGreaterThanOrEqual(2);
    await bed.pass(25 * 3_600_000);
    expect(await bed.central().kpi(START - 1)).toMatchObject({ standing: 1 });
  });
});
