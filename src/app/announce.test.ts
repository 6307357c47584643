/** What is said at the start names an address that other machines can open, where there is one. */
import { expect, onTestFinished, test, vi } from "vitest";
import { announce } from "./announce.ts";
import type { RunningCentral } from "./central.ts";

test.each([
  ["http://127.0.0.1:4670", "http://192.168.1.7:4670", true],
  ["http://127.0.0.1:4670", "https://hms.example", true],
  ["http://127.0.0.1:4670", "http://127.0.0.1:4670", false],
  ["http://127.0.0.1:50123", "http://127.0.0.1:0", false],
])("%s, public %s", (url, publicUrl, isTold) => {
  const said: string[] = [];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => said.push(String(text)) > 0);
  onTestFinished(() => write.mockRestore());
  announce({ url, publicUrl, mqttAddress: "127.0.0.1:4671", newToken: undefined } as RunningCentral);
  expect(said[0]).toMatch(`OpenHMS is at ${url} `);
  expect(said.includes(`From other machines: ${publicUrl}\n`)).toBe(isTold);
});
