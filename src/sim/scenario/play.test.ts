/** The demo's story on a fake clock: all levels within a minute, no flood, and the fleet lives on for hours. */
import { describe, expect, test } from "vitest";
import { at, createFakeClock } from "../../lib/time.ts";
import { deviceFromWire, levelOf } from "../../model/code.ts";
import { faultNamed } from "../faults/index.ts";
import { createMachine, type Machine } from "../machine.ts";
import { DEMO } from "./demo.ts";
import { startScenario } from "./play.ts";

function play(options: {
  readonly printers: number;
  readonly seconds: number;
  readonly speed?: number;
  each?(second: number, machines: readonly Machine[]): void;
}): readonly Machine[] {
  const speed = options.speed ?? 1;
  const clock = createFakeClock(at(0));
  const models = ["X1C", "H2D", "P1S"] as const;
  const machines = Array.from({ length: options.printers }, (_one, i) =>
    createMachine({ model: models[i % 3] ?? "X1C", seed: i + 1, start: "printing" }),
  );
  const scenario = startScenario({ machines, story: DEMO, clock, seed: 1, speed });
  for (let second = 1; second <= options.seconds; second++) {
    clock.advanceTo(at(second * 1_000));
    for (const machine of machines) machine.advance(speed);
    options.each?.(second, machines);
  }
  scenario.close();
  return machines;
}

const codesOf = (machines: readonly Machine[]): readonly string[] =>
  machines.flatMap((machine) => [...machine.hms(), ...(machine.printError() === 0 ? [] : [deviceFromWire(machine.printError())])]);

describe("the demo", () => {
  test.each([1, 2, 3, 5])("with %i printers brings all three levels before 60 s, one after the other", (printers) => {
    const firstSeen = new Map<number, number>();
    play({
      printers,
      seconds: 60,
      each: (second, machines) => {
        for (const machine of machines)
          for (const code of machine.hms()) if (!firstSeen.has(levelOf(code))) firstSeen.set(levelOf(code), second);
      },
    });
    const [info = 0, warning = 0, error = 0] = [3, 2, 1].map((level) => firstSeen.get(level));
    expect(info).toBeGreaterThan(5);
    expect(warning).toBeGreaterThan(info);
    expect(error).toBeGreaterThan(warning);
    expect(error).toBeLessThan(60);
  });

  test("is the same every time", () => {
    const story = (): readonly string[] => {
      const lines: string[] = [];
      play({ printers: 3, seconds: 900, each: (second, machines) => void lines.push(`${second} ${codesOf(machines).join(" ")}`) });
      return lines;
    };
    expect(story()).toEqual(story());
  });

  test("goes on for hours: faults come and go, at most one printer is stopped, every printer prints again", () => {
    const seen = new Set<string>();
    const printed = new Map<Machine, number>();
    let mostStopped = 0;
    play({
      printers: 3,
      seconds: 4 * 3_600,
      each: (_second, machines) => {
        for (const code of codesOf(machines)) seen.add(code);
        for (const machine of machines) if (machine.job.state === "printing") printed.set(machine, (printed.get(machine) ?? 0) + 1);
        const stopped = machines.filter((machine) => machine.standing().some((name) => faultNamed(name)?.vendor?.effect === "stop"));
        mostStopped = Math.max(mostStopped, stopped.length);
      },
    });
    expect(seen.size).toBeGreaterThan(10);
    expect(mostStopped).toBe(1);
    for (const seconds of printed.values()) expect(seconds).toBeGreaterThan(3_600);
    expect(printed.size).toBe(3);
  });

  test("a fault by hand is fixed after a while; one that a printer cannot have is refused", () => {
    const clock = createFakeClock(at(0));
    const machine = createMachine({ model: "P1P", seed: 1, start: "printing" });
    const scenario = startScenario({ machines: [machine], story: DEMO, clock, seed: 1, speed: 1 });
    expect(scenario.inject(0, "rfid")).toBe(true);
    expect(scenario.inject(0, "chamber-hot")).toBe(false);
    expect(scenario.inject(9, "rfid")).toBe(false);
    expect(machine.standing()).toEqual(["rfid"]);
    clock.advanceTo(at(91_000));
    expect(machine.standing()).not.toContain("rfid");
    scenario.close();
  });

  test.each(["mcu-dead", "config-bad", "host-frozen", "nozzle-thermistor-open", "filament-out"])(
    "somebody mends %s on a Klipper printer, restarts what has stopped, and it prints again",
    (fault) => {
      const clock = createFakeClock(at(0));
      const machine = createMachine({ model: "VORON", seed: 1, start: "printing" });
      const story = { visits: [{ atS: 10, index: 0, fault, lastsS: 90 }], later: "nothing" } as const;
      const scenario = startScenario({ machines: [machine], story, clock, seed: 1, speed: 1 });
      let wasStopped = false;
      for (let second = 1; second <= 900; second++) {
        clock.advanceTo(at(second * 1_000));
        machine.advance(1);
        if (machine.job.state !== "printing" || machine.firmware.blockedBy() !== undefined) wasStopped = true;
      }
      expect(wasStopped).toBe(true);
      expect(machine.world.host.state).toBe("ready");
      expect(machine.job.state).toMatch(/^(preparing|printing)$/);
      scenario.close();
    },
  );
});
