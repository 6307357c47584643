/** Frames that no Moonraker sends: nothing is thrown, and nothing becomes a reading that nobody said. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Readings } from "../../model/telemetry.ts";
import { createMoonrakerReader, type MoonrakerReader } from "./reader.ts";

const create = (): MoonrakerReader => createMoonrakerReader({ codeOf: () => undefined });

function read(reader: MoonrakerReader, frame: unknown): Readings {
  const result = reader.accept(frame, 0);
  return result.kind === "sample" ? result.readings : {};
}

describe("hostile frames", () => {
  const names = [
    "extruder",
    "fan",
    "toolhead",
    "motion_report",
    "bed_mesh",
    "print_stats",
    "mcu",
    "canbus_stats a",
    "tmc2209 stepper_x",
    "webhooks",
    "filament_switch_sensor a",
    "temperature_fan chamber",
    "endstop_phase",
    "configfile",
    "__proto__",
  ];
  const keys = [
    "temperature",
    "speed",
    "rpm",
    "position",
    "live_position",
    "probed_matrix",
    "info",
    "last_stats",
    "drv_status",
    "state",
    "state_message",
    "homed_axes",
    "print_time",
    "estimated_print_time",
    "last_home",
    "settings",
  ];
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom(null, Number.NaN, -1e308, "", "0x", [[]], [null], {}));
  const objects = fc.dictionary(fc.constantFrom(...names), fc.oneof(value, fc.dictionary(fc.constantFrom(...keys), value)));
  const frame = fc.oneof(
    fc.jsonValue(),
    fc.record({
      method: fc.constantFrom("notify_status_update", "notify_gcode_response", "notify_proc_stat_update", "notify_klippy_ready"),
      params: fc.oneof(value, fc.array(fc.oneof(objects, value))),
    }),
    fc.record({
      result: fc.oneof(value, fc.record({ status: objects, eventtime: value }), fc.record({ state: value, state_message: fc.string() })),
    }),
    fc.record({ error: fc.oneof(value, fc.record({ code: fc.constant(503) })) }),
  );

  it("never throw, and every reading is of its kind", () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 12 }), (frames) => {
        const reader = create();
        for (const one of frames) {
          for (const [name, reading] of Object.entries(read(reader, one))) {
            expect(reading, name).not.toBeUndefined();
            if (typeof reading === "number") expect(Number.isFinite(reading), name).toBe(true);
          }
        }
      }),
    );
  });

  it("never become a 0 that nobody said", () => {
    const noNumber = fc.oneof(fc.constantFrom(null, "", "none", true, Number.NaN), fc.array(fc.constant(null)), fc.constant({}));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), fc.dictionary(fc.constantFrom(...keys), noNumber)), (one) => {
        expect(
          Object.values(read(create(), { method: "notify_status_update", params: [one] })).filter((reading) => typeof reading === "number"),
        ).toEqual([]);
      }),
    );
  });
});
