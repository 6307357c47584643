/** Heaters that bring nothing are told in time; whatever a healthy one does, in any order, is not. */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { Detector } from "./detector.ts";
import { heaterCannotHold, heaterNotHeating, heaterOpen } from "./heating.ts";
import { type Plant, runHeater } from "./testing/heater.fixture.ts";
import { createScene } from "./testing/scene.fixture.ts";

const NOT_HEATING = "0300-0200-0001-0008";
const OPEN = "0300-0200-0001-0002";

const every: readonly Detector<unknown>[] = [heaterNotHeating, heaterCannotHold, heaterOpen];

const byHeater = [
  ["nozzle", { isDutyTold: true, isWhole: false }, 12],
  ["nozzle", { isDutyTold: false, isWhole: true }, 31],
  ["bed", { isDutyTold: true, isWhole: false }, 45],
  ["bed", { isDutyTold: false, isWhole: true }, 115],
] as const;

it.each(byHeater)("a dead %s (%o) is told within %d s of being asked for heat", (name, kind, withinS) => {
  const scene = createScene(heaterNotHeating);
  const heater = runHeater(scene, name, { ...kind, power: 0, targetC: name === "nozzle" ? 210 : 60 });
  heater.run(withinS);
  expect(scene.said).toEqual([`fail ${name === "nozzle" ? "0300-0200" : "0300-0100"}-0001-0008`]);
});

it("full power and a falling temperature need seconds", () => {
  const scene = createScene(heaterNotHeating);
  const heater = runHeater(scene, "nozzle", { tempC: 180, power: 0, targetC: 280 });
  heater.run(7);
  expect(scene.said).toEqual([`fail ${NOT_HEATING}`]);
  expect(scene.findings[0]?.evidence?.["says"]).toMatch(
    /^the nozzle went from 1\d\d °C to 1\d\d °C in \d s at full power, on the way to 280 °C$/,
  );
});

it("a heater that comes back is well, and one that is switched off stays told", () => {
  const scene = createScene(heaterNotHeating);
  const heater = runHeater(scene, "nozzle", { power: 0, targetC: 210 });
  heater.run(20);
  heater.plant.targetC = 0;
  heater.run(20);
  heater.plant.targetC = 210;
  heater.plant.power = 1;
  heater.run(30);
  expect(scene.said).toEqual([`fail ${NOT_HEATING}`, `not_tested ${NOT_HEATING}`, `pass ${NOT_HEATING}`]);
});

it("nothing is tested while the host is down or the readings are old", () => {
  const scene = createScene(heaterNotHeating);
  const heater = runHeater(scene, "nozzle", { power: 0, targetC: 210, extra: { hostState: "shutdown" } });
  heater.run(60);
  scene.tick(500);
  expect(scene.said).toEqual([]);
});

it.each(every)("$id learns nothing from a host that hangs while it heats", (detector) => {
  const scene = createScene(detector);
  for (let second = 0; second < 200; second += 0.5) {
    const told = Math.min(second, 20);
    const readings = { nozzleTempC: 25 + 3 * told, nozzleTargetC: 210, nozzleDutyPct: 100, hostTimeS: told, hostState: "ready" } as const;
    scene.sample(second, { ...readings, bedTempC: 25 + 0.3 * told, bedTargetC: 60, bedDutyPct: 100 });
  }
  expect(scene.said.filter((said) => said.startsWith("fail"))).toEqual([]);
});

it("a host that hangs while a heater holds, or falls, adds nothing to what is missing", () => {
  const scene = createScene(heaterCannotHold);
  const holding = { nozzleTargetC: 210, nozzleDutyPct: 60, hostState: "ready" } as const;
  for (let second = 0; second < 300; second++) {
    const told = Math.min(second, 63);
    scene.sample(second, { ...holding, nozzleTempC: 210 - 3 * Math.max(0, told - 60), hostTimeS: told });
  }
  expect(scene.said).toEqual([`pass ${NOT_HEATING}`]);
});

/** Klipper's own guard with its usual settings: when it stops a printer that heats at full power, far from its target, for too small a gain. */
function createGuard(checkS: number): (second: number, tempC: number) => boolean {
  let goal: { readonly tempC: number; readonly byS: number } | undefined;
  return (second, tempC) => {
    if (goal === undefined || tempC >= goal.tempC) goal = { tempC: tempC + 2, byS: second + checkS };
    return second > goal.byS;
  };
}

it.each<["nozzle" | "bed", number, Partial<Plant>]>([
  ["bed", 60, { power: 0.03, targetC: 60 }],
  ["bed", 60, { power: 0.06, targetC: 60 }],
  ["bed", 60, { power: 0.1, targetC: 100 }],
  ["bed", 60, { power: 0.15, targetC: 110 }],
  ["bed", 60, { power: 0.1, targetC: 110, roomC: 5, tempC: 5 }],
  ["nozzle", 20, { power: 0.03, targetC: 210 }],
  ["nozzle", 20, { power: 0.1, targetC: 210 }],
  ["nozzle", 20, { power: 0.2, targetC: 260 }],
])("a weak %s is told before the host's guard of %d s stops the printer: %o", (name, checkS, start) => {
  const scene = createScene(heaterNotHeating);
  const heater = runHeater(scene, name, start);
  const guard = createGuard(checkS);
  let isStopped = false;
  while (!isStopped && heater.now() < 3_000) {
    heater.run(1);
    isStopped = guard(heater.now(), heater.plant.tempC);
  }
  expect(isStopped).toBe(true);
  expect(scene.said.at(-1)).toBe(`fail ${name === "nozzle" ? "0300-0200" : "0300-0100"}-0001-0008`);
});

it.each<[string, Partial<Plant>]>([
  ["a big one, slow to the end", { power: 0.25, targetC: 110, loss: 0.5 }],
  ["a cold room", { power: 0.6, targetC: 110, roomC: 5, tempC: 5 }],
  ["one that its host only just bears", { power: 0.22, targetC: 110 }],
])("a bed that comes near its target at its own pace is well: %s", (_name, start) => {
  const scene = createScene(heaterNotHeating);
  const heater = runHeater(scene, "bed", start);
  heater.run(3_000);
  expect([start.targetC ?? 0, heater.plant.tempC > (start.targetC ?? 0) - 8]).toEqual([start.targetC, true]);
  expect(scene.said).toEqual(["pass 0300-0100-0001-0008"]);
});

it("what was learned survives a restart, what was under way does not", () => {
  const scene = createScene(heaterNotHeating);
  const heater = runHeater(scene, "nozzle", { targetC: 210 });
  heater.run(20);
  heater.plant.power = 0;
  heater.run(4);
  scene.restart();
  const usual = JSON.stringify(scene.state());
  expect(usual).toContain("usualCS");
  expect(usual).not.toContain("mark");
  heater.run(3);
  expect(scene.said).toEqual([`pass ${NOT_HEATING}`]);
});

it("a heater that loses its power while it holds is told by its sag", () => {
  const scene = createScene(heaterCannotHold);
  const heater = runHeater(scene, "nozzle", { targetC: 210 });
  heater.run(200);
  heater.plant.power = 0;
  heater.run(20);
  expect(scene.said).toEqual([`pass ${NOT_HEATING}`, `fail ${NOT_HEATING}`]);
});

it("an open heater takes no power, cold or warm; a weak one does", () => {
  const said = (start: Partial<Plant>): readonly string[] => {
    const scene = createScene(heaterOpen);
    runHeater(scene, "nozzle", { targetC: 250, ...start }).run(60);
    return scene.said;
  };
  expect(said({ power: 0 })).toEqual([`fail ${OPEN}`]);
  expect(said({ power: 0, tempC: 200 })).toEqual([`fail ${OPEN}`]);
  expect(said({ power: 0.4 })).toEqual([`pass ${OPEN}`]);
});

const act = fc.record({
  seconds: fc.integer({ min: 5, max: 240 }),
  targetC: fc.constantFrom(0, 0, 140, 200, 210, 215, 250, 280),
  fan: fc.constantFrom(0, 0.3, 1),
  loss: fc.constantFrom(1, 1, 1.2),
});

it.each(every)("$id keeps still over a healthy nozzle, whatever it is asked for", (detector) => {
  fc.assert(
    fc.property(fc.array(act, { minLength: 3, maxLength: 12 }), fc.boolean(), (acts, isPlain) => {
      const scene = createScene(detector);
      const heater = runHeater(scene, "nozzle", { isDutyTold: !isPlain, isWhole: isPlain }, 1);
      for (const { seconds, ...change } of acts) {
        Object.assign(heater.plant, change);
        heater.run(seconds);
      }
      expect(scene.said.filter((said) => said.startsWith("fail"))).toEqual([]);
    }),
    { numRuns: 40 },
  );
});
