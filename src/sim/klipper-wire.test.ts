/** The frames of a virtual Klipper host: their whole and their updates, what stands still with it, and what comes when it goes. */
import { describe, expect, test } from "vitest";
import { at, createFakeClock } from "../lib/time.ts";
import { createKlipperWire, type Frame } from "./klipper-wire.ts";
import { createMachine, type Machine } from "./machine.ts";
import { KLIPPER_MODELS, type Model } from "./models.ts";

const START = 1_700_000_000_000;
type Objects = Record<string, Record<string, unknown>>;

interface Listener {
  readonly machine: Machine;
  /** Frames of so many seconds, four times each. */
  listen(seconds: number): readonly Frame[];
  /** A client that connects now. */
  another(): Listener;
}

function listener(machine: Machine, clock = createFakeClock(at(START))): Listener {
  const wire = createKlipperWire(machine, clock);
  return {
    machine,
    listen: (seconds) =>
      Array.from({ length: seconds * 4 }, () => {
        machine.advance(0.25);
        clock.advanceTo(at(clock.now() + 250));
        return wire.frames();
      }).flat(),
    another: () => listener(machine, clock),
  };
}

const start = (model: Model, from: "cold" | "printing" = "printing"): Listener =>
  listener(createMachine({ model, seed: 4, start: from, stepS: 0.25 }));

const statusOf = ({ result }: Frame): Objects | undefined => (result as { readonly status?: Objects } | undefined)?.status;
const updateOf = ({ method, params }: Frame): Objects | undefined =>
  method === "notify_status_update" ? (params as readonly Objects[])[0] : undefined;
const linesOf = (frames: readonly Frame[]): readonly string[] =>
  frames.flatMap(({ method, params }) => (method === "notify_gcode_response" ? (params as string[]) : []));
const methodsOf = (frames: readonly Frame[]): readonly string[] =>
  frames.flatMap(({ method }) => (typeof method === "string" && method.startsWith("notify_klippy") ? [method] : []));

function merged(frames: readonly Frame[]): Objects {
  let known: Objects = {};
  for (const frame of frames) {
    known = statusOf(frame) ?? known;
    for (const [name, fields] of Object.entries(updateOf(frame) ?? {})) known = { ...known, [name]: { ...known[name], ...fields } };
  }
  return known;
}

describe.each(KLIPPER_MODELS)("a %s", (model) => {
  test.each(["cold", "printing"] as const)("%s: the whole and all updates are the machine as it is", (from) => {
    const first = start(model, from);
    const known = merged(first.listen(400));
    const { world, job } = first.machine;
    const [nozzle] = world.nozzles;
    expect(known["extruder"]?.["temperature"]).toBeCloseTo(nozzle?.readC ?? Number.NaN, 2);
    expect(known["heater_bed"]).toMatchObject({ target: world.bed.targetC, power: expect.closeTo(world.bed.duty, 4) });
    expect(known["toolhead"]?.["homed_axes"]).toBe("xyz");
    expect(known["print_stats"]).toMatchObject({ filename: `${job.plan.name}.gcode`, info: { current_layer: job.layer } });
    expect(known["toolhead"]?.["position"]).toEqual(known["motion_report"]?.["live_position"]);
  });

  test("tells what changed, and the whole again after a gap", () => {
    const { machine, listen } = start(model);
    expect(listen(5).filter(statusOf)).toHaveLength(1);
    const updates = listen(5).map((frame) => updateOf(frame));
    expect(updates.filter((update) => update !== undefined).length).toBeGreaterThan(15);
    // statistics of the board come once a second
    expect(updates.filter((update) => update?.["mcu"] !== undefined)).toHaveLength(5);
    machine.setFault("link-mute");
    expect(listen(20)).toEqual([]);
    machine.clearFault("link-mute");
    expect(listen(5).filter(statusOf)).toHaveLength(1);
  });

  test("a host that hangs tells nothing, its computer goes on", () => {
    const { machine, listen } = start(model);
    listen(5);
    machine.setFault("host-frozen");
    listen(1);
    expect(new Set(listen(20).map(({ method }) => method))).toEqual(new Set(["notify_proc_stat_update"]));
  });

  test("a busy host goes on, and tells it late: seconds pass between two updates, and nothing of it is lost", () => {
    const { machine, listen } = start(model);
    const before = listen(5);
    machine.setFault("host-busy");
    const frames = [...before, ...listen(115)];
    const times = frames.flatMap(({ method, params }) => (method === "notify_status_update" ? [(params as number[])[1] ?? 0] : []));
    const steps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
    expect(steps.filter((step) => step > 1).length).toBeGreaterThan(8);
    expect(Math.max(...steps)).toBeLessThan(12);
    expect(frames.filter(({ method }) => method === "notify_proc_stat_update").length).toBeGreaterThan(110);
    machine.clearFault("host-busy");
    const known = merged([...frames, ...listen(10)]);
    expect(known["heater_bed"]).toMatchObject({ temperature: expect.closeTo(machine.world.bed.readC, 2) });
  });

  test("a shutdown comes with its reason, then as an event", () => {
    const { machine, listen } = start(model);
    listen(5);
    machine.setFault("mcu-dead");
    const frames = listen(7);
    const after = frames.slice(frames.findIndex((frame) => linesOf([frame]).includes("// Klipper state: Shutdown")));
    const told = after.findIndex((frame) => updateOf(frame)?.["webhooks"]?.["state"] === "shutdown");
    const noticed = after.findIndex(({ method }) => method === "notify_klippy_shutdown");
    expect(told).toBeGreaterThan(0);
    expect(noticed).toBeGreaterThan(told);
    expect(String(updateOf(after[told] ?? {})?.["webhooks"]?.["state_message"])).toMatch(/^Lost communication with MCU 'mcu'\nOnce/);
  });

  test("a restart: gone, asked for, ready, then the whole; nobody knows where the axes are", () => {
    const { machine, listen } = start(model);
    listen(5);
    machine.firmware.restart();
    const frames = listen(6);
    expect(methodsOf(frames)).toEqual(["notify_klippy_disconnected", "notify_klippy_ready"]);
    expect(frames.some(({ error }) => (error as { readonly code?: number } | undefined)?.code === 503)).toBe(true);
    const ready = frames.findIndex(({ method }) => method === "notify_klippy_ready");
    expect(frames.slice(ready).filter(statusOf)).toHaveLength(1);
    expect(merged(frames)).toMatchObject({
      toolhead: { homed_axes: "" },
      print_stats: { state: "standby" },
      endstop_phase: { last_home: {} },
    });
  });

  test("a bad configuration is told when asked", () => {
    const { machine, listen } = start(model);
    listen(5);
    machine.setFault("config-bad");
    const answers = listen(10).map(({ result }) => result as { readonly state?: string; readonly state_message?: string } | undefined);
    expect(answers.find((answer) => answer?.state === "error")?.state_message).toMatch(/^Option 'bogus_option' is not valid/);
  });

  test("each shock is told once", () => {
    const { listen } = start(model);
    const shocks = linesOf(listen(10)).filter((line) => line.includes("shockSigma"));
    expect(shocks).toHaveLength(model === "VORON" ? 10 : 0);
  });
});

/** Of a host that was recorded: what its objects are called and what they hold. */
const RECORDED: Readonly<Record<string, readonly string[]>> = {
  webhooks: ["state", "state_message"],
  extruder: ["temperature", "target", "power", "can_extrude", "pressure_advance", "smooth_time", "motion_queue"],
  heater_bed: ["temperature", "target", "power"],
  "temperature_sensor chamber": ["temperature", "measured_min_temp", "measured_max_temp"],
  fan: ["speed", "rpm"],
  "heater_fan hotend_fan": ["speed", "rpm"],
  mcu: ["mcu_version", "mcu_build_versions", "mcu_constants", "last_stats"],
  "filament_switch_sensor runout": ["filament_detected", "enabled"],
  "filament_motion_sensor encoder": ["filament_detected", "enabled"],
  bed_mesh: ["profile_name", "mesh_min", "mesh_max", "probed_matrix", "mesh_matrix", "profiles"],
  print_stats: ["filename", "total_duration", "print_duration", "filament_used", "state", "message", "info"],
  virtual_sdcard: ["file_path", "progress", "is_active", "file_position", "file_size"],
  display_status: ["progress", "message"],
  pause_resume: ["is_paused"],
  motion_report: ["live_position", "live_velocity", "live_extruder_velocity", "steppers", "trapq"],
  toolhead: ["homed_axes", "axis_minimum", "axis_maximum", "print_time", "stalls", "estimated_print_time", "extruder", "position"],
  system_stats: ["sysload", "cputime", "memavail"],
};

test("objects hold what those of a real host hold", () => {
  const known = merged(start("VORON").listen(30));
  for (const [name, fields] of Object.entries(RECORDED)) {
    expect(known[name], name).toBeDefined();
    expect(fields).toEqual(expect.arrayContaining(Object.keys(known[name] ?? {})));
  }
});
