/** Whatever a printer says, no detector throws, and a state that went through a file goes on as if it had not. */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { at } from "../lib/time.ts";
import { emptySnapshot, type PrinterId, type Readings, type Snapshot } from "../model/telemetry.ts";
import { detectors } from "./index.ts";

const number = fc.oneof(fc.integer({ min: -300, max: 300 }), fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constant(0));
const readings: fc.Arbitrary<Readings> = fc.record(
  {
    state: fc.constantFrom("idle", "printing", "paused", "finished", "failed"),
    layer: number,
    xMm: number,
    yMm: number,
    xErrorMm: number,
    shockSigma: number,
    xLoadPct: number,
    xBeltHz: number,
    yBeltHz: number,
    homing: fc.record({ axis: fc.constantFrom("x", "y", "z"), count: number, offMm: number, sigmaMm: number }),
    probe: fc.record({ count: number, rangeMm: number, sigmaMm: number }),
    bedMesh: fc.array(fc.array(number, { maxLength: 4 }), { maxLength: 4 }),
    driverFlags: fc.array(fc.constantFrom("x ot", "y s2ga", "e otpw", "", "z"), { maxLength: 3 }),
    wifiDbm: number,
    sourceTimeMs: number,
    hostState: fc.constantFrom("ready", "startup", "shutdown"),
    hostTimeS: number,
    hostTempC: number,
    jobError: fc.string(),
    mcuBytesSent: number,
    mcuBytesRetransmit: number,
    mcuBytesInvalid: number,
    canErrors: number,
    canState: fc.constantFrom("active", "passive", "off"),
    supplyV: number,
    underVoltage: fc.boolean(),
    brownouts: number,
    nozzleTempC: number,
    nozzleTargetC: number,
    nozzleDutyPct: number,
    partFanPct: number,
    partFanRpm: number,
    extrudedMm: number,
    filamentSeenMm: number,
  },
  { requiredKeys: [] },
);
const sights = fc.array(fc.tuple(fc.integer({ min: -5, max: 400 }), fc.boolean(), readings), { minLength: 1, maxLength: 30 });

it.each(detectors.map((detector) => [detector.id, detector] as const))("%s", (_id, detector) => {
  const params = Object.fromEntries(Object.entries(detector.params).map(([name, param]) => [name, param.default]));
  const copy = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  fc.assert(
    fc.property(sights, (seen) => {
      let [state, filed] = [detector.initial, detector.initial];
      let second = 1_000;
      let snapshot: Snapshot = emptySnapshot("p1" as PrinterId);
      for (const [gapS, connected, news] of seen) {
        second = Math.max(0, second + gapS);
        const now = at(second * 1_000);
        snapshot = { ...snapshot, ...news, connected, at: now };
        const step = detector.step(state, snapshot, params, now);
        const other = detector.step(filed, snapshot, params, now);
        expect(copy(other.findings)).toEqual(copy(step.findings));
        for (const { code } of step.findings) expect(detector.codes.length === 0 || detector.codes.includes(code)).toBe(true);
        state = step.state;
        filed = copy(other.state);
      }
      detector.restore?.(filed);
    }),
    { numRuns: 40 },
  );
});
