/** The border of the bus under hostile input: reading never throws, and the framing guard cuts exactly what is too large. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readMessage } from "./messages.ts";
import { packetGuard } from "../lib/packet-guard.ts";

const topic = fc.oneof(
  fc.string(),
  fc.constantFrom("hms/v1/p1/report/fan", "hms/v1/p1/snapshot", "hms/v1/edge/e1/status", "hms/v1/edge/e 1/status", "hms/v2/p1/snapshot"),
);
const payload = fc.oneof(
  fc.uint8Array(),
  fc.json().map((text) => Buffer.from(text)),
);

test("reading never throws, and takes nothing from foreign topics", () => {
  fc.assert(
    fc.property(topic, payload, (on, bytes) => {
      const message = readMessage(on, bytes);
      if (!on.startsWith("hms/v1/")) expect(message.kind).toBe("foreign");
    }),
  );
});

test.each([
  ["hms/v1/p1/snapshot", "", "cleared"],
  ["hms/v1/edge/e1/status", "", "cleared"],
  ["hms/v1/edge/e1/status", '{"online":"yes"}', "bad"],
  ["hms/v1/edge/e+1/status", '{"online":true}', "bad"],
  ["hms/v1/status", '{"online":false}', "foreign"],
  ["hms/v1/p1/report/fan", "", "bad"],
  ["hms/v1/p1/report/", "{}", "foreign"],
  ["hms/v1/p1/report/fan/more", "{}", "foreign"],
  ["hms/v1/p1/snapshot/more", "{}", "foreign"],
])("%s %s is %s", (on, text, kind) => expect(readMessage(on, Buffer.from(text)).kind).toBe(kind));

describe("a snapshot's numbers", () => {
  const read = (readings: string) =>
    readMessage(
      "hms/v1/p1/snapshot",
      Buffer.from(`{"printer":"p1","name":"One","edge":"e1","snapshot":{"printer":"p1","connected":true,${readings}}}`),
    );

  test.each([
    '"bedTempC":-1000000',
    '"bedTempC":1000000',
    '"bedTempC":0.5',
    '"layer":7,"totalLayers":200',
    '"at":1795327200000',
    '"filamentUnits":[{"name":"AMS A","tempC":25.5,"slots":[{"slot":1,"loaded":true,"remainPct":40}]}]',
  ])("%s is taken", (readings) => expect(read(readings)).toMatchObject({ kind: "news" }));

  test.each([
    ['"bedTempC":1000001', "bedTempC"],
    ['"wifiDbm":-1000001', "wifiDbm"],
    ['"bedTempC":1e308', "bedTempC"],
    ['"bedTempC":1e999', "bedTempC"],
    ['"remainingMin":-1e999', "remainingMin"],
    ['"layer":1.5', "layer"],
    ['"totalLayers":1e7', "totalLayers"],
    ['"at":1e300', "at"],
    ['"at":-1', "at"],
    ['"filamentUnits":[{"name":"AMS A","humidityPct":1e9,"slots":[]}]', "humidityPct"],
    ['"filamentUnits":[{"name":"AMS A","slots":[{"slot":1e9,"loaded":true}]}]', "slot"],
  ])("%s is refused", (readings, field) => {
    expect(read(readings)).toMatchObject({ kind: "bad", isReport: false, reason: expect.stringContaining(field) });
  });
});

/** A packet as MQTT frames it: type, length in groups of seven bits, body. */
function packet(bodyBytes: number): Buffer {
  const header = [0x30];
  let rest = bodyBytes;
  do {
    header.push((rest % 128) | (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.concat([Buffer.from(header), Buffer.alloc(bodyBytes, 0xff)]);
}

describe("the framing guard", () => {
  const MAX = 300;
  test("lets every stream of small packets pass and cuts at the first large one, however it is chopped", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: MAX })), fc.boolean(), fc.integer({ min: 1, max: 50 }), (sizes, hasLarge, step) => {
        let cuts = 0;
        const guard = packetGuard(MAX, () => cuts++);
        const stream = Buffer.concat([...sizes.map(packet), ...(hasLarge ? [packet(MAX + 1), packet(MAX + 1)] : [])]);
        for (let i = 0; i < stream.length; i += step) guard(stream.subarray(i, i + step));
        expect(cuts).toBe(hasLarge ? 1 : 0);
      }),
    );
  });
});

test.each(["edge", "status"])("a snapshot of a printer called %s is refused with the reason", (id) => {
  const snapshot = { printer: id, name: "One", edge: "e1", snapshot: { printer: id, connected: true } };
  const message = readMessage(`hms/v1/${id}/snapshot`, Buffer.from(JSON.stringify(snapshot)));
  expect(message).toMatchObject({ kind: "bad", reason: expect.stringMatching(/is reserved/) });
});
