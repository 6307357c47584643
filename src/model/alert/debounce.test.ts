/** The delays: what matures when, what stops the time, and what is due next. */
import { describe, expect, test } from "vitest";
import { at } from "../../lib/time.ts";
import { dueAt, initialState, transition } from "../alert.ts";
import { type Act, after, definition, eventOf, told } from "./samples.ts";

describe("debounce", () => {
  const slow = definition({ onDelayMs: 5_000, offDelayMs: 10_000 });
  type Timed = readonly [atMs: number, act: Act, condition: string, effects: string];
  const timelines: readonly (readonly [string, readonly Timed[]])[] = [
    [
      "a fault shorter than its delay is none",
      [
        [0, "fail", "pre", ""],
        [4_999, "pass", "ok", ""],
        [9_000, "tick", "ok", ""],
      ],
    ],
    [
      "repeated fails do not start the delay anew",
      [
        [0, "fail", "pre", ""],
        [3_000, "fail", "pre", ""],
        [5_000, "tick", "active", "raise/raise"],
      ],
    ],
    [
      "the next report matures it as well as a tick",
      [
        [0, "fail", "pre", ""],
        [6_000, "fail", "active", "raise/raise"],
      ],
    ],
    [
      "matured first, then passed",
      [
        [0, "fail", "pre", ""],
        [6_000, "pass", "post", "raise/raise"],
        [15_999, "tick", "post", ""],
        [16_000, "tick", "ok", "clear/clear"],
      ],
    ],
    [
      "a fail cancels the off delay",
      [
        [0, "fail", "pre", ""],
        [5_000, "tick", "active", "raise/raise"],
        [6_000, "pass", "post", ""],
        [7_000, "fail", "active", ""],
        [60_000, "tick", "active", ""],
      ],
    ],
    [
      "silence stops the on delay, life goes on with the rest of it",
      [
        [0, "fail", "pre", ""],
        [2_000, { type: "heartbeat-lost" }, "pre", ""],
        [60_000, "tick", "pre", ""],
        [61_000, { type: "heartbeat-back" }, "pre", ""],
        [63_999, "tick", "pre", ""],
        [64_000, "tick", "active", "raise/raise"],
      ],
    ],
    [
      "silence stops the off delay; a report is a sign of life",
      [
        [0, "fail", "pre", ""],
        [5_000, "tick", "active", "raise/raise"],
        [6_000, "pass", "post", ""],
        [8_000, { type: "heartbeat-lost" }, "post", "stale"],
        [90_000, "tick", "post", ""],
        [90_000, "pass", "post", "fresh"],
        [97_999, "tick", "post", ""],
        [98_000, "tick", "ok", "clear/clear"],
      ],
    ],
    [
      "not tested stops the delay until the next test, and a heartbeat is no test",
      [
        [0, "fail", "pre", ""],
        [2_000, { type: "not-tested" }, "pre", ""],
        [3_000, { type: "not-tested" }, "pre", ""],
        [4_000, { type: "heartbeat-lost" }, "pre", ""],
        [5_000, { type: "heartbeat-back" }, "pre", ""],
        [60_000, "tick", "pre", ""],
        [61_000, "fail", "pre", ""],
        [64_000, "tick", "active", "raise/raise"],
      ],
    ],
    [
      "a clock that is set back does not hold a fault up",
      [
        [50_000, "fail", "pre", ""],
        [1_000, "fail", "pre", ""],
        [6_000, "tick", "active", "raise/raise"],
      ],
    ],
  ];
  test.each(timelines)("%s", (_, steps) => {
    let state = initialState(slow);
    for (const [now, act, condition, effects] of steps) {
      const step = transition(state, eventOf(act, state), slow, at(now));
      expect([now, step.state.condition, told(step)]).toEqual([now, condition, effects]);
      state = step.state;
    }
  });

  test("dueAt names the end of the delay that runs, and nothing while it stands still", () => {
    const failing = after(initialState(slow), ["fail"], slow, 100);
    expect(dueAt(failing, slow)).toBe(5_100);
    expect(dueAt(after(failing, [{ type: "heartbeat-lost" }], slow, 200), slow)).toBeUndefined();
    expect(dueAt(after(failing, [{ type: "not-tested" }], slow, 200), slow)).toBeUndefined();
    expect(dueAt(after(failing, ["tick", "pass"], slow, 5_100), slow)).toBe(15_100);
    expect(dueAt(initialState(slow), slow)).toBeUndefined();
  });

  test("what is due happens in the order of its time", () => {
    const shelf: Act = { type: "shelve", durationMs: 6_000, oneShot: false };
    const shelfLater = after(initialState(slow), ["fail", shelf], slow, 0);
    expect(told(transition(shelfLater, { type: "tick" }, slow, at(60_000)))).toBe("raise unshelve/raise");
    const shelfFirst = after(initialState(slow), ["fail", { ...shelf, durationMs: 1_000 }], slow, 0);
    expect(told(transition(shelfFirst, { type: "tick" }, slow, at(60_000)))).toBe("unshelve#0 raise/raise");
  });
});
