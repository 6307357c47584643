/** The virtual machine: heat that behaves, jobs that run, faults that do what their level says, and the same again for the same seed. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { levelOf } from "../model/code.ts";
import { FAULTS, parseFaultAt } from "./faults.ts";
import { createMachine, type Machine } from "./machine.ts";
import { MODELS, MODEL_FACTS } from "./models.ts";
import { createWire } from "./wire.ts";

const machine = (start: "cold" | "printing" = "printing", seed = 1, model: (typeof MODELS)[number] = "X1C"): Machine =>
  createMachine({ model, seed, start });
const everyNumber = (m: Machine): readonly number[] => [
  ...[...m.physics.nozzles, m.physics.bed, m.physics.chamber].flatMap((body) => [body.tempC, body.readC, body.targetC]),
  ...Object.values(m.physics.fans),
];

describe("heat", () => {
  test.each(MODELS)("a cold %s reaches its targets within ten minutes and holds them", (model) => {
    const m = machine("cold", 3, model);
    m.advance(600);
    const [nozzle] = m.physics.nozzles;
    for (let s = 0; s < 300; s++) {
      m.advance(1);
      expect(Math.abs((nozzle?.readC ?? 0) - m.job.plan.nozzleC)).toBeLessThan(3);
      expect(Math.abs(m.physics.bed.readC - m.job.plan.bedC)).toBeLessThan(2);
    }
    expect(m.job.state).toBe("printing");
    expect(m.physics.fans.hotendPct).toBeGreaterThan(95);
  });

  test("stays in bounds whatever breaks, for hours", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...MODELS),
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
            for (const value of everyNumber(m)) expect(Number.isFinite(value) && value > -5 && value < 520).toBe(true);
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
    expect(m.physics.bed.readC).toBe(0);
    expect(m.physics.bed.tempC).toBeLessThan(m.job.plan.bedC);
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
  test("there are at least twelve, over all levels and both channels", () => {
    const codes = FAULTS.flatMap((fault) => [...fault.hms, ...(fault.device === undefined ? [] : [fault.device])]);
    expect(FAULTS.length).toBeGreaterThanOrEqual(12);
    expect(new Set(codes.map(levelOf))).toEqual(new Set([1, 2, 3]));
    expect(new Set(codes.map((code) => code.length))).toEqual(new Set([9, 19]));
    expect(new Set(FAULTS.map((fault) => fault.name)).size).toBe(FAULTS.length);
  });

  test.each(FAULTS.filter((fault) => fault.effect !== "offline" && fault.flaps === undefined))(
    "$name is noticed, does what it says, and goes when fixed",
    (fault) => {
      const m = machine();
      m.advance(5);
      expect(m.setFault(fault.name)).toBe(true);
      m.advance(61);
      expect(m.hms()).toEqual(fault.hms);
      expect(m.printError() !== 0).toBe(fault.device !== undefined);
      expect(m.job.state).toBe(fault.effect === "stop" ? "failed" : fault.effect === "pause" ? "paused" : "printing");
      if (fault.effect === "pause") expect(m.resume()).toMatchObject({ ok: false });
      m.advance(600);
      if (fault.effect === "stop") expect(m.job.state).toBe("failed");
      expect(m.clearFault(fault.name)).toBe(true);
      m.advance(1);
      expect(m.hms()).toEqual([]);
      if (fault.effect === "pause") {
        expect(m.job.state).toBe("paused");
        expect(m.resume()).toEqual({ ok: true });
        expect(m.printError()).toBe(0);
        expect(["printing", "preparing"]).toContain(m.job.state);
      }
      if (fault.effect === "stop") {
        m.advance(60);
        expect(m.job.state).toBe("preparing");
      }
    },
  );

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
    ["hotend-fan-stall@30", { name: "hotend-fan-stall", atS: 30 }],
    ["hotend-fan-stall@1.5s", { name: "hotend-fan-stall", atS: 1.5 }],
    ["rfid", { name: "rfid", atS: 0 }],
    ["rfid@", undefined],
    ["rfid@x", undefined],
    ["rfid@-1", undefined],
    ["unknown@3", undefined],
  ])("%s", (text, expected) => expect(parseFaultAt(text)).toEqual(expected));
});
