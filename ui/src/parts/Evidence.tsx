/** The evidence of one episode, as its detector put it. Detectors speak English. */
import type { FreezeFrame } from "../data/contract.ts";
import { evidenceWords } from "../show/evidence.ts";
import { langOf, t } from "../words/language.ts";

export function Evidence({ frame }: { readonly frame: FreezeFrame | null | undefined }) {
  const words = evidenceWords(frame);
  if (words === undefined) return null;
  return (
    <p>
      <b>{t("evidence.title")}</b> <span {...langOf("en")}>{words}</span>
    </p>
  );
}
