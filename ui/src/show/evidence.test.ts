/** The evidence in words, whatever a report brings. */
import { expect, it } from "vitest";
import { evidenceWords } from "./evidence.ts";

it.each([
  [{ evidence: { says: "the fan stands" } }, "The fan stands"],
  [{ evidence: { says: "the fan stands" }, confidence: 0.9 }, "The fan stands (90 % sure)"],
  [{ value: 7, limit: 5, unit: "°C", confidence: 0.853 }, "7 °C, where the limit is 5 °C (85 % sure)"],
  [{ value: 0.3333333, limit: 12_000 }, "0.3333, where the limit is 12,000"],
  [{ value: 7 }, undefined],
  [{ evidence: "text" }, undefined],
  [{ evidence: { says: 7 }, confidence: 1 }, undefined],
  [{ evidence: null, value: "x", limit: {} }, undefined],
  [{}, undefined],
])("%j", (report, words) => expect(evidenceWords({ at: [], signals: {}, snapshot: {}, report })).toBe(words));

it("says nothing without a frame", () => expect([evidenceWords(null), evidenceWords(undefined)]).toEqual([undefined, undefined]));
