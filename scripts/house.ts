/**
 * Holds the house rules that no linter knows: who may import whom (imports point one way), plug-in files that never import their
 * siblings, files of at most 400 lines, and no names that say nothing. Prints every breach; exit 1 when there is one.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** Folder of src → the folders it may import besides itself. Files of the same name in `contracts` may be imported by more. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  model: ["lib"],
  catalogue: ["model", "lib"],
  bus: ["model", "lib"],
  store: ["model", "lib"],
  sim: ["model", "lib"],
  printers: ["model", "lib"],
  detectors: ["model", "lib"],
  vision: ["model", "lib"],
  channels: ["model", "lib"],
  edge: ["model", "lib", "bus", "printers", "detectors"],
  central: ["model", "lib", "catalogue", "store", "bus", "channels"],
  http: ["model", "lib", "central", "catalogue"],
  cli: ["model", "lib", "catalogue"],
  app: ["model", "lib", "catalogue", "bus", "store", "sim", "printers", "detectors", "channels", "edge", "central", "http"],
};

/** Single files that may look further, each with its reason. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  // the one door from the command line to the composition roots
  "src/cli/main.ts": ["app"],
  // the in-process printer wraps the simulated machine
  "src/printers/virtual.ts": ["sim"],
};

const PLUGIN_FOLDERS = ["printers", "detectors", "channels"];
const CONTRACTS = ["adapter.ts", "detector.ts", "channel.ts"];
/** Detectors are pure: of `lib` they may know time and statistics alone. */
const NARROW: Readonly<Record<string, readonly string[]>> = { detectors: ["src/lib/time.ts", "src/lib/statistics.ts"] };
const EMPTY_NAMES = /(^|[-/])(utils?|helpers?|types|common|manager|service|base)(\.[a-z.]+)?$/;
const MAX_LINES = 400;

const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts", "*.tsx", "*.mjs"], {
  encoding: "utf8",
})
  .split("\n")
  // git still lists what was just deleted
  .filter((file) => file !== "" && existsSync(file));
const breaches: string[] = [];

for (const file of files) {
  const text = readFileSync(file, "utf8");
  const lines = text.split("\n").length - 1;
  if (lines > MAX_LINES) breaches.push(`${file}: ${lines} lines, at most ${MAX_LINES}; split it by concept`);
  if (EMPTY_NAMES.test(file)) breaches.push(`${file}: a name that says nothing; name the concept`);
  if (file.startsWith("src/")) checkImports(file, text);
  if (/^ui\/(?:src|help)\//.test(file)) checkUiImports(file, text);
}

function importsOf(text: string): { specifier: string; typeOnly: boolean }[] {
  const found = text.matchAll(/^(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"|import\(\s*"([^"]+)"\s*\)/gm);
  return [...found].map((match) => ({ specifier: match[2] ?? match[3] ?? "", typeOnly: match[1] !== undefined }));
}

function checkImports(file: string, text: string): void {
  const folder = file.split("/")[1] ?? "";
  const isTest = /\.(test|contract)\.ts$/.test(file);
  const isPlugin = PLUGIN_FOLDERS.includes(folder) && file.split("/").length === 3 && !isTest;
  for (const { specifier } of importsOf(text)) {
    if (!specifier.startsWith(".")) continue;
    const target = normalize(join(dirname(file), specifier)).replaceAll("\\", "/");
    const other = target.split("/")[1] ?? "";
    const name = target.split("/").at(-1) ?? "";
    if (other === folder) {
      const sibling = isPlugin && target.split("/").length === 3 && !CONTRACTS.includes(name);
      if (sibling && !file.endsWith("/index.ts") && !isExcepted(file, target))
        breaches.push(`${file}: imports its sibling ${name}; plug-ins know their contract only`);
      continue;
    }
    if (isTest) continue;
    const allowed = MAY_IMPORT[folder] ?? [];
    if (!allowed.includes(other) && !(EXCEPTIONS[file] ?? []).includes(other))
      breaches.push(`${file}: ${folder} may not import ${other} (${target})`);
    const narrow = NARROW[folder];
    if (narrow !== undefined && other === "lib" && !narrow.includes(target))
      breaches.push(`${file}: of lib, ${folder} may import ${narrow.join(", ")} only`);
  }
}

/** A plug-in may reuse another's parts where they sit in a folder of their own (`printers/bambu/`). */
function isExcepted(file: string, target: string): boolean {
  return file === "src/printers/virtual.ts" && target.startsWith("src/printers/bambu/");
}

function checkUiImports(file: string, text: string): void {
  for (const { specifier, typeOnly } of importsOf(text)) {
    const ours = specifier.includes("/src/") || specifier.startsWith("#model");
    if (!ours) continue;
    if (!typeOnly) breaches.push(`${file}: the web app takes types only (${specifier})`);
    if (!specifier.includes("model")) breaches.push(`${file}: the web app takes from model only (${specifier})`);
  }
}

for (const breach of breaches) console.error(breach);
console.log(`house: ${files.length} files, ${breaches.length} breaches`);
process.exit(breaches.length === 0 ? 0 : 1);
