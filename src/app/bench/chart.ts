/** Two small charts as SVG text: bars with a mark to compare with, and lines through points. Readable in a light and a dark page. */

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** A second value, drawn as a tick: what it is compared with. */
  readonly mark?: number | undefined;
  readonly note?: string;
}

export interface Line {
  readonly label: string;
  readonly points: readonly { readonly x: number; readonly y: number; readonly isMarked: boolean }[];
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const text = (value: string): string => value.replaceAll(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign);
const px = (value: number): string => String(Math.round(value * 10) / 10);

const STYLE =
  "text{font:12px system-ui,sans-serif;fill:#444}.quiet{fill:#777;font-size:11px}.bar{fill:#3b7dd8}.mark{stroke:#d9480f;stroke-width:2}" +
  ".grid{stroke:#bbb;stroke-width:.5}.line{fill:none;stroke-width:1.6}@media(prefers-color-scheme:dark){text{fill:#ccc}.quiet{fill:#999}.grid{stroke:#555}}";

function svg(width: number, height: number, title: string, body: string): string {
  const box = `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${box} role="img" aria-label="${text(title)}"><title>${text(title)}</title><style>${STYLE}</style>${body}</svg>\n`;
}

const LABEL_PX = 210;
const BARS_PX = 420;
const ROW_PX = 20;
const TOP_PX = 34;

/** Horizontal bars on a logarithmic axis from `from` on: delays span from a second to days. */
export function barChart(title: string, unit: string, bars: readonly Bar[], from: number): string {
  const values = bars.flatMap(({ value, mark }) => [value, mark ?? value]);
  const decades = Math.max(1, Math.ceil(Math.log10(Math.max(from * 10, ...values) / from)));
  const x = (value: number): number => LABEL_PX + (BARS_PX * Math.max(0, Math.log10(Math.max(value, from) / from))) / decades;
  const height = TOP_PX + bars.length * ROW_PX + 10;
  const grid = Array.from({ length: decades + 1 }, (_, index) => {
    const value = from * 10 ** index;
    return `<line class="grid" x1="${px(x(value))}" x2="${px(x(value))}" y1="${TOP_PX - 6}" y2="${height - 6}"/><text class="quiet" x="${px(x(value))}" y="${TOP_PX - 10}" text-anchor="middle">${value} ${text(unit)}</text>`;
  });
  const rows = bars.map(({ label, value, mark, note }, index) => {
    const y = TOP_PX + index * ROW_PX;
    const tick = mark === undefined ? "" : `<line class="mark" x1="${px(x(mark))}" x2="${px(x(mark))}" y1="${y}" y2="${y + 14}"/>`;
    const end = Math.max(x(value), mark === undefined ? 0 : x(mark));
    return `<text x="${LABEL_PX - 8}" y="${y + 11}" text-anchor="end">${text(label)}</text><rect class="bar" x="${LABEL_PX}" y="${y + 2}" width="${px(Math.max(1, x(value) - LABEL_PX))}" height="10"/>${tick}<text class="quiet" x="${px(end + 6)}" y="${y + 11}">${text(note ?? "")}</text>`;
  });
  return svg(LABEL_PX + BARS_PX + 200, height, title, [...grid, ...rows].join(""));
}

const COLOURS = ["#3b7dd8", "#d9480f", "#2b8a3e", "#9c36b5", "#e8a300", "#0b7285", "#c2255c", "#5c940d"];
const SIDE_PX = 300;

/** Lines in a unit square of percentages: `x` and `y` are from 0 to `maxX` and 0 to 100. */
export function lineChart(title: string, axes: { readonly x: string; readonly y: string }, lines: readonly Line[]): string {
  const maxX = Math.max(1, ...lines.flatMap(({ points }) => points.map((point) => point.x)));
  const x = (value: number): number => 48 + (SIDE_PX * value) / maxX;
  const y = (value: number): number => 20 + SIDE_PX * (1 - value / 100);
  const frame = [0, 25, 50, 75, 100].map(
    (share) =>
      `<line class="grid" x1="48" x2="${48 + SIDE_PX}" y1="${px(y(share))}" y2="${px(y(share))}"/><text class="quiet" x="42" y="${px(y(share) + 4)}" text-anchor="end">${share}</text>`,
  );
  const ticks = [0, maxX / 2, maxX].map(
    (value) => `<text class="quiet" x="${px(x(value))}" y="${SIDE_PX + 36}" text-anchor="middle">${Math.round(value * 10) / 10}</text>`,
  );
  const drawn = lines.map(({ label, points }, index) => {
    const colour = COLOURS[index % COLOURS.length] ?? "#444";
    const path = points.map((point) => `${px(x(point.x))},${px(y(point.y))}`).join(" ");
    const dots = points.map(
      (point) => `<circle cx="${px(x(point.x))}" cy="${px(y(point.y))}" r="${point.isMarked ? 5 : 2}" fill="${colour}"/>`,
    );
    const row = 24 + index * 16;
    return `<polyline class="line" stroke="${colour}" points="${path}"/>${dots.join("")}<rect x="${SIDE_PX + 70}" y="${row}" width="10" height="10" fill="${colour}"/><text x="${SIDE_PX + 86}" y="${row + 10}">${text(label)}</text>`;
  });
  const names = `<text x="${48 + SIDE_PX / 2}" y="${SIDE_PX + 54}" text-anchor="middle">${text(axes.x)}</text><text x="14" y="${20 + SIDE_PX / 2}" transform="rotate(-90 14 ${20 + SIDE_PX / 2})" text-anchor="middle">${text(axes.y)}</text>`;
  return svg(SIDE_PX + 290, Math.max(SIDE_PX + 64, 40 + lines.length * 16), title, [...frame, ...ticks, ...drawn, names].join(""));
}
