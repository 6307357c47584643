/** What a detector saw when it raised an alert, in the sentence it gave, or from its figures. Reports come from anybody: any shape may be in them. */
import type { FreezeFrame } from "../data/contract.ts";
import { locale, t } from "../words/language.ts";

const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);
const figures = new Intl.NumberFormat(locale, { maximumSignificantDigits: 4 });

/** Undefined where the report told no more than that it failed, as those of printers do. */
export function evidenceWords(frame: FreezeFrame | null | undefined): string | undefined {
  const { evidence, value, limit, unit, confidence } = frame?.report ?? {};
  const says = typeof evidence === "object" && evidence !== null && "says" in evidence ? evidence.says : undefined;
  const figure = (of: number): string => `${figures.format(of)} ${typeof unit === "string" ? unit : ""}`.trim();
  const [seen, most, sure] = [number(value), number(limit), number(confidence)];
  const told =
    typeof says === "string" && says !== ""
      ? `${says.charAt(0).toLocaleUpperCase()}${says.slice(1)}`
      : seen !== undefined && most !== undefined
        ? t("evidence.figures", { value: figure(seen), limit: figure(most) })
        : undefined;
  if (told === undefined || sure === undefined) return told;
  return `${told} (${t("evidence.sure", { pct: Math.round(sure * 100) })})`;
}
