/** Sounds for one display: once for each new alert of its printer, and again every 10 s while an error waits to be confirmed. */
import { useEffect, useState, useSyncExternalStore } from "react";
import { useHub } from "../data/queries.ts";
import { isQuiet } from "../show/order.ts";
import { createSound } from "./sound.ts";

const REPEAT_MS = 10_000;

export interface AlarmSound {
  readonly blocked: boolean;
  readonly unlock: () => void;
}

export function useAlarmSound(options: { readonly printer: string; readonly on: boolean; readonly errorWaits: boolean }): AlarmSound {
  const { printer, on, errorWaits } = options;
  const { onRaise } = useHub();
  const [sound] = useState(createSound);
  const blocked = useSyncExternalStore(sound.subscribe, sound.blocked);

  // any touch of the page is leave to sound: the Confirm button of a dialog too
  useEffect(() => {
    if (!on || !blocked) return undefined;
    const unlock = (): void => void sound.unlock();
    document.addEventListener("pointerdown", unlock);
    document.addEventListener("keydown", unlock);
    return () => {
      document.removeEventListener("pointerdown", unlock);
      document.removeEventListener("keydown", unlock);
    };
  }, [on, blocked, sound]);

  useEffect(() => {
    if (!on) return undefined;
    return onRaise((alert) => {
      // errors sound by their dialog
      if (alert.printer === printer && alert.severity !== "error" && !isQuiet(alert)) sound.play(alert.severity);
    });
  }, [on, onRaise, printer, sound]);

  const repeats = on && errorWaits && !blocked;
  useEffect(() => {
    if (!repeats) return undefined;
    sound.play("error");
    const timer = setInterval(() => sound.play("error"), REPEAT_MS);
    return () => clearInterval(timer);
  }, [repeats, sound]);

  return { blocked: on && blocked, unlock: () => void sound.unlock() };
}
