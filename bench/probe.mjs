/**
 * Loaded into a measured process before its program (`node --import`): answers each message of its parent with what the whole process
 * has used so far. Plain JavaScript, so that the measured process does not load what strips types.
 */
import { readFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";

const EVERY_MS = 10;
const delay = monitorEventLoopDelay({ resolution: EVERY_MS });
delay.enable();

/** Linux: of this program alone; `maxRSS` begins with the size of the process that started it. */
function peakBytes() {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    if (kib !== undefined) return Number(kib) * 1_024;
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  return process.resourceUsage().maxRSS * 1_024;
}

process.on("message", () => {
  const { user, system } = process.cpuUsage();
  const { heapUsed, rss } = process.memoryUsage();
  // it measures from one look to the next, a look every `EVERY_MS`
  const lateP99Ms = Math.max(0, delay.percentile(99) / 1e6 - EVERY_MS);
  process.send({ cpuUs: user + system, peakBytes: peakBytes(), rssBytes: rss, heapBytes: heapUsed, lateP99Ms });
  delay.reset();
});
// does not keep the program alive
process.channel.unref();
