/** The filament units of a printer with what lies in each slot. */
import type { Printer } from "../data/contract.ts";
import { t } from "../words/language.ts";

type Unit = Printer["filamentUnits"][number];

function slotWords(slot: Unit["slots"][number]): string {
  if (!slot.loaded) return t("unit.empty");
  return [slot.material ?? t("unit.unknown"), slot.remainPct === undefined ? "" : `${slot.remainPct.toFixed(0)} %`]
    .filter((word) => word !== "")
    .join(", ");
}

export function Units({ units }: { readonly units: readonly Unit[] }) {
  if (units.length === 0) return <p className="quiet">{t("unit.none")}</p>;
  return (
    <div className="stack">
      {units.map((unit) => (
        <div key={unit.name}>
          <h3>
            {unit.name}{" "}
            <span className="quiet small">
              {unit.humidityPct === undefined ? "" : t("unit.humidity", { percent: unit.humidityPct.toFixed(0) })}{" "}
              {unit.tempC === undefined ? "" : `${unit.tempC.toFixed(0)} °C`}
            </span>
          </h3>
          <ul className="slots">
            {unit.slots.map((slot) => (
              <li key={slot.slot}>
                <div className="small quiet">{t("unit.slot", { slot: slot.slot })}</div>
                {slot.loaded && slot.color !== undefined ? (
                  <span className="swatch" style={{ background: `#${slot.color.slice(0, 6)}` }} />
                ) : null}
                {slotWords(slot)}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}
