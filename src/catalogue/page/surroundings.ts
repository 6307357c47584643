/** Where a page stands: what it is given around the knowledge. Central and the static site differ in nothing else. */
import type { Html } from "./html.ts";

export interface Surroundings {
  /** Folder of the style and the scripts, with a slash at its end. */
  readonly files: string;
  readonly icon: string;
  /** The brand leads here. */
  readonly home: string;
  /** Takes `q`. */
  readonly search: string;
  readonly code: (code: string) => string;
  /** The same page in other languages. */
  readonly languages: readonly { readonly language: string; readonly name: string; readonly href: string }[];
  /** The page about what a site knows of the code; the static site has none. */
  readonly site?: string;
  /** A drawing or an image. Absent where the page's address is not known. */
  readonly qr?: Html;
}
