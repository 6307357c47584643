/** What stands retained on the broker must say what central says, at the start and after every change. */
import { expect, test } from "vitest";
import { silentLog } from "../lib/log.ts";
import type { Alert, Printer } from "../model/api.ts";
import { type PublishedChange, publishAlerts } from "./publish.ts";

const alert = (id: string, more: Partial<Alert> = {}): Alert =>
  ({ id, printer: "p1", code: "0300-0300-0001-0001", held: true, acknowledged: false, ...more }) as Alert;
const printer = (more: Partial<Printer> = {}): Printer =>
  ({
    id: "x1.left",
    name: "Left",
    model: "X1C",
    connected: true,
    linkReason: null,
    counts: { error: 0, warning: 1, info: 0 },
    worst: { title: "Nozzle clogged", code: "0300-0300-0002-0001", severity: "warning" },
    gate: { startBlocked: false, resumeBlocked: true },
    ...more,
  }) as Printer;

async function start(alerts: Alert[], printers: Printer[]) {
  const retained = new Map<string, string>();
  let count = 0;
  let listener: ((change: PublishedChange) => void) | undefined;
  const stop = await publishAlerts({
    central: {
      subscribe: (each) => {
        listener = each;
        return () => (listener = undefined);
      },
      alerts: async ({ state, cursor }) => {
        const from = Number(cursor ?? 0);
        return state === "open"
          ? { items: alerts.slice(from, from + 1), next: from + 1 < alerts.length ? String(from + 1) : null }
          : { items: [], next: null };
      },
      printers: () => printers,
    },
    publish: (topic, payload, retain) => {
      count++;
      if (retain) retained.set(topic, payload);
    },
    log: silentLog,
    publicUrl: "http://hms.example:4670",
    version: "0.1.0",
  });
  return { retained, stop, count: () => count, emit: (change: PublishedChange) => listener?.(change) };
}

test("open alerts stand on their topics, page by page, and leave when closed", async () => {
  const { retained, emit } = await start([alert("a1"), alert("a2", { code: "0C00-0300-0003-0007" })], []);
  expect([...retained.keys()]).toEqual(["hms/v1/p1/alert/0300-0300-0001-0001", "hms/v1/p1/alert/0C00-0300-0003-0007"]);
  emit({ type: "alert", alert: alert("a1", { held: false, acknowledged: false }) });
  expect(retained.get("hms/v1/p1/alert/0300-0300-0001-0001")).not.toBe("");
  emit({ type: "alert", alert: alert("a1", { held: true, acknowledged: true }) });
  expect(retained.get("hms/v1/p1/alert/0300-0300-0001-0001")).not.toBe("");
  emit({ type: "alert", alert: alert("a1", { held: false, acknowledged: true }) });
  expect(retained.get("hms/v1/p1/alert/0300-0300-0001-0001")).toBe("");
});

test("Home Assistant finds a problem sensor and the worst alert of each printer", async () => {
  const { retained, emit, count } = await start([], [printer()]);
  const config = JSON.parse(retained.get("homeassistant/binary_sensor/openhms_x1_left/problem/config") ?? "{}");
  expect(config).toMatchObject({ device_class: "problem", state_topic: "hms/v1/x1.left/health", unique_id: "openhms_x1_left_problem" });
  expect(retained.has("homeassistant/sensor/openhms_x1_left/worst_alert/config")).toBe(true);
  expect(JSON.parse(retained.get("hms/v1/x1.left/health") ?? "{}")).toMatchObject({
    problem: true,
    worst: "Nozzle clogged",
    resumeBlocked: true,
  });
  const before = count();
  emit({ type: "printer", printer: printer() });
  expect(count()).toBe(before);
  emit({ type: "printer", printer: printer({ counts: { error: 0, warning: 0, info: 0 }, worst: null }) });
  expect(JSON.parse(retained.get("hms/v1/x1.left/health") ?? "{}")).toMatchObject({ problem: false, worst: "none" });
});

test("Home Assistant sees that central is gone, and that a printer out of reach is not known to be well", async () => {
  const offline = printer({ counts: { error: 0, warning: 0, info: 0 }, worst: null, connected: false, linkReason: "no answer" });
  const { retained } = await start([], [offline]);
  for (const sensor of ["binary_sensor/openhms_x1_left/problem", "sensor/openhms_x1_left/worst_alert"])
    expect(JSON.parse(retained.get(`homeassistant/${sensor}/config`) ?? "{}")).toMatchObject({
      availability: [{ topic: "hms/v1/status", value_template: "{{ 'online' if value_json.online else 'offline' }}" }],
    });
  expect(JSON.parse(retained.get("hms/v1/x1.left/health") ?? "{}")).toMatchObject({
    connected: false,
    linkReason: "no answer",
    worst: expect.stringMatching(/not known/),
  });
});
