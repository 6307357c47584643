/** Virtual Klipper machines through the Moonraker reader: each fault that somebody is to find changes the reading that tells of it. */
import { describe, expect, test } from "vitest";
import { at, createFakeClock } from "../lib/time.ts";
import type { Readings } from "../model/telemetry.ts";
import { faultsOf } from "../sim/faults/index.ts";
import { planNamed } from "../sim/job/plan.ts";
import { createKlipperWire } from "../sim/klipper-wire.ts";
import { createMachine } from "../sim/machine.ts";
import { KLIPPER_MODELS, MODEL_FACTS, type Model } from "../sim/models.ts";
import { createMoonrakerReader } from "./moonraker/reader.ts";

const START = 1_700_000_000_000;
/** Several short jobs: belts are measured with every third one. */
const LASTS_S = 3_600;

/** What is known of a machine, second by second. */
function* play(model: Model, fault?: string): Generator<Readings> {
  const clock = createFakeClock(at(START));
  const plan = planNamed("Test cube");
  const machine = createMachine({ model, seed: 5, start: "printing", jobs: plan === undefined ? [] : [plan] });
  if (fault !== undefined) machine.setFault(fault);
  const wire = createKlipperWire(machine, clock);
  const reader = createMoonrakerReader({ codeOf: () => undefined });
  let known: Readings = {};
  for (let second = 1; second <= LASTS_S; second++) {
    machine.advance(1);
    clock.advanceTo(at(START + second * 1_000));
    for (const result of [reader.tick(clock.now()), ...wire.frames().map((frame) => reader.accept(frame, clock.now()))]) {
      expect(result.kind).not.toBe("ignored");
      if (result.kind === "sample") known = { ...known, ...result.readings };
    }
    yield known;
  }
}

/** Where each fault shows. */
const SHOWS: readonly (readonly [RegExp, ...(keyof Readings)[]])[] = [
  [/^nozzle-(heater|hot|pid|thermistor)|^sock/, "nozzleTempC", "nozzleDutyPct"],
  [/^bed-(heater|hot|pid|thermistor)/, "bedTempC", "bedDutyPct"],
  [/^chamber-thermistor/, "chamberTempC"],
  [/^hotend-fan-tach/, "heatsinkTempC"],
  [/^hotend-fan/, "hotendFanRpm"],
  [/^part-fan/, "partFanRpm"],
  [/^chamber-fan/, "chamberFanRpm"],
  [/^controller-fan|^board-cooling/, "controllerFanRpm", "boardTempC"],
  [/^fins|^heat-creep/, "heatsinkTempC"],
  [/^belt|^x-belt/, "xBeltHz"],
  [/^y-belt/, "yBeltHz"],
  [/^rods/, "xLoadPct"],
  [/^y-guides/, "yLoadPct"],
  [/^layer-shift/, "homing", "xErrorMm", "yErrorMm"],
  [/driver-hot$/, "driverFlags"],
  [/driver-(too-hot|short|reset)|^host-(dead|late)|^config|^mcu-dead/, "hostState"],
  [/^collision/, "shockSigma"],
  [/endstop|^probe-dead/, "homedAxes"],
  [/^probe-unrepeatable/, "probe"],
  [/^bed-(tilted|bent)/, "bedMesh"],
  [/^nozzle-clog$|^gears|^overfeed|^extruder-skipping/, "filamentSeenMm"],
  [/^nozzle-clogging/, "extruderLoadPct"],
  [/^spool|^encoder/, "filamentMoving"],
  [/^filament-out/, "filamentAtExtruder"],
  [/^filament-width/, "filamentWidthMm"],
  [/^wifi-lost|^link-mute|^host-(frozen|busy)/, "hostTimeS"],
  [/^host-hot/, "hostTempC"],
  [/^macro-faulty/, "jobError"],
  [/^clock/, "sourceTimeMs"],
  [/^can-errors|^cable/, "canErrors"],
  [/^can-off/, "canState"],
  [/^mcu-link/, "mcuBytesRetransmit"],
  [/^supply/, "supplyV"],
  [/^brownouts/, "brownouts"],
  [/under-voltage/, "underVoltage"],
];

describe.each(KLIPPER_MODELS)("a %s", (model) => {
  const healthy = [...play(model)];
  const names = faultsOf(MODEL_FACTS[model]).flatMap(({ name, expects }) => ((expects.klipper?.length ?? 0) > 0 ? [name] : []));

  test.each(names)("shows %s", (fault) => {
    const [, ...where] = SHOWS.find(([pattern]) => pattern.test(fault)) ?? [undefined];
    expect(where.length).toBeGreaterThan(0);
    let second = 0;
    let shown = false;
    for (const known of play(model, fault)) {
      const usual = healthy[second++];
      shown = where.some((name) => JSON.stringify(known[name]) !== JSON.stringify(usual?.[name]));
      if (shown) break;
    }
    expect(shown).toBe(true);
  });
});
