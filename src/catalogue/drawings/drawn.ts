/**
 * The drawing of one code: chosen by its place and its entry, its parts lit, named in words. Hides the table and the drawings' texts,
 * which are read when the first drawing is asked for.
 */
import { type HmsCode, fieldsOf } from "../../model/code.ts";
import { placeOf } from "../../model/words.ts";
import type { LitDrawing } from "../catalogue.ts";
import { createDrawings, litDrawing } from "./drawing.ts";
import { ENGLISH } from "../languages.ts";
import type { Say } from "../render.ts";
import type { Knowledge } from "../files/shape.ts";

/** What the entry names, the printer's model where it is known, and the reader's words. */
interface Asked {
  readonly shows: string | undefined;
  readonly model: string | undefined;
  readonly language: string;
  readonly say: Say;
}

export type Draw = (code: HmsCode, asked: Asked) => LitDrawing | undefined;

export function createDraw({ drawings: { table, svgs } }: Pick<Knowledge, "drawings">): Draw {
  let choose: ReturnType<typeof createDrawings> | undefined;
  return (code, { shows, model, language, say }) => {
    choose ??= createDrawings(table, new Map(Object.entries(svgs)));
    const fields = fieldsOf(code);
    const { unitName, slot } = placeOf(code);
    const part = fields.kind === "hms" ? fields.part : null;
    const chosen = choose({ module: fields.module, unit: fields.unit, part, slot: slot ?? null, model, shows });
    if (chosen === undefined) return undefined;
    const caption = captionOf(chosen.partName, unitName, say);
    return {
      svg: litDrawing(svgs[chosen.file] ?? "", chosen.lit, caption),
      caption,
      language: say(chosen.partName) === chosen.partName ? ENGLISH : language,
    };
  };
}

/** "Heatbed"; "AMS C: slot 2" where there may be several such units. */
function captionOf(part: string, unit: string | undefined, say: Say): string {
  const said = say(part);
  if (unit === undefined || !unit.startsWith("AMS")) return said;
  if (unit.startsWith(part)) return say(unit);
  const isEnglish = said === part && /^[A-Z][a-z]/.test(part);
  return `${say(unit)}: ${isEnglish ? part.charAt(0).toLowerCase() + part.slice(1) : said}`;
}
