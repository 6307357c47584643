/** What this browser remembers: small settings in localStorage, shared live between the parts of the page. Works without storage. */
import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
const memory = new Map<string, string>();

/** Undefined where the browser forbids storage, as a kiosk may: what is chosen then lasts as long as the page. */
function storage(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

const read = (key: string): string | null => memory.get(key) ?? storage()?.getItem(key) ?? null;

function write(key: string, value: string): void {
  try {
    storage()?.setItem(key, value);
    memory.delete(key);
  } catch {
    // the storage is full
    memory.set(key, value);
  }
  if (storage() === undefined) memory.set(key, value);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function usePref(key: string, initial: string): readonly [string, (value: string) => void] {
  const value = useSyncExternalStore(subscribe, () => read(key) ?? initial);
  return [value, (next) => write(key, next)];
}

export function useSoundOn(): readonly [boolean, (on: boolean) => void] {
  const [value, set] = usePref("openhms.sound", "on");
  return [value === "on", (on) => set(on ? "on" : "off")];
}

const LANGUAGE = "openhms.language";

/** Empty: as the browser. */
export const storedLanguage = (): string => read(LANGUAGE) ?? "";
export const storeLanguage = (tag: string): void => write(LANGUAGE, tag);
