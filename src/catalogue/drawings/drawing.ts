/**
 * Drawings of the machine: which one a code gets, which of its parts light up, and the SVG with those parts lit. Pure; the table
 * (`catalogue/drawings.yaml`) and the texts of the drawings come from the caller. Hides how a part is found inside an SVG.
 */
import { Type, type Static } from "typebox";
import { readTags } from "./svg.ts";

const PartId = Type.String({ pattern: "^[a-z][a-z0-9]*(-[a-z0-9]+|-\\{slot\\})*$", maxLength: 40 });
const PartIds = Type.Union([PartId, Type.Array(PartId, { minItems: 1 })]);
const Names = Type.Array(Type.String(), { minItems: 1 });
const strict = { additionalProperties: false } as const;

const Drawing = Type.Object(
  {
    name: Type.String(),
    file: Type.String({ pattern: "^[a-z0-9-]+\\.svg$" }),
    /** Made for these printers. */
    models: Type.Optional(Names),
    /** Made for the units of these modules. */
    modules: Type.Optional(Names),
  },
  strict,
);
type Drawing = Static<typeof Drawing>;

/** `catalogue/drawings.yaml`; its head says how an id is found. */
export const DrawingFile = Type.Object(
  {
    parts: Type.Record(Type.String(), Type.Record(Type.String(), PartIds)),
    modules: Type.Record(Type.String(), PartIds),
    /** A pack may have none and light parts of those that are there. */
    drawings: Type.Array(Drawing),
  },
  strict,
);
export type DrawingTable = Static<typeof DrawingFile>;

/** What is known of a code's place, and what its entry says of it. */
export interface DrawnPlace {
  readonly module: number;
  readonly unit: number;
  readonly part: number | null;
  readonly slot: number | null;
  /** The printer's model; the overview is the enclosed printer without it. */
  readonly model?: string | undefined;
  /** The part that the entry names itself. */
  readonly shows?: string | undefined;
}

export interface ChosenDrawing {
  readonly name: string;
  readonly file: string;
  /** Ids of the parts to light, all in this drawing; at least one. */
  readonly lit: readonly string[];
  /** The plain name of the first of them ("Heatbed"). */
  readonly partName: string;
}

const hexByte = (value: number): string => value.toString(16).toUpperCase().padStart(2, "0");

/** The keys under which a module's table may stand, the most exact first. */
function moduleKeys({ module, unit }: DrawnPlace): readonly string[] {
  const key = hexByte(module);
  return unit < 0xfe ? [key] : [key + hexByte(unit), `${key}ee`, key];
}

const listOf = (ids: string | readonly string[] | undefined): readonly string[] => (typeof ids === "string" ? [ids] : (ids ?? []));

/** Fills in the slot; an id that needs one is left out where there is none. */
function withSlot(ids: readonly string[], slot: number | null): readonly string[] {
  return ids.flatMap((id) => (!id.includes("{slot}") ? [id] : slot === null ? [] : [id.replace("{slot}", String(slot))]));
}

/** What may be lit for a place, the best guess first. */
function candidates(table: DrawingTable, place: DrawnPlace): readonly (readonly string[])[] {
  const keys = moduleKeys(place);
  const parts = keys.flatMap((key) => {
    const byPart = table.parts[key];
    if (byPart === undefined || place.part === null) return [];
    const part = hexByte(place.part);
    const family = byPart[`${part.charAt(0)}s`];
    // At a known slot the family says more; without one (RFID boards) the exact part does. Neither is asked for parts outside 0 to 3.
    const found = place.slot !== null ? [family, byPart[part]] : [byPart[part], (place.part & 15) < 4 ? family : undefined];
    return found.map(listOf);
  });
  const modules = keys.map((key) => listOf(table.modules[key]));
  return [listOf(place.shows), ...parts, ...modules].map((ids) => withSlot(ids, place.slot)).filter((ids) => ids.length > 0);
}

const plainModel = (model: string): string => model.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");

/** 0 made for this place, 1 made for any, 2 made for others. */
function distance({ models, modules }: Drawing, place: DrawnPlace): number {
  if (models === undefined && modules === undefined) return 1;
  const { model } = place;
  const isModel = model !== undefined && (models ?? []).some((one) => plainModel(one) === plainModel(model));
  return isModel || (modules ?? []).includes(hexByte(place.module)) ? 0 : 2;
}

/**
 * Chooses drawing and parts for a place. Undefined when no drawing holds anything that may be lit, as for a module that nobody knows.
 * `svgs`: the drawings' texts by file name; a drawing without one is never chosen.
 */
export function createDrawings(table: DrawingTable, svgs: ReadonlyMap<string, string>): (place: DrawnPlace) => ChosenDrawing | undefined {
  const shelf = table.drawings.map((drawing) => ({ drawing, names: partNames(svgs.get(drawing.file) ?? "") }));
  return (place) => {
    const nearest = shelf.toSorted((a, b) => distance(a.drawing, place) - distance(b.drawing, place));
    for (const ids of candidates(table, place)) {
      const [first = ""] = ids;
      const found = nearest.find(({ names }) => names.has(first));
      if (found === undefined) continue;
      const { name, file } = found.drawing;
      return { name, file, lit: ids.filter((id) => found.names.has(id)), partName: found.names.get(first) ?? "" };
    }
    return undefined;
  };
}

/** Every part of a drawing: its id and its plain name. */
export function partNames(svg: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { attributes, titled } of readTags(svg)) {
    const id = attributes.get("data-part");
    if (id !== undefined) names.set(id, titled ?? "");
  }
  return names;
}

const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** Rings around small parts come last, so that nothing hides them. */
function ringsOf(halo: string | undefined): string {
  if (halo === undefined) return "";
  return halo
    .split(",")
    .map((ring) => ring.trim().split(" "))
    .map(([x = "0", y = "0", r = "0"]) => `  <circle class="halo" cx="${x}" cy="${y}" r="${r}"/>\n`)
    .join("");
}

/** The drawing with the class `lit` on the parts of `ids`, named `caption` for screen readers. It carries no ids, so many fit on a page. */
export function litDrawing(svg: string, ids: readonly string[], caption: string): string {
  const wanted = new Set(ids);
  const label = escapeXml(caption);
  let drawn = "";
  let rings = "";
  let from = 0;
  for (const { name, start, end, attributes } of readTags(svg)) {
    const tag = svg.slice(start, end);
    if (name === "svg")
      drawn += svg.slice(from, start) + tag.replace(/ aria-label="[^"]*"/, "").replace(/>$/, () => ` aria-label="${label}">`);
    else if (wanted.has(attributes.get("data-part") ?? "")) {
      drawn += svg.slice(from, start) + tag.replace(/>$/, ' class="lit">');
      rings += ringsOf(attributes.get("data-halo"));
    } else continue;
    from = end;
  }
  const whole = drawn + svg.slice(from);
  const close = whole.lastIndexOf("</svg>");
  return (whole.slice(0, close) + rings + whole.slice(close)).replace(/<title>[^<]*<\/title>/, () => `<title>${label}</title>`);
}

/**
 * How a lit part looks, for the page that shows it: colour and a heavier line, so that it is found in black and white too. A page may
 * set `--line`, `--fill`, `--shade`, `--paper` and the `--lit` colours, for a dark theme say.
 */
export const DRAWING_CSS = `
.drawing svg { display: block; width: 100%; height: auto; }
.drawing .halo { fill: none; stroke: var(--lit-line, #a61e00); stroke-width: 2.5; }
.drawing .lit :is(path, rect, circle, ellipse) { stroke: var(--lit-line, #a61e00); }
.drawing .lit :is(path, rect, circle, ellipse):not([stroke-width]) { stroke-width: 2.4; }
.drawing .lit :is(path, rect, circle, ellipse):not([fill="none"]) { fill: var(--lit, #ffc078); }
.drawing .lit :is(path, rect, circle, ellipse)[fill*="--shade"] { fill: var(--lit-shade, #ff922b); }
`;
