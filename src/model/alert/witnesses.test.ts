/** One alert of many witnesses: tables of two, and a property of any number of them. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { at } from "../../lib/time.ts";
import { type AlertEvent, type AlertState, initialState, isActive, transition } from "../alert.ts";
import { definition } from "./samples.ts";

type Word = readonly [by: string | undefined, type: "fail" | "pass" | "not-tested"];
const RULES = definition();

function said(state: AlertState, [by, type]: Word, nowMs = 1_000, rules = RULES): AlertState {
  const event: AlertEvent = { type, ...(by !== undefined && { by }) };
  const step = transition(state, event, rules, at(nowMs));
  if (!step.ok) throw new Error(step.refusal);
  return step.state;
}

const heard = (words: readonly Word[]): AlertState => words.reduce((state, word) => said(state, word), initialState(RULES));

test.each<[string, Word[], boolean, readonly string[] | undefined]>([
  ["one fails", [["a", "fail"]], true, ["a"]],
  [
    "and passes",
    [
      ["a", "fail"],
      ["a", "pass"],
    ],
    false,
    undefined,
  ],
  [
    "the pass of another takes nothing back",
    [
      ["a", "fail"],
      ["b", "pass"],
    ],
    true,
    ["a"],
  ],
  [
    "two fail, one passes",
    [
      ["b", "fail"],
      ["a", "fail"],
      ["b", "pass"],
    ],
    true,
    ["a"],
  ],
  [
    "two fail, both pass",
    [
      ["b", "fail"],
      ["a", "fail"],
      ["b", "pass"],
      ["a", "pass"],
    ],
    false,
    undefined,
  ],
  [
    "a repeat counts once",
    [
      ["a", "fail"],
      ["a", "fail"],
      ["a", "pass"],
    ],
    false,
    undefined,
  ],
  [
    "who can no longer test keeps it",
    [
      ["a", "fail"],
      ["a", "not-tested"],
    ],
    true,
    undefined,
  ],
  [
    "but has nothing to say against one who can",
    [
      ["a", "fail"],
      ["a", "not-tested"],
      ["b", "pass"],
    ],
    false,
    undefined,
  ],
  [
    "nor does it weaken who still sees it",
    [
      ["a", "fail"],
      ["b", "fail"],
      ["b", "not-tested"],
      ["b", "pass"],
    ],
    true,
    ["a"],
  ],
  [
    "central itself takes back for all",
    [
      ["a", "fail"],
      ["b", "fail"],
      [undefined, "pass"],
    ],
    false,
    undefined,
  ],
  ["central's own fault names nobody", [[undefined, "fail"]], true, undefined],
])("%s", (_name, words, isRaised, failing) => {
  const state = heard(words);
  expect([isActive(state), state.failing]).toEqual([isRaised, failing]);
});

test("a delay neither ends nor starts anew for the word of one who does not see it", () => {
  const rules = definition({ onDelayMs: 5_000, offDelayMs: 5_000 });
  const failed = said(initialState(rules), ["a", "fail"], 0, rules);
  const other = said(failed, ["b", "pass"], 4_000, rules);
  expect(said(other, ["b", "pass"], 5_000, rules).condition).toBe("active");
  const both = said(said(other, ["a", "fail"], 6_000, rules), ["b", "fail"], 6_000, rules);
  expect(said(said(both, ["a", "pass"], 7_000, rules), ["b", "not-tested"], 20_000, rules).condition).toBe("active");
});

test("nothing changes for a word that changes nothing", () => {
  const state = heard([
    ["a", "fail"],
    ["b", "fail"],
  ]);
  for (const word of [
    ["a", "fail"],
    ["c", "pass"],
    ["c", "not-tested"],
  ] as const)
    expect(said(state, word)).toBe(state);
});

test("whatever they say in any order, over restarts: it stands while one of them says fail, and ends with the last who can tell", () => {
  const word = fc.tuple(fc.constantFrom("a", "b", "c"), fc.constantFrom<Word[1]>("fail", "pass", "pass", "not-tested"));
  fc.assert(
    fc.property(fc.array(word, { maxLength: 40 }), (words) => {
      let state = initialState(RULES);
      const failing = new Set<string>();
      let stands = false;
      for (const [by, type] of words) {
        state = said(JSON.parse(JSON.stringify(state)) as AlertState, [by, type]);
        if (type === "fail") failing.add(by);
        else failing.delete(by);
        if (type === "fail") stands = true;
        else if (type === "pass" && failing.size === 0) stands = false;
        expect([isActive(state), [...(state.failing ?? [])]]).toEqual([stands, [...failing].toSorted()]);
      }
    }),
    { numRuns: 500 },
  );
});
