/** Plans from G-code of both slicers, and from any other text. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { planFromGcode } from "./gcode.ts";

const PRUSA = `
M83 ; relative
M190 S60
M109 S215
G1 Z0.2 F600
;LAYER_CHANGE
;Z:0.2
;TYPE:Perimeter
M107
G1 X0 Y0 F6000
G1 X100 Y0 E4 F1200
;LAYER_CHANGE
M106 S127.5
M104 S210
G1 X0 Y0 E4 F3000
M600
;LAYER_CHANGE
M106 S255
G1 X100 E4
M104 S0
M140 S0`;

test("a layer's time, speeds, heat and fan come from its own lines", () => {
  const plan = planFromGcode("bracket", PRUSA);
  if (plan === undefined) throw new Error("no plan");
  expect(plan).toMatchObject({ name: "bracket", layers: 3, nozzleC: 215, bedC: 60 });
  const [first, second, third] = [plan.layer(1), plan.layer(2), plan.layer(3)];
  expect(first.seconds).toBeCloseTo((100 / 20) * 1.25);
  expect(first.speedMmS).toBeCloseTo(16);
  expect(first.extrudeMmS * first.seconds).toBeCloseTo(4);
  expect(first.partFanPct).toBe(0);
  expect(second).toMatchObject({ nozzleC: 210, bedC: 60, partFanPct: 50 });
  // the heat that the end of the file turns off still stands for its last layer
  expect(third).toMatchObject({ nozzleC: 210, bedC: 60, partFanPct: 100 });
  expect(plan.interludes).toEqual([{ kind: "filament-change", layer: 2 }]);
});

test("absolute extrusion, and Orca's way to name a layer", () => {
  const plan = planFromGcode("a", "M82\nG92 E0\n; CHANGE_LAYER\nG1 X60 E3 F1200\nG1 X0 E6\n; CHANGE_LAYER\nG92 E0\nG1 X60 E1");
  const fed = [1, 2].map((number) => plan?.layer(number)).map((layer) => (layer?.extrudeMmS ?? 0) * (layer?.seconds ?? 0));
  expect(fed[0]).toBeCloseTo(6);
  expect(fed[1]).toBeCloseTo(1);
});

test.each(["", "no code", "G1 X10 Y10 F600", ";LAYER:0"])("%j has no layers", (text) => expect(planFromGcode("x", text)).toBeUndefined());

test("whatever text comes, every layer is finite", () => {
  const line = fc.oneof(fc.constantFrom(";LAYER_CHANGE", "G1 X1e400", "G1 F0", "M104 S-9", "G4 P99", "G1 E-5", "M106 S"), fc.string());
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
      const plan = planFromGcode("any", lines.join("\n"));
      for (let number = 1; number <= (plan?.layers ?? 0); number++) {
        const { seconds, speedMmS, extrudeMmS } = plan?.layer(number) ?? { seconds: 0, speedMmS: 0, extrudeMmS: 0 };
        expect([seconds, speedMmS, extrudeMmS].every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
      }
    }),
  );
});
