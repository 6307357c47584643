/** The figures of a bench as a page for people: what was aimed at, what was found, missed and falsely said, and the charts beside it. Pure. */
import { barChart, lineChart } from "./chart.ts";
import type { RocPoint } from "./roc.ts";
import { wilson } from "../../lib/wilson.ts";
import type { DetectorScore, FaultScore, Share } from "./score.ts";

export interface FieldPrecision {
  readonly detector: string;
  readonly real: number;
  readonly false: number;
  readonly precision: number | null;
}

export interface Figures {
  readonly seeds: string;
  readonly runs: number;
  readonly simulatedHours: number;
  readonly healthyPrintHours: number;
  readonly falsePer1000h: number;
  readonly fullSize: Share;
  readonly detectors: readonly DetectorScore[];
  readonly faults: readonly FaultScore[];
  readonly missed: readonly string[];
  readonly falseAlerts: readonly string[];
  readonly roc: readonly RocPoint[];
  readonly field: readonly FieldPrecision[] | undefined;
}

export interface Report {
  readonly markdown: string;
  /** File name to SVG; the page refers to them under `charts/`. */
  readonly charts: ReadonlyMap<string, string>;
}

const pct = ({ hits, of }: Share): string => (of === 0 ? "–" : `${((hits * 100) / of).toFixed(1)} %`);

function share(one: Share): string {
  if (one.of === 0) return "–";
  const low = wilson(one.hits, one.of)?.low ?? 0;
  return `${pct(one)} of ${one.of} (≥ ${(low * 100).toFixed(0)} %)`;
}

/** Seconds as people say them. */
export function span(seconds: number | undefined): string {
  if (seconds === undefined) return "–";
  if (seconds < 120) return `${Math.round(seconds * 10) / 10} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 360) / 10} h` : `${Math.round(seconds / 8_640) / 10} days`;
}

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");

function aims(figures: Figures): string {
  return table(
    ["aim", "seen"],
    [
      ["≥ 99 % of faults of full size found", share(figures.fullSize)],
      [
        "≤ 1 false alert in 1,000 print hours, all detectors together",
        `${figures.falsePer1000h.toFixed(2)} (${figures.falseAlerts.length} in ${Math.round(figures.healthyPrintHours).toLocaleString("en")} h)`,
      ],
    ],
  );
}

function detectorTable({ detectors }: Figures): string {
  return table(
    ["detector", "found", "delay p50", "p95", "false /1,000 h", "not tested"],
    detectors.map((one) => [
      `\`${one.detector}\``,
      share(one.found),
      span(one.delay.p50),
      span(one.delay.p95),
      one.falsePer1000h.toFixed(2),
      one.untestedPct === undefined ? "–" : `${one.untestedPct.toFixed(0)} %`,
    ]),
  );
}

function faultTable(faults: readonly FaultScore[]): string {
  return table(
    ["fault", "printer", "found", "delay p50", "p95", "visible from about", "the printer's own word", "p50"],
    faults.map((one) => [
      one.fault,
      one.firmware,
      share(one.found),
      span(one.delay.p50),
      span(one.delay.p95),
      span(one.visibleS),
      one.vendor.hits === 0 ? "none" : pct(one.vendor),
      span(one.vendorDelay.p50),
    ]),
  );
}

function delayChart(faults: readonly FaultScore[], firmware: string): string {
  const bars = faults
    .filter((one) => one.firmware === firmware && one.delay.p50 !== undefined)
    .toSorted((a, b) => (a.delay.p50 ?? 0) - (b.delay.p50 ?? 0))
    .map((one) => {
      const vendor = one.vendorDelay.p50;
      return {
        label: one.fault,
        value: one.delay.p50 ?? 0,
        mark: vendor,
        note: vendor === undefined ? `${span(one.delay.p50)}, printer silent` : `${span(one.delay.p50)}, printer ${span(vendor)}`,
      };
    });
  return barChart(`Median delay from the fault to our alert on ${firmware} printers; the tick is the printer's own word`, "s", bars, 1);
}

function rocCharts(points: readonly RocPoint[]): Map<string, string> {
  const charts = new Map<string, string>();
  for (const detector of new Set(points.map((point) => point.detector))) {
    const mine = points.filter((point) => point.detector === detector);
    const lines = [...new Set(mine.map(({ param }) => param))].map((param) => ({
      label: param,
      points: mine
        .filter((point) => point.param === param)
        .map(({ falsePer1000h, foundPct, isDefault }) => ({ x: falsePer1000h, y: foundPct, isMarked: isDefault })),
    }));
    const moves = mine.some((point) => point.foundPct !== mine[0]?.foundPct || point.falsePer1000h !== mine[0]?.falsePer1000h);
    if (moves)
      charts.set(
        `roc-${detector}.svg`,
        lineChart(`${detector}: other settings`, { x: "false alerts in 1,000 print hours", y: "faults found, %" }, lines),
      );
  }
  return charts;
}

function fieldTable(field: readonly FieldPrecision[] | undefined): string {
  if (field === undefined || field.length === 0) return "No labels were read (`--labels-from URL` reads those of a running central).";
  return table(
    ["detector", "real", "false", "precision"],
    field.map((one) => [
      `\`${one.detector}\``,
      one.real,
      one.false,
      one.precision === null ? "–" : `${(one.precision * 100).toFixed(0)} %`,
    ]),
  );
}

const list = (items: readonly string[], none: string): string => (items.length === 0 ? none : items.map((item) => `- ${item}`).join("\n"));

export function report(figures: Figures): Report {
  const full = figures.faults.filter(({ size }) => size === 1);
  const charts = rocCharts(figures.roc);
  charts.set("delay-klipper.svg", delayChart(full, "klipper"));
  charts.set("delay-bambu.svg", delayChart(full, "bambu"));
  const rocs = [...charts.keys()].filter((name) => name.startsWith("roc-"));
  const smaller = [...new Set(figures.faults.map(({ size }) => size))].filter((size) => size !== 1);
  const markdown = [
    "# Detectors, measured",
    "",
    `Made by \`openhms detectors bench\`; do not edit. Seeds: ${figures.seeds}. ${figures.runs.toLocaleString("en")} runs, ${Math.round(figures.simulatedHours).toLocaleString("en")} simulated hours, ${Math.round(figures.healthyPrintHours).toLocaleString("en")} of them printing without a fault. Virtual printers speak their own protocols and the readers of the product read them. The virtual printer is not the real one: real recordings are tried by the tests, and \`openhms precision\` counts what people say of real alerts.`,
    "",
    aims(figures),
    "",
    "## By detector",
    "",
    "Found: runs of faults of full size in which this detector raised one of its codes that the fault is to raise; in brackets the lower end of the 95 % interval. Many faults may be told by one of several detectors: what one leaves to another counts against it here, and not in the table of faults. Not tested: share of the time of healthy runs in which its conditions were not met.",
    "",
    detectorTable(figures),
    "",
    "## By fault, full size",
    "",
    "Visible from: when, by physics, a fault could show at all, as reckoned for the virtual machine before any detector was tried; where a delay is shorter, the reckoning was too careful. The printer's own word: the share of runs in which it raised a code or shut down by itself, and when.",
    "",
    "![delays on Klipper printers](charts/delay-klipper.svg)",
    "",
    "![delays on Bambu printers](charts/delay-bambu.svg)",
    "",
    faultTable(full),
    "",
    ...smaller.flatMap((size) => [`## Faults of size ${size}`, "", faultTable(figures.faults.filter((one) => one.size === size)), ""]),
    "## Missed",
    "",
    list(figures.missed, "Nothing of full size was missed."),
    "",
    "## Falsely said",
    "",
    list(figures.falseAlerts, "Nothing."),
    "",
    "## Other settings",
    "",
    rocs.length === 0
      ? "Not tried in this run (`--roc`)."
      : "Each parameter turned from a quarter to four times its default, the others kept, on the tuning seeds and faults of half size; the large dot is the default. Detectors whose lines do not move are left out.",
    "",
    ...rocs.toSorted().map((name) => `![${name.slice(4, -4)}](charts/${name})\n`),
    "## From the field",
    "",
    fieldTable(figures.field),
    "",
  ].join("\n");
  return { markdown, charts };
}
