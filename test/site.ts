/** A whole central for tests: real store, real HTTP, real broker on free ports of loopback; reports come over HTTP as from any detector. */
import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningCentral, startCentral } from "../src/app/central.ts";
import { silentLog } from "../src/lib/log.ts";
import type { IngestResult, Report, ReportStatus } from "../src/model/report.ts";
import type { PrinterId, Readings } from "../src/model/telemetry.ts";

export interface Site {
  readonly url: string;
  readonly running: RunningCentral;
  readonly folder: string;
  /** A report of detector `test` on a printer; resolves when durable. */
  report(printer: string, code: string, status: ReportStatus, more?: Partial<Report>): Promise<IngestResult>;
  /** A connected printer with these readings. */
  printer(id: string, readings?: Readings): void;
  /** Ends central and starts it again on the same port and database. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Below the range from which clients are given theirs: one that keeps trying to reach a central that is down would otherwise be given
 * that very port some day, and be connected to itself.
 */
const PORTS = { from: 10_000, to: 32_000 };

export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    const port = randomInt(PORTS.from, PORTS.to);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
  throw new Error("no free port");
}

export async function startSite(options: { readonly publicUrl?: string } = {}): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), "openhms-site-"));
  const port = await freePort();
  const mqttPort = await freePort();
  const boot = `B${process.pid}${port}`;
  let seq = 0;
  const start = () =>
    startCentral({
      http: { host: "127.0.0.1", port, publicUrl: options.publicUrl },
      bus: { kind: "embedded", host: "127.0.0.1", port: mqttPort },
      databasePath: join(folder, "openhms.db"),
      channels: [],
      overrides: new Map(),
      log: silentLog,
    });
  let running = await start();
  return {
    get running() {
      return running;
    },
    url: `http://127.0.0.1:${port}`,
    folder,
    report: async (printer, code, status, more = {}) => {
      const report = { v: 1, printer, detector: "test", boot, seq: ++seq, at: new Date().toISOString(), code, status, ...more };
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/reports`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ reports: [report] }),
      });
      if (response.status !== 202) throw new Error(`report: ${response.status} ${await response.text()}`);
      return (await response.json()) as IngestResult;
    },
    printer: (id, readings = {}) => {
      const printer = id as PrinterId;
      running.central.news({
        printer,
        name: id.toUpperCase(),
        edge: "test",
        snapshot: { printer, connected: true, at: Date.now() as never, state: "printing", ...readings },
      });
    },
    restart: async () => {
      await running.stop();
      running = await start();
    },
    stop: async () => {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
