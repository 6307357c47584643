/** Lost steps from the motors' own counters: by geometry, by what is known of a step, and through restarts. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createEndstopPhases, type EndstopPhases, type Places } from "./endstop-phase.ts";

type Axis = "x" | "y" | "z";

const STEPPER = { rotation_distance: 40, microsteps: 16, full_steps_per_rotation: 200 };
const STEP_MM = 0.0125;
const settings = (kinematics: string, more: object = {}, stepper: object = STEPPER): object => ({
  configfile: { settings: { printer: { kinematics }, stepper_x: stepper, stepper_y: stepper, stepper_z: stepper, ...more } },
});
const homed = (positions: Partial<Record<Axis, unknown>>): object => ({
  endstop_phase: {
    last_home: Object.fromEntries(
      Object.entries(positions).map(([axis, mcu]) => [`stepper_${axis}`, { mcu_position: mcu, phase: 0, phases: 64 }]),
    ),
  },
});
const at = (x: number, y: number, homedAxes = "xyz", before = { x, y }): Places => ({
  before: { ...before, z: 0 },
  now: { x, y, z: 0 },
  homedAxes,
});

function after(...frames: readonly (readonly [object, Places?])[]): ReturnType<EndstopPhases["accept"]> {
  const phases = createEndstopPhases();
  let found: ReturnType<EndstopPhases["accept"]>;
  for (const [frame, places = at(0, 0)] of frames) found = phases.accept(frame as never, places);
  return found;
}

describe("a motor for each axis", () => {
  it("tells how far off the end was, with half a full step of doubt", () => {
    const found = after([settings("cartesian")], [homed({ x: 800 })], [homed({ x: 800 + 240 })]);
    expect(found).toEqual({ axis: "x", offMm: 240 * STEP_MM, sigmaMm: 0.1 });
  });

  it("knows gears", () => {
    const geared = { ...STEPPER, gear_ratio: [[80, 16]] };
    expect(after([settings("cartesian", {}, geared)], [homed({ y: 0 })], [homed({ y: 100 })])?.offMm).toBeCloseTo((100 * STEP_MM) / 5);
  });

  it("says what says most of two axes in one frame", () => {
    expect(after([settings("cartesian")], [homed({ x: 0, y: 0 })], [homed({ x: 1, y: -9 })])).toMatchObject({ axis: "y" });
  });

  it.each<[string, readonly (readonly [object, Places?])[]]>([
    ["the first homing", [[settings("cartesian")], [homed({ x: 800 })]]],
    ["an axis that is told again because another was homed", [[settings("cartesian")], [homed({ x: 800 })], [homed({ x: 800 })]]],
    ["a machine whose settings nobody told", [[homed({ x: 800 })], [homed({ x: 900 })]]],
    ["another geometry", [[settings("delta")], [homed({ x: 800 })], [homed({ x: 900 })]]],
    ["steps of no known length", [[settings("cartesian", {}, { rotation_distance: 40 })], [homed({ x: 800 })], [homed({ x: 900 })]]],
    ["gears that are none", [[settings("cartesian", {}, { ...STEPPER, gear_ratio: "x" })], [homed({ x: 800 })], [homed({ x: 900 })]]],
    ["a Z that levels itself", [[settings("cartesian", { z_tilt: {} })], [homed({ z: 800 })], [homed({ z: 900 })]]],
    ["an axis that was let go between", [[settings("cartesian")], [homed({ x: 800 })], [{}, at(0, 0, "yz")], [homed({ x: 900 })]]],
    ["a counter that is none", [[settings("cartesian")], [homed({ x: 800 })], [homed({ x: "many" })]]],
  ])("says nothing of %s", (_, frames) => expect(after(...frames)).toBeUndefined());

  it("begins anew after a restart", () => {
    const phases = createEndstopPhases();
    phases.accept(settings("cartesian") as never, at(0, 0));
    phases.accept(homed({ x: 800 }) as never, at(0, 0));
    phases.forget();
    expect(phases.accept(homed({ x: 10 }) as never, at(0, 0))).toBeUndefined();
    expect(phases.accept(homed({ x: 12 }) as never, at(0, 0))).toMatchObject({ axis: "x", offMm: 2 * STEP_MM });
  });
});

/** A CoreXY as it moves and homes: two motors, one toolhead. */
function coreXy(): {
  move(x: number, y: number): void;
  slip(axis: "x" | "y", mm: number): void;
  home(axis: "x" | "y"): readonly [object, Places];
} {
  const place = { x: 0, y: 0 };
  /** What the counters are ahead of the place by, and what was lost since the axis was homed. */
  const base = { x: 7, y: -3 };
  const lost = { x: 0, y: 0 };
  const told: Partial<Record<Axis, number>> = {};
  return {
    move: (x, y) => void Object.assign(place, { x, y }),
    slip: (axis, mm) => void (lost[axis] += mm),
    home: (axis) => {
      const before = { ...place, [axis]: 0 };
      base[axis] += lost[axis];
      lost[axis] = 0;
      place[axis] = 0;
      const [x, y] = [place.x + base.x, place.y + base.y];
      told[axis] = Math.round((axis === "x" ? x + y : x - y) / STEP_MM);
      return [homed({ ...told }), at(place.x, place.y, "xyz", before)];
    },
  };
}

describe("two motors for both axes", () => {
  it("finds what each axis lost, wherever the other one stood", () => {
    const mm = fc.integer({ min: 0, max: 300 });
    const act = fc.record({
      x: mm,
      y: mm,
      xLost: fc.constantFrom(0, 0, 3, -1.6),
      yLost: fc.constantFrom(0, 0, 0.8),
      axes: fc.constantFrom("x", "y", "xy", "yx"),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 12 }), (acts) => {
        const machine = coreXy();
        const phases = createEndstopPhases();
        phases.accept(settings("corexy") as never, at(0, 0));
        const expected = { x: 0, y: 0 };
        const isKnown = { x: false, y: false };
        for (const { x, y, xLost, yLost, axes } of [{ x: 50, y: 60, xLost: 0, yLost: 0, axes: "xy" }, ...acts]) {
          machine.move(x, y);
          machine.slip("x", xLost);
          machine.slip("y", yLost);
          expected.x += xLost;
          expected.y += yLost;
          for (const axis of axes.split("") as ("x" | "y")[]) {
            const found = phases.accept(...(machine.home(axis) as unknown as Parameters<typeof phases.accept>));
            // the same count as before is no news
            if (isKnown[axis] && found !== undefined) {
              expect(found.axis).toBe(axis);
              expect(found.offMm).toBeCloseTo(expected[axis], 1);
            }
            if (isKnown[axis] && found === undefined) return;
            isKnown[axis] = true;
            expected[axis] = 0;
          }
        }
      }),
    );
  });

  it("does not put down to one axis what the other may have lost", () => {
    const alone = [homed({ x: 0 }), at(0, 0, "x")] as const;
    const both = [homed({ x: 0, y: 0 }), at(0, 0, "xy")] as const;
    const lostX = [homed({ x: 240, y: 0 }), at(0, 0)] as const;
    expect(after([settings("corexy")], alone, both, lostX, [homed({ x: 240, y: 240 }), at(0, 0)])).toBeUndefined();
  });

  it("learns nothing of an axis whose count is only told again", () => {
    const alone = [homed({ x: 8_000 }), at(0, 100, "x")] as const;
    const withOther = [homed({ x: 8_000, y: 0 }), at(0, 0, "xy")] as const;
    expect(after([settings("corexy")], alone, withOther, [homed({ x: 16_000, y: 0 }), at(0, 100)])).toBeUndefined();
  });

  it("says nothing where the axis was not on its way to its end before, or the other one is lost", () => {
    const first = [homed({ x: 0 }), at(0, 100)] as const;
    expect(after([settings("corexy")], first, [homed({ x: 80 }), at(0, 101)])).toMatchObject({ axis: "x", offMm: 0 });
    expect(after([settings("corexy")], first, [homed({ x: 80 }), at(0, 100, "xyz", { x: 40, y: 100 })])).toBeUndefined();
    expect(after([settings("corexy")], first, [homed({ x: 80 }), at(0, 100, "xz")])).toBeUndefined();
  });
});
