/** The commands that talk to the running central, over HTTP like everybody else. */
import { Argument, type Command, Option } from "commander";
import { VERDICTS, type Verdict } from "../model/label.ts";
import { PRIORITIES } from "../model/priority.ts";
import { atLeastOne, positive, whole } from "./arguments.ts";
import type { Client } from "./client.ts";
import type { Terminal } from "./commands.ts";

/** A command that talks to the running central. */
function remoteCommand(under: Command, name: string, about: string): Command {
  return under
    .command(name)
    .description(about)
    .addOption(new Option("--url <url>", "of central").env("OPENHMS_URL").default("http://127.0.0.1:4670"))
    .addOption(new Option("--token <token>", "central's access token").env("OPENHMS_TOKEN"));
}

interface RemoteOptions {
  readonly url: string;
  readonly token?: string;
}

async function connect(options: RemoteOptions): Promise<Client> {
  const { createClient } = await import("./client.ts");
  return createClient({ url: options.url, token: options.token }, fetch);
}

/** Adds every command that asks the running central; `catalogue` is the command whose `export` is one of them. */
export function addRemoteCommands(program: Command, catalogue: Command, terminal: Terminal): void {
  const remote = (name: string, about: string): Command => remoteCommand(program, name, about);
  remoteCommand(catalogue, "export", "what central knows of codes from the field, for the project; without anything of your site's own")
    .option("--out <file>", "where to write it; shown when not given")
    .action(async (options: RemoteOptions & { out?: string }) => {
      await (await import("./contribution.ts")).exportCodes(await connect(options), options.out, terminal);
    });
  remote("printers", "the printers of the running central, worst first")
    .option("--json", "JSON, one object a line")
    .action(async (options: RemoteOptions & { json?: boolean }) => {
      await (await import("./commands.ts")).listPrinters(await connect(options), terminal, options.json === true);
    });
  remote("alerts", "the open alerts")
    .addOption(new Option("--state <state>").choices(["open", "active", "unacknowledged", "hidden", "closed", "all"]))
    .option("--printer <id>")
    .option("--limit <n>", "how many", whole, 100)
    .option("--json", "JSON, one object a line")
    .action(async (options: RemoteOptions & { state?: string; printer?: string; limit: number; json?: boolean }) => {
      const filter = { state: options.state, printer: options.printer, limit: options.limit };
      await (await import("./commands.ts")).listAlerts(await connect(options), filter, terminal, options.json === true);
    });
  remote("ack", "acknowledge an alert")
    .argument("<id>", "as openhms alerts shows it")
    .option("--seen <version>", "the version you saw; refused when the alert changed since", whole)
    .action(async (id: string, options: RemoteOptions & { seen?: number }) => {
      await (await import("./commands.ts")).acknowledge(await connect(options), id, options.seen, terminal);
    });
  remote("reset", "release a latched alert after its fault is gone")
    .argument("<id>")
    .action(async (id: string, options: RemoteOptions) => (await import("./commands.ts")).reset(await connect(options), id, terminal));
  remote("shelve", "hide an alert for a time; its gate stays")
    .argument("<id>")
    .requiredOption("--minutes <n>", "how long", positive)
    .requiredOption("--reason <text>", "why; it stands in the history")
    .action(async (id: string, options: RemoteOptions & { minutes: number; reason: string }) => {
      await (await import("./commands.ts")).shelve(await connect(options), id, options.minutes, options.reason, terminal);
    });
  remote("unshelve", "bring an alert back from the shelf")
    .argument("<id>")
    .action(async (id: string, options: RemoteOptions) => (await import("./commands.ts")).unshelve(await connect(options), id, terminal));
  addLabelCommands(remote, terminal);
  remote("promote", "tell about a code from now on, or give it another priority")
    .argument("<code>", "any written form")
    .addOption(new Option("--priority <word>", '"catalogue" goes back to its own').choices([...PRIORITIES, "catalogue"]).default("normal"))
    .action(async (code: string, options: RemoteOptions & { priority: string }) => {
      await (await import("./commands.ts")).promote(await connect(options), code, options.priority, terminal);
    });
  remote("history", "what happened, newest first")
    .option("--printer <id>")
    .option("--code <code>")
    .option("--event <event>")
    .option("--limit <n>", "how many", whole, 50)
    .option("--cursor <cursor>", "from where the last page ended")
    .option("--json", "JSON, one object a line")
    .action(
      async (
        options: RemoteOptions & { printer?: string; code?: string; event?: string; limit: number; cursor?: string; json?: boolean },
        command: Command,
      ) => {
        const { url, token: _token, json, ...query } = options;
        // the environment still says it for the next command
        const typed = command.getOptionValueSource("url") === "cli" ? { url } : {};
        await (await import("./commands.ts")).listHistory(await connect(options), query, terminal, { json: json === true, ...typed });
      },
    );
}

function addLabelCommands(remote: (name: string, about: string) => Command, terminal: Terminal): void {
  remote("label", "say whether an alert was real; it counts for the detector that found it")
    .argument("<id>", "as openhms alerts shows it")
    .addArgument(new Argument("<verdict>").choices(VERDICTS))
    .option("--note <text>", "why; it stands in the history")
    .option("--episode <n>", "which activation; the latest when not given", atLeastOne)
    .action(async (id: string, verdict: Verdict, options: RemoteOptions & { note?: string; episode?: number }) => {
      const said = { verdict, note: options.note, episode: options.episode };
      await (await import("./label-commands.ts")).label(await connect(options), id, said, terminal);
    });
  remote("precision", "how often each detector was right, as far as people said")
    .option("--printer <id>")
    .option("--since <time>", "of alerts raised since, like 2026-11-22T06:00:00Z")
    .option("--json", "JSON, one object a line")
    .action(async (options: RemoteOptions & { printer?: string; since?: string; json?: boolean }) => {
      const query = { printer: options.printer, since: options.since };
      await (await import("./label-commands.ts")).listPrecision(await connect(options), query, terminal, options.json === true);
    });
}
