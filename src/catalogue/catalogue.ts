/**
 * The catalogue: every code explained. Hides where entries come from and how one entry serves many codes (a family: one entry for
 * all units and slots). Looking up never fails: an unknown code gets an honest stand-in and its lane.
 */
import type { CodeInfo, CodeSummary } from "../model/api.ts";
import type { AlertDefinition } from "../model/alert.ts";
import type { HmsCode } from "../model/code.ts";
import type { Lane, Priority } from "../model/priority.ts";

/** The explanation of one code without what only the server knows. */
export type Explanation = Omit<CodeInfo, "url" | "phoneHint" | "ownPriority">;

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
  readonly modules: readonly { readonly module: number; readonly name: string; readonly entries: number }[];
}

export interface Catalogue {
  /** Never throws for a canonical code. */
  explain(code: HmsCode): Explanation;
  /** How the alert core treats a code: entry, else lane rules, then the site's override. */
  definition(code: HmsCode): AlertDefinition;
  lane(code: HmsCode): Lane;
  /** Codes by any written form, title words or text; best first. */
  search(text: string, limit: number): readonly CodeSummary[];
  /** One summary per entry (a family by its first member). */
  list(): readonly CodeSummary[];
  /** Codes that `code` explains when both stand on one printer: its consequences. */
  suppresses(code: HmsCode): readonly HmsCode[];
  stats(): CatalogueStats;
}
