/** A QR code is right when a reader reads it back: both drawings are turned into pixels and decoded. */
import { decodeQR } from "qr/decode.js";
import { describe, expect, test } from "vitest";
import { qrSvg, qrTerminal } from "./qr.ts";

const SCALE = 6;

function decodeCells(dark: readonly (readonly boolean[])[]): string {
  const height = dark.length * SCALE;
  const width = (dark[0]?.length ?? 0) * SCALE;
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (dark[Math.floor(y / SCALE)]?.[Math.floor(x / SCALE)]) data.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
  return decodeQR({ width, height, data });
}

function svgCells(svg: string): boolean[][] {
  const size = Number(/viewBox="0 0 (\d+) /.exec(svg)?.[1]);
  const cells = Array.from({ length: size }, () => Array.from({ length: size }, () => false));
  const path = /<path d="([^"]+)"/.exec(svg)?.[1] ?? "";
  for (const [, x, y, run] of path.matchAll(/M(\d+) (\d+)h(\d+)v1/g))
    for (let i = 0; i < Number(run); i++) (cells[Number(y)] as boolean[])[Number(x) + i] = true;
  return cells;
}

function terminalCells(text: string): boolean[][] {
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => Array.from(line.slice(line.indexOf("m") + 1, line.lastIndexOf("\u001b"))));
  return lines.flatMap((line) => [line.map((c) => c === " " || c === "▄"), line.map((c) => c === " " || c === "▀")]);
}

const TEXTS = [
  "http://127.0.0.1:4670/codes/0300-0100-0001-0001",
  "https://hms.example.org/farm/codes/0C00-0300-0003-0007?from=qr&lang=de",
  "HTTP://A",
];

describe("qr", () => {
  test.each(TEXTS)("the SVG of %s reads back", (text) => expect(decodeCells(svgCells(qrSvg(text)))).toBe(text));
  test.each(TEXTS)("the terminal drawing of %s reads back", (text) => expect(decodeCells(terminalCells(qrTerminal(text)))).toBe(text));
  test("has a title for screen readers, escaped, and a quiet zone of four modules", () => {
    const svg = qrSvg("http://x/", 'a "<b>" & c');
    expect(svg).toContain("<title>a &quot;&lt;b&gt;&quot; &amp; c</title>");
    const cells = svgCells(svg);
    expect(cells.slice(0, 4).flat().some(Boolean)).toBe(false);
    expect(cells[4]?.[4]).toBe(true);
  });
});
