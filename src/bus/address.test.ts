/** The parts of a broker's address are what MQTT.js would have read from the URL. */
import { expect, test } from "vitest";
import { brokerAddress } from "./address.ts";

test.each([
  ["mqtt://hub.local:4671", { protocol: "mqtt", host: "hub.local", port: 4671 }],
  ["mqtts://hub.local", { protocol: "mqtts", host: "hub.local" }],
  ["mqtt://[::1]:1883", { protocol: "mqtt", host: "::1", port: 1883 }],
  ["mqtt://me:p%40ss@hub", { protocol: "mqtt", host: "hub", username: "me", password: "p@ss" }],
  ["ws://hub:9001/mqtt?x=1", { protocol: "ws", host: "hub", port: 9001, path: "/mqtt?x=1" }],
])("%s", (url, address) => {
  expect(brokerAddress(url)).toEqual(address);
});
