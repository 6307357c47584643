/** Heaters that do not heat, do not stop, have grown weak or are badly controlled. */
import { codes, DAY_S, type Fault, onKlipper, SUDDEN } from "./fault.ts";

/** The vendor's firmware looks at the sensor, not at the heater. */
const OVERTEMP_MARGIN_C = 25;

export const HEATER_FAULTS: readonly Fault[] = [
  {
    name: "nozzle-heater-overtemp",
    about: "the nozzle heater is stuck on and the nozzle runs too hot",
    onset: SUDDEN,
    damage: (strength) => ({ nozzleStuckOn: strength }),
    vendor: {
      effect: "stop",
      hms: codes("0300-0200-0001-0003"),
      pausedStage: 20,
      noticedAfterS: 60,
      noticedWhen: ({ nozzles: [nozzle] }) => nozzle !== undefined && nozzle.readC > nozzle.targetC + OVERTEMP_MARGIN_C,
    },
    expects: {
      bambu: codes("0300-0200-0001-0003 0300-0200-0001-0005"),
      klipper: codes("0300-0200-0001-0005 0300-0200-0001-0003 0300-0200-0001-E103 0300-0200-0002-E103"),
    },
    mayRaise: codes("0300-0200-0001-E102 0300-0200-0001-E003 0300-0200-0003-E107 0300-0200-0003-E115"),
    physicallyVisibleS: 5,
  },
  {
    name: "bed-heater-stuck",
    about: "the switch of the bed heater does not open any more and the bed runs too hot",
    onset: SUDDEN,
    damage: (strength) => ({ bedStuckOn: strength }),
    vendor: {
      effect: "stop",
      hms: codes("0300-0100-0001-0003"),
      noticedAfterS: 240,
      noticedWhen: ({ bed }) => bed.readC > bed.targetC + OVERTEMP_MARGIN_C,
    },
    expects: {
      bambu: codes("0300-0100-0001-0003 0300-0100-0001-0005"),
      klipper: codes("0300-0100-0001-0005 0300-0100-0001-0003 0300-0100-0001-E103 0300-0100-0002-E103"),
    },
    mayRaise: codes("0300-0100-0001-E102 0300-0100-0001-E003 0300-0100-0003-E107"),
    physicallyVisibleS: 20,
  },
  {
    name: "nozzle-hot-after-shutdown",
    about: "the switch of the nozzle heater burns shut and the host shuts down over it: what it switches off goes on heating",
    onset: SUDDEN,
    damage: (strength) => ({ nozzleStuckOn: strength, isHostLate: true }),
    expects: { klipper: codes("0300-0200-0001-E102") },
    mayRaise: codes("0300-0200-0001-0005 0300-0200-0001-0003 E100-0200-0001-E001"),
    needs: onKlipper,
    physicallyVisibleS: 5,
  },
  {
    name: "bed-hot-after-shutdown",
    about: "the same of the bed heater",
    onset: SUDDEN,
    damage: (strength) => ({ bedStuckOn: strength, isHostLate: true }),
    expects: { klipper: codes("0300-0100-0001-E102") },
    mayRaise: codes("0300-0100-0001-0005 0300-0100-0001-0003 E100-0200-0001-E001"),
    needs: onKlipper,
    physicallyVisibleS: 20,
  },
  {
    name: "nozzle-heater-dead",
    about: "the nozzle heater has no power any more",
    onset: SUDDEN,
    damage: (strength) => ({ nozzlePower: 1 - strength }),
    vendor: {
      effect: "stop",
      hms: codes("0300-0200-0001-0002"),
      noticedAfterS: 60,
    },
    expects: {
      bambu: codes("0300-0200-0001-0008"),
      klipper: codes("0300-0200-0001-0002 0300-0200-0001-0008 0300-0200-0001-E103 0300-0200-0002-E103"),
    },
    // melt that is too cold does not flow
    mayRaise: codes(
      "0300-0200-0001-E001 0300-0200-0003-E109 0300-0900-0002-0003 0300-0900-0003-E114 0300-0900-0002-0001 E100-0E00-0002-E002",
    ),
    physicallyVisibleS: 5,
  },
  {
    name: "bed-heater-dead",
    about: "the bed heater has no power any more: its fuse has blown or a wire is off",
    onset: SUDDEN,
    damage: (strength) => ({ bedPower: 1 - strength }),
    vendor: {
      effect: "stop",
      hms: codes("0300-0100-0001-0002"),
      noticedAfterS: 240,
    },
    expects: {
      bambu: codes("0300-0100-0001-0008"),
      klipper: codes("0300-0100-0001-0002 0300-0100-0001-0008 0300-0100-0001-E103 0300-0100-0002-E103"),
    },
    mayRaise: codes("0300-0100-0001-E001 0300-0100-0003-E109"),
    physicallyVisibleS: 20,
  },
  {
    name: "chamber-heater-dead",
    about: "the chamber heater has no power any more",
    onset: SUDDEN,
    damage: (strength) => ({ chamberPower: 1 - strength }),
    vendor: { effect: "none", hms: codes("0300-9100-0001-0002"), noticedAfterS: 30 },
    // seen only by jobs that heat the chamber
    expects: {},
    mayRaise: codes("0300-9100-0001-0008 0300-9100-0001-0002 0300-9100-0003-E109"),
    needs: (facts) => facts.body.chamberPowerW > 0,
  },
  {
    name: "nozzle-heater-weak",
    about: "the nozzle heater ages: over days it loses a third of its power",
    onset: { kind: "creeping", overS: 10 * DAY_S },
    damage: (strength) => ({ nozzlePower: 1 - 0.35 * strength }),
    expects: { bambu: codes("0300-0200-0003-E109"), klipper: codes("0300-0200-0003-E108 0300-0200-0003-E109") },
    mayRaise: codes("0300-0200-0002-E103 0300-0200-0001-E103 0300-0200-0001-0008"),
    physicallyVisibleS: DAY_S,
  },
  {
    name: "bed-heater-weak",
    about: "the bed heater ages: over days it loses a third of its power",
    onset: { kind: "creeping", overS: 10 * DAY_S },
    damage: (strength) => ({ bedPower: 1 - 0.35 * strength }),
    expects: { bambu: codes("0300-0100-0003-E109"), klipper: codes("0300-0100-0003-E108 0300-0100-0003-E109") },
    mayRaise: codes("0300-0100-0002-E103 0300-0100-0001-E103 0300-0100-0001-0008"),
    physicallyVisibleS: DAY_S,
  },
  {
    name: "nozzle-pid-bad",
    about: "the nozzle's controller is badly tuned and its temperature swings",
    onset: SUDDEN,
    damage: (strength) => ({ nozzleGain: 1 + 7 * strength }),
    expects: { bambu: codes("0300-0200-0003-E107"), klipper: codes("0300-0200-0003-E107") },
    mayRaise: codes("0300-0200-0002-E103"),
    physicallyVisibleS: 60,
  },
  {
    name: "bed-pid-bad",
    about: "the bed's controller is badly tuned and its temperature swings",
    onset: SUDDEN,
    damage: (strength) => ({ bedGain: 1 + 7 * strength }),
    // a heavy plate swings by less than a degree, however wild its controller
    expects: {},
    mayRaise: codes("0300-0100-0003-E107 0300-0100-0002-E103"),
  },
  {
    name: "sock-missing",
    about: "the silicone sock fell off the heater block, which now loses twice the heat",
    onset: SUDDEN,
    damage: (strength) => ({ nozzleLoss: 1 + strength }),
    expects: { klipper: codes("0300-0200-0003-E108 0300-0200-0002-E103") },
    mayRaise: codes("0300-0200-0001-E103 0300-0200-0003-E109 0300-0200-0001-0008"),
    physicallyVisibleS: 30,
  },
];
