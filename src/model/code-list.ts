/** The list of all codes that the static site carries for its search: written by the command line, read by a script in the browser. */

/** Codes that read alike but for unit and slot. */
export interface CodeGroup {
  /** Words of the street for those of the title. */
  readonly also: string;
  /** Words beyond the titles by which it is found. */
  readonly words: string;
  /** Code and title; the first stands for all. */
  readonly members: readonly (readonly [code: string, title: string])[];
}

export interface CodeList {
  readonly groups: readonly CodeGroup[];
  /** Words that say nothing. */
  readonly ignored: readonly string[];
  /** Shown with the number of hits, and where there are none. */
  readonly found: string;
  readonly none: string;
}
