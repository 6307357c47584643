/**
 * What a job is to do: layer by layer, how long, how fast and how hot, and what happens between layers. A plan is data; it comes from
 * the list below or from a G-code file.
 */

export interface LayerPlan {
  readonly seconds: number;
  /** Mean speed of the toolhead, and of the filament into the nozzle. */
  readonly speedMmS: number;
  readonly extrudeMmS: number;
  readonly nozzleC: number;
  readonly bedC: number;
  readonly partFanPct: number;
  readonly auxFanPct: number;
  readonly chamberFanPct: number;
}

/** What happens when a layer begins. */
export type Interlude =
  | { readonly kind: "pause"; readonly layer: number; readonly lastsS: number }
  | { readonly kind: "filament-change"; readonly layer: number }
  | { readonly kind: "cancel"; readonly layer: number };

export interface JobPlan {
  readonly name: string;
  /** What it heats to before the first layer. */
  readonly nozzleC: number;
  readonly bedC: number;
  readonly chamberC: number;
  /** How many. */
  readonly layers: number;
  /** Layers count from 1. */
  readonly layer: (number: number) => LayerPlan;
  readonly interludes: readonly Interlude[];
}

/** A plan whose layers are all alike, but for the first and a swing: infill is fast, small tops and overhangs are slow. */
interface Recipe extends Omit<LayerPlan, "seconds"> {
  readonly name: string;
  readonly chamberC?: number;
  readonly layers: number;
  readonly layerS: number;
}

const FIRST_LAYER_SLOWER = 2;
const SWING = 0.25;
const SWING_EVERY_LAYERS = 17;

function planOf({ name, chamberC = 0, layers, layerS, ...rest }: Recipe): JobPlan {
  const { nozzleC, bedC, speedMmS, extrudeMmS } = rest;
  const later: LayerPlan = { ...rest, seconds: layerS };
  const first: LayerPlan = {
    nozzleC,
    bedC,
    partFanPct: 0,
    auxFanPct: 0,
    chamberFanPct: 0,
    seconds: layerS * FIRST_LAYER_SLOWER,
    speedMmS: speedMmS / FIRST_LAYER_SLOWER,
    extrudeMmS: extrudeMmS / FIRST_LAYER_SLOWER,
  };
  const layer = (number: number): LayerPlan => {
    if (number <= 1) return first;
    const swing = 1 + SWING * Math.sin((2 * Math.PI * number) / SWING_EVERY_LAYERS);
    return { ...later, speedMmS: speedMmS * swing, extrudeMmS: extrudeMmS * swing };
  };
  return { name, nozzleC, bedC, chamberC, layers, layer, interludes: [] };
}

const CUBE = planOf({
  name: "Test cube",
  nozzleC: 225,
  bedC: 60,
  layers: 60,
  layerS: 12,
  speedMmS: 120,
  extrudeMmS: 2.5,
  partFanPct: 80,
  auxFanPct: 40,
  chamberFanPct: 70,
});

/** What melts at little heat wants cool air around it, so that a closed machine blows its warm air out; what warps does not. */
export const PLANS: readonly JobPlan[] = [
  planOf({
    name: "Hinge bracket",
    nozzleC: 220,
    bedC: 60,
    layers: 180,
    layerS: 24,
    speedMmS: 160,
    extrudeMmS: 3,
    partFanPct: 80,
    auxFanPct: 40,
    chamberFanPct: 70,
  }),
  planOf({
    name: "Cable tray, left",
    nozzleC: 250,
    bedC: 80,
    layers: 240,
    layerS: 32,
    speedMmS: 110,
    extrudeMmS: 2.4,
    partFanPct: 35,
    auxFanPct: 0,
    chamberFanPct: 30,
  }),
  planOf({
    name: "Gear 42 teeth",
    nozzleC: 270,
    bedC: 90,
    chamberC: 50,
    layers: 120,
    layerS: 28,
    speedMmS: 90,
    extrudeMmS: 2,
    partFanPct: 25,
    auxFanPct: 0,
    chamberFanPct: 0,
  }),
  planOf({
    name: "Lamp shade",
    nozzleC: 215,
    bedC: 55,
    layers: 420,
    layerS: 18,
    speedMmS: 200,
    extrudeMmS: 2.2,
    partFanPct: 100,
    auxFanPct: 70,
    chamberFanPct: 70,
  }),
  CUBE,
];

/** With fan and flow a hotend loses about so much; slicers leave a quarter of its power for worse days. */
const HOLDING_W_PER_C = 0.14;
const USABLE_POWER = 0.75;
const ROOM_C = 25;

/** What this seed prints, of what a hotend of this power can. */
export function planFor(nozzlePowerW: number, random: () => number): JobPlan {
  const hottestC = ROOM_C + (nozzlePowerW * USABLE_POWER) / HOLDING_W_PER_C;
  const possible = PLANS.filter(({ nozzleC }) => nozzleC <= hottestC);
  return possible[Math.floor(random() * possible.length)] ?? CUBE;
}

export function planNamed(name: string): JobPlan | undefined {
  return PLANS.find((plan) => plan.name === name);
}
