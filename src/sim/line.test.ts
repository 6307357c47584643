/** Messages on a network that is good, slow, lossy or mute. */
import { expect, test } from "vitest";
import { at, createFakeClock } from "../lib/time.ts";
import { createLine } from "./line.ts";
import { createMachine } from "./machine.ts";
import type { Model } from "./models.ts";

function send(
  fault: string | undefined,
  size: number,
  model: Model = "P1S",
): { readonly atOnce: readonly number[]; readonly later: readonly number[] } {
  const machine = createMachine({ model, seed: 3, start: "printing" });
  if (fault !== undefined) machine.setFault(fault, { size });
  const clock = createFakeClock(at(0));
  const line = createLine(machine, clock);
  const heard: number[] = [];
  for (let second = 0; second < 100; second++) {
    machine.advance(1);
    clock.advanceTo(at(second * 1_000));
    line.send(() => void heard.push(second));
  }
  const atOnce = [...heard];
  clock.advanceTo(at(200_000));
  return { atOnce, later: heard };
}

test("a good network hands over at once", () => expect(send(undefined, 1).atOnce.length).toBe(100));
test("a mute one hands over nothing", () => expect(send("link-mute", 1).later).toEqual([]));
test("a slow one hands over late, in order, and loses nothing", () => {
  const { atOnce, later } = send("network-slow", 1);
  expect(atOnce.length).toBeLessThan(100);
  expect(later).toEqual(Array.from({ length: 100 }, (_one, second) => second));
});
test.each<Model>(["P1S", "ENDER"])("a lossy one comes late, in order, without gaps: %s", (model) => {
  const { atOnce, later } = send("messages-lost", 1, model);
  expect(atOnce.length).toBeLessThan(100);
  expect(later).toEqual(Array.from({ length: 100 }, (_one, second) => second));
});
