/** Filament units: damp air that leaks in against the desiccant, and loads that take their time and sometimes a second try. */
import type { Damage } from "./damage.ts";
import type { Orders } from "./orders.ts";
import { approach } from "./wander.ts";
import type { FilamentUnitState, World } from "./world.ts";

const DRY_TAU_S = 3 * 3600;
const TEMP_TAU_S = 900;
/** Electronics and motors keep a unit a little above the room. */
const WARMER_C = 2.5;
const RETRY_S = 9;
const TANGLED_RETRIES = 3;

export function stepUnits(world: World, damage: Damage, orders: Orders, seconds: number, random: () => number): void {
  const { units, traits, ambientC } = world;
  for (let index = 0; index < units.length; index++) {
    const unit = units[index];
    const own = traits.units[index];
    if (unit === undefined || own === undefined) continue;
    const damp = own.dryPct + (traits.roomHumidityPct + 8 - own.dryPct) * Math.min(1, damage.unitLeak);
    unit.humidityPct = approach(unit.humidityPct, damp, seconds, DRY_TAU_S / (1 + 5 * damage.unitLeak));
    unit.tempC = approach(unit.tempC, ambientC.value + WARMER_C, seconds, TEMP_TAU_S);
    for (const slot of unit.slots) slot.isTagRead = !damage.isUnitTagDead;
    const isLoading = orders.motion === "loading" && orders.loadingUnit === index;
    if (isLoading) stepLoading(unit, own.loadS, damage, seconds, random);
    // what was interrupted took as long as it did
    else if (unit.loading !== undefined && !isDone(unit.loading)) finish(unit, unit.loading);
    if (!isLoading) unit.loading = undefined;
  }
}

type Loading = NonNullable<FilamentUnitState["loading"]>;

function isDone({ lastsS, takesS }: Loading): boolean {
  return lastsS >= takesS;
}

/** One load for as long as the order stands. */
function stepLoading(unit: FilamentUnitState, usualS: number, damage: Damage, seconds: number, random: () => number): void {
  unit.loading ??= begin(usualS, damage, random);
  if (isDone(unit.loading)) return;
  unit.loading.lastsS += seconds;
  if (isDone(unit.loading)) finish(unit, unit.loading);
}

function begin(usualS: number, damage: Damage, random: () => number): Loading {
  let retries = damage.isUnitTangled ? TANGLED_RETRIES : 0;
  // one load in a hundred of a sound unit needs a second try
  while (retries < TANGLED_RETRIES && random() < 0.01 + 0.6 * damage.unitMotorWeak) retries++;
  const slow = 1 + 1.5 * damage.unitMotorWeak;
  return { lastsS: 0, takesS: usualS * slow * (0.93 + 0.14 * random()) + retries * RETRY_S, retries };
}

function finish(unit: FilamentUnitState, { lastsS, retries }: Loading): void {
  unit.loads++;
  unit.loadS = lastsS;
  unit.loadRetries = retries;
}
