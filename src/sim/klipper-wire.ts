/**
 * A Klipper machine as Moonraker tells it: JSON-RPC frames in the shape that a client of a real host receives, the whole status at first
 * and then what changed, as often as they are asked for. Hides the unequal pace of objects, what a client asks by itself and what only the
 * console tells. What must hold: full plus updates gives the machine as it is.
 */
import type { Clock } from "../lib/time.ts";
import type { HostEvent } from "./firmware/firmware.ts";
import * as objects from "./klipper-objects.ts";
import type { Fields } from "./klipper-objects.ts";
import type { Machine } from "./machine.ts";
import type { Axis, AxisName } from "./world/world.ts";

export type Frame = Fields;

export interface KlipperWire {
  /** Everything that came since the last call, in order; what a client asks by itself (`printer.info`) is among it. */
  frames(): readonly Frame[];
}

/** Klipper measures fans and asks its board for statistics once a second; everything else goes with each update. */
const EVERY_S = 1;
const POLL_EVERY_S = 2;
/** Supplies change slowly. */
const SUPPLY_EVERY_S = 5;

const { round } = objects;
const notice = (method: string, ...params: readonly unknown[]): Frame => ({ jsonrpc: "2.0", method, ...(params.length > 0 && { params }) });
const answer = (id: number, result: Fields): Frame => ({ jsonrpc: "2.0", id, result });
const line = (text: string): Frame => notice("notify_gcode_response", text);

function frameOf(event: HostEvent): Frame {
  return event.kind === "response" ? line(event.text) : notice(`notify_klippy_${event.kind}`);
}

/** True once in so many simulated seconds, and at first. */
function every(seconds: number): (elapsedS: number) => boolean {
  let lastS = Number.NEGATIVE_INFINITY;
  return (elapsedS) => {
    if (elapsedS - lastS < seconds - 1e-9 && elapsedS >= lastS) return false;
    lastS = elapsedS;
    return true;
  };
}

export function createKlipperWire(machine: Machine, clock: Pick<Clock, "now">): KlipperWire {
  const { world } = machine;
  const status = createStatus(machine);
  const lines = createLines(machine);
  const computer = createComputer(machine, clock);
  const isPollDue = every(POLL_EVERY_S);
  let last = { timeS: Number.NaN, elapsedS: Number.NaN };

  const info = (id: number): Frame =>
    answer(id, {
      state: world.host.state,
      state_message: world.host.message,
      software_version: "v0.13.0-730",
      cpu_info: `${objects.CORES} core ARMv8`,
    });

  /** What only a question tells: why the host does not come up. */
  function poll(): readonly Frame[] {
    if (!isPollDue(world.elapsedS)) return [];
    if (world.host.state !== "disconnected") return [info(6)];
    return [{ jsonrpc: "2.0", id: 6, error: { code: 503, message: "Klippy Host not connected" } }];
  }

  /** A program that hangs, or has no time, says nothing; Moonraker goes on. */
  function isHanging(): boolean {
    const { timeS, elapsedS } = last;
    last = { timeS: world.host.timeS, elapsedS: world.elapsedS };
    return (world.host.timeS === timeS && world.elapsedS > elapsedS) || world.host.stalledS > 0;
  }

  function heard(): readonly Frame[] {
    const events = machine.hostEvents();
    const before = events.filter(({ kind }) => kind !== "shutdown").map(frameOf);
    const after = events.filter(({ kind }) => kind === "shutdown").map(frameOf);
    // a restart ends the subscription: a client asks anew
    if (events.some(({ kind }) => kind === "disconnected" || kind === "ready")) status.forget();
    const { state } = world.host;
    if (state !== "ready" && state !== "shutdown") {
      status.forget();
      return [...before, ...after, ...poll()];
    }
    if (isHanging()) return [...before, ...after];
    const told = state === "ready" ? lines() : [];
    return [...before, ...(status.isNew() ? [info(3)] : []), ...told, ...status.frames(), ...after];
  }

  return {
    frames: () => {
      if (machine.isOnline() && !machine.isMute()) return [...heard(), ...computer.frames()];
      // what came meanwhile is lost, and the client connects anew
      machine.hostEvents();
      status.forget();
      computer.forget();
      return [];
    },
  };
}

interface Part {
  frames(): readonly Frame[];
  /** The client is a new one: everything must be told. */
  forget(): void;
}

/** The status: all of it, then what changed. */
function createStatus(machine: Machine): Part & { isNew(): boolean } {
  const { world } = machine;
  const counters = createCounters(machine);
  const isSlowDue = every(EVERY_S);
  let slow: Fields = {};
  let told: Fields | undefined;

  function now(): Fields {
    const { host } = world;
    const webhooks = { state: host.state, state_message: host.message };
    const lastHome = counters();
    // a board that is gone tells nothing new
    if (told !== undefined && !world.mcu.isAlive) return { ...told, webhooks };
    if (isSlowDue(world.elapsedS) || told === undefined) slow = objects.slowOf(machine);
    return {
      webhooks,
      ...objects.temperaturesOf(machine),
      ...slow,
      ...objects.filamentOf(machine),
      ...objects.motionOf(world),
      ...objects.jobOf(machine),
      ...objects.meshOf(world),
      endstop_phase: { last_home: lastHome },
    };
  }

  return {
    isNew: () => told === undefined,
    frames: () => {
      const before = told;
      told = now();
      const eventtime = round(world.host.timeS, 3);
      if (before === undefined) return [answer(5, { eventtime, status: { configfile: objects.settingsOf(machine), ...told } })];
      const delta = objects.changed(before, told);
      return Object.keys(delta).length === 0 ? [] : [notice("notify_status_update", delta, eventtime)];
    },
    forget: () => {
      told = undefined;
    },
  };
}

/**
 * Where the step counters stood when an endstop triggered (`endstop_phase`), since the board was started: lost steps are all that differs.
 * On a CoreXY each of two motors moves both axes.
 */
function createCounters({ facts, world }: Machine): () => Fields {
  const isPair = facts.body.kinematics === "corexy";
  const lostMm = { x: 0, y: 0, z: 0 };
  let home: Fields = {};
  let homings = 0;
  let before = { x: 0, y: 0, homed: "" };

  function trigger(axis: AxisName): void {
    const pairMm = axis === "x" ? lostMm.x + before.y + lostMm.y : before.x + lostMm.x - lostMm.y;
    const mm = isPair && axis !== "z" ? pairMm : lostMm[axis];
    const position = Math.round(mm / objects.stepMm(axis));
    home = { ...home, [`stepper_${axis}`]: { mcu_position: position, phase: position & 63, phases: 64 } };
  }

  return () => {
    const { axes, homing } = world;
    const { toolhead } = objects.motionOf(world) as { readonly toolhead: { readonly position: readonly number[] } };
    const [x = 0, y = 0] = toolhead.position;
    const homed = (["x", "y", "z"] as const).filter((name) => axes[name].isHomed);
    if (homed.length === 0) home = {};
    if (homing !== undefined && homing.count !== homings) {
      homings = homing.count;
      lostMm[homing.axis] += homing.offMm;
      trigger(homing.axis);
    } else for (const axis of homed) if (!before.homed.includes(axis)) trigger(axis);
    before = { x, y, homed: homed.join("") };
    return home;
  };
}

/** What Moonraker tells of the computer, whatever Klipper does. */
function createComputer({ world }: Machine, clock: Pick<Clock, "now">): Part {
  let isDue = every(EVERY_S);
  let flags: readonly string[] | undefined;
  return {
    frames: () => {
      const before = flags;
      flags = world.power.isUnderVoltage ? ["Under-Voltage Detected"] : [];
      const state = { bits: flags.length, flags };
      const stats = { time: (clock.now() + world.clockOffsetMs) / 1_000, cpu_usage: 2.5, memory: 50_860, mem_units: "kB" };
      const cpuC = round(world.hostC, 1);
      if (before === undefined) return [answer(4, { moonraker_stats: [stats], throttled_state: state, cpu_temp: cpuC })];
      const isNews = before.length !== flags.length;
      return [
        ...(isNews ? [notice("notify_cpu_throttled", state)] : []),
        ...(isDue(world.elapsedS) ? [notice("notify_proc_stat_update", { moonraker_stats: stats, cpu_temp: cpuC })] : []),
      ];
    },
    forget: () => {
      flags = undefined;
      isDue = every(EVERY_S);
    },
  };
}

const errorMm = ({ orderedMm, actualMm }: Axis): string => (orderedMm - actualMm).toFixed(3);

/** Results of the machine's own tests, as the console shows them, and what a macro of the site says of sensors that Klipper does not know. */
function createLines({ facts, world }: Machine): () => readonly Frame[] {
  const { body } = facts;
  const isClosedLoop = facts.firmware === "klipper" && facts.isClosedLoop;
  const isSupplyDue = every(SUPPLY_EVERY_S);
  const isDue = every(EVERY_S);
  let told = { probe: 0, belts: 0, load: 0 };

  function* tests(): Generator<string> {
    const { probe, beltTest, loadTest } = world;
    const before = told;
    told = { probe: probe?.count ?? 0, belts: beltTest?.count ?? 0, load: loadTest?.count ?? 0 };
    if (probe !== undefined && probe.count !== before.probe) {
      const [range, deviation] = [probe.rangeMm.toFixed(6), probe.sigmaMm.toFixed(6)];
      yield `// probe accuracy results: maximum 0.000000, minimum 0.000000, range ${range}, average 0.000000, median 0.000000, standard deviation ${deviation}`;
    }
    if (beltTest !== undefined && beltTest.count !== before.belts)
      yield `// openhms: xBeltHz=${beltTest.xHz.toFixed(2)} yBeltHz=${beltTest.yHz.toFixed(2)}`;
    if (loadTest !== undefined && loadTest.count !== before.load)
      yield `// openhms: xLoadPct=${loadTest.xPct.toFixed(1)} yLoadPct=${loadTest.yPct.toFixed(1)}`;
  }

  function* sensors(): Generator<string> {
    const { axes, extruder, power, elapsedS } = world;
    const told: string[] = [];
    if (isDue(elapsedS)) {
      if (body.hasAccelerometer) told.push(`shockSigma=${world.shockSigma.toFixed(2)}`);
      // the largest since it was told last
      world.shockSigma = 0;
      if (body.hasEncoder) told.push(`filamentSeenMm=${extruder.seenMm.toFixed(3)}`, `extruderLoadPct=${extruder.loadPct.toFixed(1)}`);
      if (isClosedLoop) for (const axis of ["x", "y"] as const) told.push(`${axis}ErrorMm=${errorMm(axes[axis])}`);
    }
    if (isSupplyDue(elapsedS)) told.push(`supplyV=${power.supplyV.toFixed(2)}`, `brownouts=${power.brownouts}`);
    if (told.length > 0) yield `// openhms: ${told.join(" ")}`;
  }

  return () => [...tests(), ...sensors()].map(line);
}
