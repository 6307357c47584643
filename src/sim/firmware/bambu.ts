/**
 * What a Bambu printer's firmware makes of the faults that stand: notices them after a while, stops or pauses the job, shows a device
 * error. What must hold: a fault that stops or pauses blocks until it is fixed, whatever is confirmed.
 */
import { deviceFromWire, type HmsCode, toWire } from "../../model/code.ts";
import type { VendorNotice } from "../faults/fault.ts";
import { failJob, isWorking, pauseJob } from "../job/job.ts";
import type { Standing } from "../standing.ts";
import type { Firmware, FirmwareDeps } from "./firmware.ts";

const CANCELLED: HmsCode = deviceFromWire(0x0300_400c);
const CANCELLED_SHOWN_S = 2;
/** "Paused", for faults without a stage of their own. */
const STAGE_PAUSED = 5;
/** A fault weaker than this escapes it. */
const NOTICEABLE = 0.5;

interface Noticed {
  /** Seconds since the fault was strong enough, and from its notice on since then. */
  forS: number;
  isNoticed: boolean;
}

export function createBambuFirmware({ world, job, faults }: FirmwareDeps): Firmware {
  const notices = new WeakMap<Standing, Noticed>();
  let deviceError: HmsCode | undefined;
  let cancelledForS: number | undefined;

  function noticed(): (VendorNotice & Noticed)[] {
    const found: (VendorNotice & Noticed)[] = [];
    for (const one of faults.all()) {
      const notice = notices.get(one);
      if (notice?.isNoticed === true && one.fault.vendor !== undefined) found.push({ ...one.fault.vendor, ...notice });
    }
    return found;
  }
  const isStopped = (): boolean => noticed().some(({ effect }) => effect === "stop");

  function act({ device, effect, pausedStage = STAGE_PAUSED }: VendorNotice): void {
    if (device !== undefined) deviceError = device;
    if (effect === "stop" && isWorking(job)) failJob(job);
    if (effect === "pause") pauseJob(job, pausedStage);
  }

  function look(one: Standing, seconds: number): void {
    const { vendor } = one.fault;
    if (vendor === undefined) return;
    const notice = notices.get(one) ?? { forS: 0, isNoticed: false };
    notices.set(one, notice);
    if (notice.isNoticed || one.strength >= NOTICEABLE) notice.forS += seconds;
    const isSeen = notice.forS > 0 && notice.forS >= vendor.noticedAfterS;
    if (notice.isNoticed || !(isSeen || vendor.noticedWhen?.(world) === true)) return;
    notice.isNoticed = true;
    notice.forS = 0;
    act(vendor);
  }

  function stepCancelled(seconds: number): void {
    if (cancelledForS === undefined) return;
    cancelledForS += seconds;
    if (cancelledForS <= CANCELLED_SHOWN_S) return;
    cancelledForS = undefined;
    if (deviceError === CANCELLED) deviceError = undefined;
  }

  function cleanPrintError(): void {
    deviceError = undefined;
  }

  return {
    step: (seconds) => {
      for (const one of faults.all()) look(one, seconds);
      stepCancelled(seconds);
    },
    allow: (orders) => (isStopped() ? { ...orders, areHeatersOff: true } : orders),
    blockedBy: () => {
      const isBlocked = noticed().some(({ effect }) => effect === "stop" || effect === "pause");
      return isBlocked ? `the fault still stands: ${faults.names().join(", ")}` : undefined;
    },
    hms: () =>
      noticed()
        .filter(({ flaps, forS }) => flaps === undefined || forS % (flaps.onS + flaps.offS) < flaps.onS)
        .flatMap(({ hms }) => hms),
    printError: () => (deviceError === undefined ? 0 : toWire(deviceError).attr),
    cleanPrintError,
    wasCancelled: () => {
      deviceError = CANCELLED;
      cancelledForS = 0;
    },
    restart: () => {
      if (isWorking(job)) failJob(job);
      cleanPrintError();
    },
  };
}
