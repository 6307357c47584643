/** Charts are well-formed, name what they show, and let no text out of its place. */
import { expect, it } from "vitest";
import { barChart, lineChart } from "./chart.ts";

it("draws every bar with its label, note and mark", () => {
  const svg = barChart(
    "Delays",
    "s",
    [
      { label: "<fan> & co", value: 3, mark: 22, note: "3 s, printer 22 s" },
      { label: "dead", value: 0 },
    ],
    1,
  );
  expect(svg).toContain("&lt;fan&gt; &amp; co");
  expect(svg.match(/class="bar"/g)).toHaveLength(2);
  expect(svg.match(/class="mark"/g)).toHaveLength(1);
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});

it("puts the longest value within the picture", () => {
  const svg = barChart("Delays", "s", [{ label: "weeks", value: 1_209_600 }], 1);
  const [, left, width] = /class="bar" x="(\d+)" y="\d+" width="([\d.]+)"/.exec(svg) ?? [];
  expect(Number(left) + Number(width)).toBeLessThanOrEqual(630);
});

it("draws lines with one dot a point, the default larger", () => {
  const points = [0, 1, 2].map((x) => ({ x, y: 100 - x * 10, isMarked: x === 1 }));
  const svg = lineChart("ROC", { x: "false", y: "found" }, [{ label: "slack", points }]);
  expect(svg.match(/<circle/g)).toHaveLength(3);
  expect(svg.match(/r="5"/g)).toHaveLength(1);
  expect(lineChart("empty", { x: "", y: "" }, [])).not.toMatch(/NaN|Infinity/);
});
