/**
 * The machines that can be played: what differs between them in the hardware, in the firmware and on the wire. Numbers of Bambu
 * models are the printers' own facts; the Klipper models stand for two common ways to build one.
 */
import type { WorldFacts } from "./world/create.ts";
import type { FanName } from "./world/world.ts";

export const BAMBU_MODELS = ["X1C", "H2D", "P1S", "P1P"] as const;
export const KLIPPER_MODELS = ["VORON", "ENDER"] as const;
export const MODELS = [...BAMBU_MODELS, ...KLIPPER_MODELS] as const;
export type BambuModel = (typeof BAMBU_MODELS)[number];
export type Model = (typeof MODELS)[number];

interface CommonFacts {
  /** What physics knows of it. */
  readonly body: WorldFacts;
  /** The first three characters of every serial number. */
  readonly serialPrefix: string;
  /** Fans that are there, with a tachometer or without. */
  readonly fans: readonly FanName[];
  readonly hasChamberSensor: boolean;
  readonly hasLidar: boolean;
  readonly hasRunoutSwitch: boolean;
  readonly hasWidthSensor: boolean;
}

export interface BambuFacts extends CommonFacts {
  readonly firmware: "bambu";
  readonly productName: string;
  readonly projectName: string;
  readonly hardware: string;
  readonly version: string;
  /** The whole report each second, or only what changed. */
  readonly pushes: "full" | "delta";
  /** `stg_cur` of a machine that does nothing. */
  readonly idleStage: -1 | 255;
  /** `device.…` with packed temperatures. */
  readonly hasDevice: boolean;
  /** Filament units by their number on the wire, in the order of `body.filamentUnits`; from 128 on they are heated and hold one slot. */
  readonly unitIds: readonly number[];
}

export interface KlipperFacts extends CommonFacts {
  readonly firmware: "klipper";
  /** Encoders on the motors of X and Y. */
  readonly isClosedLoop: boolean;
}

export type ModelFacts = BambuFacts | KlipperFacts;

const ALL_FANS: readonly FanName[] = ["hotend", "part", "aux", "chamber", "controller"];
/** Without a chamber there is no air to move. */
const OPEN_FANS: readonly FanName[] = ["hotend", "part", "controller"];
const X1_BODY: WorldFacts = {
  nozzles: 1,
  kinematics: "corexy",
  sizeMm: { x: 256, y: 256, z: 256 },
  isEnclosed: true,
  nozzlePowerW: 48,
  bedPowerW: 1_000,
  chamberPowerW: 0,
  supplyV: 24,
  tachs: ALL_FANS,
  hasEncoder: false,
  hasCan: false,
  hasAccelerometer: true,
  filamentUnits: [4],
};

const X1C: BambuFacts = {
  firmware: "bambu",
  body: X1_BODY,
  fans: ALL_FANS,
  hasChamberSensor: true,
  hasLidar: true,
  hasRunoutSwitch: true,
  hasWidthSensor: false,
  serialPrefix: "00M",
  productName: "Bambu Lab X1-Carbon",
  projectName: "BL-P001",
  hardware: "OTA",
  version: "01.09.00.01",
  pushes: "full",
  idleStage: -1,
  hasDevice: false,
  unitIds: [0],
};
const P1S: BambuFacts = {
  ...X1C,
  body: { ...X1_BODY, bedPowerW: 350 },
  hasChamberSensor: false,
  hasLidar: false,
  serialPrefix: "01P",
  productName: "Bambu Lab P1S",
  projectName: "C12",
  version: "01.08.02.00",
  pushes: "delta",
  idleStage: 255,
};

export const MODEL_FACTS: Readonly<Record<Model, ModelFacts>> = {
  X1C,
  H2D: {
    ...X1C,
    body: {
      ...X1_BODY,
      nozzles: 2,
      sizeMm: { x: 350, y: 320, z: 325 },
      nozzlePowerW: 60,
      chamberPowerW: 650,
      filamentUnits: [4, 1],
    },
    hasLidar: false,
    serialPrefix: "094",
    productName: "Bambu Lab H2D",
    projectName: "O1D",
    version: "01.01.02.08",
    pushes: "delta",
    hasDevice: true,
    unitIds: [0, 128],
  },
  P1S,
  P1P: {
    ...P1S,
    body: { ...P1S.body, isEnclosed: false, tachs: OPEN_FANS },
    fans: OPEN_FANS,
    serialPrefix: "01S",
    productName: "Bambu Lab P1P",
    projectName: "C11",
  },
  VORON: {
    firmware: "klipper",
    isClosedLoop: true,
    body: {
      nozzles: 1,
      kinematics: "corexy",
      sizeMm: { x: 350, y: 350, z: 330 },
      isEnclosed: true,
      nozzlePowerW: 60,
      bedPowerW: 750,
      chamberPowerW: 0,
      supplyV: 24,
      tachs: ["hotend", "part", "chamber", "controller"],
      hasEncoder: true,
      hasCan: true,
      hasAccelerometer: true,
      filamentUnits: [],
    },
    serialPrefix: "V24",
    fans: ["hotend", "part", "chamber", "controller"],
    hasChamberSensor: true,
    hasLidar: false,
    hasRunoutSwitch: true,
    hasWidthSensor: true,
  },
  ENDER: {
    firmware: "klipper",
    isClosedLoop: false,
    body: {
      nozzles: 1,
      kinematics: "bedslinger",
      sizeMm: { x: 235, y: 235, z: 250 },
      isEnclosed: false,
      nozzlePowerW: 40,
      bedPowerW: 220,
      chamberPowerW: 0,
      supplyV: 24,
      tachs: ["hotend", "part"],
      hasEncoder: false,
      hasCan: false,
      hasAccelerometer: false,
      filamentUnits: [],
    },
    serialPrefix: "E30",
    fans: OPEN_FANS,
    hasChamberSensor: false,
    hasLidar: false,
    hasRunoutSwitch: true,
    hasWidthSensor: false,
  },
};

export function isBambuModel(text: string): text is BambuModel {
  return BAMBU_MODELS.some((model) => model === text);
}

const SERIAL_ALPHABET = "0123456789ABCDEF";

/** Prefix of the model and twelve more characters, the same for the same seed. */
export function serialOf(model: Model, random: () => number): string {
  let serial = `${MODEL_FACTS[model].serialPrefix}00A`;
  while (serial.length < 15) serial += SERIAL_ALPHABET[Math.floor(random() * SERIAL_ALPHABET.length)];
  return serial;
}
