/** The alert machine cell by cell, its versions, episodes and operation cycles. */
import { describe, expect, test } from "vitest";
import { at } from "../../lib/time.ts";
import { confirmable, initialState, isActive, isHeld, isListed, isaLetter, transition, udsByte } from "../alert.ts";
import { type Act, after, checkRows, definition, LATCHING_WHERE_NEEDED, stateIn, told } from "./samples.ts";
import { MAX_OPEN_EPISODES } from "./moves.ts";

const REMIND: Act = { type: "remind" };
const ACK_TIMEOUT: Act = { type: "ack-timeout" };
const UP: Act = { type: "set-priority", priority: "urgent" };
const DOWN: Act = { type: "set-priority", priority: "low" };
const CLEAR_HISTORY: Act = { type: "clear-history" };

describe("the base table, every cell", () => {
  checkRows(
    [
      ["A", "fail", "B", "raise/raise"],
      ["B", "fail", "B", ""],
      ["C", "fail", "C", ""],
      ["D", "fail", "B", "raise/raise"],
      ["E", "fail", "B", "raise/raise"],
      ["F", "fail", "B", "raise/raise"],

      ["A", "pass", "A", ""],
      ["B", "pass", "D", "clear/clear"],
      ["C", "pass", "A", "clear/clear close"],
      ["D", "pass", "D", ""],
      ["E", "pass", "E", ""],
      ["F", "pass", "F", ""],

      ["A", "ack", "A", "!nothing-to-acknowledge"],
      ["B", "ack", "C", "ack/acked"],
      ["C", "ack", "C", ""],
      ["D", "ack", "A", "ack/acked close"],
      ["E", "ack", "F", "ack/acked"],
      ["F", "ack", "F", ""],

      ["A", "reset", "A", ""],
      ["B", "reset", "B", "!still-active"],
      ["C", "reset", "C", "!still-active"],
      ["D", "reset", "D", ""],
      ["E", "reset", "A", "ack/acked reset close"],
      ["F", "reset", "A", "reset close"],

      ["A", REMIND, "A", ""],
      ["B", REMIND, "B", "remind/remind"],
      ["C", REMIND, "C", ""],
      ["D", REMIND, "D", "remind/remind"],
      ["E", REMIND, "E", "remind/remind"],
      ["F", REMIND, "F", "remind/remind"],

      ["A", ACK_TIMEOUT, "A", ""],
      ["B", ACK_TIMEOUT, "B", ""],
      ["C", ACK_TIMEOUT, "B", "unack/remind"],
      ["D", ACK_TIMEOUT, "D", ""],
      ["E", ACK_TIMEOUT, "E", ""],
      ["F", ACK_TIMEOUT, "F", ""],

      ["A", UP, "A", "priority"],
      ["B", UP, "B", "priority/raise"],
      ["C", UP, "B", "priority/raise"],
      ["D", UP, "D", "priority"],
      ["E", UP, "E", "priority"],
      ["F", UP, "F", "priority"],

      ["A", DOWN, "A", "priority"],
      ["B", DOWN, "B", "priority/update"],
      ["C", DOWN, "C", "priority/update"],
      ["D", DOWN, "D", "priority"],
      ["E", DOWN, "E", "priority"],
      ["F", DOWN, "F", "priority"],

      ["A", "cycle-end", "A", ""],
      ["B", "cycle-end", "B", ""],
      ["C", "cycle-end", "C", ""],
      ["D", "cycle-end", "D", ""],
      ["E", "cycle-end", "E", ""],
      ["F", "cycle-end", "F", ""],

      ["A", CLEAR_HISTORY, "A", "clear-history"],
      ["B", CLEAR_HISTORY, "B", "!not-quiet"],
      ["C", CLEAR_HISTORY, "C", "!not-quiet"],
      ["D", CLEAR_HISTORY, "D", "!not-quiet"],
      ["E", CLEAR_HISTORY, "E", "!not-quiet"],
      ["F", CLEAR_HISTORY, "F", "!not-quiet"],
    ],
    LATCHING_WHERE_NEEDED,
  );
});

describe("a latching fault", () => {
  checkRows(
    [
      ["B", "pass", "E", "clear/clear"],
      ["C", "pass", "F", "clear/clear"],
      ["G", "pass", "G", "clear"],
    ],
    () => definition({ latching: true }),
  );
});

describe("level 3 that needs no acknowledging", () => {
  const info = definition({ level: 3, autoAck: true });
  test("goes to C and back to A, and closes", () => {
    const raised = transition(initialState(info), { type: "fail" }, info, at(0));
    expect([told(raised), isaLetter(raised.state)]).toEqual(["raise/raise", "C"]);
    const cleared = transition(raised.state, { type: "pass" }, info, at(1));
    expect([told(cleared), isaLetter(cleared.state)]).toEqual(["clear/clear close", "A"]);
  });
  test("is not unacknowledged by time, by priority or by coming back from a shelf", () => {
    const state = after(initialState(info), ["fail"], info, 0);
    expect(transition(state, { type: "ack-timeout" }, info, at(1)).state).toBe(state);
    expect(isaLetter(after(state, [UP], info, 1))).toBe("C");
    expect(isaLetter(after(state, [{ type: "shelve", durationMs: 5, oneShot: false }, { type: "unshelve" }], info, 1))).toBe("C");
  });
  test("an acknowledgement by a person does not run out either", () => {
    const manual = definition({ level: 3 });
    const state = stateIn("C", manual);
    expect(transition(state, { type: "ack-timeout" }, manual, at(2_000)).state).toBe(state);
  });
});

describe("version", () => {
  const rules = definition({ latching: true });
  test("an old version is refused and changes nothing, whatever the letter", () => {
    for (const letter of ["A", "B", "C", "D", "E", "F", "G", "H", "I"] as const) {
      const state = stateIn(letter === "D" ? "A" : letter, letter === "D" ? definition() : rules);
      for (const type of ["ack", "reset"] as const) {
        const step = transition(state, { type, version: state.version - 1 }, rules, at(2_000));
        expect([told(step), step.state === state]).toEqual(["!stale-version", true]);
      }
    }
  });
  test("repeated reports, ticks and reminders give the same object back", () => {
    const state = stateIn("B", rules);
    for (const type of ["fail", "tick", "heartbeat-back", "not-tested", "remind"] as const)
      expect(transition(state, { type }, rules, at(2_000)).state).toBe(state);
    const quiet = after(initialState(rules), ["pass"], rules, 0);
    expect(transition(quiet, { type: "pass" }, rules, at(1)).state).toBe(quiet);
  });
  test("each step that is seen counts one", () => {
    expect(stateIn("B", rules).version).toBe(1);
    expect(after(stateIn("C", rules), ["pass", "reset"], rules, 2_000).version).toBe(4);
  });
});

describe("episodes", () => {
  test("come and gone unseen, each stays open until someone acknowledges, and then all close", () => {
    const plain = definition();
    const state = after(initialState(plain), ["fail", "pass", "fail", "pass", "fail", "pass"], plain, 1_000);
    expect(state.openEpisodes.map((episode) => episode.n)).toEqual([1, 2, 3]);
    expect(told(transition(state, { type: "ack", version: state.version }, plain, at(2_000)))).toBe("ack/acked close#1 close#2 close");
  });
  test("acknowledged while active, the older ones close and the current one stays", () => {
    const plain = definition();
    const step = transition(after(stateIn("D", plain), ["fail"], plain, 2_000), { type: "ack", version: 3 }, plain, at(3_000));
    expect(told(step)).toBe("ack/acked close#1");
    expect(step.state.openEpisodes).toEqual([{ n: 2, raisedAt: 2_000, ackedAt: 3_000 }]);
  });
  test("a latched one stays open through the next and closes with the reset", () => {
    const rules = definition({ latching: true });
    const state = after(stateIn("F", rules), ["fail", "pass"], rules, 2_000);
    expect(isaLetter(state)).toBe("E");
    expect(told(transition(state, { type: "reset" }, rules, at(3_000)))).toBe("ack/acked reset close#1 close");
  });
  test("times never run backwards, even when the clock does", () => {
    const plain = definition();
    const state = after(after(initialState(plain), ["fail"], plain, 10_000), ["pass"], plain, 4_000);
    expect(state.openEpisodes).toEqual([{ n: 1, raisedAt: 10_000, clearedAt: 10_000 }]);
  });
  test("a fault that chatters unseen for ever does not grow for ever", () => {
    const plain = definition();
    const chatter = Array.from({ length: MAX_OPEN_EPISODES + 3 }, (): Act[] => ["fail", "pass"]).flat();
    const state = after(initialState(plain), chatter, plain, 0);
    expect(state.openEpisodes).toHaveLength(MAX_OPEN_EPISODES);
    expect(state.occurrences).toBe(MAX_OPEN_EPISODES + 3);
    expect(told(transition(state, { type: "fail" }, plain, at(1)))).toBe("close#4 raise/raise");
  });
  test("an error gone unseen is recalled once; a warning gone unseen is not", () => {
    const reminded = after(stateIn("D", definition()), [REMIND], definition(), 2_000);
    expect(transition(reminded, { type: "remind" }, definition(), at(3_000)).state).toBe(reminded);
    const warning = definition({ level: 2 });
    expect(told(transition(stateIn("D", warning), { type: "remind" }, warning, at(2_000)))).toBe("");
  });
  test("un-acknowledging takes back only the current one", () => {
    const plain = definition();
    expect(after(stateIn("C", plain), [ACK_TIMEOUT], plain, 2_000).openEpisodes).toEqual([{ n: 1, raisedAt: 1_000 }]);
  });
});

describe("what is derived", () => {
  test.each([
    ["A", false, false, false],
    ["B", true, true, true],
    ["C", true, true, false],
    ["E", false, true, true],
    ["F", false, true, false],
    ["G", true, true, true],
    ["H", true, true, true],
    ["I", true, true, true],
  ] as const)("%s: active %s, held %s, to confirm %s", (letter, active, held, toConfirm) => {
    const state = stateIn(letter, definition({ latching: true }));
    expect([isActive(state), isHeld(state), confirmable(state)]).toEqual([active, held, toConfirm]);
    expect(isListed(state)).toBe(held);
  });
  test("over but not acknowledged is listed; a shelf over nothing is not", () => {
    expect(isListed(stateIn("D", definition()))).toBe(true);
    expect(isListed(after(initialState(definition()), [{ type: "shelve", durationMs: 5, oneShot: false }], definition(), 0))).toBe(false);
  });
});

describe("operation cycles and the UDS byte", () => {
  const rules = definition({ confirmTrips: 2, ageingCycles: 2 });
  test.each<readonly [string, readonly Act[], number]>([
    ["nothing tested", [], 0x50],
    ["passed", ["pass"], 0x00],
    ["first failure: failed, this cycle, pending, since clear, lamp", ["fail"], 0xa7],
    ["over", ["fail", "pass"], 0x26],
    ["over, next cycle: still pending", ["fail", "pass", "cycle-end"], 0x64],
    ["an untested cycle says nothing", ["fail", "pass", "cycle-end", "cycle-end"], 0x64],
    ["a good cycle ends pending", ["fail", "pass", "cycle-end", "pass", "cycle-end"], 0x60],
    ["second trip: confirmed", ["fail", "pass", "cycle-end", "fail", "pass"], 0x2e],
    ["twice in one cycle is one trip", ["fail", "pass", "fail", "pass"], 0x26],
    ["still active at the end of the cycle: failed in the new one too", ["fail", "cycle-end"], 0xaf],
    ["aged once: still confirmed", ["fail", "cycle-end", "ack", "pass", "cycle-end", "pass", "cycle-end"], 0x68],
    ["aged out", ["fail", "cycle-end", "ack", "pass", "cycle-end", "pass", "cycle-end", "pass", "cycle-end"], 0x60],
    ["ageing waits for the acknowledgement", ["fail", "cycle-end", "pass", "cycle-end", "pass", "cycle-end", "pass", "cycle-end"], 0x68],
    ["cleared", ["fail", "ack", "pass", { type: "clear-history" }], 0x50],
    ["hidden: no lamp", ["fail", { type: "out-of-service" }], 0x27],
  ])("%s", (_, acts, byte) => {
    expect(udsByte(after(initialState(rules), acts, rules, 0), rules).toString(16)).toBe(byte.toString(16));
  });
  test("clearing the history keeps the numbering of episodes", () => {
    const state = after(initialState(rules), ["fail", "ack", "pass", { type: "clear-history" }], rules, 0);
    expect([state.episode, state.occurrences]).toEqual([1, 0]);
  });
});
