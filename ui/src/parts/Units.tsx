/** The filament units of a printer with what lies in each slot. */
import type { Printer } from "../data/contract.ts";

type Unit = Printer["filamentUnits"][number];

function slotWords(slot: Unit["slots"][number]): string {
  if (!slot.loaded) return "empty";
  return [slot.material ?? "unknown", slot.remainPct === undefined ? "" : `${slot.remainPct.toFixed(0)} %`]
    .filter((word) => word !== "")
    .join(", ");
}

export function Units({ units }: { readonly units: readonly Unit[] }) {
  if (units.length === 0) return <p className="quiet">No filament unit is attached.</p>;
  return (
    <div className="stack">
      {units.map((unit) => (
        <div key={unit.name}>
          <h3>
            {unit.name}{" "}
            <span className="quiet small">
              {unit.humidityPct === undefined ? "" : `humidity ${unit.humidityPct.toFixed(0)} %`}{" "}
              {unit.tempC === undefined ? "" : `${unit.tempC.toFixed(0)} °C`}
            </span>
          </h3>
          <ul className="slots">
            {unit.slots.map((slot) => (
              <li key={slot.slot}>
                <div className="small quiet">Slot {slot.slot}</div>
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
