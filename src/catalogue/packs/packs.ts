/**
 * Packs: knowledge from outside the project, for other makers. Each is checked against all that is there and then laid over it. Pure.
 * A pack with a problem is left out whole and says why; it never keeps the others, or the project, from working.
 */
import type { Problem } from "../../lib/errors.ts";
import { drawingProblems } from "../lint/drawing-problems.ts";
import { type Homes, type ReadPack, collisions, mergePack, replaced } from "./merge.ts";
import type { Sources } from "../files/read.ts";
import { referenceProblems } from "../lint/references.ts";
import type { Knowledge } from "../files/shape.ts";

/** One pack of the configuration, taken in or refused. */
export interface PackInfo {
  readonly id: string;
  readonly name: string;
  /** Null where not even the head could be read. */
  readonly version: string | null;
  readonly maker: string | null;
  readonly licence: string | null;
  /** The folder or zip. */
  readonly path: string;
  readonly builtIn: boolean;
  /** Whether it is in use; it is not when there are problems. */
  readonly loaded: boolean;
  readonly entries: number;
  readonly messages: number;
  /** Codes that others explain too, where its entry wins. */
  readonly replaces: readonly string[];
  readonly problems: readonly Problem[];
}

/** A pack that could be read, or the reasons why not. */
export interface PackReading {
  readonly path: string;
  readonly builtIn: boolean;
  readonly pack: ReadPack | undefined;
  readonly problems: readonly Problem[];
  readonly sources: Sources;
  /** It was checked against the project when the program was built. */
  readonly checked?: boolean;
}

/** A pack that was found sound when the program was built. */
export function compiledPack(pack: ReadPack): PackReading {
  const path = `packs/${pack.head.id}`;
  const problem = (file: string, _: unknown, message: string): Problem => ({ file: `${path}/${file}`, path: "", message });
  const sources: Sources = {
    problem,
    sharedProblem: (kind, _, message) => problem(kind, [], message),
    translationProblem: (language, section, _, __, message) => problem(`languages/${language}/${section}`, [], message),
    homeOf: (kind) => `${path}/${kind}`,
  };
  return { path, builtIn: true, pack, problems: [], sources, checked: true };
}

function infoOf({ path, builtIn, pack }: PackReading, problems: readonly Problem[], replaces: readonly string[]): PackInfo {
  const head = pack?.head;
  return {
    id: head?.id ?? path,
    name: head?.name ?? path,
    version: head?.version ?? null,
    maker: head?.maker ?? null,
    licence: head?.licence ?? null,
    path,
    builtIn,
    loaded: problems.length === 0,
    entries: pack?.knowledge.entries.length ?? 0,
    messages: pack?.knowledge.messages.length ?? 0,
    replaces,
    problems,
  };
}

const PROJECT = "catalogue";

/** Names files of the project and of the packs that were laid over it. */
function createHomes(readings: readonly PackReading[], projectHome: Sources["homeOf"]): Homes {
  const paths = new Map(readings.flatMap(({ pack, path }) => (pack === undefined ? [] : [[pack.head.id, path] as const])));
  const owner = (kind: string, id: string): PackReading | undefined =>
    readings.find(({ pack }) => {
      const own = pack?.knowledge;
      if (own === undefined) return false;
      if (kind === "causes" || kind === "checks") return Object.hasOwn(own[kind], id);
      if (kind === "conditions.yaml") return Object.hasOwn(own.conditions, id);
      if (kind === "own-numbers.yaml") return Object.hasOwn(own.ownNumbers, id);
      return kind === "drawings" ? Object.hasOwn(own.drawings.svgs, id) : Object.hasOwn(own.parts, id);
    });
  return {
    ofEntry: ({ file, pack }) => `${(pack === undefined ? undefined : paths.get(pack)) ?? PROJECT}/${file}`,
    of: (kind, id) => {
      const found = owner(kind, id);
      return found === undefined ? projectHome(kind, id) : found.sources.homeOf(kind, id);
    },
  };
}

/** Packs in the order in which they may be laid: what a pack requires stands before it. Those that wait in vain come last. */
function inOrder(readings: readonly PackReading[]): readonly PackReading[] {
  const ordered: PackReading[] = [];
  let waiting = [...readings];
  for (let before = -1; before !== ordered.length;) {
    before = ordered.length;
    const there = new Set(ordered.map(({ pack }) => pack?.head.id));
    const isReady = ({ pack }: PackReading): boolean => (pack?.head.requires ?? []).every((id) => there.has(id));
    ordered.push(...waiting.filter(isReady));
    waiting = waiting.filter((reading) => !isReady(reading));
  }
  return [...ordered, ...waiting];
}

/** Knowledge with packs laid over it. */
export interface Laid {
  readonly knowledge: Knowledge;
  /** Those that were taken in, in order. */
  readonly readings: readonly PackReading[];
  readonly packs: readonly PackInfo[];
  /** Where an id of the project stands. */
  readonly projectHome: Sources["homeOf"];
}

/** The compiled catalogue no longer knows in which file a thing stood. */
const SOMEWHERE: Sources["homeOf"] = (kind) => `${PROJECT}/${kind}`;

/** Lays every sound pack over `base`; the others are told of. */
export function layPacks(base: Knowledge, readings: readonly PackReading[], projectHome = SOMEWHERE): Laid {
  let laid: Laid = { knowledge: base, readings: [], packs: [], projectHome };
  for (const reading of inOrder(readings)) {
    const problems = packProblems(reading, laid);
    const isSound = problems.length === 0 && reading.pack !== undefined;
    const info = infoOf(reading, problems, isSound ? replaced(laid.knowledge, reading.pack) : []);
    laid = {
      ...laid,
      knowledge: isSound ? mergePack(laid.knowledge, reading.pack) : laid.knowledge,
      readings: isSound ? [...laid.readings, reading] : laid.readings,
      packs: [...laid.packs, info],
    };
  }
  return laid;
}

/** What keeps a pack from being laid over what is there. */
export function packProblems(reading: PackReading, { knowledge, readings, projectHome }: Laid): readonly Problem[] {
  const { pack, problems, sources } = reading;
  if (pack === undefined || problems.length > 0 || reading.checked === true) return problems;
  const relations = relationProblems(pack, sources, readings);
  if (relations.length > 0) return relations;
  const clashes = collisions(knowledge, pack, sources, createHomes(readings, projectHome));
  if (clashes.length > 0) return clashes;
  const merged = mergePack(knowledge, pack);
  return [...referenceProblems(pack.knowledge, sources, merged), ...drawingProblems(pack.knowledge, sources, merged)];
}

/** A pack stands alone under its id, beside all that it requires. */
function relationProblems({ head }: ReadPack, sources: Sources, laid: readonly PackReading[]): readonly Problem[] {
  const { id, requires = [] } = head;
  const twin = laid.find((other) => other.pack?.head.id === id);
  if (twin !== undefined) return [sources.problem("pack.yaml", ["id"], `a pack with the id ${id} is loaded already from ${twin.path}`)];
  const missing = requires.filter((one) => !laid.some((other) => other.pack?.head.id === one));
  return missing.map((one) => sources.problem("pack.yaml", ["requires", requires.indexOf(one)], `the pack ${one} is not loaded`));
}
