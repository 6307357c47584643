/** LIX against values worked out by hand. */
import { expect, test } from "vitest";
import { lix } from "./readability.ts";

test.each([
  ["", 0],
  // 4 words, 1 sentence, none long
  ["The bed is hot.", 4],
  // 6 words, 2 sentences, 1 long (heating)
  ["The bed is hot. Stop heating.", 3 + 100 / 6],
  // German counts alike: 4 words, 1 sentence, 2 long
  ["Den Stecker fest andrücken.", 4 + 50],
  // a number with a point is no end of a sentence
  ["Fit a 0.4 mm nozzle.", 6],
])("%j reads as %f", (text, expected) => {
  expect(lix(text)).toBeCloseTo(expected, 5);
});
