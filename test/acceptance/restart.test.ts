/** Central and edges come and go in the middle of things: nothing is lost, nothing is told twice, the gate stays as it was. */
import { test } from "vitest";
import { timeline } from "./timeline.ts";

const FAN = "0300-0300-0001-0001";
const COVER = "0300-1200-0002-0001";
const BED = "0300-0100-0001-0007";
const BELT = "0300-1000-0002-0001";
const RODS = "0501-0400-0003-0002";

test("central ends and starts again: versions, shelves, latches, gates and waiting notifications go on", async () => {
  await timeline({ x1: "X1C", h2: "H2D", p1: "P1S" }, (t) => {
    t.at("10s").fault("x1", "bed-thermistor-open").fault("h2", "front-cover-off").fault("p1", "rods-dry").fault("p1", "belt-loose");
    t.at("20s").fix("x1", "bed-thermistor-open").shelve("h2", COVER, 2);
    t.at("26s").alert("x1", BED, { isa: "E", version: 2 }).alert("h2", COVER, { isa: "G", version: 2 });
    t.at("30s").centralStops();
    t.at("1m").centralStarts();
    t.at("1m").alert("p1", RODS, { isa: "C", version: 1, episode: 1 }).gate("p1", "no resume");
    t.at("1m2s").gate("x1", "no start").gate("h2", "no resume").printer("x1", { connected: true });
    t.at("1m5s").acknowledge("x1", BED, { asSeenAt: "26s" }).alert("x1", BED, { isa: "F", version: 3 }).gate("x1", "no start");
    t.at("1m6s").reset("x1", BED).gate("x1", "open").history("x1", BED, ["raise", "clear", "ack", "reset", "close"]);
    t.at("1m20s").fix("p1", "belt-loose");
    t.at("2m19s").alert("h2", COVER, { isa: "G" });
    t.at("2m20s").alert("h2", COVER, { isa: "B", episode: 1 });
    t.notifications("5m", [
      `12s raise x1 ${BED}`,
      `16s raise h2 ${COVER}`,
      `17s raise p1 ${BELT}`,
      `26s clear x1 ${BED}`,
      `1m11s raise p1 ${RODS}`,
      `1m36s clear p1 ${BELT}`,
      `2m25s raise h2 ${COVER}`,
    ]);
  });
});

test("what fell due while central was down happens when it starts", async () => {
  await timeline({ h2: "H2D", p1: "P1S" }, (t) => {
    t.at("10s").fault("h2", "front-cover-off").fault("p1", "rods-dry");
    t.at("20s").shelve("h2", COVER, 2);
    t.at("30s").centralStops();
    t.at("10m").centralStarts().alert("h2", COVER, { isa: "B", shelvedUntil: null }).gate("h2", "no resume");
    t.notifications("12m", [`16s raise h2 ${COVER}`, `10m raise p1 ${RODS}`, `10m5s raise h2 ${COVER}`]);
  });
});

test("an edge keeps what central could not take, over its own restart, and delivers it in order", async () => {
  await timeline({ x1: "X1C", p1: "P1S" }, (t) => {
    t.at("10s").centralStops();
    t.at("20s").fault("x1", "hotend-fan-stall").fault("p1", "rods-dry");
    t.at("40s").fix("x1", "hotend-fan-stall");
    t.at("50s").edgeStops();
    t.at("1m").edgeStarts();
    t.at("2m").centralStarts();
    t.at("2m").alert("x1", FAN, { isa: "B", active: true, episode: 1 }).alert("p1", RODS, { isa: "C" }).gate("x1", "no start");
    t.at("2m5s").alert("x1", FAN, { isa: "D", active: false, episode: 1 }).gate("x1", "open");
    t.at("5m").history("x1", FAN, ["raise", "clear"]).history("p1", RODS, ["raise"]);
    t.notifications("5m", [`2m raise x1 ${FAN}`, `2m5s clear x1 ${FAN}`, `3m raise p1 ${RODS}`]);
  });
});
