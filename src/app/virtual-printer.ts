/** `openhms virtual-printer`: one virtual Bambu printer on a port of its own, for any client. */
import { StartError } from "../lib/errors.ts";
import { createLog, createRedactor } from "../lib/log.ts";
import { systemClock } from "../lib/time.ts";
import { MODELS, isModel } from "../sim/models.ts";
import { startVirtualPrinter } from "../sim/server.ts";
import { runUntilSignal } from "./process.ts";

export interface VirtualPrinterCommand {
  readonly model: string;
  readonly serial?: string;
  readonly port: number;
  readonly host: string;
  readonly accessCode?: string;
  /** `name@seconds`. */
  readonly fault?: readonly string[];
  readonly speed: number;
  readonly seed: number;
}

export async function runVirtualPrinter(options: VirtualPrinterCommand): Promise<void> {
  const { model, port, host, speed, seed, serial, accessCode } = options;
  if (!isModel(model)) throw new StartError(`there is no model ${JSON.stringify(model)}; known: ${MODELS.join(", ")}`);
  const log = createLog("warn", createRedactor());
  const printer = await startVirtualPrinter({
    model,
    port,
    host,
    speed,
    seed,
    ...(serial === undefined ? {} : { serial }),
    ...(accessCode === undefined ? {} : { accessCode }),
    faults: (options.fault ?? []).map(parseFault),
    clock: systemClock,
    log,
  });
  const lines = [
    `Virtual ${model} ${printer.serial} at mqtts://${host}:${printer.port}`,
    `user bblp, access code ${printer.accessCode}; topics device/${printer.serial}/report and …/request`,
    `Faults: ${printer.faultNames.join(", ")}. Ctrl-C stops.`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  await runUntilSignal(printer.close, log);
}

function parseFault(text: string): { name: string; atS: number } {
  const cut = text.lastIndexOf("@");
  const atS = cut < 0 ? 0 : Number(text.slice(cut + 1));
  if (!(atS >= 0)) throw new StartError(`${JSON.stringify(text)} is no fault; write NAME@SECONDS, like hotend-fan-stall@30`);
  return { name: cut < 0 ? text : text.slice(0, cut), atS };
}
