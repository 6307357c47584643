/** Awkward days of a healthy machine: weather, people and a poor network. Any alert on these is a false one. */
import { codes, type Deed, type Fault, HOUR_S, MINUTE_S, onKlipper, type Onset, SUDDEN, type Wrong } from "./fault.ts";

interface Condition {
  readonly onset?: Onset;
  readonly damage?: (strength: number) => Wrong;
  readonly deed?: Deed;
  readonly needs?: Fault["needs"];
}

function healthy(name: string, about: string, { onset = SUDDEN, damage, deed, needs }: Condition): Fault {
  return {
    name,
    about,
    onset,
    ...(damage !== undefined && { damage }),
    ...(deed !== undefined && { deed }),
    ...(needs !== undefined && { needs }),
    expects: {},
    // the printer's own echo of a job that a person ended
    ...((deed?.kind === "cancel" || deed?.kind === "cold-start") && { mayRaise: codes("0300-400C") }),
    mustNotAlert: true,
  };
}

export const HEALTHY_CONDITIONS: readonly Fault[] = [
  // half a metre a second past a hot block or plate: what rising air takes along grows by a half, what radiates stays
  healthy("draught", "somebody opened a window", { damage: (strength) => ({ draught: 1 + 0.4 * strength }) }),
  healthy("door-open", "the door of the chamber stands open", {
    damage: () => ({ isDoorOpen: true }),
    needs: (facts) => facts.body.isEnclosed,
  }),
  healthy("cold-room", "the heating of the room is off: it gets colder over an hour", {
    onset: { kind: "creeping", overS: HOUR_S },
    damage: (strength) => ({ ambientOffsetC: -10 * strength }),
  }),
  healthy("hot-room", "a summer's day: the room gets hot", {
    onset: { kind: "creeping", overS: 2 * HOUR_S },
    damage: (strength) => ({ ambientOffsetC: 12 * strength }),
  }),
  healthy("filament-thinner", "another spool, thinner but within its tolerance", {
    damage: (strength) => ({ widthOffsetMm: -0.04 * strength }),
  }),
  healthy("wifi-gap", "the Wi-Fi is busy with itself for a few seconds, again and again", {
    onset: { kind: "intermittent", onS: 4, offS: 5 * MINUTE_S },
    damage: () => ({ isMute: true }),
  }),
  healthy("network-slow", "messages arrive more than a second late", { damage: (strength) => ({ latencyMs: 1_200 * strength }) }),
  healthy("long-pause", "a person pauses the job and forgets it", { deed: { kind: "pause" } }),
  healthy("filament-change", "a person changes the filament", { deed: { kind: "change-filament" } }),
  healthy("user-cancel", "a person cancels the job", { deed: { kind: "cancel" } }),
  healthy("cold-start", "the machine cools down wholly before the next job", { deed: { kind: "cold-start" } }),
  healthy("speed-change", "a person lets it print faster", { deed: { kind: "set-speed", pct: 166 } }),
  healthy("part-fan-full", "a person sets the part fan to full in the middle of a print", { deed: { kind: "set-part-fan", pct: 100 } }),
  healthy("firmware-restart", "a person restarts the firmware", { deed: { kind: "restart" }, needs: onKlipper }),
];
