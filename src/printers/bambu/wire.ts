/**
 * A Bambu printer's messages merged into readings. Full and partial reports go the same way: what a message names replaces what
 * was known, what it does not name stays. Whatever bytes come, nothing is thrown: what is no report is answered with a reason.
 */
import type { Readings } from "../../model/telemetry.ts";
import { MODEL_OF_PRODUCT, MODEL_OF_PROJECT, MODEL_OF_SERIAL } from "./constants.ts";
import { createFacts, type Draft, type Facts, setModel } from "./facts.ts";
import { FIELDS, readPacked } from "./fields.ts";
import { finish } from "./finish.ts";
import { integerOf, isRecord, type Json, textOf } from "./values.ts";

export type WireResult =
  /** `complete`: the printer said that this was everything it knows. */
  | { readonly kind: "sample"; readonly readings: Readings; readonly complete: boolean }
  /** The list of modules: model, serial and firmware are in the readings. */
  | { readonly kind: "version"; readonly readings: Readings }
  /** The printer's answer to somebody's command. */
  | { readonly kind: "reply"; readonly command: string; readonly ok: boolean; readonly reason: string }
  | { readonly kind: "ignored"; readonly reason: string };

export interface BambuWire {
  /** One MQTT payload. */
  accept(payload: Uint8Array): WireResult;
  /** The same for a message that is JSON already. */
  merge(message: unknown): WireResult;
}

/** The largest real message is under 32 KB. */
const MAX_PAYLOAD_BYTES = 1 << 20;

const ignored = (reason: string): WireResult => ({ kind: "ignored", reason });

/** `serial`: where it is known beforehand, its prefix tells the model before the printer does. */
export function createBambuWire(options: { readonly serial?: string } = {}): BambuWire {
  const facts = createFacts();
  const model = options.serial === undefined ? undefined : MODEL_OF_SERIAL.get(options.serial.slice(0, 3));
  if (model !== undefined) setModel(facts, model);

  function merge(message: unknown): WireResult {
    if (!isRecord(message)) return ignored("not a JSON object");
    const print = message["print"];
    if (isRecord(print)) return mergePrint(facts, print);
    const info = message["info"];
    if (isRecord(info)) return mergeInfo(facts, info);
    return ignored("neither a report nor a version list");
  }

  return {
    merge,
    accept: (payload) => {
      if (payload.byteLength > MAX_PAYLOAD_BYTES) return ignored(`larger than ${MAX_PAYLOAD_BYTES} bytes`);
      let message: unknown;
      try {
        // bytes that are no UTF-8 become U+FFFD: some firmware cuts names in the middle of a character
        message = JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString("utf8"));
      } catch (error) {
        // the parser's own words quote the text, which may hold names
        if (error instanceof SyntaxError) return ignored("not JSON");
        throw error;
      }
      return merge(message);
    },
  };
}

function mergePrint(facts: Facts, print: Json): WireResult {
  const command = print["command"];
  if (command !== undefined && command !== "push_status") return readReply(command, print);
  const complete = print["msg"] === 0;
  const draft: Draft = {};
  for (const key in print) {
    const field = FIELDS.get(key);
    if (field !== undefined) field(facts, draft, print[key], complete);
  }
  readPacked(facts, draft, print);
  finish(facts, draft);
  return { kind: "sample", readings: draft, complete };
}

function readReply(command: unknown, family: Json): WireResult {
  const result = textOf(family["result"], 64);
  if (typeof command !== "string" || result === undefined) return ignored("a command of somebody else");
  return {
    kind: "reply",
    command: command.slice(0, 64),
    ok: result.toLowerCase() === "success",
    reason: textOf(family["reason"], 256) ?? "",
  };
}

const MAX_MODULES = 64;

function mergeInfo(facts: Facts, info: Json): WireResult {
  const command = info["command"];
  const list = info["module"];
  if (command !== "get_version" || !Array.isArray(list)) return readReply(command, info);
  const modules = list.slice(0, MAX_MODULES).filter(isRecord);
  const draft: Draft = {};
  const ota = modules.find((module) => module["name"] === "ota");
  if (ota !== undefined) readOta(facts, draft, ota);
  if (facts.filament.name(productsOf(modules))) {
    const units = facts.filament.units();
    if (units !== undefined) draft.filamentUnits = units;
  }
  finish(facts, draft);
  return { kind: "version", readings: draft };
}

function readOta(facts: Facts, draft: Draft, ota: Json): void {
  const firmware = textOf(ota["sw_ver"], 32);
  if (firmware) draft.firmware = firmware;
  const serial = textOf(ota["sn"], 32);
  if (serial) draft.serial = serial;
  const product =
    textOf(ota["product_name"], 64)
      ?.replace(/^\s*bambu\s*lab/i, "")
      .trim() ?? "";
  const known =
    MODEL_OF_PRODUCT.get(product.toLowerCase().replaceAll(/[^a-z0-9]/g, "")) ??
    MODEL_OF_PROJECT.get(textOf(ota["project_name"], 16) ?? "") ??
    MODEL_OF_SERIAL.get(serial?.slice(0, 3) ?? "");
  if (known !== undefined) setModel(facts, known);
  // a machine that is newer than our tables is called what it calls itself
  const model = known ?? (product === "" ? facts.model : product);
  if (model !== undefined) draft.model = model;
}

/** "ams_f1/0" is the AMS Lite with number 0. */
function productsOf(modules: readonly Json[]): ReadonlyMap<number, string> {
  const products = new Map<number, string>();
  for (const module of modules) {
    const name = textOf(module["name"], 32) ?? "";
    const cut = name.indexOf("/");
    const unit = cut < 0 ? undefined : integerOf(name.slice(cut + 1), 0, 255);
    if (unit !== undefined && name.slice(0, cut) === "ams_f1") products.set(unit, "AMS Lite");
  }
  return products;
}
