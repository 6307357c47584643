/** What table, drawings and entries must agree on: every drawing is there, and every part that may be lit is drawn somewhere. */
import type { Problem } from "../../lib/errors.ts";
import { partNames } from "../drawings/drawing.ts";
import type { Sources } from "../files/read.ts";
import type { Knowledge } from "../files/shape.ts";
import type { Path } from "../files/yaml.ts";

const TABLE = "drawings.yaml";
const SLOTS = ["1", "2", "3", "4"];

/** `slot-{slot}` stands for four parts. */
const partsOf = (ids: string | readonly string[]): readonly string[] =>
  [ids].flat().flatMap((id) => (id.includes("{slot}") ? SLOTS.map((slot) => id.replace("{slot}", slot)) : [id]));

export function drawingProblems(
  { drawings, entries }: Knowledge,
  sources: Sources,
  all: Pick<Knowledge, "drawings"> = { drawings },
): readonly Problem[] {
  const { table, svgs } = drawings;
  const problems: Problem[] = [];
  const drawn = new Set(Object.values(all.drawings.svgs).flatMap((svg) => [...partNames(svg).keys()]));
  const listed = new Set(table.drawings.map(({ file }) => file));

  function check(file: string, path: Path, ids: string | readonly string[]): void {
    const missing = partsOf(ids).find((id) => !drawn.has(id));
    if (missing !== undefined) problems.push(sources.problem(file, path, `no drawing has the part ${missing}`));
  }

  table.drawings.forEach(({ file }, i) => {
    if (!(file in svgs)) problems.push(sources.problem(TABLE, ["drawings", i, "file"], `there is no drawings/${file}`));
  });
  for (const file of Object.keys(svgs))
    if (!listed.has(file)) problems.push(sources.problem(`drawings/${file}`, [], `${TABLE} does not name this drawing`));
  for (const [module, byPart] of Object.entries(table.parts))
    for (const [part, ids] of Object.entries(byPart)) check(TABLE, ["parts", module, part], ids);
  for (const [module, ids] of Object.entries(table.modules)) check(TABLE, ["modules", module], ids);
  for (const { entry, file, index } of entries) if (entry.shows !== undefined) check(file, ["entries", index, "shows"], entry.shows);
  return problems;
}
