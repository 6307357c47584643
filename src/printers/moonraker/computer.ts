/** The computer that Klipper and Moonraker run on: its clock, heat, load and supply. */
import type { HmsCode } from "../../model/code.ts";
import { integerOf, isRecord, type Json, numberOf, tempOf, textOf } from "../bambu/values.ts";
import type { CodeOf } from "./host.ts";
import type { Known } from "./known.ts";

export interface Computer {
  /** What Moonraker measures once a second. */
  process(stats: Json): void;
  /** The flags of a Raspberry Pi. */
  throttled(state: Json): void;
  /** What Klipper says of itself and its computer. */
  about(info: Json): void;
  load(load: number): void;
  /** What the computer complains of now, but for the voltage, which is a reading. */
  standing(): readonly HmsCode[];
}

const MAX_SECONDS = 1e12;

export function createComputer(known: Known, codeOf: CodeOf): Computer {
  let cores: number | undefined;
  let standing: readonly HmsCode[] = [];

  function throttled({ flags }: Json): void {
    if (!Array.isArray(flags)) return;
    const told = flags.slice(0, 32).filter((flag) => typeof flag === "string");
    const low = told.filter((flag) => /^under-?voltage/i.test(flag));
    known.set("underVoltage", low.length > 0);
    // what was before is history
    const now = told.filter((flag) => !low.includes(flag) && !/^previously/i.test(flag));
    standing = now.map((flag) => codeOf(flag)).filter((code) => code !== undefined);
  }

  return {
    process: ({ moonraker_stats: own, cpu_temp: cpuC, throttled_state: state }) => {
      // newest last, in the answer that holds a history
      const latest: unknown = Array.isArray(own) ? own.at(-1) : own;
      const timeS = isRecord(latest) ? numberOf(latest["time"], 0, MAX_SECONDS) : undefined;
      if (timeS !== undefined) known.set("sourceTimeMs", Math.round(timeS * 1_000));
      known.set("hostTempC", tempOf(cpuC));
      if (isRecord(state)) throttled(state);
    },
    throttled,
    about: (info) => {
      known.set("firmware", textOf(info["software_version"], 64));
      cores = integerOf(/^(\d{1,4}) core/.exec(textOf(info["cpu_info"], 64) ?? "")?.[1], 1, 1_024) ?? cores;
    },
    load: (load) => {
      if (cores !== undefined) known.set("hostLoad", load / cores);
    },
    standing: () => standing,
  };
}
