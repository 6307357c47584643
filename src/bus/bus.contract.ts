/** What every bus must do, as one suite: memory.test.ts and mqtt.test.ts run it over their own transport. */
import { afterEach, describe, expect, test } from "vitest";
import type { IngestResult, ReportMessage } from "../model/report.ts";
import { emptySnapshot, type PrinterId } from "../model/telemetry.ts";
import type { CentralIntake, EdgeBus, EdgeStatus, PrinterNews } from "./bus.ts";

/** A central that remembers; `fail` makes the next commits fail, `hold` makes them wait. */
export interface Intake extends CentralIntake {
  readonly reports: unknown[];
  readonly newsSeen: PrinterNews[];
  readonly statuses: EdgeStatus[];
  failing: boolean;
  hold: Promise<void> | undefined;
}

export function createIntake(): Intake {
  const intake: Intake = {
    reports: [],
    newsSeen: [],
    statuses: [],
    failing: false,
    hold: undefined,
    ingest: async (reports): Promise<IngestResult> => {
      await intake.hold;
      if (intake.failing) throw new Error("disk full");
      const isGood = (report: unknown): boolean => typeof report === "object" && report !== null && "v" in report && report.v === 1;
      const rejected = reports.flatMap((report, index) => (isGood(report) ? [] : [{ index, reason: "no report" }]));
      intake.reports.push(...reports.filter(isGood));
      return { accepted: reports.length - rejected.length, duplicates: 0, late: 0, rejected };
    },
    news: (news) => void intake.newsSeen.push(news),
    edgeStatus: (status) => void intake.statuses.push(status),
  };
  return intake;
}

export const report = (seq: number, detector = "hotend-fan", printer = "p1"): ReportMessage => ({
  v: 1,
  printer,
  detector,
  boot: "01J",
  seq,
  at: "2026-11-22T06:00:00.000Z",
  code: "0300-0300-0001-0001",
  status: "fail",
});

export const news = (id: string, edge = "e1"): PrinterNews => ({
  printer: id as PrinterId,
  name: id.toUpperCase(),
  edge,
  snapshot: { ...emptySnapshot(id as PrinterId), connected: true, nozzleTempC: 219.5 },
});

/** Waits for what another socket will bring; fails after five seconds. */
export async function eventually(check: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (check()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`never happened: ${what}`);
}

export interface Harness {
  readonly bus: EdgeBus;
  readonly intake: Intake;
  stop(): Promise<void>;
}

export function busContract(name: string, start: () => Promise<Harness>): void {
  describe(`the bus contract over ${name}`, () => {
    let harness: Harness | undefined;
    async function ready(): Promise<Harness> {
      harness = await start();
      let isConnected = false;
      harness.bus.onLink((connected) => (isConnected = connected));
      await eventually(() => isConnected, "connected");
      return harness;
    }
    afterEach(async () => harness?.stop());

    test("reports arrive whole and in order", async () => {
      const { bus, intake } = await ready();
      const sent = Array.from({ length: 250 }, (_, seq) => report(seq));
      const result = await bus.report(sent);
      expect(result).toEqual({ accepted: 250, duplicates: 0, late: 0, rejected: [] });
      expect(intake.reports).toEqual(sent);
    });

    test("report does not resolve before central holds it", async () => {
      const { bus, intake } = await ready();
      let release = (): void => undefined;
      intake.hold = new Promise((resolve) => (release = resolve));
      let isDone = false;
      const sending = bus.report([report(1)]).then(() => (isDone = true));
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(isDone).toBe(false);
      release();
      await sending;
      expect(intake.reports).toHaveLength(1);
    });

    test("report rejects when central cannot store it, and works again after", async () => {
      const { bus, intake } = await ready();
      intake.failing = true;
      await expect(bus.report([report(1)])).rejects.toThrow();
      intake.failing = false;
      let isConnected = false;
      bus.onLink((connected) => (isConnected = connected));
      await eventually(() => isConnected, "connected again");
      await bus.report([report(1)]);
      expect(intake.reports).toEqual([report(1)]);
    });

    test("news arrives, newest last", async () => {
      const { bus, intake } = await ready();
      bus.news(news("p1"));
      bus.news(news("p2"));
      await eventually(() => intake.newsSeen.length >= 2, "news of both");
      expect(intake.newsSeen).toContainEqual(news("p1"));
      expect(intake.newsSeen).toContainEqual(news("p2"));
    });

    test("central knows which printers an edge serves, and that it left", async () => {
      const { bus, intake } = await ready();
      bus.news(news("p1"));
      await eventually(
        () => intake.statuses.some((status) => status.online && status.printers?.includes("p1" as PrinterId)),
        "online with p1",
      );
      await bus.close();
      await eventually(() => intake.statuses.at(-1)?.online === false, "offline");
      await expect(bus.report([report(1)])).rejects.toThrow();
    });
  });
}
