/** What a QR code carries, for every way of listening. */
import { expect, test } from "vitest";
import { publicAddress } from "./address.ts";

const face = (address: string, family: "IPv4" | "IPv6", internal = false) => ({
  address,
  family,
  internal,
  netmask: "",
  mac: "",
  cidr: null,
  scopeid: 0,
});
const lan = {
  lo: [face("127.0.0.1", "IPv4", true)],
  eth0: [face("fe80::1", "IPv6"), face("fd00::2", "IPv6"), face("192.168.1.20", "IPv4")],
};

test.each([
  ["a configured address wins", "https://hms.example", "127.0.0.1", lan, "https://hms.example", false],
  ["everywhere: the machine's address in its network", undefined, "0.0.0.0", lan, "http://192.168.1.20:4670", false],
  ["everywhere on IPv6", undefined, "::", { eth0: [face("fd00::2", "IPv6")] }, "http://[fd00::2]:4670", false],
  ["one address: that one", undefined, "10.0.0.5", lan, "http://10.0.0.5:4670", false],
  ["loopback: says what to set", undefined, "127.0.0.1", lan, "http://127.0.0.1:4670", true],
  ["localhost: says what to set", undefined, "localhost", lan, "http://127.0.0.1:4670", true],
  ["everywhere without a network: says what to set", undefined, "0.0.0.0", { lo: lan.lo }, "http://127.0.0.1:4670", true],
] as const)("%s", (_name, configured, host, interfaces, url, hinted) => {
  const found = publicAddress(configured, host, 4670, interfaces);
  expect(found.publicUrl).toBe(url);
  expect(found.phoneHint !== undefined).toBe(hinted);
});
