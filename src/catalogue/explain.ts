/**
 * The explanation of one code, from its entry or, where there is none, an honest stand-in made of module, part and unit words.
 * Pure; the caller finds the entry. Nothing here invents a meaning: a stand-in says that it does not know.
 */
import { type HmsCode, type Severity, fieldsOf, severityOf, shortForm, toWire } from "../model/code.ts";
import type { Lane, Priority } from "../model/priority.ts";
import { moduleName, placeOf } from "../model/words.ts";
import type { Explanation } from "./catalogue.ts";
import { type Words, partName, render, wordsOf } from "./render.ts";
import type { Check, Entry, Knowledge } from "./shape.ts";

type Step = Explanation["steps"][number];

const EFFECTS: Readonly<Record<Severity, string>> = {
  error: "The job is stopped. No job can start until this is fixed.",
  warning: "The job is paused. It can go on once this is fixed.",
  info: "Nothing is blocked. The job goes on.",
  invalid: "Unknown. The level of this code is not one that printers use.",
};
const UNCERTAIN = "The exact meaning is not confirmed; this is our reading of it.";

interface Judged {
  readonly code: HmsCode;
  readonly priority: Priority;
  readonly latching: boolean;
}

/** The part of an explanation that follows from the bits alone. */
function facts({ code, priority, latching }: Judged, parts: Knowledge["parts"]) {
  const fields = fieldsOf(code);
  const { unitName, slot } = placeOf(code);
  const wire = toWire(code);
  const isHms = fields.kind === "hms";
  return {
    code,
    kind: fields.kind,
    ...(isHms ? {} : { class: fields.class }),
    module: fields.module,
    moduleName: moduleName(fields.module),
    unit: fields.unit,
    part: isHms ? fields.part : null,
    partName: partName(parts, code) ?? null,
    partNumber: isHms ? fields.partNumber : null,
    level: fields.level,
    number: fields.number,
    severity: severityOf(code),
    unitName: unitName ?? null,
    slot: slot ?? null,
    priority,
    latching,
    attr: wire.attr,
    codeNumber: wire.code ?? null,
    forms: formsOf(code),
  };
}

function formsOf(code: HmsCode): string[] {
  const plain = code.replaceAll("-", "");
  const underscored = code.replaceAll("-", "_");
  const short = shortForm(code);
  const { attr, code: low } = toWire(code);
  if (low === undefined) return [underscored, plain, String(attr)];
  return [underscored, `HMS_${underscored}`, plain, ...(short === undefined ? [] : [short]), `${attr}:${low}`];
}

function stepOf(check: Check, words: Words): Step {
  return {
    text: render(check.text, words),
    ...(check.minutes === undefined ? {} : { minutes: check.minutes }),
    ...(check.tools === undefined ? {} : { tools: [...check.tools] }),
    ...(check.risk === undefined ? {} : { risk: render(check.risk, words) }),
    ...(check.powerOff === undefined ? {} : { powerOff: check.powerOff }),
  };
}

export function explainEntry(
  found: Judged & { readonly entry: Entry; readonly related: Explanation["related"] },
  knowledge: Knowledge,
): Explanation {
  const { entry, related } = found;
  const words = wordsOf(knowledge.parts, found.code);
  const summary = render(entry.summary, words);
  return {
    ...facts(found, knowledge.parts),
    lane: "documented",
    documented: true,
    title: render(entry.title, words),
    summary: entry.uncertain === true ? `${summary} ${UNCERTAIN}` : summary,
    effect: entry.effect === undefined ? EFFECTS[severityOf(found.code)] : render(entry.effect, words),
    danger: entry.danger === undefined ? null : render(entry.danger, words),
    causes: Object.entries(entry.causes).map(([id, likelihood]) => ({ text: render(knowledge.causes[id] ?? id, words), likelihood })),
    steps: entry.steps.flatMap((id) => {
      const check = knowledge.checks[id];
      return check === undefined ? [] : [stepOf(check, words)];
    }),
    related,
  };
}

const SEVERITY_WORD: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "notice", invalid: "code" };

const UNDOCUMENTED_STEPS: readonly Step[] = [
  { text: "Write down the code, the time and what the printer was doing." },
  { text: "Read the text that the printer shows for this code on its own screen.", minutes: 1 },
  { text: "Search for the code in the printer maker's help pages.", minutes: 5 },
  { text: "Tell the OpenHMS project what it meant, so that the next person finds it here." },
];
const INTERNAL_STEPS: readonly Step[] = [{ text: "Nothing to do. Note the code if the printer also misbehaves, and show it to support." }];

/** What is said of a code that has no entry. */
export function explainStandIn(found: Judged & { readonly lane: Lane }, knowledge: Knowledge): Explanation {
  const { lane } = found;
  const bits = facts(found, knowledge.parts);
  const where = whereOf(bits.partName, bits.moduleName, bits.unitName, bits.slot);
  const isInternal = lane === "internal";
  const kind = SEVERITY_WORD[bits.severity];
  if (bits.class === "status")
    return { ...bits, lane, documented: false, ...STATUS_WORDS, steps: [], danger: null, causes: [], related: [] };
  return {
    ...bits,
    lane,
    documented: false,
    title: isInternal ? `Internal ${kind} of ${where}` : `Undocumented ${kind} of ${where}`,
    summary: isInternal
      ? "The printer sends this code for its maker's own use. The maker gives it no text and hides it on the printer's screen."
      : `This code is not in the catalogue yet. Its numbers point to ${where}; what went wrong there is not known here.`,
    effect: isInternal ? "None that is known. Printers show no sign of it." : EFFECTS[bits.severity],
    danger: null,
    causes: [],
    steps: [...(isInternal ? INTERNAL_STEPS : UNDOCUMENTED_STEPS)],
    related: [],
  };
}

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
  return place === undefined ? `the ${part}` : `the ${part} (${place})`;
}
