/** Meshes are judged once each; a plane is compared with earlier ones of the same grid; a probe with its own first series. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bedTilt, meshRange, probeRepeatability } from "./bed-level.ts";
import { createScene } from "./testing/scene.fixture.ts";

const RANGE = "0300-2D00-0002-E111";
const TILT = "0300-2D00-0003-E110";
const PROBE = "0300-2D00-0002-E003";

/** A bed of 5 x 5 points, mm: tilted, bent along its width, with a bump in one point. */
function bed({ tiltX = 0, tiltY = 0, bend = 0, bump = 0, noise = 0, size = 5 }): number[][] {
  return Array.from({ length: size }, (_r, j) =>
    Array.from({ length: size }, (_c, i) => {
      const [x, y] = [i / (size - 1) - 0.5, j / (size - 1) - 0.5];
      return tiltX * x + tiltY * y - bend * 4 * x * x + (i === 2 && j === 2 ? bump : 0) + 0.02 * Math.sin(i * 3 + j * 5 + noise * 7);
    }),
  );
}

describe("range", () => {
  it.each<[string, Parameters<typeof bed>[0], "pass" | "fail"]>([
    ["flat", {}, "pass"],
    ["tilted within reason", { tiltX: 0.3, tiltY: 0.4 }, "pass"],
    ["bent", { bend: 2.1 }, "fail"],
    ["a crumb", { bump: 0.8 }, "fail"],
  ])("%s", (_name, shape, status) => {
    const scene = createScene(meshRange);
    scene.sample(0, { bedMesh: bed(shape) });
    scene.sample(1, {});
    expect(scene.said).toEqual([`${status} ${RANGE}`]);
  });

  it.each<[string, number[][]]>([
    ["no mesh", []],
    ["an empty mesh", [[]]],
    ["one row", [[1, 2, 3]]],
    ["rows of different length", [[1, 2], [3]]],
    [
      "no numbers",
      [
        [1, Number.NaN],
        [0, 9],
      ],
    ],
  ])("%s says nothing", (_name, bedMesh) => {
    const scene = createScene(meshRange);
    scene.sample(0, { bedMesh });
    expect(scene.said).toEqual([]);
  });
});

describe("tilt", () => {
  it.each<[string, Parameters<typeof bed>[0][], string[]]>([
    ["always the same", [{}, { noise: 1 }, { noise: 2 }], [`pass ${TILT}`]],
    ["a bed that was never level", [{ tiltX: 0.5 }, { tiltX: 0.52 }, { tiltX: 0.48 }], [`pass ${TILT}`]],
    ["one odd mesh", [{}, { noise: 1 }, { tiltX: 0.2 }, {}, { tiltX: 0.2 }, {}], [`pass ${TILT}`]],
    ["it moved", [{}, { noise: 1 }, { tiltX: 0.2 }, { tiltX: 0.21 }], [`pass ${TILT}`, `fail ${TILT}`]],
    ["a knock that leaves no doubt", [{}, { tiltX: 0.6 }], [`fail ${TILT}`]],
    ["levelled again", [{}, { noise: 1 }, { tiltY: -0.3 }, { tiltY: -0.31 }, {}], [`pass ${TILT}`, `fail ${TILT}`, `pass ${TILT}`]],
    [
      "it stays there: that is its place now",
      [{}, { noise: 1 }, ...Array.from({ length: 6 }, (_, noise) => ({ tiltX: 0.3, noise }))],
      [`pass ${TILT}`, `fail ${TILT}`, `pass ${TILT}`],
    ],
    ["a mesh of another size covers another area", [{}, { noise: 1 }, { tiltX: 0.4, size: 3 }, { tiltX: 0.4, size: 4 }], [`pass ${TILT}`]],
  ])("%s", (_name, shapes, expected) => {
    const scene = createScene(bedTilt);
    shapes.forEach((shape, i) => {
      scene.sample(i * 3_600, { bedMesh: bed(shape) });
      scene.sample(i * 3_600 + 1, { bedMesh: bed(shape) });
    });
    expect(scene.said).toEqual(expected);
  });

  it("finds the plane that was put in, whatever the grid", () => {
    const mm = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(mm, mm, fc.integer({ min: 2, max: 9 }), (tiltX, tiltY, size) => {
        const plane = bed({ size }).map((row, j) => row.map((_, i) => tiltX * (i / (size - 1) - 0.5) + tiltY * (j / (size - 1) - 0.5)));
        const scene = createScene(bedTilt);
        scene.sample(0, { bedMesh: plane });
        const near = (value: number): number => expect.closeTo(value, 6) as number;
        expect(scene.state()).toMatchObject({ bed: { test: { last: { xMm: near(tiltX), yMm: near(tiltY) } } } });
      }),
    );
  });

  it("does not count one mesh twice over a restart", () => {
    const scene = createScene(bedTilt);
    for (const noise of [0, 1, 2]) scene.sample(noise, { bedMesh: bed({ noise }) });
    scene.sample(3, { bedMesh: bed({ tiltX: 0.2 }) });
    scene.restart();
    scene.sample(4, { bedMesh: bed({ tiltX: 0.2 }) });
    expect(scene.said).toEqual([`pass ${TILT}`]);
  });
});

describe("probe", () => {
  it.each<[string, [rangeMm: number, sigmaMm: number][], string[]]>([
    ["good", Array.from({ length: 9 }, (_, i) => [0.01 + i / 10_000, 0.004]), [`pass ${PROBE}`]],
    ["one series beyond the tolerance", [[0.15, 0.05]], [`fail ${PROBE}`]],
    [
      "good again",
      [
        [0.15, 0.05],
        [0.02, 0.008],
      ],
      [`fail ${PROBE}`, `pass ${PROBE}`],
    ],
    ["one series of some spread", [[0.08, 0.03]], [`pass ${PROBE}`]],
    [
      "two of them",
      [
        [0.08, 0.03],
        [0.07, 0.02],
      ],
      [`pass ${PROBE}`, `fail ${PROBE}`],
    ],
    [
      "within the tolerance, but much worse than it was",
      [
        ...Array.from({ length: 6 }, (): [number, number] => [0.012, 0.004]),
        ...Array.from({ length: 9 }, (): [number, number] => [0.09, 0.03]),
      ],
      [`pass ${PROBE}`, `fail ${PROBE}`],
    ],
  ])("%s", (_name, series, expected) => {
    const scene = createScene(probeRepeatability);
    series.forEach(([rangeMm, sigmaMm], i) => scene.sample(i, { probe: { count: i + 1, rangeMm, sigmaMm } }));
    expect(scene.said).toEqual(expected);
  });
});
