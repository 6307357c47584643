/** `openhms virtual-printer`: one virtual Bambu printer on a port of its own, for any client. */
import { ConfigError } from "../lib/errors.ts";
import { createLog, createRedactor } from "../lib/log.ts";
import { systemClock } from "../lib/time.ts";
import { FAULTS, type FaultAt, parseFaultAt } from "../sim/faults/index.ts";
import { BAMBU_MODELS, isBambuModel } from "../sim/models.ts";
import { startVirtualPrinter } from "../sim/server.ts";
import { listenForSignals } from "./process.ts";

export interface VirtualPrinterCommand {
  readonly model: string;
  readonly serial?: string;
  readonly port: number;
  readonly host: string;
  readonly accessCode?: string;
  /** `name@seconds` or `name:size@seconds`. */
  readonly fault?: readonly string[];
  readonly speed: number;
  readonly seed: number;
}

export async function runVirtualPrinter(options: VirtualPrinterCommand): Promise<void> {
  const { model, port, host, speed, seed, serial, accessCode } = options;
  if (!isBambuModel(model)) throw badOption("--model", `there is no model ${JSON.stringify(model)}; known: ${BAMBU_MODELS.join(", ")}`);
  const faults = (options.fault ?? []).map(readFault);
  const untilSignal = listenForSignals();
  const log = createLog("warn", createRedactor());
  const printer = await startVirtualPrinter({
    model,
    port,
    host,
    speed,
    seed,
    ...(serial === undefined ? {} : { serial }),
    ...(accessCode === undefined ? {} : { accessCode }),
    faults,
    clock: systemClock,
    log,
  });
  const lines = [
    `Virtual ${model} ${printer.serial} at mqtts://${host}:${printer.port}`,
    `user bblp, access code ${printer.accessCode}; topics device/${printer.serial}/report and …/request`,
    `Faults: ${printer.faultNames.join(", ")}. Ctrl-C stops.`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  await untilSignal(printer.close, log);
}

function readFault(text: string): FaultAt {
  const fault = parseFaultAt(text);
  if (fault !== undefined) return fault;
  const known = FAULTS.map(({ name }) => name).join(", ");
  throw badOption(
    "--fault",
    `${JSON.stringify(text)} is no fault; write NAME@SECONDS or NAME:SIZE@SECONDS, like hotend-fan-stall@30; names: ${known}`,
  );
}

/** Bad usage, like a bad line of a configuration: the option stands where the file would. */
function badOption(option: string, message: string): ConfigError {
  return new ConfigError([{ file: option, path: "", message }]);
}
