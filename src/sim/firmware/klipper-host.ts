/**
 * The life of a Klipper host program: it is ready, stops with a reason, is gone, comes up again or cannot. What must hold: a stop and a
 * bad configuration wait for a person; after each start no axis knows where it is.
 */
import { failJob, isWorking } from "../job/job.ts";
import type { FirmwareDeps, HostEvent } from "./firmware.ts";

const RESTART_S = 2.3;
/** How long the system leaves a dead program lying. */
const RESPAWN_S = 7;
const HALTED =
  '\n\nOnce the underlying issue is corrected, use the "RESTART"\ncommand to reload the config and restart the host software.\nPrinter is halted\n';
const CONNECTING = "\nPrinter is not ready\nThe klippy host software is attempting to connect.  Please\nretry in a few moments.\n";
const ADVICE =
  '\nOnce the underlying issue is corrected, use the\n"FIRMWARE_RESTART" command to reset the firmware, reload the\nconfig, and restart the host software.\nPrinter is shutdown\n';

export interface HostLife {
  say(text: string): void;
  stopWith(message: string): void;
  /** The program ended by itself. */
  die(): void;
  /** A person restarts it. */
  restart(): void;
  /** True in the step in which it is ready again. */
  comeUp(seconds: number): boolean;
  events(): readonly HostEvent[];
}

export function createHostLife({ world, job, faults }: Pick<FirmwareDeps, "world" | "job" | "faults">): HostLife {
  const { host } = world;
  let events: HostEvent[] = [];
  let startsInS = 0;

  const say = (text: string): void => void events.push({ kind: "response", text });

  function be(state: typeof host.state, message: string): void {
    host.state = state;
    host.message = message;
  }

  function disconnect(forS: number): void {
    events.push({ kind: "disconnected" });
    be("disconnected", "");
    startsInS = forS;
    if (isWorking(job)) failJob(job);
  }

  function beReady(): void {
    be("ready", "Printer is ready");
    events.push({ kind: "ready" });
    for (const axis of Object.values(world.axes)) axis.isHomed = false;
    // the new program knows of no job
    if (job.state === "failed") job.state = "idle";
  }

  return {
    say,
    stopWith: (message) => {
      say("// Klipper state: Shutdown");
      be("shutdown", message + ADVICE);
      events.push({ kind: "shutdown" });
      if (isWorking(job)) failJob(job);
    },
    die: () => disconnect(RESPAWN_S),
    restart: () => {
      say("// Klipper state: Disconnect");
      disconnect(RESTART_S);
    },
    comeUp: (seconds) => {
      const { isHostDead, isConfigBad, isMcuDead } = faults.damage();
      startsInS -= seconds;
      if (startsInS > 0 || isHostDead) return false;
      if (isConfigBad) be("error", `Option 'bogus_option' is not valid in section 'extruder'${HALTED}`);
      else if (isMcuDead) be("startup", CONNECTING);
      else beReady();
      return host.state === "ready";
    },
    events: () => {
      const said = events;
      events = [];
      return said;
    },
  };
}
