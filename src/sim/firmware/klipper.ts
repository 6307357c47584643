/**
 * What a Klipper host makes of its machine: the few things it checks, how late, and in which words. It knows temperatures and its own
 * links, and stops everything at once; it says nothing of fans, noise, lost steps or a bent bed. It has no codes: what it says stands in
 * `world.host` and on its console.
 */
import { failJob, isWorking, motionOf, pauseJob } from "../job/job.ts";
import type { Damage } from "../world/damage.ts";
import type { Motion } from "../world/orders.ts";
import type { Firmware, FirmwareDeps } from "./firmware.ts";
import { type Check, checkDrivers, checkLinks, checkRange, motionSensor, TOO_LATE, verifyHeater } from "./klipper-checks.ts";
import { createHostLife } from "./klipper-host.ts";

/** Boards let go of heaters that nobody renews. */
const HEATER_TIMEOUT_S = 3;
/** Moves that are planned already are done before a pause. */
const PAUSE_LAG_S = 6;
const STAGE_PAUSED = 5;
/** Words of a site's own, which no list of messages holds. */
const MACRO_SAYS = "the purge bucket did not answer";

/** How a move ends in an error. */
function errorOf(motion: Motion, { isXEndstopDead, isYEndstopStuck, isProbeDead, isMacroFaulty }: Damage): string | undefined {
  if (motion === "homing" && isXEndstopDead) return "No trigger on stepper_x after full movement";
  if (motion === "homing" && isYEndstopStuck) return "Endstop stepper_y still triggered after retract";
  if (motion === "printing" && isMacroFaulty) return MACRO_SAYS;
  return motion === "levelling" && isProbeDead ? "No trigger on probe after full movement" : undefined;
}

interface FilamentWatch {
  step(seconds: number): void;
  isMoving(): boolean;
  forget(): void;
}

/** Pauses the job when filament ends or stands still. */
function createFilamentWatch({ world, job, facts }: FirmwareDeps, say: (text: string) => void): FilamentWatch {
  let missingS = 0;
  let isMoving = true;
  let isMotionSeen = motionSensor(world);
  return {
    step: (seconds) => {
      isMoving = isMotionSeen();
      const isOut = facts.hasRunoutSwitch && !world.extruder.isFilamentSeen;
      const isStuck = facts.body.hasEncoder && !isMoving;
      missingS = (isOut || isStuck) && job.state === "printing" ? missingS + seconds : 0;
      if (missingS < PAUSE_LAG_S) return;
      missingS = 0;
      say(isOut ? "!! filament runout" : "!! Filament clog detected");
      pauseJob(job, STAGE_PAUSED);
    },
    isMoving: () => isMoving,
    forget: () => {
      missingS = 0;
      isMotionSeen = motionSensor(world);
    },
  };
}

export function createKlipperFirmware(deps: FirmwareDeps): Firmware {
  const { world, job, facts, faults } = deps;
  const { host } = world;
  const life = createHostLife({ world, job, faults });
  const filament = createFilamentWatch(deps, life.say);
  let frozenS = 0;
  let checks = allChecks();

  function allChecks(): readonly Check[] {
    const [nozzle] = world.nozzles;
    const heaters = [...(nozzle === undefined ? [] : [["extruder", nozzle] as const]), ["heater_bed", world.bed] as const];
    const ofHeaters = heaters.flatMap(([name, heater]) => [checkRange(name, heater), verifyHeater(name, heater)]);
    return [...ofHeaters, checkDrivers(world), checkLinks(facts, faults)];
  }

  function forget(): void {
    checks = allChecks();
    filament.forget();
  }

  /** A program that stood still for longer than its orders reached finds its boards stopped when it goes on. */
  function isFrozen(seconds: number): boolean {
    const stoodS = frozenS;
    frozenS = faults.damage().isHostFrozen ? frozenS + seconds : 0;
    if (frozenS === 0 && stoodS > HEATER_TIMEOUT_S && host.state === "ready" && isWorking(job)) life.stopWith(TOO_LATE);
    return frozenS > 0;
  }

  /** A move that ends in an error ends the job; the host itself stays ready. */
  function watchMoves(): void {
    const error = errorOf(motionOf(job), faults.damage());
    if (error === undefined || !isWorking(job)) return;
    life.say(`!! ${error}`);
    failJob(job, error);
  }

  function look(seconds: number): void {
    if (isFrozen(seconds)) return;
    const { isHostDead, isConfigBad } = faults.damage();
    if (isHostDead && host.state !== "disconnected") return life.die();
    if (host.state === "shutdown" || host.state === "error") return;
    if (host.state !== "ready") {
      if (life.comeUp(seconds)) forget();
      return;
    }
    if (isConfigBad) return life.restart();
    for (const check of checks) {
      const reason = check(seconds);
      if (reason !== undefined) return life.stopWith(reason);
    }
    watchMoves();
    filament.step(seconds);
  }

  const isInCommand = (): boolean => host.state === "ready" && frozenS <= HEATER_TIMEOUT_S;

  return {
    step: look,
    allow: (orders) => (isInCommand() ? orders : { ...orders, areHeatersOff: true, motion: "still", extrudeMmS: 0 }),
    blockedBy: () => {
      if (frozenS > 0) return "the host program does not answer";
      return host.state === "ready" ? undefined : host.message || "the host program is not running";
    },
    hms: () => [],
    printError: () => 0,
    cleanPrintError: () => undefined,
    // a person's choice is no failure
    wasCancelled: () => {
      job.state = "idle";
    },
    restart: life.restart,
    hostEvents: life.events,
    isFilamentMoving: filament.isMoving,
  };
}
