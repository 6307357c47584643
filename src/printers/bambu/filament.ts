/**
 * What a printer says of its filament units, kept by unit and slot number. A message may name one slot of one unit: all else
 * stays. Only a message that says it is complete can make a unit disappear.
 */
import type { FilamentSlot, FilamentUnit } from "../../model/telemetry.ts";
import { FIRST_AMS_HT } from "./constants.ts";
import { hex32, integerOf, isRecord, numberOf, tempOf, textOf } from "./values.ts";

interface Tray {
  material: string | undefined;
  /** As it came, to see at once that it is the same again. */
  rawColor: string | undefined;
  color: string | undefined;
  remainPct: number | undefined;
}

interface Unit {
  humidityPct: number | undefined;
  tempC: number | undefined;
  trays: Map<number, Tray>;
}

const MAX_UNITS = 32;
const MAX_SLOT = 3;
const MAX_UNIT_ID = 255;

export interface FilamentFacts {
  /** Takes the `ams` object of a message; true when anything that shows has changed. */
  accept(ams: unknown, complete: boolean): boolean;
  /** The product words by unit number, from the version list; true when a name changes. */
  name(products: ReadonlyMap<number, string>): boolean;
  /** Undefined until the printer has spoken of its units. */
  units(): readonly FilamentUnit[] | undefined;
}

export function createFilamentFacts(): FilamentFacts {
  const units = new Map<number, Unit>();
  let products: ReadonlyMap<number, string> = new Map();
  let existBits: number | undefined;
  let spoken = false;
  let cached: readonly FilamentUnit[] | undefined;

  function acceptUnit(raw: unknown, complete: boolean): { id: number | undefined; changed: boolean } {
    const id = isRecord(raw) ? integerOf(raw["id"], 0, MAX_UNIT_ID) : undefined;
    if (!isRecord(raw) || id === undefined || (!units.has(id) && units.size >= MAX_UNITS)) return { id: undefined, changed: false };
    let unit = units.get(id);
    const isNew = unit === undefined;
    if (unit === undefined) units.set(id, (unit = { humidityPct: undefined, tempC: undefined, trays: new Map() }));
    const changed = acceptClimate(unit, raw["humidity_raw"], raw["temp"]);
    return { id, changed: acceptTrays(unit.trays, raw["tray"], complete) || changed || isNew };
  }

  return {
    accept: (ams, complete) => {
      if (!isRecord(ams)) return false;
      let changed = !spoken;
      const bits = hex32(ams["tray_exist_bits"]);
      if (bits !== undefined && bits !== existBits) {
        existBits = bits;
        changed = true;
      }
      const list = ams["ams"];
      if (Array.isArray(list)) {
        spoken = true;
        const named = new Set<number>();
        for (const raw of list.slice(0, MAX_UNITS)) {
          const result = acceptUnit(raw, complete);
          if (result.changed) changed = true;
          if (result.id !== undefined) named.add(result.id);
        }
        if (complete && keepOnly(units, (id) => named.has(id))) changed = true;
      }
      if (changed) cached = undefined;
      return changed && spoken;
    },
    name: (next) => {
      const changed = [...units.keys()].some((id) => products.get(id) !== next.get(id));
      products = next;
      if (changed) cached = undefined;
      return changed;
    },
    units: () => {
      if (!spoken) return undefined;
      return (cached ??= [...units].sort(([a], [b]) => a - b).map(([id, unit]) => shown(id, unit, products.get(id), existBits)));
    },
  };
}

/** Units without a sensor say 0 for both. */
function acceptClimate(unit: Unit, humidity: unknown, temp: unknown): boolean {
  const { humidityPct, tempC } = unit;
  const nextHumidity = numberOf(humidity, 1, 100);
  const nextTemp = tempOf(temp);
  if (nextHumidity !== undefined) unit.humidityPct = nextHumidity;
  if (nextTemp !== undefined && nextTemp !== 0) unit.tempC = nextTemp;
  return unit.humidityPct !== humidityPct || unit.tempC !== tempC;
}

function acceptTrays(trays: Map<number, Tray>, list: unknown, complete: boolean): boolean {
  if (!Array.isArray(list)) return false;
  let changed = false;
  let named = 0;
  for (let i = 0; i < list.length && i <= MAX_SLOT; i++) {
    const raw: unknown = list[i];
    const id = isRecord(raw) ? integerOf(raw["id"], 0, MAX_SLOT) : undefined;
    if (!isRecord(raw) || id === undefined) continue;
    named |= 1 << id;
    let tray = trays.get(id);
    if (tray === undefined) {
      trays.set(id, (tray = { material: undefined, rawColor: undefined, color: undefined, remainPct: undefined }));
      changed = true;
    }
    if (acceptTray(tray, raw["tray_type"], raw["tray_color"], raw["remain"])) changed = true;
  }
  return (complete && keepOnly(trays, (id) => (named & (1 << id)) !== 0)) || changed;
}

function acceptTray(tray: Tray, type: unknown, color: unknown, remain: unknown): boolean {
  let changed = false;
  if (type !== undefined && type !== tray.material) {
    const material = textOf(type, 32);
    changed = material !== undefined && material !== tray.material;
    if (changed) tray.material = material;
  }
  if (color !== undefined && color !== tray.rawColor && typeof color === "string" && /^[0-9a-fA-F]{6,8}$/.test(color)) {
    tray.rawColor = color;
    tray.color = color.slice(0, 6).toUpperCase();
    changed = true;
  }
  // -1: the printer cannot tell, which takes back what it told before
  const told = numberOf(remain, -1, 100);
  const remainPct = told !== undefined && told < 0 ? undefined : told;
  if (told === undefined || remainPct === tray.remainPct) return changed;
  tray.remainPct = remainPct;
  return true;
}

function keepOnly<T>(map: Map<number, T>, isNamed: (id: number) => boolean): boolean {
  let changed = false;
  for (const id of map.keys()) {
    if (isNamed(id)) continue;
    map.delete(id);
    changed = true;
  }
  return changed;
}

/** The slot's bit: four a unit, then one for each AMS-HT from bit 16 on. */
function isLoaded(unit: number, slot: number, tray: Tray, existBits: number | undefined): boolean {
  const hasMaterial = tray.material !== undefined && tray.material !== "";
  const bit = unit >= FIRST_AMS_HT ? 16 + unit - FIRST_AMS_HT : unit * 4 + slot;
  if (existBits === undefined || bit > 31) return hasMaterial;
  const exists = ((existBits >>> bit) & 1) === 1;
  // not every firmware has the bits of an AMS-HT there
  return unit >= FIRST_AMS_HT ? exists || hasMaterial : exists;
}

function shown(id: number, unit: Unit, product: string | undefined, existBits: number | undefined): FilamentUnit {
  const letter = String.fromCharCode(65 + ((id >= FIRST_AMS_HT ? id - FIRST_AMS_HT : id) % 26));
  const name = `${id >= FIRST_AMS_HT ? "AMS-HT" : (product ?? "AMS")} ${letter}`;
  const slots = [...unit.trays]
    .sort(([a], [b]) => a - b)
    .map(([slot, tray]): FilamentSlot => {
      if (!isLoaded(id, slot, tray, existBits)) return { slot: slot + 1, loaded: false };
      return {
        slot: slot + 1,
        loaded: true,
        ...(tray.material ? { material: tray.material } : {}),
        ...(tray.color === undefined ? {} : { color: tray.color }),
        ...(tray.remainPct === undefined ? {} : { remainPct: tray.remainPct }),
      };
    });
  return {
    name,
    ...(unit.humidityPct === undefined ? {} : { humidityPct: unit.humidityPct }),
    ...(unit.tempC === undefined ? {} : { tempC: unit.tempC }),
    slots,
  };
}
