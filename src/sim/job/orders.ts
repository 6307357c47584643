/** What a job asks of the hardware in this moment. Hides stages and layers; firmware may still say no. */
import type { ModelFacts } from "../models.ts";
import type { Orders } from "../world/orders.ts";
import { isNozzleWanted, isWorking, type Job, motionOf, STANDBY_C } from "./job.ts";

/** The first layer sticks better uncooled. */
const FANS_FROM_LAYER = 2;

/** The right nozzle prints; a second one is kept warm for its filament. */
export function ordersOf(job: Job, facts: ModelFacts): Orders {
  const works = isWorking(job);
  const { now, plan } = job;
  const firstC = !works ? 0 : isNozzleWanted(job) ? now.nozzleC : STANDBY_C;
  const isPrinting = job.state === "printing";
  const isCooled = isPrinting && job.layer >= FANS_FROM_LAYER;
  const pace = job.speedPct / 100;
  const has = (fan: "aux" | "chamber"): boolean => isCooled && facts.fans.includes(fan);
  return {
    nozzleTargetsC: facts.body.nozzles === 1 ? [firstC] : [firstC, works ? STANDBY_C : 0],
    bedTargetC: works ? now.bedC : 0,
    chamberTargetC: works && facts.body.chamberPowerW > 0 ? plan.chamberC : 0,
    areHeatersOff: false,
    partFan: (isPrinting ? (job.partFanPct ?? (isCooled ? now.partFanPct : 0)) : 0) / 100,
    auxFan: has("aux") ? now.auxFanPct / 100 : 0,
    chamberFan: has("chamber") ? now.chamberFanPct / 100 : 0,
    motion: motionOf(job),
    ...(facts.body.filamentUnits.length > 0 && { loadingUnit: 0 }),
    speedMmS: isPrinting ? now.speedMmS * pace : 0,
    extrudeMmS: isPrinting ? now.extrudeMmS * pace : 0,
    layer: job.layer,
  };
}
