/**
 * The small part of SVG that drawings may use: shapes in groups with names, no script, no style, no link, nothing fetched. Hides the
 * reading of tags; one that is not on the list is a problem, so a drawing from outside is safe to put into a page.
 */

export interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Where the tag itself stands in the text. */
  readonly start: number;
  readonly end: number;
  /** The text of its `<title>`, where that comes first inside. */
  readonly titled: string | undefined;
}

/**
 * A whole tag, comment or text; the names in between keep the parts apart. Read as a browser reads HTML, or markup could hide in what
 * is taken for something else: there a comment also ends at `--!>` or begins and ends with `<!-->`, and only these spaces part attributes.
 */
const TOKEN =
  /<!--(?<comment>[^<>]*)-->|<\/(?<closed>[a-z]+)>|<(?<opened>[a-z]+)(?<inside>(?:[ \t\r\n]+[\w:-]+="[^"<]*")*)[ \t\r\n]*(?<empty>\/?)>|(?<text>[^<]+)/y;
const ATTRIBUTE = /([\w:-]+)="([^"]*)"/g;
const TITLE = /\s*<title>([^<]*)<\/title>/y;

const ELEMENTS = new Set(["svg", "title", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text"]);
const ATTRIBUTES = new Set(
  (
    "xmlns viewBox role aria-label data-part data-halo d x y x1 y1 x2 y2 width height rx ry cx cy r points transform " +
    "fill fill-rule fill-opacity stroke stroke-width stroke-dasharray stroke-linecap stroke-linejoin stroke-opacity opacity paint-order " +
    "font-size font-family font-weight text-anchor"
  ).split(" "),
);
const MAX_CHARS = 64 * 1024;

function* tokensOf(svg: string): Generator<RegExpExecArray> {
  const token = new RegExp(TOKEN);
  for (let found = token.exec(svg); found !== null; found = token.exec(svg)) yield found;
}

const attributesOf = (inside: string): ReadonlyMap<string, string> =>
  new Map([...inside.matchAll(ATTRIBUTE)].map(([, name = "", value = ""]) => [name, value]));

function titleAt(svg: string, at: number): string | undefined {
  const title = new RegExp(TITLE);
  title.lastIndex = at;
  return title.exec(svg)?.[1];
}

/** The opening tags in order. What cannot be read ends the list; `svgProblems` says where. */
export function readTags(svg: string): readonly Tag[] {
  return [...tokensOf(svg)].flatMap(({ index, 0: whole, groups }) => {
    if (groups?.["opened"] === undefined) return [];
    const end = index + whole.length;
    return [{ name: groups["opened"], attributes: attributesOf(groups["inside"] ?? ""), start: index, end, titled: titleAt(svg, end) }];
  });
}

/** Why a text is no drawing that may be shown; empty when it is one. */
export function svgProblems(svg: string): readonly string[] {
  if (svg.length > MAX_CHARS) return [`longer than ${MAX_CHARS} characters`];
  const problems: string[] = [];
  const open: string[] = [];
  const parts = new Set<string>();
  let read = 0;
  for (const { index, 0: whole, groups = {} } of tokensOf(svg)) {
    const { opened, closed, inside = "", empty, text } = groups;
    read = index + whole.length;
    if (closed !== undefined && open.pop() !== closed) problems.push(`</${closed}> closes nothing`);
    if (text !== undefined && text.trim() !== "" && open.length === 0) problems.push("text outside the drawing");
    if (opened === undefined) continue;
    if (!ELEMENTS.has(opened)) problems.push(`<${opened}> is not allowed`);
    if ((opened === "svg") !== (open.length === 0) || (opened === "svg" && index !== 0)) problems.push("it is not one <svg>");
    const attributes = attributesOf(inside);
    for (const [name, value] of attributes) {
      if (!ATTRIBUTES.has(name)) problems.push(`the attribute ${name} is not allowed`);
      else if (/url\s*\(|\\|&/i.test(value) && name !== "aria-label") problems.push(`the value of ${name} is not allowed`);
    }
    // a browser takes the first of two, the map the last
    if (attributes.size < [...inside.matchAll(ATTRIBUTE)].length) problems.push(`<${opened}> has an attribute twice`);
    const part = attributes.get("data-part");
    if (part !== undefined && parts.has(part)) problems.push(`the part ${part} stands twice`);
    if (part !== undefined) parts.add(part);
    if (part !== undefined && (titleAt(svg, read) ?? "") === "") problems.push(`the part ${part} has no title`);
    if (empty !== "/") open.push(opened);
  }
  if (read < svg.length) problems.push(`cannot be read after "${svg.slice(Math.max(0, read - 20), read).trim()}"`);
  if (open.length > 0) problems.push(`<${open.at(-1) ?? ""}> is not closed`);
  return problems;
}
