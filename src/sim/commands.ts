/** What a client asks of a virtual printer, and its answer. Hides the request's shape; whatever bytes come, nothing is thrown. */
import type { CommandResult, Machine } from "./machine.ts";
import type { Wire } from "./wire.ts";

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parse(payload: Uint8Array): Fields | undefined {
  try {
    const message: unknown = JSON.parse(Buffer.from(payload).toString("utf8"));
    return isFields(message) ? message : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const text = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? String(value).slice(0, 64) : "0");

function order(machine: Machine, command: string): CommandResult {
  switch (command) {
    case "pause":
      return machine.pause();
    case "resume":
      return machine.resume();
    case "stop":
      return machine.stop();
    case "clean_print_error":
      return machine.cleanPrintError();
    default:
      return { ok: false, reason: "this virtual printer does not know the command" };
  }
}

function answerPrint(machine: Machine, wire: Wire, print: Fields): readonly Fields[] {
  const command = print["command"];
  if (typeof command !== "string") return [];
  const result = order(machine, command);
  const { command: _command, sequence_id: _sequence, ...rest } = print;
  // the printer repeats what it was asked, with its verdict
  const echo = Object.fromEntries(
    Object.entries(rest)
      .filter(([, value]) => typeof value !== "object")
      .slice(0, 16),
  );
  const reply = {
    print: {
      ...echo,
      command,
      sequence_id: text(print["sequence_id"]),
      result: result.ok ? "success" : "failed",
      reason: result.ok ? "" : result.reason,
    },
  };
  const news = result.ok ? wire.push() : undefined;
  return news === undefined ? [reply] : [reply, news];
}

/** The messages a request is answered with, in order; none for what the printer does not understand. */
export function answer(machine: Machine, wire: Wire, payload: Uint8Array): readonly Fields[] {
  const request = parse(payload);
  if (request === undefined) return [];
  const { info, pushing, print } = request;
  if (isFields(info) && info["command"] === "get_version") return [wire.version(text(info["sequence_id"]))];
  if (isFields(pushing) && (pushing["command"] === "pushall" || pushing["command"] === "start")) return [wire.full()];
  return isFields(print) ? answerPrint(machine, wire, print) : [];
}
