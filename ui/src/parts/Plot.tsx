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

function optionsOf(props: Props, widthPx: number): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = { stroke: color("--quiet"), grid: { stroke: color("--line"), width: 1 }, ticks: { stroke: color("--line") } };
  return {
    width: widthPx,
    height: props.heightPx,
    cursor: { show: props.axes },
    legend: { show: props.axes, live: false },
    axes: props.axes ? [{ ...axis, space: 84, values: (_plot, splits) => splits.map((second) => clockTime(second * 1_000)) }, axis] : [{ show: false }, { show: false }],
    scales: { x: { time: true } },
    padding: props.axes ? [8, 28, 0, 0] : [3, 0, 3, 0],
    series: [
      {},
      ...props.lines.map((line, index) => ({
        label: line.label,
        stroke: color(COLORS[index % COLORS.length] ?? "--accent"),
        width: 1.5,
        dash: [...(DASHES[Math.floor(index / COLORS.length) % DASHES.length] ?? [])],
        points: { show: false },
        spanGaps: false,
      })),
    ],
  };
}

const dataOf = (props: Props): uPlot.AlignedData => [props.atMs.map((ms) => ms / 1_000), ...props.lines.map((line) => [...line.values])];

export function Plot(props: Props) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const scheme = useComputedColorScheme();
  const shape = `${scheme} ${props.heightPx} ${props.axes} ${props.lines.map((line) => line.label).join("|")}`;
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const made = new uPlot(optionsOf(latest.current, Math.max(40, element.clientWidth)), dataOf(latest.current), element);
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: Math.max(40, element.clientWidth), height: latest.current.heightPx }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [shape]);

  useEffect(() => plot.current?.setData(dataOf(latest.current)), [props.atMs, props.lines]);

  return <div ref={host} className="plot" role="img" aria-label={props.label} style={{ minHeight: props.heightPx }} />;
}
