/** A scenario as people write it: printers, their jobs, what breaks when, and which alerts should come of it. Data alone. */
import { type Static, Type } from "typebox";
import { MODELS } from "../models.ts";

const closed = { additionalProperties: false } as const;
const Name = Type.String({ minLength: 1, maxLength: 40 });
const Layer = Type.Integer({ minimum: 1 });
const Seconds = Type.Number({ minimum: 0 });
const Code = Type.String({
  pattern: "^[0-9A-F]{4}(-[0-9A-F]{4}){3}$|^[0-9A-F]{4}-[0-9A-F]{4}$",
  description: "a code like 0300-0200-0001-0003 or 0300-8003",
});

export const ScenarioJob = Type.Object(
  {
    plan: Type.Optional(Type.String({ description: "the name of a built-in plan" })),
    gcode: Type.Optional(Type.String({ description: "a G-code file, from the folder of the scenario" })),
    pauses: Type.Optional(Type.Array(Type.Object({ layer: Layer, lasts: Seconds }, closed))),
    filamentChanges: Type.Optional(Type.Array(Layer)),
    cancelAt: Type.Optional(Layer),
  },
  closed,
);

const Visit = Type.Object(
  {
    printer: Name,
    name: Type.String({ minLength: 1, description: "a fault's name" }),
    at: Seconds,
    size: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1 })),
    lasts: Type.Optional(Seconds),
  },
  closed,
);

export const ScenarioFile = Type.Object(
  {
    about: Type.Optional(Type.String()),
    printers: Type.Array(
      Type.Object(
        {
          name: Name,
          model: Type.Enum(MODELS),
          seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 0xffff_ffff })),
          start: Type.Optional(Type.Enum(["cold", "printing"])),
          jobs: Type.Optional(Type.Array(ScenarioJob, { minItems: 1 })),
        },
        closed,
      ),
      { minItems: 1, maxItems: 100 },
    ),
    faults: Type.Optional(Type.Array(Visit)),
    /** Awkward but healthy. */
    conditions: Type.Optional(Type.Array(Visit)),
    /** `within`: simulated seconds from the start. */
    expects: Type.Optional(Type.Array(Type.Object({ printer: Name, code: Code, within: Seconds }, closed))),
    later: Type.Optional(Type.Enum(["nothing", "random"])),
  },
  closed,
);
export type ScenarioFile = Static<typeof ScenarioFile>;
export type ScenarioJob = Static<typeof ScenarioJob>;

/** What comes to a machine, by its place in the list. Without `lastsS` it stays. */
export interface Visit {
  readonly atS: number;
  readonly index: number;
  readonly fault: string;
  readonly size?: number;
  readonly lastsS?: number;
}

/** What happens to a list of machines, whoever they are. */
export interface Story {
  readonly visits: readonly Visit[];
  /** Later faults come by themselves, without end. */
  readonly later: "nothing" | "random";
}
