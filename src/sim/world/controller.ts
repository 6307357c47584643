/** The temperature controller as Klipper has it: PID on the reading, slope over a second, and an integral that waits while it cannot act. */
import type { HeaterTraits } from "./traits.ts";
import { clamp } from "./wander.ts";
import type { Heater } from "./world.ts";

const SLOPE_OVER_S = 1;

/** Sets the duty. `gain` 1 is well tuned; above it the integral outruns everything and the brake weakens, so that it swings. */
export function control(heater: Heater, traits: HeaterTraits, gain: number, isOff: boolean, seconds: number): void {
  const state = heater.control;
  const share = Math.min(1, seconds / SLOPE_OVER_S);
  state.slopeCPerS += share * ((heater.readC - state.lastC) / seconds - state.slopeCPerS);
  state.lastC = heater.readC;
  if (isOff || heater.targetC <= 0) {
    heater.duty = 0;
    state.integralCS = 0;
    return;
  }
  const errorC = heater.targetC - heater.readC;
  const ki = traits.ki * gain ** 3;
  const integralCS = clamp(state.integralCS + errorC * seconds, 0, 1 / ki);
  const wanted = traits.kp * errorC + ki * integralCS - (traits.kd / (gain * gain)) * state.slopeCPerS;
  heater.duty = clamp(wanted, 0, 1);
  if (wanted === heater.duty) state.integralCS = integralCS;
}
