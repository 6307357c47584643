/** Every kind of printer there is. A new one is its file and its line here; a test fails while the line is missing. */
import type { AdapterKind } from "./adapter.ts";
import { bambu } from "./bambu.ts";
import { virtual } from "./virtual.ts";

export const adapters: readonly AdapterKind[] = [bambu, virtual];
