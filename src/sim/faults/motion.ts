/** Belts, guides, lost steps, drivers, ends, probe and bed. */
import { parseCode } from "../../model/code.ts";
import { codes, DAY_S, type Fault, onBambu, onKlipper, SUDDEN, HOUR_S } from "./fault.ts";

const hasAccelerometer: Fault["needs"] = (facts) => facts.body.hasAccelerometer;

const BELTS: readonly Fault[] = [
  {
    name: "belt-loose",
    about: "the X belt is loose and resonates too low",
    onset: SUDDEN,
    damage: (strength) => ({ xTension: 1 - 0.5 * strength }),
    vendor: { effect: "pause", hms: codes("0300-1000-0002-0001"), noticedAfterS: 2 },
    learningS: 36 * HOUR_S,
    watchedS: 24 * HOUR_S,
    expects: { klipper: codes("0300-1000-0002-0001") },
    mayRaise: codes("0300-1000-0003-E104 0300-1000-0003-E105"),
    needs: hasAccelerometer,
  },
  {
    name: "y-belt-loose",
    about: "the Y belt is loose and resonates too low",
    onset: SUDDEN,
    damage: (strength) => ({ yTension: 1 - 0.5 * strength }),
    vendor: { effect: "pause", hms: codes("0300-1100-0002-0001"), noticedAfterS: 2 },
    learningS: 36 * HOUR_S,
    watchedS: 24 * HOUR_S,
    expects: { klipper: codes("0300-1100-0002-0001") },
    mayRaise: codes("0300-1100-0003-E104 0300-1000-0003-E105"),
    needs: hasAccelerometer,
  },
  {
    name: "belts-uneven",
    about: "one belt was tightened less than the other",
    onset: SUDDEN,
    damage: (strength) => ({ xTension: 1 - 0.24 * strength }),
    learningS: 36 * HOUR_S,
    watchedS: 24 * HOUR_S,
    expects: { klipper: codes("0300-1000-0003-E105") },
    mayRaise: codes("0300-1000-0003-E104 0300-1000-0002-0001"),
    needs: (facts) => facts.body.hasAccelerometer && facts.body.kinematics === "corexy",
  },
  ...(["x", "y"] as const).map((axis): Fault => {
    const prefix = axis === "x" ? "0300-1000" : "0300-1100";
    return {
      name: `${axis}-belt-slackening`,
      about: `the ${axis.toUpperCase()} belt gives way over weeks`,
      onset: { kind: "creeping", overS: 21 * DAY_S },
      damage: (strength) => (axis === "x" ? { xTension: 1 - 0.26 * strength } : { yTension: 1 - 0.26 * strength }),
      expects: { klipper: codes(`${prefix}-0003-E104`) },
      mayRaise: codes(`${prefix}-0002-0001 0300-1000-0003-E105`),
      needs: hasAccelerometer,
      physicallyVisibleS: 5 * DAY_S,
    };
  }),
];

const GUIDES: readonly Fault[] = [
  {
    name: "rods-dry",
    about: "the threaded rods want grease",
    onset: SUDDEN,
    damage: (strength) => ({ xFriction: 1 + 0.8 * strength }),
    vendor: { effect: "none", hms: codes("0501-0400-0003-0002"), noticedAfterS: 1 },
    learningS: 36 * HOUR_S,
    watchedS: 24 * HOUR_S,
    expects: { klipper: codes("0300-1000-0003-E108") },
  },
  {
    name: "y-guides-dry",
    about: "the guides of the Y axis run dry over days",
    onset: { kind: "creeping", overS: 3 * DAY_S },
    damage: (strength) => ({ yFriction: 1 + 0.8 * strength }),
    expects: { klipper: codes("0300-1100-0003-E108") },
    physicallyVisibleS: DAY_S,
  },
  {
    name: "z-homing-failed",
    about: "the Z axis does not find its end; told as a device error alone",
    onset: SUDDEN,
    vendor: { effect: "stop", hms: [], device: parseCode("0300-4000"), noticedAfterS: 2 },
    expects: {},
    needs: onBambu,
  },
];

/** What only homing and levelling tell shows when the next job begins: the longest takes two hours and a half. */
const NEXT_JOB_S = 5 * HOUR_S;

const SHIFTS: readonly Fault[] = (
  [
    ["x", "0300-1000", 3],
    ["y", "0300-1100", 3],
    ["z", "0300-0800", 0.8],
  ] as const
).map(([axis, prefix, mm]): Fault => {
  const closedLoop = axis === "z" ? "" : ` ${prefix}-0001-E107`;
  return {
    name: `layer-shift-${axis}`,
    about: `the ${axis.toUpperCase()} motor lost steps: the print is shifted from here on`,
    onset: SUDDEN,
    damage: (strength) =>
      axis === "x" ? { xSlipMm: mm * strength } : axis === "y" ? { ySlipMm: mm * strength } : { zSlipMm: mm * strength },
    watchedS: NEXT_JOB_S,
    expects: { klipper: codes(`${prefix}-0002-E106${closedLoop}`) },
    mayRaise: codes("0300-1200-0002-E112"),
  };
});

const DRIVERS: readonly Fault[] = [
  {
    name: "x-driver-hot",
    about: "the driver of the X motor gets too warm and warns",
    onset: SUDDEN,
    damage: () => ({ xDriver: { isHot: true } }),
    expects: { klipper: codes("0300-1000-0003-E010") },
    needs: onKlipper,
    physicallyVisibleS: 1,
  },
  {
    name: "e-driver-hot",
    about: "the driver of the extruder motor gets too warm and warns",
    onset: SUDDEN,
    damage: () => ({ eDriver: { isHot: true } }),
    expects: { klipper: codes("0300-0900-0003-E010") },
    needs: onKlipper,
    physicallyVisibleS: 1,
  },
  {
    name: "x-driver-too-hot",
    about: "the driver of the X motor switched itself off because of its heat",
    onset: SUDDEN,
    damage: () => ({ xDriver: { isHot: true, isTooHot: true } }),
    expects: { klipper: codes("0300-1000-0001-E010") },
    mayRaise: codes("0300-1000-0003-E010"),
    needs: onKlipper,
    physicallyVisibleS: 1,
  },
  {
    name: "y-driver-short",
    about: "the driver of the Y motor sees a short",
    onset: SUDDEN,
    damage: () => ({ yDriver: { isShorted: true } }),
    expects: { klipper: codes("0300-1100-0001-E011 0300-1100-0001-E012") },
    needs: onKlipper,
    physicallyVisibleS: 1,
  },
  {
    name: "x-driver-reset",
    about: "the driver of the X motor lost its power for a moment and has forgotten its settings",
    onset: SUDDEN,
    damage: () => ({ xDriver: { hasReset: true } }),
    expects: { klipper: codes("0300-1000-0001-E015 0300-1000-0001-E016") },
    needs: onKlipper,
    physicallyVisibleS: 1,
  },
];

const KNOCK_S = 2;

const TOOLHEAD: readonly Fault[] = [
  {
    name: "collision",
    about: "the nozzle struck the print, and the X motor lost steps",
    onset: SUDDEN,
    damage: (strength, sinceS) => ({ knockSigma: sinceS <= KNOCK_S ? 14 * strength : 0, xSlipMm: 1.5 * strength }),
    expects: { klipper: codes("0300-1200-0002-E112") },
    mayRaise: codes("0300-1000-0002-E106 0300-1000-0001-E107"),
    needs: hasAccelerometer,
    physicallyVisibleS: 1,
  },
  {
    name: "x-endstop-dead",
    about: "the X endstop never answers",
    onset: SUDDEN,
    damage: () => ({ isXEndstopDead: true }),
    watchedS: NEXT_JOB_S,
    expects: { klipper: codes("0300-1000-0002-E001") },
    needs: onKlipper,
  },
  {
    name: "y-endstop-stuck",
    about: "the Y endstop is always pressed",
    onset: SUDDEN,
    damage: () => ({ isYEndstopStuck: true }),
    watchedS: NEXT_JOB_S,
    expects: { klipper: codes("0300-1100-0002-E002") },
    needs: onKlipper,
  },
  {
    name: "probe-dead",
    about: "the probe never answers",
    onset: SUDDEN,
    damage: () => ({ isProbeDead: true }),
    watchedS: NEXT_JOB_S,
    expects: { klipper: codes("0300-2D00-0002-E001") },
    needs: onKlipper,
  },
  {
    name: "probe-unrepeatable",
    about: "the probe is loose: the same point measures differently each time",
    onset: SUDDEN,
    damage: (strength) => ({ probeNoise: 1 + 9 * strength }),
    learningS: 36 * HOUR_S,
    watchedS: 24 * HOUR_S,
    expects: { klipper: codes("0300-2D00-0002-E003") },
    mayRaise: codes("0300-2D00-0003-E110 0300-2D00-0002-E111"),
  },
  {
    name: "bed-tilted",
    about: "the bed was knocked out of level",
    onset: SUDDEN,
    damage: (strength) => ({ bedTiltMm: 0.6 * strength }),
    watchedS: NEXT_JOB_S,
    expects: { klipper: codes("0300-2D00-0003-E110") },
    mayRaise: codes("0300-2D00-0002-E111"),
  },
  {
    name: "bed-bent",
    about: "the bed is bent, as after something was baked under its sheet",
    onset: SUDDEN,
    damage: (strength) => ({ bedBendMm: strength }),
    watchedS: NEXT_JOB_S,
    expects: { klipper: codes("0300-2D00-0002-E111") },
    mayRaise: codes("0300-2D00-0003-E110"),
  },
  {
    name: "front-cover-off",
    about: "the front cover of the toolhead fell off",
    onset: SUDDEN,
    damage: () => ({ isFrontCoverOff: true }),
    vendor: { effect: "pause", hms: codes("0300-1200-0002-0001"), pausedStage: 17, noticedAfterS: 1 },
    expects: {},
    needs: onBambu,
  },
];

export const MOTION_FAULTS: readonly Fault[] = [...BELTS, ...GUIDES, ...SHIFTS, ...DRIVERS, ...TOOLHEAD];
