/**
 * How the host program is: Klipper behind Moonraker. What must hold: an ordinary restart is no fault, a reason once given stands until
 * the host is ready again, and one trouble is told as one. Ready is told only of a host whose readings come: after a restart Moonraker
 * sends none until it is asked again, and readings that stand still then are no sign of a frozen host.
 */
import type { HmsCode } from "../../model/code.ts";
import { HOST_STATES, type HostState } from "../../model/telemetry.ts";

export type CodeOf = (text: string) => HmsCode | undefined;

/** A restart takes two or three seconds; somebody who asks later and hears that it is gone knows. */
const GONE_CONFIRMED_MS = 4_000;
/** The same where nobody asks: a slow computer with several boards restarts in this time. */
const GONE_MS = 10_000;
/** A board that answers is found within this. */
const STARTUP_MS = 30_000;

/** Words of which the packs know the meaning. */
const GONE = "Klippy Host not connected";
const STOPPED = "Printer is shutdown";
const WAITS_FOR_READINGS = "Klipper is ready; its readings have not come yet";

export interface Host {
  /** A state as Klipper or Moonraker calls it, with its reason. True when it came back from somewhere else to ready. */
  is(state: unknown, message: string | undefined, nowMs: number): boolean;
  /** Readings come. */
  speaks(nowMs: number): void;
  /** Moonraker says that there is no Klipper; `isAnswer` when it was asked. */
  gone(nowMs: number, isAnswer: boolean): void;
  tick(nowMs: number): void;
  state(): HostState | undefined;
  message(): string | undefined;
  standing(): readonly HmsCode[];
}

export function createHost(codeOf: CodeOf): Host {
  let state: HostState | undefined;
  let sinceMs = 0;
  let message: string | undefined;
  /** Why it stopped, until it is ready again. */
  let fault: HmsCode | undefined;
  /** What holds only as long as the state. */
  let passing: HmsCode | undefined;
  let isSilent = false;

  function enter(next: HostState, words: string | undefined, nowMs: number): void {
    if (next === state) {
      message = words ?? message;
      return;
    }
    state = next;
    sinceMs = nowMs;
    message = words;
    passing = undefined;
  }

  function tick(nowMs: number): void {
    if (fault !== undefined) return;
    const forMs = nowMs - sinceMs;
    if (state === "disconnected" && forMs >= GONE_MS) passing = codeOf(GONE);
    else if (state === "startup" && forMs >= STARTUP_MS && message !== undefined) passing = codeOf(message);
  }

  function stopped(words: string | undefined): void {
    const told = words === undefined ? undefined : codeOf(words);
    // without words there is at least the fact
    fault = told ?? fault ?? codeOf(STOPPED);
    passing = undefined;
  }

  return {
    is: (said, words, nowMs) => {
      const next = HOST_STATES.find((one) => one === said);
      if (next === undefined) return false;
      const isBack = next === "ready" && state !== undefined && state !== "ready" && !isWaiting(state, message);
      if (next === "ready") fault = undefined;
      if (next === "ready" && isSilent) enter("startup", WAITS_FOR_READINGS, nowMs);
      else enter(next, words, nowMs);
      if (next === "shutdown" || next === "error") stopped(words);
      tick(nowMs);
      return isBack;
    },
    speaks: (nowMs) => {
      isSilent = false;
      if (state !== undefined && isWaiting(state, message)) enter("ready", "Printer is ready", nowMs);
    },
    gone: (nowMs, isAnswer) => {
      isSilent = true;
      enter("disconnected", GONE, nowMs);
      if (isAnswer && fault === undefined && nowMs - sinceMs >= GONE_CONFIRMED_MS) passing = codeOf(GONE);
    },
    tick,
    state: () => state,
    message: () => message,
    standing: () => [fault, passing].filter((code) => code !== undefined),
  };
}

const isWaiting = (state: HostState, message: string | undefined): boolean => state === "startup" && message === WAITS_FOR_READINGS;
