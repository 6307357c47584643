/** Shelf, suppression, out of service: the alert is hidden, nobody is told, and all goes on underneath. */
import { describe, expect, test } from "vitest";
import { at } from "../../lib/time.ts";
import { dueAt, initialState, isaLetter, transition } from "../alert.ts";
import { type Act, after, checkRows, definition, LATCHING_WHERE_NEEDED, stateIn, told } from "./samples.ts";

describe("overlays: hidden, and going on underneath", () => {
  const shelve: Act = { type: "shelve", durationMs: 60_000, oneShot: false };
  const suppress: Act = { type: "suppress", by: "x" };
  const unsuppress: Act = { type: "unsuppress", by: "cause" };
  checkRows(
    [
      ["A", shelve, "G", "shelve"],
      ["B", shelve, "G", "shelve"],
      ["B", { type: "shelve", durationMs: 3_600_001, oneShot: false }, "B", "!shelf-too-long"],
      ["B", { type: "shelve", durationMs: 0, oneShot: false }, "B", "!shelf-too-long"],
      ["B", { type: "shelve", durationMs: Number.NaN, oneShot: false }, "B", "!shelf-too-long"],
      ["B", { type: "unshelve" }, "B", "!not-shelved"],
      ["G", { type: "unshelve" }, "B", "unshelve/raise"],
      ["G", "pass", "G", "clear"],
      ["G", "ack", "G", "ack"],
      ["G", suppress, "H", "suppress"],
      ["G", { type: "remind" }, "G", ""],
      ["A", suppress, "H", "suppress"],
      ["B", suppress, "H", "suppress/update"],
      ["D", suppress, "H", "suppress"],
      ["E", suppress, "H", "suppress/update"],
      ["H", { type: "suppress", by: "cause" }, "H", "!already"],
      ["H", { type: "unsuppress", by: "other" }, "H", "!not-suppressed-by"],
      ["H", unsuppress, "B", "unsuppress"],
      ["H", { type: "out-of-service" }, "I", "out-of-service"],
      ["I", { type: "out-of-service" }, "I", "!already"],
      ["I", { type: "in-service" }, "B", "in-service/raise"],
      ["B", { type: "in-service" }, "B", "!already"],
      ["I", "pass", "I", "clear"],
      ["I", { type: "set-priority", priority: "urgent" }, "I", "priority"],
    ],
    LATCHING_WHERE_NEEDED,
  );

  test("what may not be shelved or suppressed says so", () => {
    const rules = definition({ shelvable: false, suppressible: false });
    const state = stateIn("B", rules);
    expect(told(transition(state, { type: "shelve", durationMs: 5, oneShot: false }, rules, at(2_000)))).toBe("!not-shelvable");
    expect(told(transition(state, { type: "suppress", by: "x" }, rules, at(2_000)))).toBe("!not-suppressible");
  });

  const rules = definition({ latching: true });
  test.each<readonly [string, readonly Act[], string, string]>([
    ["over while shelved", ["fail", shelve, "pass"], "E", "unshelve/remind"],
    ["over and acknowledged", ["fail", "ack", shelve, "pass"], "F", "unshelve"],
    ["never failed", [shelve], "A", "unshelve"],
    ["acknowledged, still active", ["fail", "ack", shelve], "B", "unshelve/raise"],
    ["raised on the shelf", [shelve, "fail"], "B", "unshelve/raise"],
  ])("a timed shelf ends by itself: %s", (_, acts, letter, effects) => {
    const state = after(initialState(rules), acts, rules, 1_000);
    expect(dueAt(state, rules)).toBe(61_000);
    expect(transition(state, { type: "tick" }, rules, at(60_999)).state).toBe(state);
    const ended = transition(state, { type: "tick" }, rules, at(61_000));
    expect([told(ended), isaLetter(ended.state)]).toEqual([effects, letter]);
  });

  test("a one-shot shelf ends with the clearing, at the latest with its time", () => {
    const plain = definition();
    const state = after(stateIn("B", plain), [{ type: "shelve", durationMs: 60_000, oneShot: true }], plain, 1_000);
    const cleared = transition(state, { type: "pass" }, plain, at(2_000));
    expect([told(cleared), isaLetter(cleared.state)]).toEqual(["clear unshelve/remind", "D"]);
    expect(told(transition(state, { type: "tick" }, plain, at(61_000)))).toBe("unshelve/raise");
  });

  test("still hidden by another overlay, nobody is told until the last one goes", () => {
    const plain = definition();
    const state = after(stateIn("G", plain), [{ type: "out-of-service" }], plain, 1_000);
    const first = transition(state, { type: "unshelve" }, plain, at(2_000));
    expect([told(first), isaLetter(first.state)]).toEqual(["unshelve", "I"]);
    expect(told(transition(first.state, { type: "in-service" }, plain, at(2_000)))).toBe("in-service/raise");
  });

  test("the last suppressor gone, it is told after the hold-off", () => {
    const plain = definition();
    const two = after(stateIn("H", plain), [{ type: "suppress", by: "a-rule" }], plain, 1_000);
    expect(two.suppressedBy).toEqual(["a-rule", "cause"]);
    const one = after(two, [{ type: "unsuppress", by: "a-rule" }], plain, 2_000);
    expect([isaLetter(one), dueAt(one, plain)]).toEqual(["H", undefined]);
    const waiting = after(one, [unsuppress], plain, 3_000);
    expect([isaLetter(waiting), dueAt(waiting, plain)]).toEqual(["B", 33_000]);
    expect(told(transition(waiting, { type: "tick" }, plain, at(33_000)))).toBe("unsuppress/raise");
  });

  test.each<readonly [string, Act, string]>([
    ["acknowledged meanwhile: it was seen", "ack", ""],
    ["suppressed again: hidden", { type: "suppress", by: "cause" }, ""],
    ["over meanwhile: recalled", "pass", "unsuppress/remind"],
    ["shelved meanwhile: told when the shelf ends", { type: "shelve", durationMs: 60_000, oneShot: false }, ""],
  ])("during the hold-off: %s", (_, act, effects) => {
    const plain = definition();
    const waiting = after(stateIn("H", plain), [unsuppress, act], plain, 1_000);
    const ended = transition(waiting, { type: "tick" }, plain, at(31_000));
    expect(told(ended)).toBe(effects);
    expect(ended.state.unsuppressAt).toBeUndefined();
  });

  test("without hold-off it is told at once", () => {
    const plain = definition({ unsuppressHoldMs: 0 });
    expect(told(transition(stateIn("H", plain), { type: "unsuppress", by: "cause" }, plain, at(2_000)))).toBe("unsuppress/raise");
  });
});
