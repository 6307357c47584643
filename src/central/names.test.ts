/** Names beyond measure are refused with words, counted, and told once; what is known goes on working. */
import { afterEach, describe, expect, it } from "vitest";
import type { ReportMessage } from "../model/report.ts";
import { alertId } from "./ledger.ts";
import { MAX_CODES, MAX_DETECTORS, MAX_PRINTERS } from "./names.ts";
import { ERROR, INFO, message, openBed, WARNING, type Bed } from "./testbed.ts";

let bed: Bed;
afterEach(() => bed.close());

const TOO_MANY = "F000-0700-0003-0001";
const MINUTE_MS = 60_000;
const open = async (): Promise<void> => void (bed = await openBed());

async function fill(count: number, report: (n: number) => ReportMessage): Promise<void> {
  const all = Array.from({ length: count }, (_, n) => report(n));
  for (let from = 0; from < count; from += 5_000) {
    const part = all.slice(from, from + 5_000);
    expect(await bed.central().ingest(part)).toMatchObject({ accepted: part.length, rejected: [] });
  }
}
const codeOf = (n: number): string => `0300-0100-0003-${n.toString(16).toUpperCase().padStart(4, "0")}`;
const alertAt = (printer: string) => bed.central().alert(alertId(printer, TOO_MANY));
const onlyReason = (result: { rejected: readonly { reason: string }[] }): string | undefined => result.rejected[0]?.reason;

describe("codes of a printer", () => {
  it("are taken up to the bound; known ones and other printers go on", { timeout: 60_000 }, async () => {
    await open();
    await fill(MAX_CODES, (n) => message(codeOf(n), "fail", n));
    const one = await bed
      .central()
      .ingest([message(WARNING, "fail", 9_000), message(ERROR, "fail", 9_001), message(codeOf(7), "pass", 9_002)]);
    expect(one).toMatchObject({ accepted: 1, rejected: [{ index: 0 }, { index: 1 }] });
    expect(onlyReason(one)).toBe(`code: p1 has had ${MAX_CODES} different ones already; the new one ${WARNING} is not taken`);
    expect(await bed.central().alert(alertId("p1", codeOf(7)))).toMatchObject({ active: false });
    // that a code is well needs no record
    expect(await bed.central().ingest([message(WARNING, "pass", 9_003)])).toMatchObject({ accepted: 1 });
    expect(await bed.central().ingest([message(WARNING, "fail", 1, { printer: "p2" })])).toMatchObject({ accepted: 1 });
    expect((await bed.central().kpi(0)).ingest.rejected).toBe(2);
    expect(await alertAt("p1")).toMatchObject({ active: true, episode: 1, transitions: [{ event: "raise", note: onlyReason(one) }] });
  });
});

describe("detectors of a printer", () => {
  it("are taken up to the bound, over a restart too", async () => {
    await open();
    await fill(MAX_DETECTORS, (n) => message(INFO, "fail", 1, { detector: `d${n}` }));
    await bed.restart();
    const result = await bed.central().ingest([message(INFO, "fail", 1, { detector: "one-more" })]);
    expect(onlyReason(result)).toBe(`detector: ${MAX_DETECTORS} report on p1 already; the new one one-more is not taken`);
    expect(await bed.central().ingest([message(INFO, "pass", 2, { detector: "d3" })])).toMatchObject({ accepted: 1 });
    expect(await bed.central().ingest([message(INFO, "fail", 1, { detector: "one-more", printer: "p2" })])).toMatchObject({ accepted: 1 });
  });
});

describe("printers", () => {
  it("are taken up to the bound, from reports and from news; the system itself says so", { timeout: 60_000 }, async () => {
    await open();
    bed.news("p0", true);
    await fill(MAX_PRINTERS - 1, (n) => message(INFO, "pass", 1, { printer: `x${n}` }));
    const result = await bed.central().ingest([message(INFO, "fail", 1, { printer: "p1" }), message(INFO, "fail", 2, { printer: "p0" })]);
    expect(result).toMatchObject({ accepted: 1, rejected: [{ index: 0 }] });
    expect(onlyReason(result)).toBe(`printer: ${MAX_PRINTERS} are known already; the new one p1 is not taken`);
    expect(await alertAt("openhms")).toMatchObject({ active: true, episode: 1 });
    bed.news("p1", true);
    bed.news("p0", false);
    await bed.settle();
    expect(() => bed.central().printer("p1")).toThrow("there is no printer");
    expect(bed.central().printer("p0")).toMatchObject({ connected: false, worst: { code: INFO } });
  });
});

describe("the alert about it", () => {
  const refuse = (seq: number) => bed.central().ingest([message(INFO, "fail", seq, { detector: "one-more" })]);
  const begin = async (): Promise<void> => {
    await open();
    await fill(MAX_DETECTORS, (n) => message(INFO, "fail", 1, { detector: `d${n}` }));
    await refuse(1);
  };

  it("is raised once while names are refused, and ends ten minutes after the last", async () => {
    await begin();
    for (let n = 0; n < 4; n++) {
      await bed.pass(5 * MINUTE_MS);
      await refuse(n);
    }
    expect(await alertAt("p1")).toMatchObject({ active: true, episode: 1, occurrences: 1 });
    await bed.pass(9 * MINUTE_MS);
    expect(await alertAt("p1")).toMatchObject({ active: true });
    await bed.pass(2 * MINUTE_MS);
    expect(await alertAt("p1")).toMatchObject({ active: false, episode: 1 });
    expect(bed.told.filter(({ notification }) => notification.alert.code === TOO_MANY && notification.kind === "raise")).toHaveLength(1);
    await refuse(9);
    expect(await alertAt("p1")).toMatchObject({ active: true, episode: 2 });
  });

  it("outlives a restart, and ends after it", async () => {
    await begin();
    await bed.restart();
    await bed.pass(9 * MINUTE_MS);
    expect(await alertAt("p1")).toMatchObject({ active: true, episode: 1 });
    await bed.pass(2 * MINUTE_MS);
    expect(await alertAt("p1")).toMatchObject({ active: false });
  });

  it("is raised again where the disk did not take it", async () => {
    await open();
    await fill(MAX_DETECTORS, (n) => message(INFO, "fail", 1, { detector: `d${n}` }));
    bed.diskFull = true;
    await expect(refuse(1)).rejects.toMatchObject({ reason: "unavailable" });
    bed.diskFull = false;
    await bed.pass(5_000);
    expect(await refuse(2)).toMatchObject({ rejected: [{ index: 0 }] });
    expect(await alertAt("p1")).toMatchObject({ active: true, episode: 1 });
  });
});
