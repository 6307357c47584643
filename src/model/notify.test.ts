/** Who is told: every kind against every reason to hold it back. */
import { describe, expect, test } from "vitest";
import { MAX_RAISES_PER_HOUR, type NotifyInput, decideNotification, groupWaitMs } from "./notify.ts";

const warning: NotifyInput = {
  kind: "raise",
  level: 2,
  priority: "normal",
  hidden: false,
  minPriority: "low",
  raisesToldLastHour: 0,
  raiseWasTold: false,
};

test.each<readonly [string, Partial<NotifyInput>, string]>([
  ["first raise", {}, "send first"],
  ["raised again while it stands", { raiseWasTold: true }, "send again"],
  ["raise while hidden", { hidden: true }, "hold hidden"],
  ["raise at the threshold", { minPriority: "normal" }, "send first"],
  ["raise under the threshold", { minPriority: "high" }, "hold below-threshold"],
  ["last raise of the hour", { raisesToldLastHour: MAX_RAISES_PER_HOUR - 1 }, "send first"],
  ["one raise too many", { raisesToldLastHour: MAX_RAISES_PER_HOUR }, "hold chattering"],
  ["an error is never held for chatter", { level: 1, raisesToldLastHour: 50 }, "send first"],
  ["an error is held while hidden", { level: 1, hidden: true }, "hold hidden"],
  ["the log is never told", { priority: "log", minPriority: "log" }, "hold below-threshold"],
  ["not even an error of the log", { level: 1, priority: "log", minPriority: "log" }, "hold below-threshold"],

  ["clear after a told raise", { kind: "clear", raiseWasTold: true }, "send cleared"],
  ["clear of what was not told", { kind: "clear" }, "hold raise-not-told"],
  ["clear while hidden", { kind: "clear", raiseWasTold: true, hidden: true }, "hold hidden"],
  ["clear is told though the priority sank", { kind: "clear", raiseWasTold: true, minPriority: "urgent" }, "send cleared"],
  ["clear is told though it chatters", { kind: "clear", raiseWasTold: true, raisesToldLastHour: 9 }, "send cleared"],
  ["clear is not told of the log", { kind: "clear", raiseWasTold: true, priority: "log" }, "hold below-threshold"],

  ["acknowledged after a told raise", { kind: "acked", raiseWasTold: true }, "send acknowledged"],
  ["acknowledged, raise not told", { kind: "acked" }, "hold raise-not-told"],

  ["update after a told raise", { kind: "update", raiseWasTold: true }, "send update"],
  ["update that it is a consequence now", { kind: "update", raiseWasTold: true, hidden: true }, "send update"],
  ["update, raise not told", { kind: "update", hidden: true }, "hold raise-not-told"],

  ["reminder after a told raise", { kind: "remind", raiseWasTold: true }, "send reminder"],
  ["reminder of what began unseen", { kind: "remind" }, "send first"],
  ["reminder of what began unseen, under the threshold", { kind: "remind", minPriority: "urgent" }, "hold below-threshold"],
  ["reminder of what was held for chatter", { kind: "remind", raisesToldLastHour: 3 }, "hold chattering"],
  ["reminder while hidden", { kind: "remind", raiseWasTold: true, hidden: true }, "hold hidden"],
])("%s", (_, input, expected) => {
  const decision = decideNotification({ ...warning, ...input });
  expect(`${decision.action} ${decision.reason}`).toBe(expected);
});

describe("the wait", () => {
  test.each([
    [1, 0],
    [2, 5_000],
    [3, 60_000],
    [4, 60_000],
    [0, 60_000],
  ])("level %i waits %i ms, whatever the kind, so that a clear never overtakes its raise", (level, waitMs) => {
    expect(groupWaitMs(level)).toBe(waitMs);
    for (const kind of ["raise", "clear", "acked", "update", "remind"] as const)
      expect(decideNotification({ ...warning, level, kind, raiseWasTold: true })).toMatchObject({ action: "send", waitMs });
  });
});
