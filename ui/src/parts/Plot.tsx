/** A time chart drawn by uPlot; loaded only when one is shown. Redrawn on resize and on a change of theme, data goes in without a rebuild. */
import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { clockTime } from "../show/words.ts";

export interface Line {
  readonly label: string;
  readonly values: readonly (number | null)[];
}

interface Props {
  /** ms since 1970. */
  readonly atMs: readonly number[];
  readonly lines: readonly Line[];
  readonly heightPx: number;
  readonly axes: boolean;
  /** What a person who cannot see the chart is told. */
  readonly label: string;
}

const COLORS = ["--accent", "--warning", "--good", "--error", "--quiet", "--info"];
const DASHES = [[], [6, 4], [2, 3], [8, 3, 2, 3]];

const MIN_WIDTH_PX = 40;

function optionsOf(chart: {
  readonly labels: readonly string[];
  readonly heightPx: number;
  readonly widthPx: number;
  readonly axes: boolean;
}): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = { stroke: color("--quiet"), grid: { stroke: color("--line"), width: 1 }, ticks: { stroke: color("--line") } };
  return {
    width: chart.widthPx,
    height: chart.heightPx,
    cursor: { show: chart.axes },
    legend: { show: chart.axes, live: false },
    axes: chart.axes
      ? [{ ...axis, space: 84, values: (_plot, splits) => splits.map((second) => clockTime(second * 1_000)) }, axis]
      : [{ show: false }, { show: false }],
    scales: { x: { time: true } },
    padding: chart.axes ? [8, 28, 0, 0] : [3, 0, 3, 0],
    series: [
      {},
      ...chart.labels.map((label, index) => ({
        label,
        stroke: color(COLORS[index % COLORS.length] ?? "--accent"),
        width: 1.5,
        dash: [...(DASHES[Math.floor(index / COLORS.length) % DASHES.length] ?? [])],
        points: { show: false },
        spanGaps: false,
      })),
    ],
  };
}

function Chart({ atMs, lines, heightPx, axes, label }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const labels = lines.map((line) => line.label).join("\n");

  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const names = labels.split("\n");
    const width = (): number => Math.max(MIN_WIDTH_PX, element.clientWidth);
    const made = new uPlot(optionsOf({ labels: names, heightPx, axes, widthPx: width() }), [[], ...names.map(() => [])], element);
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: width(), height: heightPx }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [labels, heightPx, axes]);

  useEffect(() => {
    plot.current?.setData([atMs.map((ms) => ms / 1_000), ...lines.map((line) => [...line.values])]);
  }, [atMs, lines]);

  return (
    <figure className="plot" style={{ minHeight: heightPx }}>
      <figcaption className="sr">{label}</figcaption>
      <div ref={host} aria-hidden="true" />
    </figure>
  );
}

export function Plot(props: Props) {
  const scheme = useComputedColorScheme();
  // the colours are read when a chart is made: another theme makes another chart
  return <Chart key={scheme} {...props} />;
}
