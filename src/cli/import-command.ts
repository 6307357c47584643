/** What `openhms catalogue import` takes on the command line; its work stands in `vendor-texts.ts` and is loaded when called. */
import type { Command } from "commander";
import type { Terminal } from "./commands.ts";
import type { ImportCommand } from "./vendor-texts.ts";

interface Where {
  readonly data?: string;
  readonly config?: string;
}

/** `folderOf` knows where the site keeps the maker's texts, and makes the place ready where they are written. */
export function addImportCommand(
  catalogue: Command,
  terminal: Terminal,
  folderOf: (where: Where, toWrite: boolean) => Promise<string>,
): void {
  catalogue
    .command("import")
    .description("the maker's own texts, shown beside ours; each file is taken whole or refused with the reason")
    .argument("[file...]", "answers of the maker's server, a slicer's hms_<language>_<device>.json, tables of one language; also as .gz")
    .option("--list", "show what is imported")
    .option("--remove <id...>", "take imports away again")
    .option("--language <tag>", "of the texts, where the file does not say; of a file with several the only one to take")
    .option("--device <device>", "the model, or the start of the serial number, that the texts are for, where the file's name does not say")
    .option("--force", "take a version that is older than the one here")
    .option("--data <dir>", "the data folder (before --config); otherwise that of the configuration, or of the demo")
    .option("--config <file>", "the configuration whose data folder is used (openhms.yaml where there is one)")
    .option("--json", "with --list: JSON, one object a line")
    .action(async (files: string[], options: ImportCommand & Where, command: Command) => {
      if (files.length === 0 && options.list !== true && options.remove === undefined)
        command.error("error: name a file, --list or --remove");
      const { importTexts } = await import("./vendor-texts.ts");
      const dir = await folderOf(options, files.length > 0);
      if (!(await importTexts(files, options, dir, terminal))) process.exitCode = 1;
    });
}
