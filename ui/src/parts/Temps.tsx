/** The temperatures of a printer, each with its target where one is set. */
import type { Printer } from "../data/contract.ts";
import { reading } from "../show/words.ts";

const TEMPS = [
  { label: "Nozzle", now: "nozzleTempC", target: "nozzleTargetC" },
  { label: "Left nozzle", now: "leftNozzleTempC", target: "leftNozzleTargetC" },
  { label: "Bed", now: "bedTempC", target: "bedTargetC" },
  { label: "Chamber", now: "chamberTempC", target: "chamberTargetC" },
] as const;

export function Temps({ printer }: { readonly printer: Printer }) {
  const shown = TEMPS.filter((temp) => temp.label !== "Left nozzle" || printer.readings[temp.now] !== undefined);
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
