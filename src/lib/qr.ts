/**
 * QR codes for screens and terminals. Black on white with a quiet zone of four modules whatever the page's colours are, because
 * phone cameras need both; the SVG names itself to screen readers.
 */
import { encodeQR } from "qr";

const QUIET_MODULES = 4;

const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** An SVG that scales to whatever box it is given. `title` is what a screen reader says. */
export function qrSvg(text: string, title = `QR code: ${text}`): string {
  const rows = encodeQR(text, "raw", { ecc: "medium", border: QUIET_MODULES });
  const size = rows.length;
  const runs: string[] = [];
  rows.forEach((row, y) => {
    for (let x = 0; x < size; x++) {
      if (!row[x]) continue;
      const start = x;
      while (x + 1 < size && row[x + 1]) x++;
      runs.push(`M${start} ${y}h${x - start + 1}v1h-${x - start + 1}z`);
    }
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" role="img" shape-rendering="crispEdges">` +
    `<title>${escapeXml(title)}</title><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path d="${runs.join("")}"/></svg>\n`
  );
}

const WHITE_ON_BLACK = "\u001b[38;5;231;48;5;16m";
const RESET = "\u001b[0m";

/** Two rows of modules to a line of text; colours are set, so that dark and light terminals show the same. */
export function qrTerminal(text: string): string {
  const rows = encodeQR(text, "raw", { ecc: "low", border: 2 });
  const lines: string[] = [];
  for (let y = 0; y < rows.length; y += 2) {
    let line = "";
    rows[y]?.forEach((dark, x) => {
      const lowerDark = rows[y + 1]?.[x] ?? true;
      // the drawn half is the light one: the foreground is white, the background black
      line += dark ? (lowerDark ? " " : "▄") : lowerDark ? "▀" : "█";
    });
    lines.push(`${WHITE_ON_BLACK}${line}${RESET}`);
  }
  return `${lines.join("\n")}\n`;
}
