/**
 * What stands between a job and the hardware: a printer's own program, which sees the world through its sensors, notices some of what
 * is wrong, and then takes power away, stops the job or pauses it. One file per kind of firmware.
 */
import type { HmsCode } from "../../model/code.ts";
import type { Job } from "../job/job.ts";
import type { ModelFacts } from "../models.ts";
import type { StandingFaults } from "../standing.ts";
import type { Orders } from "../world/orders.ts";
import type { World } from "../world/world.ts";

export interface FirmwareDeps {
  readonly facts: ModelFacts;
  readonly world: World;
  readonly job: Job;
  /** A vendor's firmware has sensors that the world here does not model: it is told which fault stands. */
  readonly faults: StandingFaults;
  readonly random: () => number;
}

/** What a host program says by itself: that its state changed, or a line on its console. */
export type HostEvent = { readonly kind: "ready" | "shutdown" | "disconnected" } | { readonly kind: "response"; readonly text: string };

export interface Firmware {
  /** After each step of the world: looks at it, and acts on the job. */
  step(seconds: number): void;
  /** The job's orders as they reach the hardware. */
  allow(orders: Orders): Orders;
  /** Why no job may start or go on, for the person at the printer; undefined when it may. */
  blockedBy(): string | undefined;
  /** Codes of its own that stand; always empty where it has none. */
  hms(): readonly HmsCode[];
  /** `print_error` as a Bambu printer sends it; 0 for none. */
  printError(): number;
  cleanPrintError(): void;
  /** A person cancelled the job. */
  wasCancelled(): void;
  /** A person restarts it. */
  restart(): void;
  /** What it said since it was last asked; only a host that speaks by itself has it. */
  hostEvents?(): readonly HostEvent[];
  /** Whether its motion sensor saw filament follow the extruder. */
  isFilamentMoving?(): boolean;
}
