/** The virtual machine: heat that behaves, jobs that run, faults that do what their level says, and the same again for the same seed. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { levelOf } from "../model/code.ts";
import { UNDAMAGED } from "./world/damage.ts";
import { damageOf, type Fault, strengthAt, SUDDEN } from "./faults/fault.ts";
import { FAULTS, faultsOf, parseFaultAt, toldFaultsOf } from "./faults/index.ts";
import { createMachine, type Machine } from "./machine.ts";
import { BAMBU_MODELS, MODELS, MODEL_FACTS } from "./models.ts";
import { createWire } from "./wire.ts";

const machine = (start: "cold" | "printing" = "printing", seed = 1, model: (typeof MODELS)[number] = "X1C"): Machine =>
  createMachine({ model, seed, start });
const everyNumber = (m: Machine): readonly number[] => [
  ...[...m.world.nozzles, m.world.bed, m.world.chamber].flatMap((heater) => [heater.tempC, heater.targetC]),
  ...Object.values(m.world.fans).map(({ duty }) => duty),
];

describe("heat", () => {
  test.each(MODELS)("a cold %s reaches its targets within a quarter of an hour and holds them", (model) => {
    const m = machine("cold", 3, model);
    m.advance(900);
    const [nozzle] = m.world.nozzles;
    for (let s = 0; s < 300; s++) {
      m.advance(1);
      expect(Math.abs((nozzle?.readC ?? 0) - m.job.plan.nozzleC)).toBeLessThan(3);
      expect(Math.abs(m.world.bed.readC - m.job.plan.bedC)).toBeLessThan(2);
    }
    expect(m.job.state).toBe("printing");
    expect(m.world.fans.hotend.duty).toBeGreaterThan(0.95);
  });

  test("stays in bounds whatever breaks, for hours", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...BAMBU_MODELS),
        fc.integer({ min: 0, max: 2 ** 31 }),
        fc.array(fc.tuple(fc.constantFrom(...FAULTS.map((fault) => fault.name)), fc.boolean(), fc.integer({ min: 1, max: 900 })), {
          maxLength: 12,
        }),
        (model, seed, steps) => {
          const m = machine("cold", seed, model);
          for (const [name, on, seconds] of steps) {
            if (on) m.setFault(name);
            else m.clearFault(name);
            m.advance(seconds);
            for (const value of everyNumber(m)) expect(Number.isFinite(value) && value > -25 && value < 900).toBe(true);
            expect(JSON.stringify(createWire(m).full())).not.toContain("null");
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test("a bed whose sensor is open is not heated against it", () => {
    const m = machine();
    m.setFault("bed-thermistor-open");
    m.advance(120);
    expect(m.world.bed.readC).toBeLessThan(0);
    expect(m.world.bed.tempC).toBeLessThan(m.job.plan.bedC);
  });
});

describe("determinism", () => {
  test("the same seed gives the same machine, however time is sliced", () => {
    const [a, b, other] = [machine("cold", 7), machine("cold", 7), machine("cold", 8)];
    a.advance(500);
    for (let i = 0; i < 2_000; i++) b.advance(0.25);
    other.advance(500);
    expect(createWire(a).full()).toEqual(createWire(b).full());
    expect(a.serial).toBe(b.serial);
    expect(other.serial).not.toBe(a.serial);
  });

  test.each(MODELS)("the serial of a %s starts with the model's prefix and has 15 characters", (model) => {
    expect(machine("cold", 5, model).serial).toMatch(new RegExp(`^${MODEL_FACTS[model].serialPrefix}[0-9A-F]{12}$`));
  });
});

describe("jobs", () => {
  test("one follows the other", () => {
    const m = machine("printing", 4);
    const states = new Set<string>();
    for (let i = 0; i < 30_000 && m.job.number < 3; i++) {
      m.advance(1);
      states.add(m.job.state);
    }
    expect(m.job.number).toBe(3);
    expect([...states].sort()).toEqual(["finished", "preparing", "printing"]);
  });

  test("stop shows the printer's own echo for two seconds and starts nothing at once", () => {
    const m = machine();
    expect(m.stop()).toEqual({ ok: true });
    expect(m.printError()).toBe(0x0300_400c);
    m.advance(3);
    expect(m.printError()).toBe(0);
    expect(m.job.state).toBe("failed");
    expect(m.stop()).toMatchObject({ ok: false });
  });
});

describe("faults", () => {
  const isVendors = ({ vendor }: Fault): boolean => vendor !== undefined && vendor.effect !== "offline" && vendor.flaps === undefined;

  test("there are at least sixty, each with a name of its own, over all levels and both channels", () => {
    const told = FAULTS.flatMap(({ vendor }) => [...(vendor?.hms ?? []), ...(vendor?.device === undefined ? [] : [vendor.device])]);
    expect(FAULTS.length).toBeGreaterThanOrEqual(60);
    expect(new Set(told.map(levelOf))).toEqual(new Set([1, 2, 3]));
    expect(new Set(told.map((code) => code.length))).toEqual(new Set([9, 19]));
    expect(new Set(FAULTS.map((fault) => fault.name)).size).toBe(FAULTS.length);
  });

  test.each(FAULTS)("$name turns its own damage alone, some model can have it, and healthy ones expect nothing", (fault) => {
    const damage = damageOf([{ fault, strength: 1, sinceS: 1 }]);
    const named = Object.keys(fault.damage?.(1, 1) ?? {});
    const turned = Object.entries(damage).filter(([knob, value]) => value !== Reflect.get(UNDAMAGED, knob));
    expect(turned.map(([knob]) => knob).sort()).toEqual(named.sort());
    expect(damageOf([{ fault, strength: 0, sinceS: 1 }])).toEqual(UNDAMAGED);
    expect(MODELS.some((model) => faultsOf(MODEL_FACTS[model]).includes(fault))).toBe(true);
    expect(fault.damage !== undefined || fault.deed !== undefined || fault.vendor !== undefined).toBe(true);
    if (fault.mustNotAlert === true) expect({ ...fault.expects, vendor: fault.vendor }).toEqual({});
  });

  test.each([
    [SUDDEN, 0, 1],
    [{ kind: "creeping", overS: 100 }, 50, 0.5],
    [{ kind: "creeping", overS: 100 }, 1_000, 1],
    [{ kind: "intermittent", onS: 4, offS: 6 }, 3, 1],
    [{ kind: "intermittent", onS: 4, offS: 6 }, 5, 0],
    [{ kind: "intermittent", onS: 4, offS: 6 }, 12, 1],
  ] as const)("%o is at %d s as strong as %d", (onset, sinceS, strength) => {
    expect(strengthAt(onset, sinceS, 1)).toBe(strength);
    expect(strengthAt(onset, sinceS, 0.4)).toBeCloseTo(strength * 0.4);
  });

  test("two faults of one part keep what each of them turned", () => {
    const of = (name: string) => ({ fault: FAULTS.find((fault) => fault.name === name) as Fault, strength: 1, sinceS: 1 });
    const { nozzleSensor } = damageOf([of("nozzle-thermistor-noisy"), of("nozzle-thermistor-frozen")]);
    expect(nozzleSensor).toMatchObject({ noiseC: 5, isFrozen: true, open: 0 });
  });

  test.each(["X1C", "VORON"] as const)("a %s can be told of every kind it should", (model) => {
    for (const fault of toldFaultsOf(MODEL_FACTS[model])) expect(fault.mustNotAlert).toBeUndefined();
    expect(toldFaultsOf(MODEL_FACTS[model]).length).toBeGreaterThan(25);
  });

  test.each(FAULTS.filter((fault) => isVendors(fault) && faultsOf(MODEL_FACTS.X1C).includes(fault) && fault.onset === SUDDEN))(
    "$name is noticed in its time, does what it says, and goes when fixed",
    (fault) => {
      const { vendor } = fault;
      if (vendor === undefined) throw new Error("no vendor");
      const m = machine();
      m.advance(5);
      expect(m.setFault(fault.name)).toBe(true);
      if (vendor.noticedWhen === undefined) {
        m.advance(vendor.noticedAfterS - 1);
        expect(m.hms()).toEqual([]);
        m.advance(1);
      } else m.advance(vendor.noticedAfterS);
      expect(m.hms()).toEqual(vendor.hms);
      expect(m.printError() !== 0).toBe(vendor.device !== undefined);
      expect(m.job.state).toBe(vendor.effect === "stop" ? "failed" : vendor.effect === "pause" ? "paused" : "printing");
      if (vendor.effect === "pause") expect(m.resume()).toMatchObject({ ok: false });
      m.advance(600);
      if (vendor.effect === "stop") expect(m.job.state).toBe("failed");
      expect(m.clearFault(fault.name)).toBe(true);
      m.advance(1);
      expect(m.hms()).toEqual([]);
      if (vendor.effect === "pause") {
        expect(m.job.state).toBe("paused");
        expect(m.resume()).toEqual({ ok: true });
        expect(m.printError()).toBe(0);
        expect(["printing", "preparing"]).toContain(m.job.state);
      }
      if (vendor.effect === "stop") {
        m.advance(60);
        expect(m.job.state).toBe("preparing");
      }
    },
  );

  test("firmware overlooks what is small", () => {
    const m = machine();
    m.setFault("belt-loose", { size: 0.3 });
    m.advance(60);
    expect(m.hms()).toEqual([]);
    expect(m.world.axes.x.beltHz).toBeLessThan(m.world.axes.y.beltHz);
  });

  test("a device error goes by being confirmed, and its effect stays", () => {
    const m = machine();
    m.setFault("nozzle-clog");
    m.advance(10);
    expect(m.printError()).toBe(0x0300_8016);
    m.cleanPrintError();
    m.advance(30);
    expect(m.printError()).toBe(0);
    expect(m.resume()).toMatchObject({ ok: false, reason: expect.stringContaining("nozzle-clog") });
  });

  test("the chamber's note flaps", () => {
    const m = machine();
    m.setFault("chamber-hot");
    let changes = 0;
    let last = 0;
    for (let s = 0; s < 120; s++) {
      m.advance(1);
      if (m.hms().length !== last) changes++;
      last = m.hms().length;
    }
    expect(changes).toBeGreaterThan(15);
  });

  test("a model only has what it can have", () => {
    expect(machine("printing", 1, "P1P").setFault("chamber-hot")).toBe(false);
    expect(machine("printing", 1, "P1S").faultNames).not.toContain("first-layer");
    expect(machine().setFault("no-such-fault")).toBe(false);
  });

  test.each([
    ["hotend-fan-stall@30", { name: "hotend-fan-stall", atS: 30, size: 1 }],
    ["hotend-fan-stall@1.5s", { name: "hotend-fan-stall", atS: 1.5, size: 1 }],
    ["rfid", { name: "rfid", atS: 0, size: 1 }],
    ["sock-missing:0.5@10", { name: "sock-missing", atS: 10, size: 0.5 }],
    ["sock-missing:2@10", undefined],
    ["sock-missing:0@10", undefined],
    ["rfid@", undefined],
    ["rfid@x", undefined],
    ["rfid@-1", undefined],
    ["unknown@3", undefined],
  ])("%s", (text, expected) => expect(parseFaultAt(text)).toEqual(expected));
});

describe("what people do", () => {
  test.each([
    ["long-pause", "paused"],
    ["filament-change", "paused"],
    ["user-cancel", "failed"],
    ["cold-start", "failed"],
    ["speed-change", "printing"],
  ])("%s: the job is %s", (name, state) => {
    const m = machine();
    expect(m.setFault(name)).toBe(true);
    expect(m.job.state).toBe(state);
    m.advance(5);
    expect(m.hms()).toEqual([]);
  });

  test("a filament change goes on by itself, a long pause when the person is back", () => {
    const m = machine();
    m.setFault("filament-change");
    m.advance(61);
    expect(m.job.state).toBe("printing");
    m.setFault("long-pause");
    m.advance(3_600);
    expect(m.job.state).toBe("paused");
    m.clearFault("long-pause");
    expect(m.job.state).toBe("printing");
  });

  test("after a cold start the next job begins cold", () => {
    const m = machine();
    m.setFault("cold-start");
    for (let s = 0; s < 20_000 && m.job.state !== "preparing"; s++) m.advance(1);
    expect(m.job.state).toBe("preparing");
    expect(m.world.bed.tempC).toBeLessThan(m.world.ambientC.value + 9);
  });
});
