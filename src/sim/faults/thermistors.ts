/** Temperature sensors that are open, shorted, loose, noisy, frozen or no longer where the heat is. Nozzle and bed have the same faults. */
import type { SensorDamage } from "../world/damage.ts";
import { codes, type Fault, MINUTE_S, SUDDEN, type VendorNotice, type Wrong } from "./fault.ts";

interface Place {
  readonly name: "nozzle" | "bed" | "chamber";
  readonly prefix: string;
  /** `stg_cur` while the job stands still because of it. */
  readonly pausedStage?: number;
}

const NOZZLE: Place = { name: "nozzle", prefix: "0300-0200" };
const BED: Place = { name: "bed", prefix: "0300-0100", pausedStage: 21 };
const CHAMBER: Place = { name: "chamber", prefix: "0300-9100" };

function sensor({ name }: Place, damage: Partial<SensorDamage>): Wrong {
  if (name === "nozzle") return { nozzleSensor: damage };
  return name === "bed" ? { bedSensor: damage } : { chamberSensor: damage };
}

/** What may be said besides, whatever is wrong with a sensor: the heater seems to misbehave. */
const SEEMS = ["0001-0002", "0001-0003", "0001-0005", "0001-0006", "0001-0007", "0001-0008", "0001-E001", "0001-E002", "0001-E003"];
const SEEMS_LATER = ["0001-E102", "0001-E103", "0002-E103", "0002-E104", "0002-E105", "0001-E106", "0003-E107", "0003-E108", "0003-E109"];

/** A nozzle that is truly too cold or too hot melts too little, or its heat creeps up. */
const OF_THE_MELT = codes("0300-0900-0002-0001 0300-0900-0002-0003 0300-0900-0003-E114 E100-0E00-0002-E002 0300-0200-0003-E115");

function common({ name, prefix }: Place): Pick<Fault, "onset" | "mayRaise"> {
  const seems = [...SEEMS, ...SEEMS_LATER].flatMap((rest) => codes(`${prefix}-${rest}`));
  return { onset: SUDDEN, mayRaise: name === "nozzle" ? [...seems, ...OF_THE_MELT] : seems };
}

const both = (text: string): Fault["expects"] => ({ bambu: codes(text), klipper: codes(text) });

function brokenWires(place: Place): readonly Fault[] {
  const { name, prefix, pausedStage } = place;
  const notice = (code: string): VendorNotice => ({
    effect: "stop",
    hms: codes(`${prefix}-${code}`),
    ...(pausedStage !== undefined && { pausedStage }),
    noticedAfterS: 2,
  });
  return [
    {
      ...common(place),
      name: `${name}-thermistor-open`,
      about: `the wire of the ${name}'s temperature sensor is broken`,
      damage: () => sensor(place, { open: 1 }),
      vendor: notice("0001-0007"),
      expects: both(`${prefix}-0001-0007`),
      physicallyVisibleS: 1,
    },
    {
      ...common(place),
      name: `${name}-thermistor-short`,
      about: `the wires of the ${name}'s temperature sensor touch each other`,
      damage: () => sensor(place, { open: -1 }),
      vendor: notice("0001-0006"),
      expects: both(`${prefix}-0001-0006`),
      physicallyVisibleS: 1,
    },
  ];
}

function shiftyReadings(place: Place): readonly Fault[] {
  const { name, prefix } = place;
  return [
    {
      ...common(place),
      name: `${name}-thermistor-loose`,
      about: `the ${name}'s temperature sensor has a loose contact: its reading jumps`,
      damage: (strength) => sensor(place, { jumpsPerS: 0.2 * strength, jumpC: 10 + 25 * strength }),
      expects: both(`${prefix}-0002-E104 ${prefix}-0002-E105`),
      physicallyVisibleS: 10,
    },
    {
      ...common(place),
      name: `${name}-thermistor-noisy`,
      about: `the reading of the ${name}'s temperature sensor is full of noise`,
      damage: (strength) => sensor(place, { noiseC: 5 * strength }),
      expects: both(`${prefix}-0002-E105 ${prefix}-0002-E104`),
      physicallyVisibleS: 10,
    },
    {
      ...common(place),
      name: `${name}-thermistor-frozen`,
      about: `the reading of the ${name}'s temperature sensor stands still at a believable value`,
      damage: () => sensor(place, { isFrozen: true }),
      // without the heater's power, in whole degrees, a steady reading is only steady
      expects: { klipper: codes(`${prefix}-0001-E106`) },
      physicallyVisibleS: 20,
    },
    {
      ...common(place),
      name: `${name}-thermistor-slipping`,
      about: `the ${name}'s temperature sensor slips slowly out of its place`,
      onset: { kind: "creeping", overS: 10 * MINUTE_S },
      damage: (strength) => sensor(place, { slipped: 0.5 * strength }),
      // the controller hides it from the temperature: only the power tells, or its end in a heater that has little to spare
      expects: { klipper: codes(`${prefix}-0002-E103 ${prefix}-0001-E103 ${prefix}-0001-0008 ${prefix}-0003-E108`) },
      physicallyVisibleS: 2 * MINUTE_S,
    },
  ];
}

export const THERMISTOR_FAULTS: readonly Fault[] = [
  ...[NOZZLE, BED].flatMap((place) => [...brokenWires(place), ...shiftyReadings(place)]),
  {
    ...common(CHAMBER),
    name: "chamber-thermistor-open",
    about: "the wire of the chamber's temperature sensor is broken",
    damage: () => sensor(CHAMBER, { open: 1 }),
    vendor: { effect: "none", hms: codes("0300-9100-0001-0007"), noticedAfterS: 5 },
    expects: both("0300-9100-0001-0007"),
    needs: (facts) => facts.hasChamberSensor,
  },
];
