/**
 * The bus of one process: edge and central hand each other plain objects. There is nothing between them that could be lost, so it
 * is always connected until closed, and `report` answers what central answers.
 */
import { RefusedError } from "../lib/errors.ts";
import type { PrinterId } from "../model/telemetry.ts";
import type { CentralIntake, EdgeBus } from "./bus.ts";

export function createMemoryBus(intake: CentralIntake, edge: string): EdgeBus {
  const printers = new Set<PrinterId>();
  let isOpen = true;
  const tellStatus = (online: boolean): void => intake.edgeStatus({ edge, online, printers: [...printers] });
  tellStatus(true);
  return {
    report: async (reports) => {
      if (!isOpen) throw new RefusedError("unavailable", "the reports were not handed over: the bus is closed");
      return intake.ingest(reports);
    },
    news: (news) => {
      if (!isOpen) return;
      const isNew = !printers.has(news.printer);
      printers.add(news.printer);
      intake.news(news);
      if (isNew) tellStatus(true);
    },
    onLink: (listener) => listener(isOpen),
    close: async () => {
      if (!isOpen) return;
      isOpen = false;
      tellStatus(false);
    },
  };
}
