/** The machines that can be played: what differs between them on the wire and in the hardware. Numbers are the printers' own facts. */

export const MODELS = ["X1C", "H2D", "P1S", "P1P"] as const;
export type Model = (typeof MODELS)[number];

export interface ModelFacts {
  /** The first three characters of every serial number. */
  readonly serialPrefix: string;
  readonly productName: string;
  readonly projectName: string;
  readonly hardware: string;
  readonly firmware: string;
  readonly nozzles: 1 | 2;
  readonly hasChamberSensor: boolean;
  readonly hasLidar: boolean;
  readonly isEnclosed: boolean;
  /** The whole report each second, or only what changed. */
  readonly pushes: "full" | "delta";
  /** `stg_cur` of a machine that does nothing. */
  readonly idleStage: -1 | 255;
  /** `device.…` with packed temperatures. */
  readonly hasDevice: boolean;
  /** Filament units by their number on the wire; 128 and above are of the heated, single-slot kind. */
  readonly filamentUnits: readonly number[];
}

const P1: Omit<ModelFacts, "serialPrefix" | "productName" | "projectName" | "isEnclosed"> = {
  hardware: "OTA",
  firmware: "01.08.02.00",
  nozzles: 1,
  hasChamberSensor: false,
  hasLidar: false,
  pushes: "delta",
  idleStage: 255,
  hasDevice: false,
  filamentUnits: [0],
};

export const MODEL_FACTS: Readonly<Record<Model, ModelFacts>> = {
  X1C: {
    serialPrefix: "00M",
    productName: "Bambu Lab X1-Carbon",
    projectName: "BL-P001",
    hardware: "OTA",
    firmware: "01.09.00.01",
    nozzles: 1,
    hasChamberSensor: true,
    hasLidar: true,
    isEnclosed: true,
    pushes: "full",
    idleStage: -1,
    hasDevice: false,
    filamentUnits: [0],
  },
  H2D: {
    serialPrefix: "094",
    productName: "Bambu Lab H2D",
    projectName: "O1D",
    hardware: "OTA",
    firmware: "01.01.02.08",
    nozzles: 2,
    hasChamberSensor: true,
    hasLidar: false,
    isEnclosed: true,
    pushes: "delta",
    idleStage: -1,
    hasDevice: true,
    filamentUnits: [0, 128],
  },
  P1S: { ...P1, serialPrefix: "01P", productName: "Bambu Lab P1S", projectName: "C12", isEnclosed: true },
  P1P: { ...P1, serialPrefix: "01S", productName: "Bambu Lab P1P", projectName: "C11", isEnclosed: false },
};

export function isModel(text: string): text is Model {
  return MODELS.some((model) => model === text);
}

const SERIAL_ALPHABET = "0123456789ABCDEF";

/** Prefix of the model and twelve more characters, the same for the same seed. */
export function serialOf(model: Model, random: () => number): string {
  let serial = `${MODEL_FACTS[model].serialPrefix}00A`;
  while (serial.length < 15) serial += SERIAL_ALPHABET[Math.floor(random() * SERIAL_ALPHABET.length)];
  return serial;
}
