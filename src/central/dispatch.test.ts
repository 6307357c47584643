/** From the outbox to the channels: who is told, when, why not, how often, and what a restart leaves of it. */
import { afterEach, describe, expect, it } from "vitest";
import { alertId } from "./ledger.ts";
import { MAX_ATTEMPTS } from "./courier.ts";
import type { DeliveryRow } from "../store/store.ts";
import { ERROR, INFO, openBed, START, WARNING, type Bed, type BedOptions } from "./testbed.ts";

let bed: Bed;
const open = async (options?: BedOptions): Promise<void> => void (bed = await openBed(options));
afterEach(() => bed.close());

const DEAD = "F000-0400-0003-0001";
const told = (channel?: string): string[] =>
  bed.told
    .filter((entry) => channel === undefined || entry.channel === channel)
    .map(({ notification }) => `${notification.kind} ${notification.alert.code}`);
const deliveries = (code: string, printer = "p1"): Promise<readonly DeliveryRow[]> => bed.store().deliveries(alertId(printer, code), 200);
const outcomes = async (code: string): Promise<string[]> =>
  (await deliveries(code)).map(({ channel, kind, state, reason }) => `${channel} ${kind} ${state} ${reason}`).sort();

describe("the wait of a level", () => {
  it.each([
    [ERROR, 0],
    [WARNING, 5_000],
    [INFO, 60_000],
  ])("%s is told %d ms after it was raised", async (code, waitMs) => {
    await open();
    await bed.report(code, "fail");
    await bed.settle();
    if (waitMs > 0) {
      await bed.pass(waitMs - 500);
      expect(told()).toEqual([]);
      await bed.pass(500);
    }
    expect(told()).toEqual([`raise ${code}`]);
    expect(await outcomes(code)).toEqual(["phone raise delivered first"]);
    const [{ notification } = { notification: undefined }] = bed.told;
    expect(notification).toMatchObject({ url: `http://hms.test/alerts/${encodeURIComponent(alertId("p1", code))}` });
    expect(notification?.body).toContain("Look at it.");
  });

  it("holds back what came and went within it, and never an error", async () => {
    await open();
    for (const code of [WARNING, ERROR]) {
      await bed.report(code, "fail");
      await bed.report(code, "pass");
    }
    await bed.pass(20_000);
    expect(told()).toEqual([`raise ${ERROR}`, `clear ${ERROR}`]);
    expect(await outcomes(WARNING)).toEqual(["phone clear held-back raise-not-told", "phone raise held-back fleeting"]);
    expect((await bed.central().alert(alertId("p1", WARNING))).episodes).toHaveLength(1);
  });

  it("holds back what was shelved within it", async () => {
    await open();
    await bed.report(WARNING, "fail");
    await bed.central().command(alertId("p1", WARNING), { type: "shelve", minutes: 60, reason: "known", oneShot: false }, { name: "ann" });
    await bed.pass(10_000);
    expect(told()).toEqual([]);
    expect(await outcomes(WARNING)).toContain("phone raise held-back hidden");
  });
});

describe("channels", () => {
  it("are asked one by one for what they take", async () => {
    await open({
      channels: [
        { id: "pager", minPriority: "high" },
        { id: "log", minPriority: "low" },
      ],
    });
    await bed.report(WARNING, "fail");
    await bed.report(ERROR, "fail");
    await bed.pass(6_000);
    expect(told("pager")).toEqual([`raise ${ERROR}`]);
    expect(told("log")).toEqual([`raise ${ERROR}`, `raise ${WARNING}`]);
    expect(await outcomes(WARNING)).toEqual(["log raise delivered first", "pager raise held-back below-threshold"]);
  });

  it("need not exist: the outbox is decided all the same", async () => {
    await open({ channels: [] });
    await bed.report(ERROR, "fail");
    await bed.settle();
    expect(await bed.store().loadUndecided(10)).toEqual([]);
  });

  it("are tried again with the same id, growing pauses, and in order", async () => {
    await open();
    let failures = 3;
    const times: number[] = [];
    bed.answer = () => {
      times.push(bed.clock.now() - START);
      return failures-- > 0 ? { kind: "failed", retry: true, detail: "the other side answered 500" } : { kind: "sent" };
    };
    await bed.report(ERROR, "fail");
    await bed.settle();
    await bed.report(ERROR, "pass");
    for (let second = 0; second < 10; second++) await bed.pass(1_000);
    expect(told()).toEqual([`raise ${ERROR}`, `raise ${ERROR}`, `raise ${ERROR}`, `raise ${ERROR}`, `clear ${ERROR}`]);
    expect(new Set(bed.told.slice(0, 4).map(({ notification }) => notification.id)).size).toBe(1);
    const pauses = times.slice(1, 4).map((time, index) => time - (times[index] ?? 0));
    expect(pauses).toEqual([1_000, 2_000, 4_000]);
    expect((await deliveries(ERROR)).find(({ kind }) => kind === "raise")).toMatchObject({ state: "delivered", attempts: 4 });
  });

  it("wait as long as they are asked to", async () => {
    await open();
    let isBusy = true;
    bed.answer = () => (isBusy ? { kind: "failed", retry: true, detail: "429", retryAfterMs: 30_000 } : { kind: "sent" });
    await bed.report(ERROR, "fail");
    await bed.settle();
    isBusy = false;
    await bed.pass(29_000);
    expect(told()).toHaveLength(1);
    await bed.pass(1_000);
    expect(told()).toHaveLength(2);
  });

  it("that stay dead raise an alert, once, and clear it when they work again", async () => {
    await open({ channels: [{ id: "phone" }, { id: "pager" }] });
    bed.answer = (channel) =>
      channel === "phone" ? { kind: "failed", retry: true, detail: "the other side answered 503" } : { kind: "sent" };
    await bed.report(ERROR, "fail");
    await bed.settle();
    for (let minute = 0; minute < 40; minute++) await bed.pass(60_000);
    expect((await deliveries(ERROR)).find(({ channel }) => channel === "phone")).toMatchObject({ state: "dead", attempts: MAX_ATTEMPTS });
    const dead = await bed.central().alert(alertId("openhms", DEAD));
    expect(dead).toMatchObject({ active: true, printerName: "OpenHMS", episode: 1 });
    expect(dead.transitions.at(-1)?.note).toBe("phone: the other side answered 503");
    expect(told("pager")).toEqual([`raise ${ERROR}`, `raise ${DEAD}`]);
    expect(
      bed
        .central()
        .printers()
        .map(({ id }) => id),
    ).toContain("openhms");
    bed.answer = () => ({ kind: "sent" });
    for (let minute = 0; minute < 12; minute++) await bed.pass(60_000);
    await bed.report(WARNING, "fail");
    await bed.pass(10_000);
    expect((await bed.central().alert(alertId("openhms", DEAD))).active).toBe(false);
  });

  it("whose refusal is final are not tried again", async () => {
    await open();
    bed.answer = () => ({ kind: "failed", retry: false, detail: "the other side answered 401" });
    await bed.report(ERROR, "fail");
    await bed.pass(10_000);
    expect(told()).toEqual([`raise ${ERROR}`]);
    expect((await deliveries(ERROR))[0]).toMatchObject({ state: "dead", attempts: 1, detail: "the other side answered 401" });
  });
});

describe("a restart", () => {
  it("loses nothing that waits and sends nothing twice", async () => {
    await open();
    await bed.report(ERROR, "fail");
    await bed.report(WARNING, "fail");
    await bed.settle();
    expect(told()).toEqual([`raise ${ERROR}`]);
    await bed.restart();
    await bed.pass(10_000);
    expect(told()).toEqual([`raise ${ERROR}`, `raise ${WARNING}`]);
    await bed.restart();
    await bed.report(ERROR, "pass", { boot: "b2" });
    await bed.settle();
    // that the raise was told is known from the store
    expect(told()).toEqual([`raise ${ERROR}`, `raise ${WARNING}`, `clear ${ERROR}`]);
  });

  it("goes on with a retry where it was, under the same id", async () => {
    await open();
    bed.answer = () => ({ kind: "failed", retry: true, detail: "down" });
    await bed.report(ERROR, "fail");
    await bed.pass(1_500);
    expect(told()).toHaveLength(2);
    bed.answer = () => ({ kind: "sent" });
    await bed.restart({ downMs: 60_000 });
    await bed.pass(2_000);
    expect(told()).toHaveLength(3);
    expect(new Set(bed.told.map(({ notification }) => notification.id)).size).toBe(1);
    expect((await deliveries(ERROR))[0]).toMatchObject({ state: "delivered", attempts: 3 });
  });

  it("takes up what nobody had decided, and what was cut off in the middle, under the same id", async () => {
    await open();
    // the disk fills right after the alert was stored, so that no decision is; and the channel heeds no signal
    bed.beforeCommit = (changes) => {
      if (changes.decided !== undefined) throw new Error("disk full");
    };
    bed.answer = () => new Promise(() => undefined);
    await bed.report(ERROR, "fail");
    await bed.settle();
    expect(await bed.store().loadUndecided(10)).toHaveLength(1);
    bed.answer = () => ({ kind: "sent" });
    await bed.restart();
    expect(told()).toEqual([`raise ${ERROR}`, `raise ${ERROR}`]);
    expect(new Set(bed.told.map(({ notification }) => notification.id)).size).toBe(1);
    expect(await bed.store().loadUndecided(10)).toHaveLength(1);
    bed.beforeCommit = () => undefined;
    await bed.pass(3_000);
    expect(await bed.store().loadUndecided(10)).toEqual([]);
    expect(await outcomes(ERROR)).toEqual(["phone raise delivered first"]);
  });

  it("does not trust a channel to answer in time", async () => {
    await open();
    bed.answer = () => new Promise(() => undefined);
    await bed.report(ERROR, "fail");
    await bed.settle();
    bed.answer = () => ({ kind: "sent" });
    for (let second = 0; second < 13; second++) await bed.pass(1_000);
    expect(told()).toHaveLength(2);
    expect((await deliveries(ERROR))[0]).toMatchObject({ state: "delivered", attempts: 2 });
  });
});

describe("deliveries that cannot be written down", () => {
  it("are kept and written when the disk works again", async () => {
    await open();
    bed.beforeCommit = (changes) => {
      if (changes.deliveries !== undefined) throw new Error("disk full");
    };
    await bed.report(ERROR, "fail");
    await bed.settle();
    expect(told()).toEqual([`raise ${ERROR}`]);
    expect(await deliveries(ERROR)).toEqual([]);
    bed.beforeCommit = () => undefined;
    await bed.pass(5_000);
    expect(await outcomes(ERROR)).toEqual(["phone raise delivered first"]);
    expect(told()).toHaveLength(1);
  });
});
