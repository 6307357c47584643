/**
 * What every store must do, whatever database is behind it. A test file of an engine calls `storeContract` with a way to open the
 * same data again and again; nothing here knows SQL.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at } from "../lib/time.ts";
import {
  change,
  RAISED_AT,
  alertRow,
  deliveryRow,
  episodeRow,
  labelRow,
  outboxRow,
  printerId,
  raise,
  sightingRow,
  siteEntryRow,
  transitionRow,
} from "./fixtures.ts";
import { labels } from "./labels.contract.ts";
import type { AlertQuery, HistoryQuery, Page, Store } from "./store.ts";

/** One set of data, empty at first; `open` may be called again after the store before was closed. */
export interface StoreData {
  open(): Promise<Store>;
  remove(): Promise<void>;
}

export function storeContract(engine: string, createData: () => StoreData): void {
  describe(`the store on ${engine}`, () => {
    let data: StoreData;
    let store: Store;
    beforeEach(async () => {
      data = createData();
      store = await data.open();
    });
    afterEach(async () => {
      await store.close();
      await data.remove();
    });
    const reopen = async (): Promise<void> => {
      await store.close();
      store = await data.open();
    };
    commits(() => store, reopen);
    upserts(() => store);
    queues(() => store);
    pages(() => store);
    lookUps(() => store);
    labels(() => store);
  });
}

type StoreNow = () => Store;

function commits(store: StoreNow, reopen: () => Promise<void>): void {
  it("is empty at first and knows no transition", async () => {
    expect(await store().loadAlerts()).toEqual([]);
    expect(await store().lastTransitionId()).toBe(0);
    expect(await store().history({ limit: 10 })).toEqual({ items: [], next: undefined });
    expect(await store().setting("instance")).toBeUndefined();
  });

  it("gives back every row as it was given, also after it was opened again", async () => {
    const given = change(1);
    await store().commit(given);
    const look = async () => {
      expect(await store().loadAlerts()).toEqual(given.alerts);
      expect(await store().episodes("p1~0300-0001-0001-0001", 5)).toEqual(given.episodes);
      expect((await store().history({ limit: 5 })).items).toEqual(given.transitions);
      expect(await store().loadUndecided(5)).toEqual(given.outbox);
      expect(await store().loadDetectors()).toEqual(given.detectors);
      expect(await store().loadPrinters()).toEqual(given.printers);
      expect(await store().loadSightings()).toEqual(given.sightings);
      expect(await store().loadSiteEntries()).toEqual(given.siteEntries);
      expect(await store().labels("p1~0300-0001-0001-0001", 5)).toEqual(given.labels);
      expect(await store().loadPendingDeliveries(5)).toEqual([{ ...given.deliveries[0], outboxRow: given.outbox[0] }]);
      expect(await store().setting("instance")).toBe("i-1");
      expect(await store().lastTransitionId()).toBe(1);
    };
    await look();
    await reopen();
    await look();
  });

  it("stores all rows of a commit or none", async () => {
    await store().commit(raise(1));
    // the transition's id is taken, so the whole second commit must leave no trace
    const bad = { ...change(2), transitions: [transitionRow(2, { id: 1 })] };
    await expect(store().commit(bad)).rejects.toThrow(/could not store 11 rows/);
    expect((await store().loadAlerts()).map((row) => row.id)).toEqual(["p1~0300-0001-0001-0001"]);
    expect(await store().loadUndecided(9)).toHaveLength(1);
    expect(await store().loadPrinters()).toEqual([]);
    expect(await store().setting("instance")).toBeUndefined();
    expect(await store().loadSightings()).toEqual([]);
    expect(await store().loadSiteEntries()).toEqual([]);
  });

  it("refuses rows that hang in the air", async () => {
    await expect(store().commit({ transitions: [transitionRow(1)] })).rejects.toThrow(/could not store 1 rows/);
    await expect(store().commit({ alerts: [alertRow(1)], outbox: [outboxRow(1)] })).rejects.toThrow(/could not store 2 rows/);
    await expect(store().commit({ alerts: [alertRow(1)], labels: [labelRow(1)] })).rejects.toThrow(/could not store 2 rows/);
    expect(await store().loadAlerts()).toEqual([]);
  });

  it("lets a bad commit fail alone among those that share its transaction", async () => {
    const numbers = Array.from({ length: 40 }, (_, index) => index + 1);
    const isBad = (n: number): boolean => n % 10 === 0;
    const results = await Promise.allSettled(
      numbers.map((n) => store().commit(isBad(n) ? { ...raise(n), transitions: [transitionRow(n, { id: 1 })], outbox: [] } : raise(n))),
    );
    expect(results.map((result) => result.status)).toEqual(numbers.map((n) => (isBad(n) ? "rejected" : "fulfilled")));
    const stored = (await store().loadAlerts()).map((row) => row.state.version).sort((a, b) => a - b);
    expect(stored).toEqual(numbers.filter((n) => !isBad(n)));
  });

  it("carries out commits in the order of the calls", async () => {
    const versions = Array.from({ length: 300 }, (_, index) => index + 1);
    await Promise.all(versions.map((version) => store().commit({ alerts: [alertRow(1, { updatedAt: at(RAISED_AT + version) })] })));
    expect((await store().alert("p1~0300-0001-0001-0001"))?.updatedAt).toBe(RAISED_AT + 300);
  });

  it("reads see a commit as soon as it has resolved", async () => {
    for (let n = 1; n <= 20; n++) {
      await store().commit(raise(n));
      expect(await store().lastTransitionId()).toBe(n);
    }
  });

  it("takes an empty commit", async () => {
    await store().commit({});
    await store().commit({ alerts: [], decided: [] });
    expect(await store().loadAlerts()).toEqual([]);
  });

  it("finishes what was given before close, and refuses what comes after", async () => {
    const before = Array.from({ length: 50 }, (_, index) => store().commit(raise(index + 1)));
    const closing = store().close();
    await expect(store().commit(raise(51))).rejects.toMatchObject({ code: "refused", reason: "unavailable" });
    await Promise.all(before);
    await closing;
    await store().close();
    await reopen();
    expect(await store().lastTransitionId()).toBe(50);
  });

  it("keeps odd texts and large numbers unchanged", async () => {
    const note = "Öl \u0000 \"'`; DROP TABLE alerts; -- \u{1f525}\n" + "x".repeat(100_000);
    const id = Number.MAX_SAFE_INTEGER;
    await store().commit({ alerts: [alertRow(1)], transitions: [transitionRow(1, { id, note, actor: "" })] });
    expect((await store().history({ limit: 1 })).items).toEqual([transitionRow(1, { id, note, actor: "" })]);
    expect(await store().lastTransitionId()).toBe(id);
  });
}

function upserts(store: StoreNow): void {
  it("replaces an alert by its id", async () => {
    await store().commit({ alerts: [alertRow(1), alertRow(2)] });
    const later = alertRow(1, { isa: "A", listed: false, clearedAt: at(RAISED_AT + 9), updatedAt: at(RAISED_AT + 9), detector: "other" });
    await store().commit({ alerts: [later] });
    expect(await store().alert(later.id)).toEqual(later);
    expect(await store().loadAlerts()).toHaveLength(2);
    expect(await store().alert("none")).toBeUndefined();
  });

  it("gives a known episode its later times, forgets none, and never alters its freeze frame", async () => {
    const first = episodeRow(1);
    await store().commit({ alerts: [alertRow(1)], episodes: [first] });
    const other = { at: [1], signals: { bedC: [99] }, report: {}, snapshot: {} };
    await store().commit({ episodes: [{ ...first, clearedAt: at(RAISED_AT + 5), freezeFrame: other, raisedAt: at(0) }] });
    await store().commit({ episodes: [{ ...first, acknowledgedAt: at(RAISED_AT + 7), freezeFrame: null }] });
    await store().commit({ episodes: [{ ...first, closedAt: at(RAISED_AT + 8), freezeFrame: other }] });
    expect(await store().episodes(first.alert, 5)).toEqual([
      { ...first, clearedAt: at(RAISED_AT + 5), acknowledgedAt: at(RAISED_AT + 7), closedAt: at(RAISED_AT + 8) },
    ]);
  });

  it("keeps one sighting a code, model and firmware, and one entry a code, in their newest form", async () => {
    const others = [sightingRow(1, { firmware: "01.09" }), sightingRow(1, { model: "" }), sightingRow(2)];
    await store().commit({ sightings: [sightingRow(1), ...others], siteEntries: [siteEntryRow(1), siteEntryRow(2)] });
    const later = sightingRow(1, { lastAt: at(RAISED_AT + 99), count: 7 });
    const removed = siteEntryRow(1, { entry: null, changes: [] });
    await store().commit({ sightings: [later], siteEntries: [removed] });
    const found = await store().loadSightings();
    expect(found).toHaveLength(4);
    expect(found).toEqual(expect.arrayContaining([later, ...others]));
    expect(await store().loadSiteEntries()).toEqual([removed, siteEntryRow(2)]);
  });

  it("replaces detectors, printers and settings", async () => {
    const { detectors, printers } = change(1);
    await store().commit({ detectors, printers, settings: [{ key: "k", value: "1" }] });
    const detector = { ...detectors[0]!, boot: "b2", seq: 2 ** 40, seen: 2 ** 31 - 1, oldBoots: ["b1"] };
    const printer = { ...printers[0]!, name: "Right", seenAt: at(RAISED_AT + 1) };
    await store().commit({ detectors: [detector], printers: [printer], settings: [{ key: "k", value: "2" }] });
    expect(await store().loadDetectors()).toEqual([detector]);
    expect(await store().loadPrinters()).toEqual([printer]);
    expect(await store().setting("k")).toBe("2");
  });
}

function queues(store: StoreNow): void {
  it("gives undecided outbox rows in the order of their transitions, until they are decided", async () => {
    for (const n of [3, 1, 2]) await store().commit(raise(n));
    expect((await store().loadUndecided(2)).map((row) => row.transition)).toEqual([1, 2]);
    await store().commit({ decided: [outboxRow(2).id] });
    expect((await store().loadUndecided(9)).map((row) => row.transition)).toEqual([1, 3]);
    // told again by a repeat of the same commit: it must not come back
    await store().commit({ outbox: [outboxRow(2)] });
    expect((await store().loadUndecided(9)).map((row) => row.transition)).toEqual([1, 3]);
  });

  it("gives deliveries that wait, earliest due first, and keeps the rest as a record", async () => {
    for (const n of [1, 2, 3, 4]) await store().commit(raise(n));
    const due = (n: number, ms: number) => deliveryRow(n, { state: "retry", attempts: 2, nextAt: at(RAISED_AT + ms) });
    await store().commit({
      deliveries: [due(1, 300), due(2, 100), deliveryRow(3, { state: "delivered" }), deliveryRow(4, { state: "held-back" })],
    });
    const waiting = await store().loadPendingDeliveries(9);
    expect(waiting.map((row) => row.outbox)).toEqual([outboxRow(2).id, outboxRow(1).id]);
    expect(waiting[0]).toEqual({ ...due(2, 100), outboxRow: outboxRow(2) });
    await store().commit({ deliveries: [deliveryRow(2, { state: "delivered", attempts: 3, at: at(RAISED_AT + 500), detail: "200" })] });
    expect(await store().loadPendingDeliveries(9)).toHaveLength(1);
    expect(await store().deliveries(alertRow(2).id, 9)).toEqual([
      deliveryRow(2, { state: "delivered", attempts: 3, at: at(RAISED_AT + 500), detail: "200" }),
    ]);
    expect(await store().deliveredSince(at(RAISED_AT))).toBe(2);
    expect(await store().deliveredSince(at(RAISED_AT + 500))).toBe(1);
  });

  it("keeps a delivery a channel, newest first", async () => {
    await store().commit(raise(1));
    const channels = ["a", "b", "c"].map((channel, index) => deliveryRow(1, { channel, at: at(RAISED_AT + index) }));
    await store().commit({ deliveries: channels });
    expect((await store().deliveries(alertRow(1).id, 2)).map((row) => row.channel)).toEqual(["c", "b"]);
  });
}

async function walk<Row>(next: (cursor: string | undefined) => Promise<Page<Row>>, between?: () => Promise<void>): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  do {
    const page = await next(cursor);
    rows.push(...page.items);
    cursor = page.next;
    await between?.();
  } while (cursor !== undefined);
  return rows;
}

const withCursor = <Query extends { limit: number }>(query: Query, cursor: string | undefined) =>
  cursor === undefined ? query : { ...query, cursor };

function pages(store: StoreNow): void {
  const fill = async (count: number): Promise<void> => {
    for (let n = 1; n <= count; n++) await store().commit(raise(n));
  };
  const history = (query: HistoryQuery) => walk((cursor) => store().history(withCursor(query, cursor)));
  const alerts = (query: AlertQuery) => walk((cursor) => store().alerts(withCursor(query, cursor)));

  it.each([1, 3, 7, 50])("history in pages of %i is complete, newest first", async (limit) => {
    await fill(14);
    expect((await history({ limit })).map((row) => row.id)).toEqual([14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  it("ends with the page that holds the last row", async () => {
    await fill(4);
    const first = await store().history({ limit: 2 });
    const second = await store().history(withCursor({ limit: 2 }, first.next));
    expect([first.items.length, second.items.length, second.next]).toEqual([2, 2, undefined]);
  });

  it("history pages by id where times are equal, and by time where ids are not in its order", async () => {
    await store().commit({ alerts: [alertRow(1)] });
    const times = [5, 5, 5, 9, 1, 5];
    await store().commit({ transitions: times.map((ms, index) => transitionRow(1, { id: index + 1, at: at(ms) })) });
    expect((await history({ limit: 2 })).map((row) => row.id)).toEqual([4, 6, 3, 2, 1, 5]);
  });

  it("rows that come in while one pages neither repeat nor hide any", async () => {
    await fill(10);
    let n = 10;
    const more = async (): Promise<void> => store().commit(raise(++n));
    const rows = await walk((cursor) => store().history(withCursor({ limit: 3 }, cursor)), more);
    expect(rows.map((row) => row.id)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    const listed = await walk((cursor) => store().alerts(withCursor({ limit: 4 }, cursor)), more);
    expect(listed.map((row) => row.state.version)).toEqual([14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  it("history is narrowed by each filter and by several", async () => {
    await fill(12);
    await store().commit({ transitions: [transitionRow(3, { id: 100, at: at(RAISED_AT + 100), event: "ack", actor: "Ada" })] });
    const ids = async (query: Omit<HistoryQuery, "limit">) => (await history({ ...query, limit: 2 })).map((row) => row.id);
    const row = transitionRow(3);
    expect(await ids({ alert: row.alert })).toEqual([100, 3]);
    expect(await ids({ code: row.code })).toEqual([100, 3]);
    expect(await ids({ printer: printerId(1) })).toEqual([10, 7, 4, 1]);
    expect(await ids({ event: "ack" })).toEqual([100]);
    expect(await ids({ since: at(RAISED_AT + 11) })).toEqual([100, 12, 11]);
    expect(await ids({ since: at(RAISED_AT + 4), until: at(RAISED_AT + 6) })).toEqual([6, 5, 4]);
    expect(await ids({ alert: row.alert, event: "raise", until: at(RAISED_AT + 50) })).toEqual([3]);
    expect(await ids({ event: "shelve" })).toEqual([]);
  });

  it("alerts are narrowed by state, printer and level, newest change first", async () => {
    const { state } = alertRow(1);
    const rest = { ...state, condition: "ok", acknowledged: true, openEpisodes: [] } as const;
    await store().commit({
      alerts: [
        alertRow(1),
        alertRow(2, {
          level: 2,
          state: { ...state, acknowledged: true, openEpisodes: [{ n: 1, raisedAt: RAISED_AT, ackedAt: RAISED_AT }] },
        }),
        alertRow(3, { state: { ...state, condition: "ok" } }),
        alertRow(4, { isa: "G", state: { ...state, condition: "post", shelf: { kind: "timed", until: at(1) } } }),
        alertRow(5, { isa: "A", listed: false, state: rest }),
        alertRow(6, { isa: "H", listed: false, state: { ...rest, suppressedBy: ["x"] } }),
        alertRow(7, { quiet: true, printer: printerId(40) }),
      ],
    });
    const numbers = async (query: Omit<AlertQuery, "limit">) =>
      (await alerts({ ...query, limit: 2 })).map((row) => row.updatedAt - RAISED_AT);
    expect(await numbers({})).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(await numbers({ state: "all" })).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(await numbers({ state: "open" })).toEqual([4, 3, 2, 1]);
    expect(await numbers({ state: "closed" })).toEqual([6, 5]);
    expect(await numbers({ state: "active" })).toEqual([7, 4, 2, 1]);
    expect(await numbers({ state: "unacknowledged" })).toEqual([7, 4, 3, 1]);
    expect(await numbers({ state: "hidden" })).toEqual([6, 4]);
    expect(await numbers({ level: 2 })).toEqual([2]);
    expect(await numbers({ printer: printerId(3) })).toEqual([6, 3]);
    expect(await numbers({ printer: printerId(3), state: "open", level: 1 })).toEqual([3]);
  });

  const hostile = [
    "",
    " ",
    "x",
    "%%%",
    "null",
    "e30",
    "W10",
    "WzEsMl0",
    "../../etc/passwd",
    "A".repeat(100_000),
    "\u0000",
    "bnVsbA",
    ...[
      ["alerts", 1, 2],
      ["alerts", "1", "a"],
      ["alerts", 1.5, "a"],
      ["alerts", 1, "a".repeat(300)],
      ["history", 1, "1 OR 1=1"],
      ["history", 1e300, 1],
      ["history", 1],
      ["history", 1, 1, 1],
      ["other", 1, 1],
      ["history", 1, null],
      ["history", 1, 2 ** 60],
    ].map((fields) => Buffer.from(JSON.stringify(fields)).toString("base64url")),
  ];
  it("refuses hostile cursors", async () => {
    await fill(2);
    const refusal = { code: "refused", reason: "invalid" };
    for (const cursor of hostile) {
      await expect(store().history({ limit: 1, cursor }), cursor).rejects.toMatchObject(refusal);
      await expect(store().alerts({ limit: 1, cursor }), cursor).rejects.toMatchObject(refusal);
    }
  });

  it("refuses the cursor of the other list, and a limit that is none", async () => {
    await fill(2);
    const refusal = { code: "refused", reason: "invalid" };
    const historyCursor = (await store().history({ limit: 1 })).next ?? "";
    await expect(store().alerts({ limit: 1, cursor: historyCursor })).rejects.toMatchObject(refusal);
    for (const limit of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      await expect(store().history({ limit })).rejects.toMatchObject(refusal);
  });
}

function lookUps(store: StoreNow): void {
  it("tells what changed since an instant, oldest change first", async () => {
    for (const n of [1, 2, 3, 4]) await store().commit(raise(n));
    const changed = await store().alertsSince(at(RAISED_AT + 2), 2);
    expect(changed.map((row) => row.updatedAt - RAISED_AT)).toEqual([2, 3]);
    expect(await store().alertsSince(at(RAISED_AT + 5), 9)).toEqual([]);
  });

  it("gives an alert's episodes, newest first, and raises since an instant without their frames", async () => {
    const [first, second] = [episodeRow(1), episodeRow(1, { n: 2, raisedAt: at(RAISED_AT + 60) })];
    await store().commit({ alerts: [alertRow(1)], episodes: [first, second] });
    expect(await store().episodes(first.alert, 9)).toEqual([second, first]);
    expect(await store().episodes(first.alert, 1)).toEqual([second]);
    expect(await store().episodes("none", 9)).toEqual([]);
    const { freezeFrame: _frame, ...raised } = second;
    expect(await store().episodesSince(at(RAISED_AT + 60))).toEqual([raised]);
  });
}
