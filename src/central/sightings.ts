/**
 * Where each code was seen: how often, since when and until when, by the model and firmware of the machine. Counted in the step that
 * raises an alert, so that count and episode stand in one transaction. Bounded: who invents codes or firmware fills a part of it, and
 * what the catalogue describes still has room; the alerts themselves are kept in any case.
 */
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { Clock } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import { cleanLine } from "../model/site-entry.ts";
import type { AlertRow, SightingRow } from "../store/store.ts";
import type { Draft } from "./draft.ts";
import type { Fleet } from "./fleet.ts";

/** A large farm sees some hundred codes on a few models, each with a few versions of firmware. */
export const MAX_SIGHTINGS = 40_000;
/** Of codes that the catalogue does not describe: makers know six thousand codes in all. */
export const MAX_UNDOCUMENTED_SIGHTINGS = 15_000;
/** Models and versions kept apart for one code; what comes after counts as one. */
export const MAX_MACHINES = 32;
/** In place of the model, for all machines beyond that. */
export const OTHER_MACHINES = "other";
const MAX_NAME = 64;

export interface Sightings {
  /** Counts `raises` new episodes of the alert, within the step that made them; false where there is no room for its code. */
  raised(draft: Draft, row: AlertRow, raises: number): boolean;
  /** What is on disk. */
  of(code: HmsCode): readonly SightingRow[];
  /** The codes that were seen, with what is on disk of each. */
  all(): Iterable<readonly [HmsCode, readonly SightingRow[]]>;
  /** These are durable. */
  publish(rows: Iterable<SightingRow>): void;
  /** Forgets all and takes these. */
  load(rows: readonly SightingRow[]): void;
}

export interface SightingsDeps {
  /** As the project and its packs describe codes. */
  readonly catalogue: Pick<Catalogue, "lane">;
  readonly clock: Clock;
  readonly fleet: Fleet;
}

type Machines = Map<string, SightingRow>;

const machineKey = (row: Pick<SightingRow, "model" | "firmware">): string => `${row.model}\n${row.firmware}`;

export const sightingKey = (row: SightingRow): string => `${row.code}\n${machineKey(row)}`;

function put(codes: Map<HmsCode, Machines>, row: SightingRow): void {
  const machines = codes.get(row.code);
  if (machines === undefined) codes.set(row.code, new Map([[machineKey(row), row]]));
  else machines.set(machineKey(row), row);
}

export function createSightings({ catalogue, clock, fleet }: SightingsDeps): Sightings {
  const counted = new Map<HmsCode, Machines>();
  const durable = new Map<HmsCode, Machines>();
  let total = 0;
  let undocumented = 0;

  function count(row: SightingRow): void {
    if (counted.get(row.code)?.has(machineKey(row)) !== true) {
      total++;
      if (catalogue.lane(row.code) !== "documented") undocumented++;
    }
    put(counted, row);
  }

  function isFull(code: HmsCode): boolean {
    return total >= MAX_SIGHTINGS || (undocumented >= MAX_UNDOCUMENTED_SIGHTINGS && catalogue.lane(code) !== "documented");
  }

  /** The machine under which a raise counts; undefined where there is no room for a new code. */
  function machineOf(code: HmsCode, printer: string): Pick<SightingRow, "model" | "firmware"> | undefined {
    const known = fleet.get(printer);
    const name = (text: string | undefined): string => cleanLine((text ?? "").slice(0, MAX_NAME));
    const machine = { model: name(known?.model), firmware: name(known?.snapshot.firmware) };
    const machines = counted.get(code);
    if (machines?.has(machineKey(machine)) === true) return machine;
    if (machines === undefined) return isFull(code) ? undefined : machine;
    return isFull(code) || machines.size >= MAX_MACHINES ? { model: OTHER_MACHINES, firmware: "" } : machine;
  }

  const rowsOf = (machines: Machines | undefined): readonly SightingRow[] =>
    machines === undefined ? [] : [...machines.values()].sort((a, b) => b.lastAt - a.lastAt);

  return {
    raised: (draft, { code, printer }, raises) => {
      const machine = machineOf(code, printer);
      if (machine === undefined) return false;
      const now = clock.now();
      const former = counted.get(code)?.get(machineKey(machine));
      const row = { code, ...machine, firstAt: former?.firstAt ?? now, lastAt: now, count: (former?.count ?? 0) + raises };
      count(row);
      draft.putSighting(row);
      return true;
    },
    of: (code) => rowsOf(durable.get(code)),
    all: function* () {
      for (const [code, machines] of durable) yield [code, rowsOf(machines)] as const;
    },
    publish: (rows) => {
      for (const row of rows) put(durable, row);
    },
    load: (rows) => {
      counted.clear();
      durable.clear();
      total = 0;
      undocumented = 0;
      for (const row of rows) {
        count(row);
        put(durable, row);
      }
    },
  };
}
