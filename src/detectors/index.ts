/** Every detector there is. A new one is its file and its line here; a test fails while the line is missing. */
import { axisLoad, axisOdometer } from "./axes.ts";
import { bedTilt, meshRange, probeRepeatability } from "./bed-level.ts";
import { beltSlackening, beltsUneven, beltTension } from "./belts.ts";
import { collision } from "./collision.ts";
import { coolingWeak, heatCreep } from "./cooling.ts";
import type { Detector } from "./detector.ts";
import { driverFault } from "./drivers.ts";
import { extruderStall } from "./extruder.ts";
import { fanWear } from "./fan-wear.ts";
import { fanSlow, fanStalled } from "./fans.ts";
import { unitFeed, unitHumidity } from "./filament-units.ts";
import { filamentMotion, filamentRunout, filamentWidth } from "./filament.ts";
import { clogTrend, flowHigh, flowLow } from "./flow.ts";
import { slowHeatUp } from "./heat-up.ts";
import { heaterAgeing } from "./heater-ageing.ts";
import { pidOscillation } from "./heater-control.ts";
import { heaterCannotHold, heaterNotHeating, heaterOpen } from "./heating.ts";
import { hostBusy, hostFrozen, hostHot, jobError, mcuLink, mcuSilent } from "./host.ts";
import { link } from "./link.ts";
import { closedLoopError, lostSteps } from "./lost-steps.ts";
import { native } from "./native.ts";
import { clockSkew, linkSilence, wifiWeak } from "./network.ts";
import { heaterOverTarget, heaterStuckOn, heatingAfterShutdown } from "./overheating.ts";
import { brownouts, supplyVoltage, underVoltage } from "./power.ts";
import { sensorFrozen } from "./sensor-frozen.ts";
import { sensorNoise } from "./sensor-noise.ts";
import { thermistorLoose, thermistorOpen, thermistorShort } from "./temperature-sensor.ts";
import { thermalAnomaly } from "./thermal-model.ts";
import { cableFailing, canErrors, canOff } from "./toolhead-bus.ts";

export const detectors: readonly Detector<unknown>[] = [
  native,
  link,
  beltTension,
  beltSlackening,
  beltsUneven,
  lostSteps,
  closedLoopError,
  driverFault,
  axisLoad,
  axisOdometer,
  probeRepeatability,
  bedTilt,
  meshRange,
  collision,
  wifiWeak,
  linkSilence,
  clockSkew,
  canErrors,
  canOff,
  cableFailing,
  mcuLink,
  mcuSilent,
  hostFrozen,
  hostBusy,
  hostHot,
  jobError,
  supplyVoltage,
  underVoltage,
  fanStalled,
  fanSlow,
  fanWear,
  coolingWeak,
  heatCreep,
  filamentRunout,
  filamentMotion,
  filamentWidth,
  flowLow,
  flowHigh,
  clogTrend,
  extruderStall,
  unitHumidity,
  unitFeed,
  heaterNotHeating,
  heaterCannotHold,
  heaterOpen,
  slowHeatUp,
  heaterStuckOn,
  heaterOverTarget,
  heatingAfterShutdown,
  thermalAnomaly,
  heaterAgeing,
  thermistorOpen,
  thermistorShort,
  thermistorLoose,
  sensorNoise,
  sensorFrozen,
  pidOscillation,
  brownouts,
];
