/**
 * The fixed words of the help pages: headings, buttons, notes. What a code means stands in the catalogue and has its own languages.
 * Every language has the same keys; the compiler sees to it.
 */
import type { Explanation } from "../catalogue.ts";
import type { SignalName } from "../../model/telemetry.ts";

export interface Words {
  readonly name: string;
  readonly skip: string;
  readonly brand: string;
  readonly danger: string;
  readonly severity: Readonly<Record<Explanation["severity"], string>>;
  readonly undocumented: string;
  readonly describe: string;
  readonly describedHere: string;
  readonly siteNoteTitle: string;
  readonly ownNotes: string;
  readonly effectTitle: string;
  readonly latching: string;
  readonly offers: string;
  readonly stepsTitle: string;
  readonly noSteps: string;
  readonly minutes: (minutes: number) => string;
  readonly tools: string;
  readonly risk: string;
  readonly powerOff: string;
  readonly done: string;
  readonly freshStart: string;
  readonly causesTitle: string;
  readonly likelihood: Readonly<Record<Explanation["causes"][number]["likelihood"], string>>;
  readonly relatedTitle: string;
  readonly codeTitle: string;
  readonly field: string;
  readonly value: string;
  readonly meaning: string;
  readonly fields: Readonly<Record<"module" | "unit" | "part" | "partNumber" | "level" | "class" | "number", string>>;
  readonly slot: (slot: number) => string;
  readonly levels: readonly [string, string, string, string];
  readonly levelOutside: string;
  readonly status: string;
  readonly notKnown: string;
  readonly forms: string;
  readonly onWire: string;
  readonly onlyModels: string;
  readonly makerTitle: string;
  readonly makerNote: string;
  readonly makerYours: (model: string) => string;
  readonly makerFor: string;
  readonly makerOthers: string;
  readonly makerAll: string;
  readonly vendorTitle: string;
  readonly vendorNote: string;
  readonly print: string;
  readonly qr: string;
  readonly missingTitle: string;
  readonly missing: (text: string) => string;
  readonly search: string;
  readonly searchLabel: string;
  readonly searchHint: string;
  readonly alert: AlertWords;
  readonly contents: ContentsWords;
  readonly madeBy: string;
}

/** Of the box about the alert from which the page was opened. */
interface AlertWords {
  readonly title: string;
  readonly active: string;
  readonly latched: string;
  readonly cleared: string;
  readonly stale: string;
  readonly unnoticed: string;
  readonly place: string;
  readonly since: string;
  readonly until: string;
  readonly seen: string;
  readonly job: string;
  readonly readings: string;
  readonly lastReadings: string;
  readonly atStart: string;
  readonly now: string;
  readonly signals: Readonly<Record<SignalName, string>>;
  readonly open: string;
  readonly loginNeeded: string;
  readonly login: string;
  readonly failed: string;
}

/** Of the list of all codes in the static site. */
interface ContentsWords {
  readonly title: string;
  readonly lead: (count: number) => string;
  readonly found: string;
  readonly none: string;
  readonly more: string;
}

const EN: Words = {
  name: "English",
  skip: "Skip to the content",
  brand: "OpenHMS",
  danger: "Danger",
  severity: { error: "Error", warning: "Warning", info: "Info", invalid: "No level" },
  undocumented: "Do you know what it means?",
  describe: "Describe it yourself",
  describedHere: "Described by this site, not by the catalogue.",
  siteNoteTitle: "This site’s note",
  ownNotes: "This site’s notes and priority",
  effectTitle: "What the printer does",
  latching: "It stays blocked after the fault is gone, until a person resets the alert.",
  offers: "Its dialog offers",
  stepsTitle: "What to do",
  noSteps: "No steps are known for this code yet.",
  minutes: (minutes) => `about ${minutes} min`,
  tools: "Tools",
  risk: "Careful",
  powerOff: "Switch off and unplug first",
  done: "done",
  freshStart: "Start afresh",
  causesTitle: "What may cause it",
  likelihood: { likely: "likely", possible: "possible", rare: "rare" },
  relatedTitle: "Related codes",
  codeTitle: "The code itself",
  field: "Field",
  value: "Value",
  meaning: "Meaning",
  fields: {
    module: "Module",
    unit: "Unit",
    part: "Part",
    partNumber: "Part number",
    level: "Level",
    class: "Class",
    number: "Number",
  },
  slot: (slot) => `slot ${slot}`,
  levels: [
    "invalid",
    "error: as a rule the job is stopped, and none can start until it is fixed",
    "warning: as a rule the job is paused, and cannot go on until it is fixed",
    "info: the job goes on",
  ],
  levelOutside: "outside the standard: blocks nothing",
  status: "status of the running job, no fault",
  notKnown: "not known",
  forms: "Also written",
  onWire: "On the wire",
  onlyModels: "Only on",
  makerTitle: "The maker’s page",
  makerNote: "These links leave OpenHMS. Nothing is fetched from there unless you open one.",
  makerYours: (model) => `For this printer (${model})`,
  makerFor: "For",
  makerOthers: "For all other models",
  makerAll: "For all models",
  vendorTitle: "The maker’s own text",
  vendorNote: "Imported on this site",
  print: "Print this page",
  qr: "This page on a phone",
  missingTitle: "This is no code",
  missing: (text) => `“${text}” is no HMS code and no device error. Look at the printer’s screen again, or search for words.`,
  search: "Search",
  searchLabel: "A code in any form, or words",
  searchHint: "0300-0100-0001-0001, 0300_8003 or “bed not heating”",
  alert: {
    title: "The alert",
    active: "Active now",
    latched: "The fault is gone; it stays blocked until somebody resets it",
    cleared: "Gone again",
    stale: "The printer cannot be reached: this is the last known.",
    unnoticed: "The printer itself did not tell this: it may go on printing. See whether a job runs, and stop it.",
    place: "Where",
    since: "Since",
    until: "Until",
    seen: "What was seen",
    job: "Job",
    readings: "Reading",
    lastReadings: "Last readings",
    atStart: "At first",
    now: "Now",
    signals: {
      nozzleTempC: "Nozzle",
      nozzleTargetC: "Nozzle target",
      leftNozzleTempC: "Left nozzle",
      bedTempC: "Bed",
      bedTargetC: "Bed target",
      chamberTempC: "Chamber",
      partFanPct: "Part fan",
      auxFanPct: "Aux fan",
      chamberFanPct: "Chamber fan",
      hotendFanPct: "Hotend fan",
      wifiDbm: "Wi-Fi",
      progressPct: "Progress",
      nozzleDutyPct: "Nozzle power",
      bedDutyPct: "Bed power",
      hotendFanRpm: "Hotend fan speed",
      partFanRpm: "Part fan speed",
    },
    open: "Open the alert",
    loginNeeded: "Log in to see which printer this is about.",
    login: "Log in",
    failed: "Which printer this is about cannot be shown now.",
  },
  contents: {
    title: "Every code explained",
    lead: (count) => `${count} codes of 3D printers: what they mean, what the printer does, what to do.`,
    found: "codes found",
    none: "Nothing found. Try fewer or other words.",
    more: "All units and slots",
  },
  madeBy: "Made with OpenHMS, in our own words. Not a page of the printer’s maker.",
};

const DE: Words = {
  name: "Deutsch",
  skip: "Zum Inhalt springen",
  brand: "OpenHMS",
  danger: "Gefahr",
  severity: { error: "Fehler", warning: "Warnung", info: "Hinweis", invalid: "Ohne Stufe" },
  undocumented: "Ist bekannt, was er bedeutet?",
  describe: "Selbst beschreiben",
  describedHere: "Von diesem Standort beschrieben, nicht vom Katalog.",
  siteNoteTitle: "Notiz dieses Standorts",
  ownNotes: "Notizen und Priorität an diesem Standort",
  effectTitle: "Was der Drucker tut",
  latching: "Er bleibt auch nach dem Ende der Störung gesperrt, bis jemand den Alarm zurücksetzt.",
  offers: "Sein Dialog bietet an",
  stepsTitle: "Was zu tun ist",
  noSteps: "Für diesen Code sind noch keine Schritte bekannt.",
  minutes: (minutes) => `etwa ${minutes} min`,
  tools: "Werkzeug",
  risk: "Vorsicht",
  powerOff: "Zuerst ausschalten und Netzstecker ziehen",
  done: "erledigt",
  freshStart: "Neu beginnen",
  causesTitle: "Mögliche Ursachen",
  likelihood: { likely: "wahrscheinlich", possible: "möglich", rare: "selten" },
  relatedTitle: "Verwandte Codes",
  codeTitle: "Der Code selbst",
  field: "Feld",
  value: "Wert",
  meaning: "Bedeutung",
  fields: {
    module: "Modul",
    unit: "Einheit",
    part: "Teil",
    partNumber: "Teilnummer",
    level: "Stufe",
    class: "Klasse",
    number: "Nummer",
  },
  slot: (slot) => `Fach ${slot}`,
  levels: [
    "ungültig",
    "Fehler: In der Regel ist der Auftrag abgebrochen, bis zur Behebung kann keiner beginnen",
    "Warnung: In der Regel steht der Auftrag, bis zur Behebung geht er nicht weiter",
    "Hinweis: Der Auftrag läuft weiter",
  ],
  levelOutside: "außerhalb des Standards: sperrt nichts",
  status: "Stand des laufenden Auftrags, keine Störung",
  notKnown: "nicht bekannt",
  forms: "Andere Schreibweisen",
  onWire: "In der Übertragung",
  onlyModels: "Nur an",
  makerTitle: "Die Seite des Herstellers",
  makerNote: "Diese Links führen aus OpenHMS hinaus. Von dort wird nichts geladen, solange keiner geöffnet wird.",
  makerYours: (model) => `Für diesen Drucker (${model})`,
  makerFor: "Für",
  makerOthers: "Für alle anderen Modelle",
  makerAll: "Für alle Modelle",
  vendorTitle: "Der Text des Herstellers",
  vendorNote: "An diesem Standort eingelesen",
  print: "Diese Seite drucken",
  qr: "Diese Seite auf dem Telefon",
  missingTitle: "Das ist kein Code",
  missing: (text) =>
    `„${text}“ ist kein HMS-Code und kein Gerätefehler. Noch einmal auf den Bildschirm des Druckers sehen oder nach Wörtern suchen.`,
  search: "Suchen",
  searchLabel: "Ein Code in beliebiger Form oder Wörter",
  searchHint: "0300-0100-0001-0001, 0300_8003 oder „Heizbett“",
  alert: {
    title: "Der Alarm",
    active: "Besteht jetzt",
    latched: "Die Störung ist vorbei; gesperrt, bis jemand zurücksetzt",
    cleared: "Wieder vorbei",
    stale: "Der Drucker ist nicht erreichbar: Das ist der letzte bekannte Stand.",
    unnoticed: "Der Drucker selbst hat das nicht gemeldet: Er druckt vielleicht weiter. Sieh nach, ob ein Auftrag läuft, und halte ihn an.",
    place: "Wo",
    since: "Seit",
    until: "Bis",
    seen: "Was zu sehen war",
    job: "Auftrag",
    readings: "Messwert",
    lastReadings: "Letzte Messwerte",
    atStart: "Zu Beginn",
    now: "Jetzt",
    signals: {
      nozzleTempC: "Düse",
      nozzleTargetC: "Düse, Soll",
      leftNozzleTempC: "Linke Düse",
      bedTempC: "Heizbett",
      bedTargetC: "Heizbett, Soll",
      chamberTempC: "Bauraum",
      partFanPct: "Bauteillüfter",
      auxFanPct: "Zusatzlüfter",
      chamberFanPct: "Bauraumlüfter",
      hotendFanPct: "Hotend-Lüfter",
      wifiDbm: "WLAN",
      progressPct: "Fortschritt",
      nozzleDutyPct: "Düsenleistung",
      bedDutyPct: "Bettleistung",
      hotendFanRpm: "Drehzahl Hotend-Lüfter",
      partFanRpm: "Drehzahl Bauteillüfter",
    },
    open: "Alarm öffnen",
    loginNeeded: "Um welchen Drucker es geht, ist nach dem Anmelden zu sehen.",
    login: "Anmelden",
    failed: "Um welchen Drucker es geht, ist gerade nicht zu erfahren.",
  },
  contents: {
    title: "Jeder Code erklärt",
    lead: (count) => `${count} Codes von 3D-Druckern: was sie bedeuten, was der Drucker tut, was zu tun ist.`,
    found: "Codes gefunden",
    none: "Nichts gefunden. Weniger oder andere Wörter versuchen.",
    more: "Alle Einheiten und Fächer",
  },
  madeBy: "Erstellt mit OpenHMS, in eigenen Worten. Keine Seite des Druckerherstellers.",
};

const WORDS = { en: EN, de: DE } as const satisfies Record<string, Words>;
export type PageLanguage = keyof typeof WORDS;
export const PAGE_LANGUAGES = Object.keys(WORDS) as readonly PageLanguage[];

/** The fixed words for a language of the catalogue; English where there are none yet. */
export function wordsFor(language: string): { readonly language: PageLanguage; readonly words: Words } {
  const known = PAGE_LANGUAGES.find((one) => one === language) ?? "en";
  return { language: known, words: WORDS[known] };
}
