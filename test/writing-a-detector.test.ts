/** The guide for writers of detectors: its example is checked by the compiler, keeps the contract, and its own test passes. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { isCanonical } from "../src/model/code.ts";
import type { Detector } from "../src/detectors/detector.ts";
import { readSamples, isSamples } from "../src/app/recorded-samples.ts";

const ROOT = join(import.meta.dirname, "..");
const guide = readFileSync(join(ROOT, "docs/writing-a-detector.md"), "utf8");
const blocks = (language: string): readonly string[] =>
  [...guide.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"))].map((match) => match[1] ?? "");

/** The files of the guide in a folder of their own, with imports that lead back here. */
const folder = mkdtempSync(join(tmpdir(), "openhms-guide-"));
function write(name: string, text: string): string {
  const path = join(folder, name);
  const rooted = text
    .replaceAll('from "../', `from "${ROOT}/src/`)
    .replaceAll(/from "\.\/(detector|testing\/[a-z.-]+)\.ts"/g, `from "${ROOT}/src/detectors/$1.ts"`)
    .replaceAll('from "vitest"', `from "${ROOT}/node_modules/vitest/dist/index.js"`);
  writeFileSync(path, rooted);
  return path;
}
writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const [detectorText = "", testText = ""] = blocks("ts");
const detectorPath = write("door-open.ts", detectorText);
const testPath = write("door-open.test.ts", testText);

test("it compiles under the rules of the project", () => {
  const config = {
    extends: join(ROOT, "tsconfig.json"),
    compilerOptions: { typeRoots: [join(ROOT, "node_modules/@types")] },
    include: ["*.ts"],
    exclude: [],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const done = spawnSync(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", folder], { encoding: "utf8" });
  expect(done.stdout).toBe("");
  expect(done.status).toBe(0);
});

test("it keeps the contract", async () => {
  const { doorOpen } = (await import(pathToFileURL(detectorPath).href)) as { doorOpen: Detector<unknown> };
  expect(doorOpen.id).toBe("door-open");
  expect(doorOpen.codes.filter((code) => !isCanonical(code))).toEqual([]);
  for (const param of Object.values(doorOpen.params)) expect(param.default >= param.min && param.default <= param.max).toBe(true);
});

test("the recording it shows can be read", () => {
  const text = blocks("json").find((block) => block.includes('"recording"')) ?? "";
  expect(isSamples(text)).toBe(true);
  expect(readSamples(text)).toMatchObject({ printer: "voron", badLines: [], events: [{}, {}, { link: { connected: false } }] });
});

describe("its test", async () => {
  await import(pathToFileURL(testPath).href);
});
