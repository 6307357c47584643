/** What a printer has of its own goes before what the site has; what neither names keeps its default. */
import { expect, test } from "vitest";
import { link } from "../detectors/link.ts";
import type { Detector } from "../detectors/detector.ts";
import { mergeSettings, type Settings, tune } from "./tuning.ts";

const settings = (setting: { enabled?: boolean; onDelayS?: number }): Settings => {
  const { enabled, ...values } = setting;
  return new Map([["link", enabled === undefined ? { values } : { enabled, values }]]);
};
const detectors = [link] as readonly Detector<unknown>[];

test.each<[string, Settings, Settings, number | undefined]>([
  ["nothing set", new Map(), new Map(), 60],
  ["the site's", settings({ onDelayS: 5 }), new Map(), 5],
  ["the printer's", new Map(), settings({ onDelayS: 7 }), 7],
  ["the printer's over the site's", settings({ onDelayS: 5 }), settings({ onDelayS: 7 }), 7],
  ["off on one printer, with the site's number kept for the others", settings({ onDelayS: 5 }), settings({ enabled: false }), undefined],
  ["off at the site, on again on one printer", settings({ enabled: false, onDelayS: 5 }), settings({ enabled: true }), 5],
  ["off at the site, a number alone does not switch it on", settings({ enabled: false }), settings({ onDelayS: 7 }), undefined],
])("%s", (_name, site, own, expected) => {
  expect(tune(detectors, mergeSettings(site, own))[0]?.values["onDelayS"]).toBe(expected);
});
