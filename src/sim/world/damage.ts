/**
 * Everything that can be wrong with a machine, as physics and sensors feel it: one flat record of knobs, all at rest in a healthy
 * machine. A fault is a way to turn some of them over time; nothing here knows the names of faults, codes or jobs.
 */

export interface Damage {
  /** Share of its power a heater still has, 1 whole, 0 dead. */
  readonly nozzlePower: number;
  readonly bedPower: number;
  readonly chamberPower: number;
  /** The switch of the heater conducts without being asked, this share of full power. */
  readonly nozzleStuckOn: number;
  readonly bedStuckOn: number;
  readonly chamberStuckOn: number;
  /** The controller's gains, as a factor: 1 well tuned, 4 swings. */
  readonly nozzleGain: number;
  readonly bedGain: number;
  /** Heat that leaves beside the usual ways, as a factor: 1 usual, 2 a missing sock, a draught, plastic around the block. */
  readonly nozzleLoss: number;
  readonly bedLoss: number;

  readonly nozzleSensor: SensorDamage;
  readonly bedSensor: SensorDamage;
  readonly chamberSensor: SensorDamage;

  readonly hotendFan: FanDamage;
  readonly partFan: FanDamage;
  readonly auxFan: FanDamage;
  readonly chamberFan: FanDamage;
  readonly controllerFan: FanDamage;
  /** Dust between fan and fins: share of cooling that is lost though the fan turns. */
  readonly coolingBlocked: number;
  readonly boardCoolingBlocked: number;

  /** Belt tension, 1 as it should be. */
  readonly xTension: number;
  readonly yTension: number;
  /** Friction of the guides, as a factor. */
  readonly xFriction: number;
  readonly yFriction: number;
  /** Steps lost, mm in total; a change is a slip in that moment. */
  readonly xSlipMm: number;
  readonly ySlipMm: number;
  readonly zSlipMm: number;
  readonly isXEndstopDead: boolean;
  readonly isYEndstopStuck: boolean;
  readonly isProbeDead: boolean;
  /** Spread of the probe, as a factor. */
  readonly probeNoise: number;
  readonly bedTiltMm: number;
  readonly bedBendMm: number;
  /** A knock at this moment, in standard deviations of usual shaking. */
  readonly knockSigma: number;
  readonly xDriver: DriverDamage;
  readonly yDriver: DriverDamage;
  readonly eDriver: DriverDamage;

  /** Share of the nozzle's bore that is closed. */
  readonly clog: number;
  /** Share of the ordered way that the gears do not pull. */
  readonly grinding: number;
  readonly isFilamentOut: boolean;
  /** The spool holds the filament back. */
  readonly isTangled: boolean;
  /** Too much comes: steps per mm wrong, as a factor. */
  readonly overfeed: number;
  readonly widthOffsetMm: number;
  readonly isEncoderDead: boolean;
  readonly isRunoutSwitchStuck: boolean;

  readonly unitLeak: number;
  readonly unitMotorWeak: number;
  readonly isUnitTagDead: boolean;
  readonly isUnitTangled: boolean;

  readonly rssiLossDb: number;
  readonly lossPct: number;
  readonly latencyMs: number;
  readonly isOffline: boolean;
  /** The link stands, but nothing comes any more. */
  readonly isMute: boolean;
  readonly clockOffsetMs: number;
  readonly clockDriftMsPerH: number;
  /** Errors a second on the toolhead's bus. */
  readonly canErrorRate: number;
  readonly isCanOff: boolean;
  /** Share of bytes that are sent again, and that arrive broken. */
  readonly mcuRetransmit: number;
  readonly mcuInvalid: number;
  readonly isMcuDead: boolean;
  readonly isHostFrozen: boolean;
  readonly isHostDead: boolean;
  readonly isConfigBad: boolean;
  readonly hostLoad: number;
  readonly isHostLate: boolean;
  /** Moments a minute in which the host has no time for anything but its motors. */
  readonly hostStallsPerMin: number;
  /** A macro of the site stops every print with an error of its own. */
  readonly isMacroFaulty: boolean;
  /** So much warmer than usual is the host: its fan stands, its heat sink is off. */
  readonly hostHeatC: number;
  readonly supplyDropV: number;
  readonly isUnderVoltage: boolean;
  readonly brownouts: number;

  readonly isDoorOpen: boolean;
  readonly isFrontCoverOff: boolean;
  readonly ambientOffsetC: number;
  /** Moving air around the machine, as a factor of all losses. */
  readonly draught: number;
}

export interface SensorDamage {
  /** 0 connected, 1 open (reads far too cold), -1 shorted (reads far too hot). */
  readonly open: -1 | 0 | 1;
  /** Stands still at the value it had. */
  readonly isFrozen: boolean;
  /** Standard deviation that is added, °C. */
  readonly noiseC: number;
  /** Chance a second that the contact jumps, and how far. */
  readonly jumpsPerS: number;
  readonly jumpC: number;
  /** Slipped out of its hole: share of the heat that no longer arrives. */
  readonly slipped: number;
  readonly offsetC: number;
}

export interface FanDamage {
  readonly isStalled: boolean;
  /** Friction of the bearing, as a factor: 2 turns at about 0.7 of its speed, spins up late and down early. */
  readonly friction: number;
  /** The tachometer says this whatever the fan does. */
  readonly tachSays?: number;
  /** Stands still for part of the time, this share. */
  readonly stutter: number;
}

export interface DriverDamage {
  readonly isHot: boolean;
  readonly isTooHot: boolean;
  readonly isShorted: boolean;
  readonly hasReset: boolean;
}

const SENSOR: SensorDamage = { open: 0, isFrozen: false, noiseC: 0, jumpsPerS: 0, jumpC: 0, slipped: 0, offsetC: 0 };
const FAN: FanDamage = { isStalled: false, friction: 1, stutter: 0 };
const DRIVER: DriverDamage = { isHot: false, isTooHot: false, isShorted: false, hasReset: false };

export const UNDAMAGED: Damage = {
  nozzlePower: 1,
  bedPower: 1,
  chamberPower: 1,
  nozzleStuckOn: 0,
  bedStuckOn: 0,
  chamberStuckOn: 0,
  nozzleGain: 1,
  bedGain: 1,
  nozzleLoss: 1,
  bedLoss: 1,
  nozzleSensor: SENSOR,
  bedSensor: SENSOR,
  chamberSensor: SENSOR,
  hotendFan: FAN,
  partFan: FAN,
  auxFan: FAN,
  chamberFan: FAN,
  controllerFan: FAN,
  coolingBlocked: 0,
  boardCoolingBlocked: 0,
  xTension: 1,
  yTension: 1,
  xFriction: 1,
  yFriction: 1,
  xSlipMm: 0,
  ySlipMm: 0,
  zSlipMm: 0,
  isXEndstopDead: false,
  isYEndstopStuck: false,
  isProbeDead: false,
  probeNoise: 1,
  bedTiltMm: 0,
  bedBendMm: 0,
  knockSigma: 0,
  xDriver: DRIVER,
  yDriver: DRIVER,
  eDriver: DRIVER,
  clog: 0,
  grinding: 0,
  isFilamentOut: false,
  isTangled: false,
  overfeed: 1,
  widthOffsetMm: 0,
  isEncoderDead: false,
  isRunoutSwitchStuck: false,
  unitLeak: 0,
  unitMotorWeak: 0,
  isUnitTagDead: false,
  isUnitTangled: false,
  rssiLossDb: 0,
  lossPct: 0,
  latencyMs: 0,
  isOffline: false,
  isMute: false,
  clockOffsetMs: 0,
  clockDriftMsPerH: 0,
  canErrorRate: 0,
  isCanOff: false,
  mcuRetransmit: 0,
  mcuInvalid: 0,
  isMcuDead: false,
  isHostFrozen: false,
  isHostDead: false,
  isConfigBad: false,
  hostLoad: 0,
  isHostLate: false,
  hostStallsPerMin: 0,
  isMacroFaulty: false,
  hostHeatC: 0,
  supplyDropV: 0,
  isUnderVoltage: false,
  brownouts: 0,
  isDoorOpen: false,
  isFrontCoverOff: false,
  ambientOffsetC: 0,
  draught: 1,
};
