/**
 * The command line. Parses arguments, loads the one module that a command needs, and turns what went wrong into an exit code:
 * 0 good, 1 failed, 2 bad usage or configuration.
 */
import { Command, CommanderError, Option } from "commander";
import type { CatalogueChoice } from "../app/catalogue.ts";
import type { DataOptions } from "../app/data-folder.ts";
import type { VirtualPrinterCommand } from "../app/virtual-printer.ts";
import type { VendorTexts } from "../catalogue/vendor/vendor-texts.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import { CodeError, ConfigError, RefusedError, StartError, errorText, isDiskError } from "../lib/errors.ts";
import type { BenchCommand } from "../app/bench/command.ts";
import { atLeastOne, fractions, port, positive, whole } from "./arguments.ts";
import type { Terminal } from "./commands.ts";
import { addImportCommand } from "./import-command.ts";
import { addRemoteCommands } from "./remote-commands.ts";
import { VERSION } from "../lib/version.ts";
import { plainLines } from "./format.ts";

const terminal: Terminal = { print: (line) => void process.stdout.write(`${line}\n`), nowMs: () => Date.now() };
const env = process.env;

function packOption(about = "a pack to take in, a folder or a zip; may be given more than once"): Option {
  return new Option("--pack <path>", about).argParser((path: string, before?: string[]) => [...(before ?? []), path]);
}

/** A command that looks things up, with the packs it is told of. */
function withPacks(command: Command): Command {
  return command.addOption(packOption()).option("--config <file>", "a configuration whose packs are taken in");
}

interface CatalogueOptions {
  readonly pack?: string[];
  readonly config?: string;
}

/** A command that shows the maker's own texts, too, where they were imported. */
function withVendorTexts(command: Command): Command {
  return withPacks(command).option("--data <dir>", "the data folder that holds the maker's texts (before --config)");
}

/** The catalogue, and beside it what was imported. */
async function openKnowledge(options: CatalogueOptions & DataOptions): Promise<{ catalogue: Catalogue; vendorTexts: VendorTexts }> {
  const { openVendorTexts } = await import("../app/vendor-texts.ts");
  const vendorTexts = openVendorTexts(
    options,
    (line) =>
      void process.stderr.write(`${plainLines(line)}
`),
  );
  return { catalogue: await openCatalogue(options), vendorTexts };
}

async function openCatalogue(options: CatalogueChoice): Promise<Catalogue> {
  const { openCatalogue: open } = await import("../app/catalogue.ts");
  return open(options, (line) => void process.stderr.write(`${plainLines(line)}\n`));
}

function languageOption(): Option {
  return new Option("--lang <tag>", "language of the texts where they are translated, like de").default("en");
}

const program = new Command("openhms")
  .description("An open Health Management System for 3D printers")
  .version(VERSION)
  .showHelpAfterError("(openhms --help shows what there is)")
  .exitOverride();

program
  .command("demo")
  .description("central, an edge and virtual printers with faults; needs no configuration")
  .option("--port <port>", "of the web app", port, 4670)
  .option("--host <address>", "where to listen; anything but loopback asks for an access token", "127.0.0.1")
  .option("--mqtt-port <port>", "of the embedded MQTT broker", port, 4671)
  .option("--printers <count>", "how many virtual printers", atLeastOne, 3)
  .option("--speed <factor>", "how fast their time runs", positive, 1)
  .option("--seed <number>", "the same seed gives the same faults", whole, 1)
  .option("--data <dir>", "where state is kept", "openhms-data")
  .option("--scenario <file>", "a scenario to play instead of the demo's own story")
  .action(async (options: DemoOptions) => {
    const { runDemo } = await import("../app/demo.ts");
    await runDemo(options);
  });

interface DemoOptions {
  readonly port: number;
  readonly host: string;
  readonly mqttPort: number;
  readonly printers: number;
  readonly speed: number;
  readonly seed: number;
  readonly data: string;
  readonly scenario?: string;
}

interface RoleOptions {
  readonly config: string;
  readonly host?: string;
  readonly port?: number;
  readonly mqttPort?: number;
  readonly newToken?: boolean;
}

const roles = [
  { name: "run", about: "central and edge on one machine" },
  { name: "central", about: "the management unit alone: takes reports over HTTP and MQTT" },
  { name: "edge", about: "adapters and detectors near the printers; reports to the bus of the configuration" },
] as const;
for (const role of roles) {
  const command = program.command(role.name).description(role.about).option("--config <file>", "the configuration", "openhms.yaml");
  if (role.name !== "edge") {
    command
      .option("--host <address>", "where to listen (before http.host)")
      .option("--port <port>", "of the web app (before http.port)", port)
      .option("--mqtt-port <port>", "of the embedded MQTT broker (before mqtt.port)", port)
      .option("--new-token", "make a new access token; the old one and all logins end");
  }
  command.action(async (options: RoleOptions) => {
    const { runRole } = await import("../app/roles.ts");
    await runRole(role.name, options);
  });
}

withVendorTexts(program.command("decode"))
  .description("explain codes in any written form; reads lines from standard input when none is given")
  .argument("[code...]", "like 0300-0100-0001-0001, HMS_0300_0100_0001_0001, 0300-8003 or 50331904:65537")
  .option("--json", "one JSON object a line")
  .option("--qr", "draw the QR code of the help page")
  .addOption(languageOption())
  .option(
    "--public-url <url>",
    "where central can be reached, for the help page's address",
    env["OPENHMS_PUBLIC_URL"] ?? "http://127.0.0.1:4670",
  )
  // a negative decimal pair (-123:456) is an argument, not an option
  .allowUnknownOption()
  .action(async (codes: string[], options: DecodeCommand, command: Command) => {
    const stray = codes.find((text) => /^--?[a-z]/i.test(text));
    if (stray !== undefined) command.error(`error: unknown option '${stray}'`);
    const { decode } = await import("./decode-command.ts");
    const isGood = await decode(
      await openKnowledge(options),
      codes,
      { json: options.json === true, qr: options.qr === true, language: options.lang, publicUrl: options.publicUrl },
      terminal,
    );
    if (!isGood) process.exitCode = 1;
  });

interface DecodeCommand extends CatalogueOptions, DataOptions {
  readonly json?: boolean;
  readonly qr?: boolean;
  readonly lang: string;
  readonly publicUrl: string;
}

program
  .command("replay")
  .description("a recorded capture through adapter, detectors and alert core on a fake clock; one JSON line per transition")
  .argument("<file...>")
  .option("--printer <id>", "the id to give the printer")
  .option("--params <file>", "parameters of detectors, YAML or JSON: { detector-id: { parameter: number } }")
  .option("--json", "JSON lines (always so; accepted for symmetry)")
  .action(async (files: string[], options: { printer?: string; params?: string }) => {
    const { replay } = await import("../app/replay.ts");
    const { failed } = await replay(files, options, {
      catalogue: await openCatalogue({}),
      print: (line) => terminal.print(line),
      complain: (line) => void process.stderr.write(`${line}\n`),
    });
    if (failed) process.exitCode = 1;
  });

const catalogue = program.command("catalogue").description("the knowledge: codes, causes, checks");
withPacks(catalogue.command("stats"))
  .description("how many entries, causes and checks, and of which modules")
  .option("--json", "JSON, one object a line")
  .action(async (options: CatalogueOptions & { json?: boolean }) =>
    (await import("./catalogue-commands.ts")).stats(await openCatalogue(options), options.json === true, terminal),
  );
withPacks(catalogue.command("packs"))
  .description("the packs in use, and what is wrong with those left out")
  .option("--json", "JSON, one object a line")
  .action(async (options: CatalogueOptions & { json?: boolean }) => {
    const { packs } = await import("./catalogue-commands.ts");
    if (!packs(await openCatalogue({ ...options, lenient: true }), options.json === true, terminal)) process.exitCode = 1;
  });
withPacks(catalogue.command("dump"))
  .description("every known code with its text, one a line")
  .option("--json", "one JSON object a line")
  .option("--own", "the codes of OpenHMS itself and of packs, too")
  .action(async (options: CatalogueOptions & { json?: boolean; own?: boolean }) => {
    const { dump } = await import("./catalogue-commands.ts");
    dump(await openCatalogue(options), { json: options.json === true, own: options.own === true }, terminal);
  });
catalogue
  .command("lint")
  .description("check every file of the catalogue; 0 when there is no problem")
  .option("--dir <dir>", "another catalogue folder, or a pack: a folder or a zip")
  .addOption(packOption("a pack that the one under --dir requires; may be given more than once"))
  .action(async (options: { dir?: string; pack?: string[] }) => {
    if (!(await (await import("./catalogue-commands.ts")).lint(options.dir, options.pack ?? [], terminal))) process.exitCode = 1;
  });
withVendorTexts(catalogue.command("show"))
  .description("what is known of one code, in any written form")
  .argument("<code>")
  .addOption(languageOption())
  .option("--json", "JSON, one object a line")
  .action(async (code: string, options: CatalogueOptions & DataOptions & { json?: boolean; lang: string }) => {
    const { show } = await import("./catalogue-commands.ts");
    show(await openKnowledge(options), code, { json: options.json === true, language: options.lang }, terminal);
  });
withPacks(catalogue.command("search"))
  .description("entries by words, codes or parts")
  .argument("<text...>")
  .option("--limit <n>", "how many", whole, 10)
  .addOption(languageOption())
  .option("--json", "JSON, one object a line")
  .action(async (words: string[], options: CatalogueOptions & { limit: number; json?: boolean; lang: string }) => {
    const { search } = await import("./catalogue-commands.ts");
    const how = { limit: options.limit, json: options.json === true, language: options.lang };
    if (!search(await openCatalogue(options), words.join(" "), how, terminal)) process.exitCode = 1;
  });
withPacks(catalogue.command("site"))
  .description("the help pages of every code as a folder to be hosted, or opened without a server")
  .requiredOption("--out <dir>", "a new or empty folder, or one of an earlier export, which is replaced")
  .option("--languages <tags>", "with commas between; the first is shown where an address names none", "en")
  .option("--url <url>", "where it will be reached, for the QR codes on printed pages")
  .action(async (options: CatalogueOptions & { out: string; languages: string; url?: string }) => {
    const [{ exportSite }, { webAppFolder }] = await Promise.all([import("./catalogue-site.ts"), import("../app/process.ts")]);
    const languages = [...new Set(options.languages.split(",").map((tag) => tag.trim()))];
    const { out, url } = options;
    exportSite(await openCatalogue(options), { out, languages, url, uiDir: webAppFolder() }, terminal);
  });
addImportCommand(catalogue, terminal, async (options, toWrite) =>
  (await import("../app/vendor-texts.ts")).vendorTextsFolder(options, toWrite),
);

program
  .command("virtual-printer")
  .description("a printer that speaks the Bambu LAN protocol, for any client")
  .option("--model <model>", "X1C, H2D, P1S, …", "X1C")
  .option("--serial <serial>", "made from the seed when not given")
  .option("--port <port>", "MQTT over TLS", port, 8883)
  .option("--host <address>", "where to listen", "127.0.0.1")
  .option("--access-code <code>", "made and shown when not given")
  .option("--fault <name@seconds...>", "a fault and when it starts, like hotend-fan-stall@30")
  .option("--speed <factor>", "how fast its time runs", positive, 1)
  .option("--seed <number>", "the same seed gives the same print", whole, 1)
  .action(async (options: VirtualPrinterCommand) => {
    const { runVirtualPrinter } = await import("../app/virtual-printer.ts");
    await runVirtualPrinter(options);
  });

const detectors = program.command("detectors").description("what watches what, and how well");
detectors
  .command("list")
  .description("the detectors, their codes and their parameters")
  .option("--json", "JSON, one object a line")
  .action(async (options: { json?: boolean }) => {
    const { listDetectors } = await import("../app/detectors.ts");
    listDetectors(options.json === true, (line) => terminal.print(line));
  });
detectors
  .command("bench")
  .description("play every fault on virtual printers, and healthy ones for long: what is found, how soon, what is false")
  .addOption(new Option("--seeds <set>", "which set of seeds the figures come from").choices(["test", "tuning"]).default("test"))
  .option("--seeds-per-fault <n>", "how many machines have each fault", atLeastOne, 3)
  .option("--healthy-hours <n>", "how long each healthy machine runs", positive, 40)
  .option("--sizes <list>", "of the faults, with commas between; 1 is full", fractions, [1, 0.5])
  .option("--only <name>", "one fault, one detector, or healthy for no faults at all")
  .option("--roc", "also try other settings of every parameter, on the tuning seeds")
  .option("--no-slow", "leave out wear that grows over days and weeks; it takes most of the time")
  .option("--labels-from <url>", "add what people said of real alerts to the running central there")
  .option("--scenario <file>", "play this scenario instead, and hold it against the alerts that it expects")
  .option("--out <dir>", "write detectors.md, detectors.json and charts there; shown when not given")
  .action(async (options: BenchCommand) => {
    const { runBenchCommand } = await import("../app/bench/command.ts");
    if (!(await runBenchCommand(options, (line) => terminal.print(line)))) process.exitCode = 1;
  });

addRemoteCommands(program, catalogue, terminal);

// `openhms … | head -1`: nobody reads on, so there is nothing left to do
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

/** Tells what went wrong, and how the program ends. A defect keeps its stack. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof ConfigError) {
    process.stderr.write(`${plainLines(error.message)}\n`);
    return 2;
  }
  const isExpected = error instanceof StartError || error instanceof RefusedError || error instanceof CodeError || isDiskError(error);
  const text = isExpected || !(error instanceof Error) ? errorText(error) : (error.stack ?? error.message);
  process.stderr.write(`openhms: ${plainLines(text)}\n`);
  return 1;
}
