/** What a help page shows of a code: the explanation, and what a site has added to it. */
import type { CodeInfo } from "../../model/api.ts";
import type { Explanation } from "../catalogue.ts";

export type HelpInfo = Explanation & Partial<Pick<CodeInfo, "siteNote" | "vendorTexts">>;
