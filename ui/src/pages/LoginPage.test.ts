/** Where a login leads to: pages of this site and nothing else. */
import { expect, test } from "vitest";
import { safeNext } from "./LoginPage.tsx";

const leadsTo = (next: string): string => new URL(safeNext(`?next=${encodeURIComponent(next)}`), "http://hub.test").href;

test.each([
  ["/codes/0300-8003?alert=a1", "http://hub.test/codes/0300-8003?alert=a1"],
  ["/alerts/a1", "http://hub.test/alerts/a1"],
  ["", "http://hub.test/"],
  ["//elsewhere.test/", "http://hub.test/"],
  ["/\\elsewhere.test/", "http://hub.test/"],
  ["/\t/elsewhere.test/", "http://hub.test/"],
  ["/\n/elsewhere.test/", "http://hub.test/"],
  ["https://elsewhere.test/", "http://hub.test/"],
  ["javascript:alert(1)", "http://hub.test/"],
])("%j leads to %s", (next, expected) => expect(leadsTo(next)).toBe(expected));
