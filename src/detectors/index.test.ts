/** Every detector file is listed, and no two detectors share a name. */
import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { isCanonical } from "../model/code.ts";
import { detectors } from "./index.ts";

const NOT_DETECTORS = new Set(["detector.ts", "index.ts"]);

it("lists every file of the folder", async () => {
  const files = readdirSync(new URL(".", import.meta.url)).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !NOT_DETECTORS.has(file),
  );
  for (const file of files) {
    const exported: Record<string, unknown> = await import(new URL(file, import.meta.url).href);
    expect(
      Object.values(exported).filter((value) => detectors.some((detector) => detector === value)),
      file,
    ).not.toEqual([]);
  }
});

it("gives each detector its own name, real codes and parameters within their bounds", () => {
  expect(new Set(detectors.map((detector) => detector.id)).size).toBe(detectors.length);
  for (const detector of detectors) {
    expect(detector.id).toMatch(/^[a-z0-9][a-z0-9-]{0,63}$/);
    expect(detector.codes.filter((code) => !isCanonical(code))).toEqual([]);
    for (const [name, param] of Object.entries(detector.params)) {
      expect(param.default >= param.min && param.default <= param.max, `${detector.id} ${name}`).toBe(true);
    }
  }
});
