/** The edge on a fake clock, with a hand-driven adapter and a bus that can be cut. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Type } from "typebox";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { EdgeBus, PrinterNews } from "../bus/bus.ts";
import { link } from "../detectors/link.ts";
import { defineDetector, type Detector, type Param } from "../detectors/detector.ts";
import { silentLog } from "../lib/log.ts";
import { at, createFakeClock, type FakeClock } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import type { ReportMessage } from "../model/report.ts";
import type { PrinterId, Readings } from "../model/telemetry.ts";
import { defineAdapter, type AdapterDeps, type AdapterEvents } from "../printers/adapter.ts";
import { createEdge, type Edge, type EdgeDeps } from "./edge.ts";

const P1 = "p1" as PrinterId;
const FAN = "0300-0300-0001-0001" as HmsCode;
const LINK = "F000-0100-0003-0001" as HmsCode;

type NoParams = Readonly<Record<string, Param>>;

/** Passes on the codes of the snapshot, as `native` does. */
const codes = defineDetector<{ readonly failing: readonly HmsCode[] }, NoParams>({
  id: "codes",
  about: "",
  codes: [],
  params: {},
  initial: { failing: [] },
  step: (state, snapshot) => {
    const now = snapshot.hmsCodes;
    if (now === undefined) return { state, findings: [] };
    const raised = now.filter((code) => !state.failing.includes(code)).map((code) => ({ code, status: "fail" as const }));
    const gone = state.failing.filter((code) => !now.includes(code)).map((code) => ({ code, status: "pass" as const }));
    return { state: { failing: now }, findings: [...raised, ...gone] };
  },
});

/** Reports ten seconds of silence. */
const silence = defineDetector<{ readonly since?: number; readonly told: boolean }, NoParams>({
  id: "silence",
  about: "",
  codes: [LINK],
  params: {},
  initial: { told: false },
  step: (state, snapshot, _params, now) => {
    if (snapshot.connected) return { state: { told: false }, findings: state.told ? [{ code: LINK, status: "pass" }] : [] };
    const since = state.since ?? now;
    if (state.told || now - since < 10_000) return { state: { ...state, since }, findings: [] };
    return { state: { since, told: true }, findings: [{ code: LINK, status: "fail" }] };
  },
});

/** Throws while the nozzle is above 300 °C. */
const fragile = defineDetector<null, NoParams>({
  id: "fragile",
  about: "",
  codes: [],
  params: {},
  initial: null,
  step: (state, snapshot) => {
    if ((snapshot.nozzleTempC ?? 0) > 300) throw new Error("too hot for me");
    return { state, findings: [] };
  },
});

interface Bench {
  readonly clock: FakeClock;
  readonly reports: ReportMessage[];
  readonly news: PrinterNews[];
  /** Bus.report is refused while false. */
  reachable: boolean;
  attempts: number;
  link(isConnected: boolean): void;
  adapter(): { readonly events: AdapterEvents; readonly deps: AdapterDeps };
  sample(readings: Readings): void;
  start(options?: Partial<EdgeDeps>): Promise<Edge>;
}

function bench(): Bench {
  const clock = createFakeClock(at(1_000_000));
  let listener: (connected: boolean) => void = () => undefined;
  let wired: { events: AdapterEvents; deps: AdapterDeps } | undefined;
  const adapterKind = defineAdapter({
    kind: "hand",
    config: Type.Object({}),
    connect: (_printer, _config, events, deps) => {
      wired = { events, deps };
      return { close: () => Promise.resolve() };
    },
  });
  const made: Bench = {
    clock,
    reports: [],
    news: [],
    reachable: true,
    attempts: 0,
    link: (isConnected) => listener(isConnected),
    adapter: () => wired ?? expect.unreachable("no adapter was started"),
    sample: (readings) => made.adapter().events.sample({ at: clock.now(), readings }),
    start: (options = {}) =>
      createEdge({
        id: "e1",
        bus,
        clock,
        log: silentLog,
        random: () => 0.5,
        boot: "b1",
        dataDir: undefined,
        printers: [{ id: P1, name: "One", adapter: adapterKind, config: {}, faults: ["fan"] }],
        detectors: [codes, silence, fragile] as readonly Detector<unknown>[],
        ...options,
      }),
  };
  const bus: EdgeBus = {
    report: (reports) => {
      made.attempts++;
      if (!made.reachable) return Promise.reject(new Error("central is away"));
      made.reports.push(...reports);
      return Promise.resolve({ accepted: reports.length, duplicates: 0, late: 0, rejected: [] });
    },
    news: (news) => void made.news.push(news),
    onLink: (added) => {
      listener = added;
    },
    close: () => Promise.resolve(),
  };
  return made;
}

/** Waits until something came about; the disk decides how long that takes. */
async function settle(until: () => boolean): Promise<void> {
  for (let turn = 0; turn < 5_000 && !until(); turn++) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(until()).toBe(true);
}
/** Gives what must not happen a chance to happen. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
const short = (reports: readonly ReportMessage[]): readonly string[] =>
  reports.map((one) => `${one.boot}/${one.detector}/${one.seq} ${one.code} ${one.status}`);

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "openhms-edge-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test("samples become numbered reports, in order for each detector", async () => {
  const b = bench();
  const edge = await b.start();
  b.adapter().events.link({ connected: true });
  b.sample({ hmsCodes: [FAN] });
  b.sample({ nozzleTempC: 210 });
  b.sample({ hmsCodes: [] });
  await settle(() => b.reports.length === 2);
  expect(short(b.reports)).toEqual([`b1/codes/0 ${FAN} fail`, `b1/codes/1 ${FAN} pass`]);
  expect(b.reports[0]?.at).toBe("1970-01-01T00:16:40.000Z");
  await edge.close();
});

test("detectors run on silence, and say when the link is back", async () => {
  const b = bench();
  const edge = await b.start();
  b.adapter().events.link({ connected: false, cause: "unreachable", reason: "no answer; is it on?" });
  b.clock.advanceTo(at(1_009_000));
  await pause();
  expect(b.reports).toEqual([]);
  b.clock.advanceTo(at(1_010_000));
  await settle(() => b.reports.length === 1);
  b.adapter().events.link({ connected: true });
  await settle(() => b.reports.length === 2);
  expect(short(b.reports)).toEqual([`b1/silence/0 ${LINK} fail`, `b1/silence/1 ${LINK} pass`]);
  await edge.close();
});

test("a detector that throws is reported once and taken back; the others go on", async () => {
  const b = bench();
  const edge = await b.start();
  b.sample({ nozzleTempC: 301, hmsCodes: [FAN] });
  b.sample({ nozzleTempC: 302 });
  await settle(() => b.reports.length === 2);
  b.sample({ nozzleTempC: 200 });
  await settle(() => b.reports.length === 3);
  expect(short(b.reports)).toEqual([`b1/codes/0 ${FAN} fail`, "b1/edge/0 F000-0300-0003-0001 fail", "b1/edge/1 F000-0300-0003-0001 pass"]);
  expect(b.reports[1]?.evidence).toEqual({ faulty: { fragile: "too hot for me" } });
  await edge.close();
});

test("news at most once a second, at once on a link change, all again when the bus is back", async () => {
  const b = bench();
  const edge = await b.start();
  b.adapter().events.link({ connected: true });
  expect(b.news.length).toBe(1);
  for (let i = 0; i < 50; i++) b.sample({ bedTempC: i });
  expect(b.news.length).toBe(1);
  b.clock.advanceTo(at(1_001_000));
  expect(b.news.length).toBe(2);
  expect(b.news[1]).toMatchObject({ printer: "p1", name: "One", edge: "e1", faults: ["fan"], snapshot: { bedTempC: 49, connected: true } });
  b.clock.advanceTo(at(1_005_000));
  expect(b.news.length).toBe(2);
  b.adapter().events.link({ connected: false, cause: "silent", reason: "nothing for 60 s" });
  expect(b.news.at(-1)?.snapshot).toMatchObject({ connected: false, linkReason: "nothing for 60 s", bedTempC: 49 });
  b.link(true);
  expect(b.news.length).toBe(4);
  await edge.close();
});

test("retries with growing waits, in order, and at once when the bus is back", async () => {
  const b = bench();
  b.reachable = false;
  const edge = await b.start();
  b.sample({ hmsCodes: [FAN] });
  await settle(() => b.attempts === 1);
  b.clock.advanceTo(at(1_000_999));
  await settle(() => b.attempts === 1);
  b.clock.advanceTo(at(1_001_000));
  await settle(() => b.attempts === 2);
  b.clock.advanceTo(at(1_002_000));
  await settle(() => b.attempts === 2);
  b.sample({ hmsCodes: [] });
  b.reachable = true;
  b.link(true);
  await settle(() => b.reports.length === 2);
  expect(b.reports.map((one) => one.status)).toEqual(["fail", "pass"]);
  await edge.close();
});

test("an edge killed while central was away tells everything after its restart, and what vanished meanwhile", async () => {
  const first = bench();
  first.reachable = false;
  const killed = await first.start({ dataDir: dir });
  first.sample({ hmsCodes: [FAN] });
  await settle(() => first.attempts >= 1);
  // killed: not closed before the next one runs. The code vanishes while nobody watches.
  const second = bench();
  const edge = await second.start({ dataDir: dir, boot: "b2" });
  await settle(() => second.reports.length === 1);
  second.sample({ hmsCodes: [] });
  await settle(() => second.reports.length === 2);
  expect(short(second.reports)).toEqual([`b1/codes/0 ${FAN} fail`, `b2/codes/0 ${FAN} pass`]);
  await edge.close();

  const third = bench();
  const last = await third.start({ dataDir: dir, boot: "b3" });
  third.sample({ hmsCodes: [] });
  third.clock.advanceTo(at(1_003_000));
  await pause();
  expect(third.reports).toEqual([]);
  await last.close();
  await killed.close();
});

test("a full spool is told when central is back, and taken back when it is empty", async () => {
  const b = bench();
  b.reachable = false;
  const edge = await b.start({ dataDir: dir, spoolLimits: { maxReports: 8, maxBytes: 1_000_000 } });
  for (let i = 0; i < 24; i++) b.sample({ hmsCodes: i % 2 === 0 ? [FAN] : [] });
  await settle(() => b.attempts >= 1);
  b.reachable = true;
  b.link(true);
  await settle(() => b.reports.some((one) => one.code === "F000-0500-0003-0001" && one.status === "pass"));
  const own = b.reports.filter((one) => one.detector === "codes");
  expect(own.at(-1)?.status).toBe("pass");
  expect(own.length).toBeLessThan(24);
  const trouble = b.reports.find((one) => one.code === "F000-0500-0003-0001");
  expect(trouble?.status).toBe("fail");
  expect(Number(trouble?.evidence?.["dropped"])).toBeGreaterThan(0);
  await edge.close();
});

test("what an adapter remembers survives a restart", async () => {
  const first = bench();
  const edge = await first.start({ dataDir: dir });
  first.adapter().deps.memory.set("pin", "AB:CD");
  await edge.close();
  const second = bench();
  const again = await second.start({ dataDir: dir, boot: "b2" });
  expect(second.adapter().deps.memory.get("pin")).toBe("AB:CD");
  expect(second.adapter().deps.memory.get("constructor")).toBeUndefined();
  await again.close();
});

test("an adapter that throws at its start is a printer without connection", async () => {
  const b = bench();
  const broken = defineAdapter({
    kind: "broken",
    config: Type.Object({}),
    connect: () => {
      throw new Error("no such device");
    },
  });
  const edge = await b.start({ printers: [{ id: P1, name: "One", adapter: broken, config: {} }] });
  expect(b.news[0]?.snapshot).toMatchObject({ connected: false, linkReason: expect.stringContaining("no such device") });
  await edge.close();
});

test("a change that was held back when the edge ended is told by the next one", async () => {
  const first = bench();
  const edge = await first.start({ dataDir: dir });
  for (let i = 0; i < 11; i++) first.sample({ hmsCodes: i % 2 === 0 ? [FAN] : [] });
  await settle(() => first.reports.length === 10);
  expect(first.reports.at(-1)?.status).toBe("pass");
  await edge.close();
  const second = bench();
  const again = await second.start({ dataDir: dir, boot: "b2" });
  second.sample({ hmsCodes: [FAN] });
  await settle(() => second.reports.length === 1);
  expect(short(second.reports)).toEqual([`b2/codes/0 ${FAN} fail`]);
  await again.close();
});

test("a printer that makes up ever new codes is slowed, told of once, and what it shows last is told in the end", async () => {
  const b = bench();
  const edge = await b.start();
  const codeOf = (n: number) => `0300-0100-0003-${n.toString(16).toUpperCase().padStart(4, "0")}` as HmsCode;
  let shown: readonly HmsCode[] = [];
  for (let n = 0; n < 500; n++) {
    shown = Array.from({ length: 10 }, (_, i) => codeOf(n * 10 + i));
    b.sample({ hmsCodes: shown });
    b.clock.advanceTo(at(1_001_000 + n * 1_000));
  }
  await settle(() => b.attempts > 0);
  // 300 at once and 5 a second, of 9,990 changes
  expect(b.reports.length).toBeLessThanOrEqual(300 + 5 * 501);
  b.clock.advanceTo(at(1_000_000 + 3 * 3_600_000));
  const standing = (): readonly string[] => {
    const last = new Map(b.reports.filter((one) => one.detector === "codes").map((one) => [one.code, one.status]));
    return [...last].filter(([, status]) => status === "fail").map(([code]) => code);
  };
  await settle(() => standing().length === 10 && shown.every((code) => standing().includes(code)));
  expect(b.reports.filter((one) => one.code === "F000-0300-0003-0001").map((one) => one.status)).toEqual(["fail", "pass"]);
  expect(b.reports.find((one) => one.code === "F000-0300-0003-0001")?.evidence).toEqual({
    faulty: { edge: expect.stringContaining("more than 2000 different codes") },
  });
  await edge.close();
});

test("the time while the edge was down is no time without a connection", async () => {
  const detectors = [link] as readonly Detector<unknown>[];
  const first = bench();
  const edge = await first.start({ dataDir: dir, detectors });
  first.adapter().events.link({ connected: true });
  first.adapter().events.link({ connected: false, cause: "unreachable", reason: "no answer" });
  await settle(() => first.reports.length === 1);
  await edge.close();

  const second = bench();
  second.clock.advanceTo(at(9_000_000));
  const again = await second.start({ dataDir: dir, boot: "b2", detectors });
  second.adapter().events.link({ connected: false, cause: "unreachable", reason: "no answer" });
  second.clock.advanceTo(at(9_055_000));
  await pause();
  expect(second.reports).toEqual([]);
  second.clock.advanceTo(at(9_061_000));
  await settle(() => second.reports.length === 1);
  expect(second.reports[0]).toMatchObject({ code: LINK, status: "fail", value: 60 });
  await again.close();
});

test("a saved state that its detector cannot read is started anew", async () => {
  const picky: Detector<unknown> = {
    ...(codes as Detector<unknown>),
    restore: () => {
      throw new Error("an older shape");
    },
  };
  const first = bench();
  const edge = await first.start({ dataDir: dir, detectors: [picky] });
  first.sample({ hmsCodes: [FAN] });
  await settle(() => first.reports.length === 1);
  await edge.close();
  const second = bench();
  const again = await second.start({ dataDir: dir, boot: "b2", detectors: [picky] });
  second.sample({ hmsCodes: [FAN] });
  await settle(() => second.reports.length === 1);
  expect(short(second.reports)).toEqual([`b2/codes/0 ${FAN} fail`]);
  await again.close();
});
