/**
 * The catalogue: every code explained. Hides where entries come from and how one entry serves many codes (a family: one entry for
 * all units and slots). Looking up never fails: an unknown code gets an honest stand-in and its lane.
 */
import type { CodeInfo, CodeSummary } from "../model/api.ts";
import type { AlertDefinition } from "../model/alert.ts";
import type { HmsCode } from "../model/code.ts";
import type { Lane, Priority } from "../model/priority.ts";
import type { Meant } from "./packs/messages.ts";
import type { PackInfo } from "./packs/packs.ts";

/** The explanation of one code without what only the server knows. */
export type Explanation = Omit<CodeInfo, "url" | "phoneHint" | "ownPriority" | "siteNote" | "vendorTexts">;

/** A site's change of one code, from `overrides` in the config. */
export interface Override {
  readonly priority?: Priority;
  readonly latching?: boolean;
  readonly onDelayMs?: number;
  readonly offDelayMs?: number;
  readonly shelvable?: boolean;
}

export interface CatalogueStats {
  readonly entries: number;
  readonly causes: number;
  readonly checks: number;
  /** Codes that printers are known to send, and how many of them an entry explains (the internal ones too). */
  readonly known: number;
  readonly explained: number;
  readonly internal: number;
  /** Known codes by priority. */
  readonly priorities: Readonly<Record<Priority, number>>;
  readonly modules: readonly {
    readonly module: number;
    readonly name: string;
    readonly entries: number;
    readonly known: number;
    readonly explained: number;
  }[];
}

/** A drawing of the machine with the part lit. The SVG is safe to stand in a page, and named by its caption. */
export interface LitDrawing {
  readonly svg: string;
  readonly caption: string;
  /** Of the caption: English where the part has no name in the language that was asked for. */
  readonly language: string;
}

export interface Catalogue {
  /** Never throws for a canonical code. In the language where the entry is translated, else in English; it says in which. */
  explain(code: HmsCode, language?: string): Explanation;
  /** The language of the catalogue that serves a reader best, out of tags like `de-AT`, best first; `en` when none fits. */
  language(tags: readonly string[]): string;
  /** A phrase of the program ("Over: ", "AMS A") in a language; itself where that language has none. */
  say(english: string, language: string): string;
  /** Undefined where nothing is drawn, as for a module that nobody knows. */
  drawing(code: HmsCode, view?: { readonly model?: string | undefined; readonly language?: string }): LitDrawing | undefined;
  /** How the alert core treats a code: entry, else lane rules, then the site's override. */
  definition(code: HmsCode): AlertDefinition;
  lane(code: HmsCode): Lane;
  /** Codes by any written form, title words or text of any language; best first, titles in `language` where they are translated. */
  search(text: string, limit: number, language?: string): readonly CodeSummary[];
  /** One summary per entry (a family by its first member). */
  list(): readonly CodeSummary[];
  /** Every code that printers are known to send, single members and all. */
  known(): readonly HmsCode[];
  /** Codes that `code` explains when both stand on one printer: its consequences. */
  suppresses(code: HmsCode): readonly HmsCode[];
  stats(): CatalogueStats;
  /** Every pack that was asked for, refused ones too. */
  packs(): readonly PackInfo[];
  /** What a message of a printer's own program means, by the packs that know that program. */
  fromMessage(text: string): Meant | undefined;
}
