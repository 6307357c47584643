/** What every store must do with people's words on episodes: keep the last one, and count those that stand. Called by the contract of the store. */
import { expect, it } from "vitest";
import { at } from "../lib/time.ts";
import { alertRow, episodeRow, labelRow, printerId, RAISED_AT } from "./fixtures.ts";
import type { LabelCount, LabelQuery, Store } from "./store.ts";

export function labels(store: () => Store): void {
  const first = alertRow(1);
  const episodes = async (count: number): Promise<void> => {
    const rows = Array.from({ length: count }, (_, index) => episodeRow(1, { n: index + 1, raisedAt: at(RAISED_AT + index + 1) }));
    await store().commit({ alerts: [first], episodes: rows });
  };

  it("keeps the last word on each episode, the latest episode first, and whose episode it was", async () => {
    await episodes(3);
    const second = labelRow(1, { episode: 2, verdict: "unsure", note: null });
    await store().commit({ labels: [labelRow(1), second] });
    const later = { verdict: "false", note: null, actor: "Bob", at: at(RAISED_AT + 999) } as const;
    await store().commit({ labels: [labelRow(1, { ...later, detector: "other", printer: printerId(2), raisedAt: at(0) })] });
    expect(await store().labels(first.id, 9)).toEqual([second, labelRow(1, later)]);
    expect(await store().labels(first.id, 1)).toEqual([second]);
    expect(await store().labels("none", 9)).toEqual([]);
    const takenBack = labelRow(1, { episode: 2, verdict: null, note: null });
    await store().commit({ labels: [takenBack] });
    expect(await store().labels(first.id, 1)).toEqual([takenBack]);
  });

  it("gives one episode by its number", async () => {
    await episodes(2);
    expect(await store().episode(first.id, 2)).toEqual(episodeRow(1, { n: 2, raisedAt: at(RAISED_AT + 2) }));
    expect([await store().episode(first.id, 3), await store().episode("none", 1)]).toEqual([undefined, undefined]);
  });

  it("counts what stands by detector, code and verdict, of one printer and since an instant", async () => {
    await episodes(4);
    await store().commit({ alerts: [alertRow(2)], episodes: [episodeRow(2)] });
    const on = (episode: number, changed: Parameters<typeof labelRow>[1]) =>
      labelRow(1, { episode, raisedAt: at(RAISED_AT + episode), ...changed });
    const ofOther = labelRow(2, { detector: "fan", verdict: "unsure" });
    const words = [on(1, {}), on(2, { verdict: "false" }), on(3, {}), on(4, { verdict: null }), ofOther];
    await store().commit({ labels: words });
    const count = (query: LabelQuery): Promise<readonly LabelCount[]> => store().countLabels(query);
    const ours = { detector: "heater-stuck-on", code: first.code };
    const fan = { detector: "fan", code: alertRow(2).code, verdict: "unsure", count: 1 };
    expect(await count({})).toEqual([fan, { ...ours, verdict: "false", count: 1 }, { ...ours, verdict: "real", count: 2 }]);
    expect(await count({ printer: printerId(2) })).toEqual([fan]);
    expect(await count({ printer: printerId(1), since: at(RAISED_AT + 3) })).toEqual([{ ...ours, verdict: "real", count: 1 }]);
    expect(await count({ since: at(RAISED_AT + 100) })).toEqual([]);
  });
}
