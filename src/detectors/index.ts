/** Every detector there is. A new one is its file and its line here; a test fails while the line is missing. */
import type { Detector } from "./detector.ts";
import { link } from "./link.ts";
import { native } from "./native.ts";

export const detectors: readonly Detector<unknown>[] = [native, link];
