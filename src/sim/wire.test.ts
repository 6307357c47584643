/** The messages of each model, read by the parser that reads real printers, and the habits that tell models apart. */
import { describe, expect, test } from "vitest";
import { createBambuWire } from "../printers/bambu/wire.ts";
import { createMachine } from "./machine.ts";
import { BAMBU_MODELS, type BambuModel } from "./models.ts";
import { createWire } from "./wire.ts";

const bytes = (message: unknown): Uint8Array => Buffer.from(JSON.stringify(message));

function pair(model: BambuModel, seed = 2) {
  const machine = createMachine({ model, seed, start: "printing" });
  const { facts } = machine;
  if (facts.firmware !== "bambu") throw new Error("not a Bambu printer");
  return { machine, facts, wire: createWire(machine), parser: createBambuWire() };
}

describe.each(BAMBU_MODELS)("%s", (model) => {
  test("says what the machine is", () => {
    const { machine, wire, parser } = pair(model);
    machine.setFault("ams-runout");
    machine.advance(10);
    const version = parser.accept(bytes(wire.version("1")));
    expect(version).toMatchObject({ kind: "version", readings: { serial: machine.serial, model } });
    const full = parser.accept(bytes(wire.full()));
    expect(full).toMatchObject({
      kind: "sample",
      complete: true,
      readings: {
        state: "paused",
        jobName: machine.job.plan.name,
        layer: machine.job.layer,
        totalLayers: machine.job.plan.layers,
        hmsCodes: ["0700-2100-0002-0001"],
        deviceCodes: ["0700-8011"],
        nozzleTargetC: machine.job.plan.nozzleC,
        bedTargetC: machine.job.plan.bedC,
        hotendFanPct: 100,
        filamentAtExtruder: true,
      },
    });
    if (full.kind !== "sample") return;
    expect(Math.abs((full.readings.nozzleTempC ?? 0) - (machine.world.nozzles[0]?.readC ?? 0))).toBeLessThanOrEqual(0.51);
    expect(full.readings.chamberTempC === undefined).toBe(!machine.facts.hasChamberSensor);
    expect(full.readings.leftNozzleTempC === undefined).toBe(machine.facts.body.nozzles === 1);
    expect(full.readings.filamentUnits?.[0]?.slots.length).toBe(4);
    if (machine.facts.hasChamberSensor) expect(full.readings.doorOpen).toBe(false);
  });

  test("full and what follows give the same as a full now", () => {
    const { machine, wire, parser } = pair(model);
    parser.accept(bytes(wire.version("1")));
    let known: object = {};
    const hear = (message: unknown): void => {
      const result = parser.accept(bytes(message));
      if (result.kind === "sample") known = { ...known, ...result.readings };
    };
    hear(wire.full());
    const faults = ["front-cover-off", "ams-runout", "rods-dry"];
    for (let second = 0; second < 400; second++) {
      if (second % 60 === 5) machine.setFault(faults[((second / 60) % 3) | 0] ?? "rfid");
      if (second % 60 === 40) for (const name of machine.standing()) machine.clearFault(name);
      if (second % 60 === 45) machine.resume();
      machine.advance(1);
      const message = wire.push();
      if (message !== undefined) hear(message);
    }
    const fresh = createBambuWire();
    fresh.accept(bytes(wire.version("1")));
    const whole = fresh.accept(bytes(wire.full()));
    expect(whole.kind === "sample" ? whole.readings : undefined).toEqual(known);
  });

  test("sends the whole or only what changed, as the model does", () => {
    const { machine, wire, facts } = pair(model);
    const full = JSON.stringify(wire.full());
    machine.advance(1);
    const next = wire.push() as { readonly print: Readonly<Record<string, unknown>> };
    expect(next.print["msg"]).toBe(facts.pushes === "full" ? 0 : 1);
    if (facts.pushes === "delta") {
      expect(JSON.stringify(next).length).toBeLessThan(full.length / 2);
      expect(next.print).not.toHaveProperty("hms");
    }
  });
});

test("an H2D says the nozzle twice, and both are equal", () => {
  const { machine, wire } = pair("H2D");
  machine.advance(30);
  const { print } = JSON.parse(JSON.stringify(wire.full())) as {
    print: { nozzle_temper: number; device: { extruder: { info: { temp: number }[] } }; layer_num: number; "3D": { layer_num: number } };
  };
  expect(print.device.extruder.info.length).toBe(2);
  expect((print.device.extruder.info[0]?.temp ?? 0) & 0xffff).toBe(print.nozzle_temper);
  expect(print["3D"].layer_num).toBe(print.layer_num);
});

test("a P1 without a chamber sensor says 5", () => {
  const { wire } = pair("P1S");
  expect(wire.full()).toMatchObject({ print: { chamber_temper: 5, cooling_fan_speed: expect.any(String) } });
});

test.each(["X1C", "H2D"] as const)("an open door shows on a %s", (model) => {
  const { machine, wire, parser } = pair(model);
  parser.accept(bytes(wire.version("1")));
  machine.setFault("door-open");
  machine.advance(1);
  expect(parser.accept(bytes(wire.full()))).toMatchObject({ readings: { doorOpen: true } });
});

test("a Klipper machine does not speak so", () => {
  expect(() => createWire(createMachine({ model: "VORON", seed: 1, start: "cold" }))).toThrow(/VORON/);
});
