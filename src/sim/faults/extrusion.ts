/** Filament that ends, tangles, slips or comes in the wrong amount, and the nozzle it should come out of. */
import { parseCode } from "../../model/code.ts";
import { codes, type Fault, HOUR_S, MINUTE_S, onBambu, onKlipper, SUDDEN } from "./fault.ts";

const hasEncoder: Fault["needs"] = (facts) => facts.body.hasEncoder;
/** Any way in which too little comes may be told by each of these. */
const TOO_LITTLE = codes("0300-0900-0002-0003 0300-0900-0003-E114 0300-0900-0002-0001 E100-0E00-0002-E002 0300-0200-0003-E115");

const NOZZLE: readonly Fault[] = [
  {
    name: "nozzle-clog",
    about: "the nozzle is clogged; the vendor tells it as a device error alone",
    onset: SUDDEN,
    damage: (strength) => ({ clog: 0.9 * strength }),
    vendor: { effect: "pause", hms: [], device: parseCode("0300-8016"), pausedStage: 35, noticedAfterS: 5 },
    // half a clog lets some of it through
    expects: { klipper: codes("0300-0900-0002-0003 0300-0900-0003-E114 0300-0900-0002-0001 E100-0E00-0002-E002") },
    mayRaise: TOO_LITTLE,
    needs: (facts) => facts.firmware === "bambu" || facts.body.hasEncoder,
    physicallyVisibleS: 5,
  },
  {
    name: "nozzle-clogging",
    about: "the bore of the nozzle closes little by little",
    onset: { kind: "creeping", overS: 2 * HOUR_S },
    damage: (strength) => ({ clog: 0.7 * strength }),
    expects: { klipper: codes("0300-0900-0003-E114 0300-0900-0002-0003") },
    mayRaise: TOO_LITTLE,
    needs: hasEncoder,
    physicallyVisibleS: 30 * MINUTE_S,
  },
  {
    name: "extruder-skipping",
    about: "the extruder cannot push against a closed nozzle and skips",
    onset: SUDDEN,
    damage: (strength) => ({ clog: 0.97 * strength }),
    expects: { klipper: codes("0300-0900-0002-0001 0300-0900-0002-0003") },
    mayRaise: TOO_LITTLE,
    needs: hasEncoder,
    physicallyVisibleS: 5,
  },
  {
    name: "heat-creep",
    about: "the hotend fan is weak and dusty: filament softens too early and sticks",
    onset: { kind: "creeping", overS: HOUR_S },
    damage: (strength) => ({ coolingBlocked: 0.85 * strength, hotendFan: { friction: 1 + 0.3 * strength }, clog: 0.4 * strength }),
    expects: { klipper: codes("0300-0200-0003-E115 0300-0300-0003-E102") },
    mayRaise: [...TOO_LITTLE, ...codes("0300-0300-0002-0002")],
    needs: onKlipper,
    physicallyVisibleS: 20 * MINUTE_S,
  },
];

const FEED: readonly Fault[] = [
  {
    name: "gears-grinding",
    about: "the extruder's gears have eaten into the filament and pull only half of it",
    onset: SUDDEN,
    damage: (strength) => ({ grinding: 0.6 * strength }),
    expects: { klipper: codes("0300-0900-0002-0003 0300-0900-0003-E114") },
    mayRaise: TOO_LITTLE,
    needs: hasEncoder,
    physicallyVisibleS: 10,
  },
  {
    name: "overfeed",
    about: "far more filament is pushed than was asked for",
    onset: SUDDEN,
    damage: (strength) => ({ overfeed: 1 + 0.9 * strength }),
    expects: { klipper: codes("0300-0900-0002-E113") },
    mayRaise: codes("0300-0900-0002-0001"),
    needs: hasEncoder,
    physicallyVisibleS: 10,
  },
  {
    name: "spool-tangled",
    about: "the spool is tangled and holds the filament back",
    onset: SUDDEN,
    damage: () => ({ isTangled: true }),
    expects: { klipper: codes("E100-0E00-0002-E002 0300-0900-0002-0003") },
    mayRaise: TOO_LITTLE,
    needs: hasEncoder,
    physicallyVisibleS: 5,
  },
  {
    name: "filament-out",
    about: "the filament ends",
    onset: SUDDEN,
    damage: () => ({ isFilamentOut: true }),
    expects: { klipper: codes("E100-0E00-0002-E001") },
    mayRaise: TOO_LITTLE,
    needs: (facts) => facts.firmware === "klipper" && facts.hasRunoutSwitch,
    physicallyVisibleS: 1,
  },
  {
    name: "encoder-dead",
    about: "the filament encoder counts nothing any more",
    onset: SUDDEN,
    damage: () => ({ isEncoderDead: true }),
    expects: { klipper: codes("E100-0E00-0002-E002 0300-0900-0002-0003") },
    mayRaise: TOO_LITTLE,
    needs: hasEncoder,
    physicallyVisibleS: 5,
  },
  {
    name: "runout-switch-stuck",
    about: "the filament switch says that there is filament, whatever there is",
    onset: SUDDEN,
    damage: () => ({ isRunoutSwitchStuck: true }),
    // nothing differs until the filament ends, and then only for an encoder
    expects: {},
    mayRaise: TOO_LITTLE,
    needs: onKlipper,
  },
  {
    name: "filament-width-wrong",
    about: "the filament is a fifth of a millimetre too thick",
    onset: SUDDEN,
    damage: (strength) => ({ widthOffsetMm: 0.22 * strength }),
    expects: { klipper: codes("0300-0900-0003-E116") },
    needs: (facts) => facts.hasWidthSensor,
    physicallyVisibleS: 2,
  },
];

const hasUnit: Fault["needs"] = (facts) => facts.body.filamentUnits.length > 0;

/** Filament units: what feeds the printer. */
const UNITS: readonly Fault[] = [
  {
    name: "ams-runout",
    about: "the filament of AMS A slot 2 ran out",
    onset: SUDDEN,
    vendor: {
      effect: "pause",
      hms: codes("0700-2100-0002-0001"),
      device: parseCode("0700-8011"),
      pausedStage: 6,
      noticedAfterS: 3,
    },
    expects: {},
    needs: hasUnit,
  },
  {
    name: "filament-tangle",
    about: "the spool in AMS A slot 1 is tangled and the AMS cannot pull",
    onset: SUDDEN,
    damage: () => ({ isUnitTangled: true }),
    vendor: { effect: "pause", hms: codes("0700-6000-0002-0001"), device: parseCode("0700-8006"), noticedAfterS: 4 },
    expects: {},
    needs: hasUnit,
  },
  {
    name: "rfid",
    about: "the tag of the spool in AMS A slot 1 cannot be read",
    onset: SUDDEN,
    damage: () => ({ isUnitTagDead: true }),
    vendor: { effect: "pause", hms: codes("0700-3000-0002-0002"), noticedAfterS: 2 },
    expects: {},
    needs: hasUnit,
  },
  {
    name: "unit-humid",
    about: "the lid of the filament unit does not close and its filament gets damp",
    onset: SUDDEN,
    damage: (strength) => ({ unitLeak: strength }),
    expects: { bambu: codes("0700-3500-0003-E117 1800-3500-0003-E117") },
    // air and desiccant take their time, and half an hour of damp air is asked for
    watchedS: 4 * HOUR_S,
    needs: hasUnit,
    physicallyVisibleS: HOUR_S,
  },
  {
    name: "unit-motor-weak",
    about: "the feed motor of the filament unit has grown weak: loading takes long and several tries",
    onset: { kind: "creeping", overS: HOUR_S },
    damage: (strength) => ({ unitMotorWeak: strength }),
    vendor: { effect: "none", hms: codes("0700-0100-0002-0002"), noticedAfterS: 2 * HOUR_S },
    // the printer does not tell how often a unit had to try
    expects: {},
    mayRaise: codes("0700-0100-0003-E118 1800-0100-0003-E118"),
    needs: onBambu,
  },
];

export const EXTRUSION_FAULTS: readonly Fault[] = [...NOZZLE, ...FEED, ...UNITS];
