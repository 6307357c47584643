/** Where alerts come from: the printer's two channels, detectors of somebody else, codes that nobody knows, and silence. */
import { test } from "vitest";
import { timeline } from "./timeline.ts";

const COVER = "0300-1200-0002-0001";
const LINK = "F000-0100-0003-0001";
const EDGE_LOST = "F000-0200-0003-0001";

test("a device error is an alert of its own beside the hms list; confirming at the printer is not acknowledging here", async () => {
  const SPAGHETTI_ERROR = "0300-8003";
  const SPAGHETTI = "0C00-0300-0003-0008";
  await timeline({ x1: "X1C" }, (t) => {
    t.at("10s").fault("x1", "spaghetti");
    t.at("15s").alert("x1", SPAGHETTI_ERROR, { kind: "device", severity: "warning", isa: "B" }).gate("x1", "no resume");
    t.at("15s").alert("x1", SPAGHETTI, { kind: "hms", severity: "info", isa: "H", suppressedBy: [`x1~${SPAGHETTI_ERROR}`] });
    t.at("30s").confirmOnPrinter("x1");
    t.at("41s").alert("x1", SPAGHETTI_ERROR, { isa: "D", acknowledged: false }).gate("x1", "open");
    t.at("50s").fix("x1", "spaghetti");
    t.at("90s").list("x1", [SPAGHETTI_ERROR]).acknowledge("x1", SPAGHETTI_ERROR).list("x1", []);
    t.notifications("5m", [`20s raise x1 ${SPAGHETTI_ERROR}`, `46s clear x1 ${SPAGHETTI_ERROR}`]);
  });
});

test("a device error that stands alone stays until it is confirmed at the printer", async () => {
  const HOMING = "0300-4000";
  await timeline({ p1: "P1S" }, (t) => {
    t.at("10s").fault("p1", "z-homing-failed");
    t.at("12s").alert("p1", HOMING, { kind: "device", severity: "error", isa: "B" }).gate("p1", "no start");
    t.at("20s").fix("p1", "z-homing-failed").acknowledge("p1", HOMING);
    t.at("40s").alert("p1", HOMING, { isa: "C" }).gate("p1", "no start").confirmOnPrinter("p1");
    t.at("46s").alert("p1", HOMING, { isa: "A" }).gate("p1", "open").list("p1", []);
    t.notifications("2m", [`12s raise p1 ${HOMING}`, `20s acked p1 ${HOMING}`, `46s clear p1 ${HOMING}`]);
  });
});

test("the echo of a job that a person cancelled raises nobody", async () => {
  await timeline({ x1: "X1C" }, (t) => {
    t.at("10s").cancelJob("x1");
    t.at("11s").alert("x1", "0300-400C", { priority: "log", active: true });
    t.at("20s").list("x1", []).gate("x1", "open").history("x1", "0300-400C", ["raise", "clear", "close"]);
    t.notifications("2m", []);
  });
});

test("codes that nobody knows: an error is shown and told, another is not told, the vendor's internal ones are in nobody's way", async () => {
  const ERROR = "0300-F200-0001-0042";
  const WARNING = "0300-F200-0002-0042";
  const INTERNAL = "0500-0600-0002-0070";
  await timeline({ x1: "X1C", p1: "P1S" }, (t) => {
    t.at("10s").fault("x1", "undocumented-code").fault("p1", "internal-code");
    t.at("11s").alert("x1", WARNING, { lane: "undocumented", priority: "log", active: true }).gate("x1", "no resume");
    t.at("11s").alert("p1", INTERNAL, { lane: "internal", priority: "log", active: true, acknowledged: true });
    t.at("12s").printer("p1", { worst: null, counts: { error: 0, warning: 0, info: 0 } });
    t.at("12s").gate("p1", "open").list("p1", []).history("p1", INTERNAL, ["raise"]);
    t.at("20s").report("x1", ERROR, "fail");
    t.at("20s").alert("x1", ERROR, { lane: "undocumented", severity: "error", isa: "B", detector: "outside" }).gate("x1", "no start");
    t.at("30s").report("x1", ERROR, "pass");
    t.at("35s").alert("x1", ERROR, { isa: "D" }).gate("x1", "no resume");
    t.notifications("5m", [`20s raise x1 ${ERROR}`, `35s clear x1 ${ERROR}`]);
  });
});

test("a code that the printer and somebody else report stands until neither says so", async () => {
  await timeline({ h2: "H2D" }, (t) => {
    t.at("10s").fault("h2", "front-cover-off");
    t.at("20s").alert("h2", COVER, { isa: "B", detector: "native", seenBy: ["native"] });
    // it starts, and tells what it sees: nothing
    t.at("30s").report("h2", COVER, "pass");
    t.at("40s")
      .alert("h2", COVER, { isa: "B", active: true, seenBy: ["native"] })
      .gate("h2", "no resume");
    t.at("50s").report("h2", COVER, "fail").fix("h2", "front-cover-off");
    t.at("70s")
      .alert("h2", COVER, { active: true, detector: "native", seenBy: ["outside"], episode: 1 })
      .gate("h2", "no resume");
    t.at("80s").report("h2", COVER, "pass");
    t.at("90s").alert("h2", COVER, { active: false, isa: "D", seenBy: [], occurrences: 1 }).gate("h2", "open");
  });
});

test("a printer that falls silent: its alerts go stale and never clear by it, the lost link is told after a minute", async () => {
  await timeline({ h2: "H2D", p1: "P1S" }, (t) => {
    t.at("10s").fault("h2", "front-cover-off");
    t.at("20s").fault("h2", "wifi-lost");
    t.at("21s")
      .alert("h2", COVER, { isa: "B", quality: "stale" })
      .gate("h2", "no resume")
      .printer("h2", { state: "offline", connected: false });
    t.at("30s").fix("h2", "front-cover-off");
    t.at("1m20s").noAlert("h2", LINK);
    t.at("1m21s").alert("h2", LINK, { active: true, quality: "good" });
    t.at("20m").alert("h2", COVER, { isa: "B", quality: "stale" }).gate("h2", "no resume").printer("p1", { connected: true });
    t.at("20m").fix("h2", "wifi-lost");
    t.at("20m1s").alert("h2", COVER, { isa: "B", quality: "good" }).printer("h2", { connected: true, linkReason: null });
    t.at("20m11s").alert("h2", COVER, { isa: "D", quality: "good" }).gate("h2", "open");
    t.at("20m31s").alert("h2", LINK, { active: false });
    t.at("20m31s").history("h2", COVER, ["raise", "stale", "fresh", "clear"]);
    t.notifications("30m", [`16s raise h2 ${COVER}`, `2m21s raise h2 ${LINK}`, `20m16s clear h2 ${COVER}`, `21m31s clear h2 ${LINK}`]);
  });
});

test("an edge that goes away: every printer of it says so, and the gate stays as it was", async () => {
  await timeline({ h2: "H2D", p1: "P1S" }, (t) => {
    t.at("10s").fault("h2", "front-cover-off");
    t.at("31s").edgeStops();
    // said to be gone for five seconds, seen at the next look around
    t.at("36s").alert("h2", COVER, { isa: "B", quality: "good" }).noAlert("h2", EDGE_LOST);
    t.at("40s").alert("h2", COVER, { isa: "B", quality: "stale" }).gate("h2", "no resume");
    t.at("40s").alert("h2", EDGE_LOST, { active: true }).alert("p1", EDGE_LOST, { active: true });
    t.at("10m").alert("h2", COVER, { isa: "B", quality: "stale" }).gate("h2", "no resume").gate("p1", "open");
    t.at("10m").edgeStarts();
    t.at("10m2s").alert("h2", COVER, { isa: "B", quality: "good", episode: 1 });
    t.at("10m45s").alert("h2", EDGE_LOST, { active: false }).alert("p1", EDGE_LOST, { active: false });
    t.at("10m45s").history("h2", COVER, ["raise", "stale", "fresh"]);
  });
});
