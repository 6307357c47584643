/** When an access token is made: whenever somebody who is not on this machine can get here. */
import { expect, test } from "vitest";
import { isReachedFromOutside } from "./central.ts";

test.each([
  ["127.0.0.1", undefined, "127.0.0.1", false],
  ["localhost", "http://localhost:4670", "::1", false],
  ["127.0.0.1", "http://127.0.0.1:4670", undefined, false],
  ["0.0.0.0", undefined, "127.0.0.1", true],
  ["127.0.0.1", undefined, "0.0.0.0", true],
  ["127.0.0.1", "https://hms.example", "127.0.0.1", true],
  ["127.0.0.1", "http://192.168.1.20:4670", undefined, true],
  ["::1", "http://[::1]:4670", "::1", false],
])("http on %s as %s, MQTT on %s: %s", (host, publicUrl, mqttHost, reached) => {
  expect(isReachedFromOutside({ host, publicUrl }, mqttHost)).toBe(reached);
});
