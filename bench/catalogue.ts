/**
 * The catalogue: how long it takes to load and what it weighs, and how many codes a second and core are read from any written form,
 * looked up and put into words. Beside it the way of peers that unpack their table with every miss. Rates take turns in short rounds
 * and count what this thread used of the processor; loading is measured in processes of their own.
 * Run: npm run bench catalogue -- [--rounds 9] [--ms 200]
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";
import { compileKnowledge } from "../src/catalogue/files/compiled.ts";
import { createCatalogue } from "../src/catalogue/load.ts";
import { readSound } from "../src/catalogue/files/sound.ts";
import { hmsFromWire, parseCode, type HmsCode } from "../src/model/code.ts";
import { type Figure, quantile, tell, tellAll } from "./measure.ts";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "9" }, ms: { type: "string", default: "200" } } });
const ROUNDS = Math.max(3, Number(values.rounds));
const SLICE_MS = Number(values.ms);

const knowledge = await readSound();
const known = createCatalogue(knowledge).known();
let sink = 0;

function usedUs(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

/** Any order but the file's, the same in every run. */
function shuffled<T>(items: readonly T[]): T[] {
  const copy = [...items];
  let seed = 1;
  for (let i = copy.length - 1; i > 0; i--) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    const j = seed % (i + 1);
    [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
  }
  return copy;
}

/** The forms in which codes come: as printed, as keyed, as numbers. */
function written(code: HmsCode, index: number): string {
  if (index % 3 === 0) return code;
  return index % 3 === 1 ? code.replaceAll("-", "") : `HMS_${code.replaceAll("-", "_")}`;
}
const texts = shuffled(known).map((code, index) => (code.length === 9 ? code : written(code, index)));
const strangers = Array.from({ length: 6_000 }, (_, i) => hmsFromWire(Math.imul(i + 1, 2_654_435_761), Math.imul(i + 7, 40_503)));

type Work = (text: string) => number;

/** What a reader takes of an explanation. */
const explainWith =
  (catalogue: ReturnType<typeof createCatalogue>): Work =>
  (text) => {
    const found = catalogue.explain(parseCode(text));
    return found.title.length + found.summary.length + found.steps.length + found.causes.length;
  };

/** Codes a second of one core over at least one pass. */
function rate(input: readonly string[], work: Work): number {
  const start = usedUs();
  const end = start + SLICE_MS * 1_000;
  let calls = 0;
  let now = start;
  do {
    for (const text of input) sink += work(text);
    calls += input.length;
    now = usedUs();
  } while (now < end);
  return (calls * 1e6) / (now - start);
}

/** Every known code once, on a catalogue that has explained none yet. */
function coldRate(): number {
  const catalogue = createCatalogue(knowledge);
  const work = explainWith(catalogue);
  sink += work("0300-0100-0001-0001");
  const start = usedUs();
  for (const text of texts) sink += work(text);
  return (texts.length * 1e6) / (usedUs() - start);
}

/** A table of the same codes and texts, unpacked and parsed for each code that is not at hand. */
const reader = createCatalogue(knowledge);
const packed = gzipSync(JSON.stringify(Object.fromEntries(known.map((code) => [code, reader.explain(code).summary]))));
const unpackEach: Work = (text) => {
  const table = JSON.parse(gunzipSync(packed).toString("utf8")) as Record<string, string>;
  return table[parseCode(text)]?.length ?? 0;
};

/** Loading as the program does it: one JSON file, read in a fresh process. */
function loadOnce(script: string): { ms: number; mb: number; allMb: number } {
  return JSON.parse(execFileSync(process.execPath, ["--expose-gc", "--input-type=module", "-e", script], { encoding: "utf8" })) as never;
}

const main = new URL("../dist/catalogue.json", import.meta.url);
if (!existsSync(main)) throw new Error("dist/catalogue.json is not there; run `npm run build` first");
const loader = `
import { readFileSync } from "node:fs";
import { createCatalogue } from ${JSON.stringify(new URL("../src/catalogue/load.ts", import.meta.url).href)};
const heap = () => { gc(); const { heapUsed, external } = process.memoryUsage(); return (heapUsed + external) / 1e6; };
const before = heap();
const start = performance.now();
const catalogue = createCatalogue(JSON.parse(readFileSync(${JSON.stringify(fileURLToPath(main))}, "utf8")).knowledge);
catalogue.explain("0300-0100-0001-0001");
const ms = performance.now() - start;
const mb = heap() - before;
const kept = catalogue.known().map((code) => catalogue.explain(code));
catalogue.search("bed not heating", 5);
console.log(JSON.stringify({ ms, mb, allMb: heap() - before, kept: kept.length }));`;

const warm = explainWith(createCatalogue(knowledge));
rate(texts, warm);
coldRate();
const rounds = Array.from({ length: ROUNDS }, () => ({
  load: loadOnce(loader),
  cold: coldRate(),
  warm: rate(texts, warm),
  stranger: rate(strangers, explainWith(createCatalogue(knowledge))),
  unpack: rate(texts.slice(0, 4), unpackEach),
  search: searchMs(),
}));

/** The slowest of a few questions, index made before. */
function searchMs(): number {
  const catalogue = createCatalogue(knowledge);
  catalogue.search("warm", 1);
  const times = ["bed not heating", "spagetti", "filament stuck in AMS 2", "nozle cloged first layer", "0300-0100"].map((question) => {
    const start = performance.now();
    sink += catalogue.search(question, 20).length;
    return performance.now() - start;
  });
  return quantile(times, 1);
}

const figures: readonly Figure[] = [
  { name: "load to first explanation", unit: "ms", rounds: rounds.map(({ load }) => load.ms), aim: "150" },
  { name: "memory loaded", unit: "MB", rounds: rounds.map(({ load }) => load.mb), aim: "40" },
  {
    name: "memory with every known code explained and the search index",
    unit: "MB",
    rounds: rounds.map(({ load }) => load.allMb),
    aim: "40",
  },
  { name: "known codes, again and again", unit: "per s", rounds: rounds.map(({ warm: value }) => value), aim: "200,000" },
  { name: "known codes, each for the first time", unit: "per s", rounds: rounds.map(({ cold }) => cold) },
  { name: "codes nobody knows", unit: "per s", rounds: rounds.map(({ stranger }) => stranger) },
  { name: "unpacking the table with every miss", unit: "per s", rounds: rounds.map(({ unpack }) => unpack) },
  { name: "first time, to unpacking", unit: "times", rounds: rounds.map(({ cold, unpack }) => cold / unpack) },
  { name: "slowest of five searches", unit: "ms", rounds: rounds.map(({ search }) => search), aim: "50" },
];
for (const figure of figures) tell(figure);
tellAll("catalogue", figures, { codes: known.length, compiledBytes: compileKnowledge(knowledge).length, packedBytes: packed.length, sink });
