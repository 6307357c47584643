/** Numbers for Prometheus, in a registry of their own. They are read from central when asked for, so counting costs nothing. */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Central } from "../central/central.ts";
import type { Clock } from "../lib/time.ts";
import type { App } from "./app.ts";

export function serveMetrics(app: App, deps: { central: Central; clock: Clock; liveClients: () => number }): void {
  const { central, clock } = deps;
  const registry = new Registry();
  observeDurations(app, registry);
  registry.registerMetric(
    new Counter({
      name: "openhms_ingest_reports_total",
      help: "Reports taken by central, by what became of them",
      labelNames: ["result"],
      registers: [],
      async collect() {
        const { ingest } = await central.kpi(clock.now());
        this.reset();
        for (const [result, count] of Object.entries(ingest)) this.inc({ result }, count);
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: "openhms_alerts",
      help: "Alerts held and not hidden, by severity",
      labelNames: ["severity"],
      registers: [],
      collect() {
        for (const severity of ["error", "warning", "info"] as const)
          this.set(
            { severity },
            central.printers().reduce((sum, printer) => sum + printer.counts[severity], 0),
          );
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: "openhms_printers",
      help: "Printers, by connection",
      labelNames: ["connected"],
      registers: [],
      collect() {
        const all = central.printers();
        const connected = all.filter((printer) => printer.connected).length;
        this.set({ connected: "true" }, connected);
        this.set({ connected: "false" }, all.length - connected);
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: "openhms_sse_clients",
      help: "Open live connections",
      registers: [],
      collect() {
        this.set(deps.liveClients());
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: "process_resident_memory_bytes",
      help: "Resident memory of this process",
      registers: [],
      collect() {
        this.set(process.memoryUsage.rss());
      },
    }),
  );
  app.get("/metrics", { schema: { hide: true } }, async (_request, reply) => {
    const text = await registry.metrics();
    return reply.type(registry.contentType).send(text);
  });
}

function observeDurations(app: App, registry: Registry): void {
  const durations = new Histogram({
    name: "openhms_http_request_duration_seconds",
    help: "Duration of HTTP requests by route",
    labelNames: ["method", "route", "status"],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
    registers: [registry],
  });
  app.addHook("onResponse", (request, reply, done) => {
    const route = request.routeOptions.url ?? "none";
    durations.observe({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1_000);
    done();
  });
}
