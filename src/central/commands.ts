/** What people do to an alert: commands into events of the machine, refusals into words they can act on. */
import type { AlertEvent, Refusal } from "../model/alert.ts";
import { RefusedError } from "../lib/errors.ts";
import type { AlertRow } from "../store/store.ts";
import type { Ledger } from "./ledger.ts";
import type { Actor, Command } from "./central.ts";
import type { Draft } from "./draft.ts";

const WORDS: Readonly<Record<Refusal, string>> = {
  "stale-version": "the alert has changed since you saw it; look at it again, then acknowledge what stands there now",
  "nothing-to-acknowledge": "there is nothing to acknowledge on this alert now",
  "still-active": "the fault is still there; it can be reset when it is gone",
  "not-shelvable": "alerts of this code may not be shelved",
  "shelf-too-long": "that is longer than alerts of this code may be shelved",
  "not-suppressible": "alerts of this code may not be hidden",
  "not-shelved": "the alert is not shelved",
  "not-suppressed-by": "the alert is not hidden by that cause",
  already: "it is so already",
  "not-quiet": "the history can be cleared only when the alert is at rest",
};

function eventOf(command: Exclude<Command, { type: "comment" }>): AlertEvent {
  switch (command.type) {
    case "ack":
      return { type: "ack", version: command.version };
    case "reset":
      return command.version === undefined ? { type: "reset" } : { type: "reset", version: command.version };
    case "shelve":
      return { type: "shelve", durationMs: command.minutes * 60_000, oneShot: command.oneShot };
    case "unshelve":
      return { type: "unshelve" };
  }
}

export type CommandAnswer = { readonly ok: true; readonly row: AlertRow } | { readonly ok: false; readonly error: RefusedError };

/** Answers with the row as it will stand when the draft is durable. A refusal leaves everything as it was. */
export function command(ledger: Ledger, draft: Draft, id: string, what: Command, actor: Actor): CommandAnswer {
  const live = ledger.get(id);
  if (live === undefined) return { ok: false, error: new RefusedError("not-found", `there is no alert ${JSON.stringify(id)}`) };
  if (what.type === "comment") {
    ledger.comment(draft, live, { actor: actor.name, note: what.text });
    return { ok: true, row: live.row };
  }
  const note = what.type === "shelve" ? what.reason : null;
  const step = ledger.step(draft, live, eventOf(what), { actor: actor.name, note });
  return step.ok ? { ok: true, row: live.row } : { ok: false, error: new RefusedError("conflict", WORDS[step.refusal]) };
}
