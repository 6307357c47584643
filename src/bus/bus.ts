/**
 * The bus: the only link between edges and central. Reports travel at least once, in order per detector, and `report` resolves
 * only when central holds them durably. Snapshots and edge status are last-value: newest wins, loss is harmless.
 */
import type { IngestResult, ReportMessage } from "../model/report.ts";
import type { PrinterId, Snapshot } from "../model/telemetry.ts";

/** What an edge tells of a printer it serves, with each snapshot. */
export interface PrinterNews {
  readonly printer: PrinterId;
  readonly name: string;
  readonly edge: string;
  readonly snapshot: Snapshot;
  /** Demo: faults that can be set on a virtual printer. */
  readonly faults?: readonly string[];
}

export interface EdgeStatus {
  readonly edge: string;
  readonly online: boolean;
  /** Every printer it serves; absent where it does not say. */
  readonly printers?: readonly PrinterId[];
}

/** The edge's end. */
export interface EdgeBus {
  /** Rejects when the reports could not be handed over; the caller keeps them and tries again. */
  report(reports: readonly ReportMessage[]): Promise<IngestResult>;
  news(news: PrinterNews): void;
  /** Whether central can be reached now. */
  onLink(listener: (connected: boolean) => void): void;
  close(): Promise<void>;
}

/** What central gives the bus to serve. */
export interface CentralIntake {
  /** Resolves when durable. Reports may be hostile: validation happens here. */
  ingest(reports: readonly unknown[]): Promise<IngestResult>;
  news(news: PrinterNews): void;
  edgeStatus(status: EdgeStatus): void;
}
