/** The words that ended a job: kept where no code says them, and never those of a person at the console or of a host that has stopped. */
import { expect, it } from "vitest";
import type { HmsCode } from "../../model/code.ts";
import { createMoonrakerReader } from "./reader.ts";

const reader = () =>
  createMoonrakerReader({ codeOf: (text) => (text.includes("Extrude below") ? ("E100-0500-0003-E003" as HmsCode) : undefined) });
const stats = (state: string, message = "", more: object = {}): object => ({
  method: "notify_status_update",
  params: [{ print_stats: { state, message }, ...more }, 100],
});
const line = (text: string): object => ({ method: "notify_gcode_response", params: [text] });
const WORDS = "the purge bucket did not answer";
const STOPPED = { webhooks: { state: "shutdown", state_message: "MCU 'mcu' shutdown: Timer too close" } };

it.each<[string, readonly object[], string | undefined]>([
  ["unknown words", [stats("printing"), line(`!! ${WORDS}`), stats("error", WORDS)], WORDS],
  ["after a pause", [stats("printing"), stats("paused"), stats("error", WORDS)], WORDS],
  ["known words", [stats("printing"), stats("error", "Extrude below minimum temp")], undefined],
  ["no words", [stats("printing"), stats("error")], undefined],
  ["a mistake at the console", [stats("standby"), line(`!! ${WORDS}`)], undefined],
  ["a mistake at the console, beside a job", [stats("printing"), line(`!! ${WORDS}`), stats("complete")], undefined],
  ["a person cancels", [stats("printing"), stats("cancelled", WORDS)], undefined],
  ["it ended so before we came", [stats("error", WORDS)], undefined],
  ["the host has stopped", [stats("printing"), stats("error", WORDS, STOPPED)], undefined],
  ["an earlier job's words are over", [stats("printing"), stats("error", WORDS), stats("printing"), stats("error")], ""],
  ["endless words", [stats("printing"), stats("error", "x".repeat(10_000))], "x".repeat(300)],
])("%s", (_, frames, expected) => {
  const one = reader();
  let known: string | undefined;
  for (const frame of frames) {
    const result = one.accept(frame, 0);
    if (result.kind === "sample") known = result.readings.jobError ?? known;
  }
  expect(known).toBe(expected);
});
