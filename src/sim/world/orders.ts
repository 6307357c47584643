/** What the firmware asks of the hardware in this step. The hotend's and the controller's fans follow their own thermostats. */

/** What the motion system does: it decides speeds, loads, shocks and which of the machine's own tests give a result. */
export type Motion = "still" | "homing" | "levelling" | "belt-test" | "load-test" | "printing" | "loading";

export interface Orders {
  /** Right or only nozzle first; 0 is off. */
  readonly nozzleTargetsC: readonly number[];
  readonly bedTargetC: number;
  readonly chamberTargetC: number;
  /** The firmware took the power from every heater, whatever the targets say. */
  readonly areHeatersOff: boolean;
  /** Duties, 0 to 1. */
  readonly partFan: number;
  readonly auxFan: number;
  readonly chamberFan: number;
  readonly motion: Motion;
  /** The filament unit that loads, while `motion` is "loading". */
  readonly loadingUnit?: number;
  readonly speedMmS: number;
  /** Ordered mean speed of the filament while printing. */
  readonly extrudeMmS: number;
  readonly layer: number;
}

export const AT_REST: Orders = {
  nozzleTargetsC: [0],
  bedTargetC: 0,
  chamberTargetC: 0,
  areHeatersOff: false,
  partFan: 0,
  auxFan: 0,
  chamberFan: 0,
  motion: "still",
  speedMmS: 0,
  extrudeMmS: 0,
  layer: 0,
};
