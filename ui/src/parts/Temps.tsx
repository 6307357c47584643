/** The temperatures of a printer, each with its target where one is set. */
import type { Printer } from "../data/contract.ts";
import { reading } from "../show/words.ts";
import { t } from "../words/language.ts";

const TEMPS = [
  { label: t("temp.nozzle"), now: "nozzleTempC", target: "nozzleTargetC" },
  { label: t("temp.leftNozzle"), now: "leftNozzleTempC", target: "leftNozzleTargetC" },
  { label: t("temp.bed"), now: "bedTempC", target: "bedTargetC" },
  { label: t("temp.chamber"), now: "chamberTempC", target: "chamberTargetC" },
] as const;

export function Temps({ printer }: { readonly printer: Printer }) {
  const shown = TEMPS.filter((temp) => temp.now !== "leftNozzleTempC" || printer.readings[temp.now] !== undefined);
  return (
    <dl className="temps">
      {shown.map((temp) => {
        const target = printer.readings[temp.target];
        return (
          <div key={temp.now}>
            <dt>{temp.label}</dt>
            <dd>
              {reading(printer.readings[temp.now], "°C")}
              {target === undefined || target === 0 ? null : <span className="quiet small"> → {target.toFixed(0)}</span>}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
