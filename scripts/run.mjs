/**
 * What `npm start`, `npm test` and the like do, on any machine: find a Node, build what is older than its sources, run the tools.
 * Plain JavaScript that old versions of Node understand.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { ensureNode, root, run } from "./node.mjs";

process.chdir(root);
const node = ensureNode();
const env = { ...process.env, PATH: `${dirname(node)}${process.platform === "win32" ? ";" : ":"}${process.env.PATH}` };
const [task, ...rest] = process.argv.slice(2);

/** Runs a script of an installed package, or a file of ours, on the Node we found. */
const tool = (file, ...args) => run(node, [file, ...args], env);
const installed = (name, file) => join("node_modules", name, file);

/** Runs the steps one by one; ends with the first that fails. */
async function steps(...list) {
  for (const step of list) {
    const code = await step();
    if (code !== 0) return code;
  }
  return 0;
}

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  let time = 0;
  for (const name of readdirSync(path)) if (name !== "node_modules") time = Math.max(time, newest(join(path, name)));
  return time;
}

function isBuilt() {
  const targets = ["dist/main.js", "dist/ui/index.html"];
  if (!targets.every((path) => existsSync(path))) return false;
  const sources = Math.max(...["src", "ui", "catalogue", "package-lock.json", "scripts"].map(newest));
  return targets.every((path) => statSync(path).mtimeMs >= sources);
}

async function build() {
  return steps(
    () => tool(installed("vite", "bin/vite.js"), "build", "--config", "ui/vite.config.ts", "--logLevel", "warn", "ui"),
    () => tool("scripts/bundle.ts"),
  );
}

async function buildIfStale() {
  if (isBuilt()) return 0;
  console.error("openhms: building the web app and the server…");
  return build();
}

/** Debian's Chromium for the browser tests; installed here where that is allowed. */
function ensureBrowser() {
  const found = [process.env.CHROME_PATH, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
    (path) => path !== undefined && existsSync(path),
  );
  if (found !== undefined) return;
  const mayInstall = process.platform === "linux" && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
  if (mayInstall) {
    console.error("openhms: installing chromium for the browser tests…");
    spawnSync("apt-get", ["update", "-qq"], { stdio: "ignore" });
    const done = spawnSync("apt-get", ["install", "-y", "-qq", "chromium"], {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...env, DEBIAN_FRONTEND: "noninteractive" },
    });
    if (done.status === 0) return;
  }
  console.error(
    "openhms: no Chromium, so the browser tests will be skipped; install it (Debian: apt-get install chromium) or set CHROME_PATH",
  );
}

async function test() {
  ensureBrowser();
  const built = await buildIfStale();
  if (built !== 0) return built;
  const summary = join("dist", "test-summary.json");
  rmSync(summary, { force: true });
  const code = await tool(
    installed("vitest", "vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${summary}`,
    ...rest,
  );
  if (!existsSync(summary)) return code || 1;
  const { numPassedTests, numFailedTests, numFailedTestSuites, numPendingTests, success } = JSON.parse(readFileSync(summary, "utf8"));
  const failed = numFailedTests + (numFailedTests === 0 && !success ? Math.max(1, numFailedTestSuites) : 0);
  console.log(`${numPassedTests} passed, ${failed} failed, ${numPendingTests} skipped`);
  return code;
}

async function check() {
  return steps(
    () => tool(installed("oxfmt", "bin/oxfmt"), "--check", "."),
    () => tool(installed("oxlint", "bin/oxlint"), "--type-aware", "--deny-warnings"),
    () => tool(installed("typescript", "bin/tsc"), "-p", "."),
    () => tool(installed("typescript", "bin/tsc"), "-p", "ui"),
    () => tool(installed("typescript", "bin/tsc"), "-p", "test/browser"),
    () => tool("scripts/house.ts"),
    () => tool(installed("knip", "bin/knip.js"), "--no-progress"),
    () => tool("src/cli/main.ts", "catalogue", "lint"),
  );
}

async function bench() {
  const first = rest.findIndex((word) => word.startsWith("-"));
  const [named, options] = first < 0 ? [rest, []] : [rest.slice(0, first), rest.slice(first)];
  const names = named.length > 0 ? named : ["telemetry", "catalogue", "detectors", "ingest", "fleet"];
  return steps(buildIfStale, ...names.map((name) => () => tool(join("bench", `${name}.ts`), ...options)));
}

const tasks = {
  build,
  test,
  check,
  bench,
  start: () => steps(buildIfStale, () => run(node, ["dist/main.js", "demo", ...rest], env)),
  format: () => tool(installed("oxfmt", "bin/oxfmt"), "."),
};
if (!Object.hasOwn(tasks, task ?? "")) {
  console.error(`usage: node scripts/run.mjs ${Object.keys(tasks).join(" | ")}`);
  process.exit(2);
}
process.exit(await tasks[task]());
