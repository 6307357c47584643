/** What the field has shown of codes, for people: where each was seen, which of them nobody has described, and what the project may have of it. */
import { contributionText, type FieldRecord, type PrivateNames } from "../catalogue/contribution.ts";
import { toIso } from "../lib/time.ts";
import { isActive } from "../model/alert.ts";
import { fieldsOf, severityOf, type HmsCode } from "../model/code.ts";
import type { CodeSightings } from "../model/site-entry.ts";
import { moduleName } from "../model/words.ts";
import type { SightingRow } from "../store/store.ts";
import type { Board } from "./board.ts";
import type { Central } from "./central.ts";
import type { SiteCodes } from "./codes.ts";
import { OWN_PRINTER, type Fleet } from "./fleet.ts";

const PRINTERS = 100;
/** More at once is not read by anybody, and would hold up everything else. */
const MAX_CONTRIBUTED = 2_000;

export interface FieldDeps {
  readonly codes: SiteCodes;
  readonly fleet: Fleet;
  readonly board: Board;
}

type Seen = FieldRecord["seen"];

function seenFrom(rows: readonly SightingRow[]): Seen {
  const machines = rows.map(({ model, firmware, count, firstAt, lastAt }) => ({
    model,
    firmware,
    raises: count,
    firstSeenAt: toIso(firstAt),
    lastSeenAt: toIso(lastAt),
  }));
  const [latest] = machines;
  return {
    raises: rows.reduce((sum, { count }) => sum + count, 0),
    firstSeenAt: machines.reduce<string | null>(
      (first, one) => (first === null || one.firstSeenAt < first ? one.firstSeenAt : first),
      null,
    ),
    lastSeenAt: latest?.lastSeenAt ?? null,
    machines,
  };
}

export function createField({ codes, fleet, board }: FieldDeps): Pick<Central, "sightings" | "undescribed" | "contribution"> {
  const { given, catalogue, entries, sightings } = codes;

  function printersOf(code: HmsCode): CodeSightings["printers"] {
    const rows = [...board.all()].filter((row) => row.code === code && row.raisedAt !== null);
    return rows
      .sort((a, b) => (b.raisedAt ?? 0) - (a.raisedAt ?? 0))
      .map((row) => ({
        id: row.printer,
        name: fleet.get(row.printer)?.name ?? row.printer,
        model: fleet.get(row.printer)?.model ?? "",
        alert: row.id,
        raises: row.state.episode,
        lastSeenAt: toIso(row.raisedAt ?? row.updatedAt),
        active: isActive(row.state),
      }));
  }

  /** Latest first. */
  function undescribed(): readonly (readonly [HmsCode, readonly SightingRow[]])[] {
    const lastOf = (rows: readonly SightingRow[]): number => rows[0]?.lastAt ?? 0;
    const isOpen = (code: HmsCode): boolean => given.lane(code) !== "documented" && entries.of(code) === undefined;
    return [...sightings.all()].filter(([code]) => isOpen(code)).sort(([, a], [, b]) => lastOf(b) - lastOf(a));
  }

  function recordOf(code: HmsCode): FieldRecord {
    const { title, summary, lane } = given.explain(code);
    const { priority } = catalogue.definition(code);
    return { code, lane, title, summary, priority, entry: entries.of(code), seen: seenFrom(sightings.of(code)) };
  }

  /** A name that only repeats a model gives nobody away, and is needed to say what was seen. */
  function privateNames(): PrivateNames {
    const printers = [...fleet.all()].filter(({ id }) => id !== OWN_PRINTER);
    const models = new Set(printers.map(({ model }) => model.toLowerCase()));
    const names = printers.flatMap(({ id, name }) => [id, name]).filter((name) => !models.has(name.toLowerCase()));
    return { names, serials: printers.flatMap(({ snapshot }) => snapshot.serial ?? []) };
  }

  return {
    sightings: (code) => {
      const printers = printersOf(code);
      const about = { printers: printers.slice(0, PRINTERS), printerCount: printers.length, changes: [...entries.changes(code)] };
      return { code, ...seenFrom(sightings.of(code)), ...about };
    },
    undescribed: (limit) =>
      undescribed()
        .slice(0, limit)
        .map(([code, rows]) => {
          const { raises, lastSeenAt } = seenFrom(rows);
          return {
            code,
            title: catalogue.explain(code).title,
            severity: severityOf(code),
            priority: catalogue.definition(code).priority,
            module: moduleName(fieldsOf(code).module),
            documented: false,
            raises,
            ...(lastSeenAt !== null && { lastSeenAt }),
          };
        }),
    contribution: async (code) => {
      const all = code === undefined ? [...entries.codes(), ...undescribed().map(([seen]) => seen)] : [code];
      const taken = all.slice(0, MAX_CONTRIBUTED);
      return contributionText(taken.map(recordOf), privateNames(), all.length - taken.length);
    },
  };
}
