import { describe, expect, test } from "vitest";
import type { Damage } from "./damage.ts";
import { AT_REST, type Orders } from "./orders.ts";
import { bench, HEATED, meanOf, OPEN, PRINTING, sigmaOf } from "./world.fixture.ts";
import type { World } from "./world.ts";

/** Ten minutes of printing with this damage. */
function printed(damage: Partial<Damage>): World {
  return bench({ at: PRINTING }).run(600, PRINTING, damage);
}

describe("network and clock", () => {
  test("the signal wanders around its place, a weak one loses messages", () => {
    const { world, run } = bench();
    const signal: number[] = [];
    run(7_200, AT_REST, {}, ({ network }) => signal.push(network.rssiDbm));
    expect(Math.abs(meanOf(signal) - world.traits.rssiDbm)).toBeLessThan(1);
    expect(sigmaOf(signal)).toBeGreaterThan(1);
    expect(sigmaOf(signal)).toBeLessThan(3);
    expect(world.network.lossPct).toBe(0);
    const weak = printed({ rssiLossDb: 35 }).network;
    expect(weak.rssiDbm).toBeLessThan(-76);
    expect(weak.lossPct).toBeGreaterThan(0);
  });

  test("damage to the link", () => {
    const { network } = printed({ lossPct: 30, latencyMs: 800, isOffline: true });
    expect(network.lossPct).toBeGreaterThanOrEqual(30);
    expect(network.latencyMs).toBeGreaterThan(600);
    expect(network.isUp).toBe(false);
  });

  test("a sound clock stays within a second for weeks, a wrong one jumps or drifts", () => {
    const { world, run } = bench({ stepS: 2 });
    world.elapsedS += 30 * 86_400;
    run(600, AT_REST);
    const before = world.clockOffsetMs;
    expect(Math.abs(before)).toBeLessThan(300);
    run(2, AT_REST, { clockOffsetMs: -90_000 });
    expect(world.clockOffsetMs - before).toBeCloseTo(-90_000, -1);
    run(3_600, AT_REST, { clockDriftMsPerH: 5_000 });
    expect(Math.abs(world.clockOffsetMs - before - 5_000)).toBeLessThan(60);
  });
});

describe("buses and boards", () => {
  test.each<{ rate: number; state: World["can"]["state"] }>([
    { rate: 0, state: "active" },
    { rate: 2, state: "active" },
    { rate: 40, state: "warn" },
    { rate: 200, state: "passive" },
  ])("a bus with $rate errors a second counts them and is $state", ({ rate, state }) => {
    const { can } = printed({ canErrorRate: rate });
    expect(can.state).toBe(state);
    expect(Math.abs(can.errors / 600 - rate)).toBeLessThan(0.1 * rate + 0.001);
  });

  test("a bus that is off says so; a machine without one knows nothing of it", () => {
    expect(printed({ isCanOff: true }).can.state).toBe("off");
    expect(bench({ facts: OPEN }).run(60, PRINTING, { canErrorRate: 200, isCanOff: true }).can).toEqual({
      errors: 0,
      retries: 0,
      state: "active",
    });
  });

  test("a sound link sends a little again and nothing broken, a bad one more of both", () => {
    const sound = bench({ at: PRINTING }).world.mcu;
    const start = { ...sound };
    const { mcu } = printed({});
    expect((mcu.bytesRetransmit - start.bytesRetransmit) / (mcu.bytesSent - start.bytesSent)).toBeLessThan(1e-4);
    expect(mcu.bytesInvalid).toBe(0);
    const bad = printed({ mcuRetransmit: 0.01, mcuInvalid: 0.002 }).mcu;
    expect((bad.bytesRetransmit - start.bytesRetransmit) / (bad.bytesSent - start.bytesSent)).toBeCloseTo(0.01, 2);
    expect(bad.bytesInvalid / (bad.bytesSent - start.bytesSent)).toBeCloseTo(0.002, 3);
  });

  test.each<{ name: string; damage: Partial<Damage>; host: boolean; mcu: boolean }>([
    { name: "sound", damage: {}, host: true, mcu: true },
    { name: "a frozen host", damage: { isHostFrozen: true }, host: false, mcu: false },
    { name: "a dead host", damage: { isHostDead: true }, host: false, mcu: false },
    { name: "a dead board", damage: { isMcuDead: true }, host: true, mcu: false },
  ])("clocks that run: $name", ({ damage, host, mcu }) => {
    const { world, run } = bench({ at: PRINTING });
    const before = { host: world.host.timeS, mcu: world.mcu.timeS };
    run(20, PRINTING, damage);
    expect(world.host.timeS - before.host).toBeCloseTo(host ? 20 : 0, 6);
    expect(world.mcu.timeS - before.mcu).toBeCloseTo(mcu ? 20 : 0, 6);
    expect(world.mcu.isAlive).toBe(damage.isMcuDead !== true);
  });

  test("flags of drivers are passed on, and go again", () => {
    const { world, run } = bench();
    run(1, AT_REST, { xDriver: { isHot: true, isTooHot: false, isShorted: false, hasReset: true } });
    expect(world.drivers.x).toEqual({ isHot: true, isTooHot: false, isShorted: false, hasReset: true });
    expect(world.drivers.y.isHot).toBe(false);
    run(1, AT_REST);
    expect(world.drivers.x.isHot).toBe(false);
  });

  test.each<{ name: string; damage: Partial<Damage>; of: (world: World) => number; by: number }>([
    {
      name: "a controller fan that stands",
      damage: { controllerFan: { isStalled: true, friction: 1, stutter: 0 } },
      of: ({ boardC }) => boardC,
      by: 10,
    },
    { name: "dust over the board", damage: { boardCoolingBlocked: 0.9 }, of: ({ boardC }) => boardC, by: 9 },
    { name: "a busy host", damage: { hostLoad: 1 }, of: ({ hostC }) => hostC, by: 12 },
    { name: "a host without its fan", damage: { hostHeatC: 40 }, of: ({ hostC }) => hostC, by: 25 },
  ])("what warms up: $name", ({ damage, of, by }) => {
    expect(of(printed(damage)) - of(printed({}))).toBeGreaterThan(by);
  });
});

describe("power", () => {
  test("the supply sags a little under load and by what is wrong with it", () => {
    const rest = bench().run(60, AT_REST).power.supplyV;
    const loaded = bench().run(60, HEATED).power.supplyV;
    expect(Math.abs(rest - 24)).toBeLessThan(0.6);
    expect(rest - loaded).toBeGreaterThan(0.05);
    expect(rest - loaded).toBeLessThan(0.5);
    expect(printed({}).power.supplyV - printed({ supplyDropV: 2 }).power.supplyV).toBeCloseTo(2, 0);
  });

  test("brown-outs are counted once each", () => {
    const { world, run } = bench();
    run(5, AT_REST, { brownouts: 2 });
    run(5, AT_REST, {});
    run(5, AT_REST, { brownouts: 1, isUnderVoltage: true });
    expect(world.power.brownouts).toBe(3);
    expect(world.power.isUnderVoltage).toBe(true);
  });
});

describe("filament units", () => {
  const LOADING: Orders = { ...AT_REST, motion: "loading", loadingUnit: 0 };

  test("a tight one stays dry, a leaking one takes the room's damp", () => {
    const hours = 8 * 3600;
    const tight = bench({ stepS: 2 }).run(hours, AT_REST).units[0];
    const leaking = bench({ stepS: 2 }).run(hours, AT_REST, { unitLeak: 1 }).units[0];
    expect(tight?.humidityPct).toBeLessThan(25);
    expect(leaking?.humidityPct).toBeGreaterThan(45);
  });

  test.each<{ name: string; damage: Partial<Damage>; minS: number; maxS: number; minRetries: number }>([
    { name: "sound", damage: {}, minS: 11, maxS: 21, minRetries: 0 },
    { name: "a weak motor", damage: { unitMotorWeak: 1 }, minS: 30, maxS: 75, minRetries: 0 },
    { name: "a tangle", damage: { isUnitTangled: true }, minS: 38, maxS: 50, minRetries: 3 },
  ])("a load: $name", ({ damage, minS, maxS, minRetries }) => {
    const { world, run } = bench();
    const lasted: number[] = [];
    for (let load = 1; load <= 20; load++) {
      run(90, LOADING, damage);
      run(2, AT_REST, damage);
      expect(world.units[0]?.loads).toBe(load);
      expect(world.units[0]?.loadRetries).toBeGreaterThanOrEqual(minRetries);
      lasted.push(world.units[0]?.loadS ?? 0);
    }
    expect(meanOf(lasted)).toBeGreaterThan(minS);
    expect(meanOf(lasted)).toBeLessThan(maxS);
    expect(world.units[1]?.loads).toBe(0);
  });

  test("a load that is broken off counts with the time it took", () => {
    const { world, run } = bench();
    run(6, LOADING);
    run(2, AT_REST);
    expect(world.units[0]?.loads).toBe(1);
    expect(world.units[0]?.loadS).toBe(6);
  });

  test("tags that cannot be read", () => {
    expect(bench().run(1, AT_REST, { isUnitTagDead: true }).units[0]?.slots[0]?.isTagRead).toBe(false);
    expect(bench().run(1, AT_REST).units[0]?.slots[0]?.isTagRead).toBe(true);
  });
});
