/**
 * The explanation of one code, from its entry or, where there is none, an honest stand-in made of module, part and unit words.
 * Pure; the caller finds the entry. Nothing here invents a meaning: a stand-in says that it does not know.
 */
import { type HmsCode, type Severity, fieldsOf, severityOfLevel, shortForm, toWire } from "../model/code.ts";
import type { Priority } from "../model/priority.ts";
import { placeOf } from "../model/words.ts";
import type { Explanation } from "./catalogue.ts";
import type { Facts } from "./facts.ts";
import { ENGLISH, type Tongue } from "./languages.ts";
import { inEnglish, isFixed, nameOfModule, partName, render, type Say, type Words, wordsOf } from "./render.ts";
import type { Check, Entry, Knowledge } from "./files/shape.ts";

type Step = Explanation["steps"][number];

const EFFECTS: Readonly<Record<Severity, string>> = {
  error: "The job is stopped. No job can start until this is fixed.",
  warning: "The job is paused. It can go on once this is fixed.",
  info: "Nothing is blocked. The job goes on.",
  invalid: "Unknown. The level of this code is not one that printers use.",
};
/** What the level alone lets one expect. */
const USUAL_EFFECTS: Readonly<Record<Severity, string>> = {
  error: "Not known. Codes of this level usually stop the job, and no job can start until the fault is gone.",
  warning: "Not known. Codes of this level usually pause the job until the fault is gone.",
  info: "Not known. Codes of this level usually block nothing.",
  invalid: EFFECTS.invalid,
};
const UNCERTAIN = "The exact meaning is not confirmed; this is our reading of it.";

interface Judged {
  readonly code: HmsCode;
  readonly priority: Priority;
  readonly latching: boolean;
}

/** The part of an explanation that follows from the bits alone. */
function bitsOf({ code, priority, latching }: Judged, { parts, modules }: Knowledge, say: Say) {
  const fields = fieldsOf(code);
  const { unitName, slot } = placeOf(code);
  const wire = toWire(code);
  const part = partName(parts, code);
  const isHms = fields.kind === "hms";
  return {
    code,
    kind: fields.kind,
    ...(isHms ? {} : { class: fields.class }),
    module: fields.module,
    moduleName: say(nameOfModule(modules, code)),
    unit: fields.unit,
    part: isHms ? fields.part : null,
    partName: part === undefined ? null : say(part),
    partNumber: isHms ? fields.partNumber : null,
    level: fields.level,
    number: fields.number,
    severity: severityOfLevel(fields.level),
    unitName: unitName === undefined ? null : say(unitName),
    slot: slot ?? null,
    priority,
    latching,
    attr: wire.attr,
    codeNumber: wire.code ?? null,
  };
}

function formsOf(code: HmsCode): string[] {
  const { attr, code: low } = toWire(code);
  const [a, b] = [code.slice(0, 4), code.slice(5, 9)];
  if (low === undefined) return [`${a}_${b}`, a + b, String(attr)];
  const [c, d] = [code.slice(10, 14), code.slice(15)];
  const underscored = `${a}_${b}_${c}_${d}`;
  const plain = a + b + c + d;
  const short = shortForm(code);
  return [underscored, `HMS_${underscored}`, plain, ...(short === undefined ? [] : [short]), `${attr}:${low}`];
}

type Cause = Explanation["causes"][number];

/** A list whose texts read the same for every code of the entry is made once and shared. */
interface Rendered<T> {
  readonly of: (words: Words) => T[];
}

function rendered<T>(
  items: readonly { readonly one: T; readonly texts: readonly string[]; readonly with: (words: Words) => T }[],
): Rendered<T> {
  const fixed = items.map(({ one }) => one);
  const open = items.some(({ texts }) => !texts.every(isFixed));
  return { of: (words) => (open ? items.map((item) => (item.texts.every(isFixed) ? item.one : item.with(words))) : fixed) };
}

/** What of an entry does not depend on the code. */
interface Prepared {
  readonly causes: Rendered<Cause>;
  readonly steps: Rendered<Step>;
  readonly models: string[];
}

const preparedEntries = new WeakMap<Entry, Prepared>();

function prepare(entry: Entry, { causes, checks }: Knowledge): Prepared {
  const known = preparedEntries.get(entry);
  if (known !== undefined) return known;
  const causeItems = Object.entries(entry.causes).flatMap(([id, likelihood]) => {
    const cause = causes[id];
    if (cause === undefined) return [];
    const one: Cause = { id, kind: cause.kind, text: cause.text, likelihood };
    return [{ one, texts: [cause.text], with: (words: Words) => ({ ...one, text: render(cause.text, words) }) }];
  });
  const stepItems = entry.steps.flatMap((id) => {
    const check = checks[id];
    if (check === undefined) return [];
    const one = stepOf(id, check);
    const { text, risk } = check;
    const filled = (words: Words): Step => ({
      ...one,
      text: render(text, words),
      ...(risk === undefined ? {} : { risk: render(risk, words) }),
    });
    return [{ one, texts: risk === undefined ? [text] : [text, risk], with: filled }];
  });
  const made = { causes: rendered(causeItems), steps: rendered(stepItems), models: [...(entry.models ?? [])] };
  preparedEntries.set(entry, made);
  return made;
}

function stepOf(id: string, { kind, text, minutes, tools, risk, powerOff }: Check): Step {
  return {
    id,
    kind,
    text,
    minutes,
    ...(tools === undefined ? {} : { tools: [...tools] }),
    ...(risk === undefined ? {} : { risk }),
    ...(powerOff === undefined ? {} : { powerOff }),
  };
}

interface Found extends Judged {
  readonly entry: Entry;
  readonly pack: string | null;
  /** Made when asked for: most readers want the title. */
  readonly related: () => Explanation["related"];
}

export function explainEntry(found: Found, { language, knowledge, say }: Tongue, facts: Facts): Explanation {
  const { entry, code } = found;
  const words = wordsOf(knowledge.parts, code, say);
  const summary = render(entry.summary, words);
  const bits = bitsOf(found, knowledge, say);
  const prepared = prepare(entry, knowledge);
  let others: Explanation["related"] | undefined;
  return {
    ...bits,
    get forms() {
      return formsOf(code);
    },
    get related() {
      return (others ??= found.related());
    },
    language,
    lane: entry.lane ?? "documented",
    documented: true,
    source: "catalogue",
    pack: found.pack,
    title: render(entry.title, words),
    summary: entry.uncertain === true ? `${summary} ${say(UNCERTAIN)}` : summary,
    effect: entry.effect === undefined ? say(EFFECTS[bits.severity]) : render(entry.effect, words),
    danger: entry.danger === undefined ? null : render(entry.danger, words),
    condition: entry.condition,
    causes: prepared.causes.of(words),
    steps: prepared.steps.of(words),
    models: prepared.models,
    actions: actionsOf(facts, code, say),
    pages: pagesOf(facts, code),
  };
}

const NO_ACTIONS: Explanation["actions"] = [];

function actionsOf(facts: Facts, code: HmsCode, say: Say): Explanation["actions"] {
  const actions = facts.actions(code);
  return actions.length === 0 ? NO_ACTIONS : actions.map(({ id, text }) => ({ id, text: say(text) }));
}

const SEVERITY_WORD: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "notice", invalid: "code" };

const ask = (id: string, text: string, minutes = 2): Step => ({ id, kind: "ask", text, minutes });

const UNDOCUMENTED_STEPS: readonly Step[] = [
  ask("note-code", "Write down the code, the time and what the printer was doing."),
  ask("read-screen", "Read the text that the printer shows for this code on its own screen.", 1),
  ask("search-maker", "Search for the code in the printer maker's help pages.", 5),
  ask("describe-code", "When you know what it means, describe it on this code's page, so that the next person finds it."),
];

/** What is said of a code that has no entry. */
export function explainStandIn(found: Judged, knowledge: Knowledge, facts: Facts): Explanation {
  const bits = bitsOf(found, knowledge, inEnglish);
  const rest = {
    language: ENGLISH,
    forms: formsOf(found.code),
    lane: "undocumented" as const,
    documented: false,
    source: "none" as const,
    pack: null,
    danger: null,
    condition: null,
    causes: [],
    related: [],
    models: [],
    actions: [...facts.actions(found.code)],
    pages: pagesOf(facts, found.code),
  };
  if (bits.class === "status") return { ...bits, ...rest, ...STATUS_WORDS, steps: [] };
  const where = whereOf(bits.partName, bits.moduleName, bits.unitName, bits.slot);
  return {
    ...bits,
    ...rest,
    title: `Undocumented ${SEVERITY_WORD[bits.severity]} of ${where}`,
    summary: `This code is not in the catalogue yet. Its numbers point to ${where}; what went wrong there is not known here.`,
    effect: USUAL_EFFECTS[bits.severity],
    steps: [...UNDOCUMENTED_STEPS],
  };
}

const pagesOf = (facts: Facts, code: HmsCode): Explanation["pages"] => facts.pages(code) as Explanation["pages"];

/** What is said of a device error under 4000: it is none. */
const STATUS_WORDS = {
  title: "A status of the running job, no fault",
  summary: "The printer sends numbers under 4000 in the same field while it works. They tell where the job stands and never make an alert.",
  effect: "None.",
} as const;

/** "the heatbed", "the left hotend", "AMS A", "the filament (AMS B slot 2)", "the motion controller (part 7F)". */
function whereOf(part: string | null, module: string, unit: string | null, slot: number | null): string {
  const place = unit === null ? undefined : slot === null ? unit : `${unit} slot ${slot}`;
  if (part === null && place !== undefined) return /^[a-z]/.test(place) ? `the ${place}` : place;
  if (part === null) return `the ${/^[A-Z][a-z]+ /.test(module) ? module.charAt(0).toLowerCase() + module.slice(1) : module}`;
  // a rack position is part and place at once
  return place === undefined || part.endsWith(place.replace("rack ", "")) ? `the ${part}` : `the ${part} (${place})`;
}
