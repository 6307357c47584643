/**
 * An alert's life as people see it, from the fault in the machine to the display, the gate and the phone: one timeline per rule.
 * A simulated machine notices a fault some seconds after it began; its next message, once a second, tells it.
 */
import { test } from "vitest";
import { timeline } from "./timeline.ts";

const FAN = "0300-0300-0001-0001";
const COVER = "0300-1200-0002-0001";
const RODS = "0501-0400-0003-0002";

test("three levels, from the fault to the confirmation and the end: the gate and the phone at each step", async () => {
  await timeline({ x1: "X1C", h2: "H2D", p1: "P1S" }, (t) => {
    t.at("9s").gate("x1", "open").list("x1", []);
    t.at("10s").fault("x1", "hotend-fan-stall").fault("h2", "front-cover-off").fault("p1", "rods-dry");

    t.at("11s").alert("h2", COVER, { severity: "warning", isa: "B", active: true, acknowledged: false }).gate("h2", "no resume");
    t.at("11s").alert("p1", RODS, { severity: "info", isa: "C", active: true, acknowledged: true }).gate("p1", "open");
    t.at("17s").noAlert("x1", FAN).gate("x1", "open");
    t.at("18s").alert("x1", FAN, { severity: "error", isa: "B", active: true, acknowledged: false }).gate("x1", "no start");

    t.at("20s").freezeFrame("x1", FAN, "nozzleTempC");
    t.at("30s").acknowledge("x1", FAN).alert("x1", FAN, { isa: "C", held: true }).gate("x1", "no start");
    t.at("40s").fix("x1", "hotend-fan-stall").fix("h2", "front-cover-off");
    t.at("45s").alert("x1", FAN, { isa: "C" }).gate("x1", "no start");
    t.at("46s").alert("x1", FAN, { isa: "A", held: false }).gate("x1", "open").list("x1", []);
    t.at("46s").history("x1", FAN, ["raise", "ack", "clear", "close"]);

    t.at("50s").gate("h2", "no resume");
    t.at("51s").alert("h2", COVER, { isa: "D", active: false, held: false }).gate("h2", "open").list("h2", [COVER]);
    t.at("1m").acknowledge("h2", COVER).list("h2", []).history("h2", COVER, ["raise", "clear", "ack", "close"]);

    t.at("1m30s").fix("p1", "rods-dry");
    t.at("2m").alert("p1", RODS, { isa: "C" });
    t.at("2m1s").alert("p1", RODS, { isa: "A" }).list("p1", []).history("p1", RODS, ["raise", "clear", "close"]);

    t.notifications("5m", [
      `16s raise h2 ${COVER}`,
      `18s raise x1 ${FAN}`,
      `30s acked x1 ${FAN}`,
      `46s clear x1 ${FAN}`,
      `56s clear h2 ${COVER}`,
      `1m11s raise p1 ${RODS}`,
      `3m1s clear p1 ${RODS}`,
    ]);
  });
});

test("what comes and goes within its wait is in the history and in nobody's pocket", async () => {
  await timeline({ x1: "X1C" }, (t) => {
    t.at("10s").fault("x1", "card-unformatted");
    t.at("11s").list("x1", ["0500-0100-0003-0006"]);
    t.at("20s").fix("x1", "card-unformatted");
    t.at("51s").list("x1", []).history("x1", "0500-0100-0003-0006", ["raise", "clear", "close"]);
    t.at("51s").freezeFrame("x1", "0500-0100-0003-0006", "bedTempC");
    t.notifications("5m", []);
  });
});

test("an info that flaps on the wire is one alert with one episode", async () => {
  await timeline({ x1: "X1C" }, (t) => {
    t.at("10s").fault("x1", "chamber-hot");
    t.at("13s").alert("x1", "0300-A700-0003-0001", { active: true, episode: 1 });
    t.at("4m59s").alert("x1", "0300-A700-0003-0001", { active: true, episode: 1, occurrences: 1 }).gate("x1", "open");
    t.at("5m").fix("x1", "chamber-hot");
    t.at("7m30s").history("x1", "0300-A700-0003-0001", ["raise", "clear", "close"]).list("x1", []);
    t.notifications("10m", []);
  });
});

test("an info that comes back all day is told three times in an hour, then as chatter, and recorded each time", async () => {
  const FIRST_LAYER = "0C00-0300-0003-0007";
  const CHATTERING = "F000-0600-0003-0001";
  await timeline({ x1: "X1C" }, (t) => {
    for (const minute of [0, 5, 10, 15, 20, 25]) {
      t.at(`${minute}m10s`).fault("x1", "first-layer");
      t.at(`${minute + 2}m10s`).fix("x1", "first-layer");
    }
    t.at("40m").alert("x1", FIRST_LAYER, { isa: "A", episode: 6, occurrences: 6 });
    t.at("15m").noAlert("x1", CHATTERING);
    t.at("40m").alert("x1", CHATTERING, { active: true }).gate("x1", "open");
    t.notifications("40m", [
      `1m11s raise x1 ${FIRST_LAYER}`,
      `3m41s clear x1 ${FIRST_LAYER}`,
      `6m11s raise x1 ${FIRST_LAYER}`,
      `8m41s clear x1 ${FIRST_LAYER}`,
      `11m11s raise x1 ${FIRST_LAYER}`,
      `13m41s clear x1 ${FIRST_LAYER}`,
      `16m11s raise x1 ${CHATTERING}`,
    ]);
  });
});

test("what burned holds the gate after it is gone, until a person resets it", async () => {
  const STUCK = "0300-0200-0001-0005";
  const OVERTEMP = "0300-0200-0001-0003";
  await timeline({ x1: "X1C" }, (t) => {
    t.at("10s").fault("x1", "nozzle-heater-overtemp");
    t.between("24s", "70s").alert("x1", STUCK, { isa: "B", severity: "error", latched: true });
    // the printer tells what follows from it
    t.at("70s").alert("x1", OVERTEMP, { isa: "H" });
    t.at("70s")
      .reset("x1", STUCK, { refused: /still there/ })
      .gate("x1", "no start");
    t.at("80s").fix("x1", "nozzle-heater-overtemp");
    // that it does not climb any more is certain after five minutes
    t.at("7m").alert("x1", STUCK, { isa: "E", active: false, held: true, latched: true }).gate("x1", "no start");
    t.at("8m").acknowledge("x1", STUCK).alert("x1", STUCK, { isa: "F", held: true }).gate("x1", "no start");
    t.at("8m").acknowledge("x1", OVERTEMP).reset("x1", OVERTEMP);
    t.at("1h").gate("x1", "no start").list("x1", [STUCK]);
    t.at("1h").reset("x1", STUCK).alert("x1", STUCK, { isa: "A", held: false }).gate("x1", "open").list("x1", []);
    t.at("1h").history("x1", STUCK, ["raise", "clear", "ack", "reset", "close"]);
  });
});

test("who acknowledges what he did not see is refused", async () => {
  await timeline({ h2: "H2D" }, (t) => {
    t.at("10s").fault("h2", "front-cover-off");
    t.at("20s").fix("h2", "front-cover-off");
    t.at("31s").alert("h2", COVER, { isa: "D" });
    t.at("40s").fault("h2", "front-cover-off");
    t.at("45s").alert("h2", COVER, { isa: "B", episode: 2 });
    t.at("50s").acknowledge("h2", COVER, { asSeenAt: "20s", refused: /changed since you saw it/ });
    t.at("50s").acknowledge("h2", COVER, { asSeenAt: "35s", refused: /changed since you saw it/ });
    t.at("50s").alert("h2", COVER, { isa: "B", acknowledged: false });
    t.at("55s").acknowledge("h2", COVER, { asSeenAt: "50s" }).alert("h2", COVER, { isa: "C" }).gate("h2", "no resume");
    t.at("55s").history("h2", COVER, ["raise", "clear", "raise", "ack", "close"]);
  });
});

test("a shelf hides from the phone and the printer's summary, not from the gate, and ends by time", async () => {
  await timeline({ h2: "H2D" }, (t) => {
    t.at("10s").fault("h2", "front-cover-off");
    t.at("11s").printer("h2", { counts: { error: 0, warning: 1, info: 0 } });
    t.at("20s").shelve("h2", COVER, 2).alert("h2", COVER, { isa: "G", active: true }).gate("h2", "no resume");
    t.at("20s").printer("h2", { worst: null, counts: { error: 0, warning: 0, info: 0 } });
    t.at("30s").fix("h2", "front-cover-off");
    t.at("41s").alert("h2", COVER, { isa: "G", active: false }).gate("h2", "open");
    t.at("50s").fault("h2", "front-cover-off");
    t.at("51s").alert("h2", COVER, { isa: "G", active: true, episode: 2 }).gate("h2", "no resume");
    t.at("2m19s").alert("h2", COVER, { isa: "G" });
    t.at("2m20s").alert("h2", COVER, { isa: "B", shelvedUntil: null }).gate("h2", "no resume");
    t.at("2m20s").printer("h2", { counts: { error: 0, warning: 1, info: 0 } });
    t.notifications("5m", [`16s raise h2 ${COVER}`, `2m25s raise h2 ${COVER}`]);
  });
});

test("a consequence is hidden behind its cause, and told when it outlives it", async () => {
  const PART_FAN = "0300-0400-0002-0001";
  await timeline({ h2: "H2D" }, (t) => {
    t.at("10s").fault("h2", "front-cover-off").fault("h2", "part-fan-stall");
    t.at("18s")
      .alert("h2", PART_FAN, { isa: "H", active: true, suppressedBy: [`h2~${COVER}`] })
      .gate("h2", "no resume");
    t.at("30s").fix("h2", "front-cover-off");
    t.at("41s").alert("h2", PART_FAN, { isa: "B", suppressedBy: [] }).gate("h2", "no resume");
    t.notifications("2m", [`16s raise h2 ${COVER}`, `46s clear h2 ${COVER}`, `1m16s raise h2 ${PART_FAN}`]);
  });
});
