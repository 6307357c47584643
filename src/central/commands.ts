/** What people do: to an alert, or to a code that many alerts have. Commands into events of the machine, refusals into words they can act on. */
import type { AlertEvent, Refusal } from "../model/alert.ts";
import { RefusedError } from "../lib/errors.ts";
import type { AlertRow } from "../store/store.ts";
import type { Ledger } from "./ledger.ts";
import type { Actor, Central, Command, LabelCommand } from "./central.ts";
import type { SiteCodes } from "./codes.ts";
import type { Core } from "./core.ts";
import type { Draft } from "./draft.ts";
import type { Labels } from "./labels.ts";
import type { Views } from "./views.ts";

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

type StateCommand = Exclude<Command, LabelCommand>;

function eventOf(command: Exclude<StateCommand, { type: "comment" }>): AlertEvent {
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

type CommandAnswer = { readonly ok: true; readonly row: AlertRow } | { readonly ok: false; readonly error: RefusedError };

/** Answers with the row as it will stand when the draft is durable. A refusal leaves everything as it was. */
function command(ledger: Ledger, draft: Draft, id: string, what: StateCommand, actor: Actor): CommandAnswer {
  const live = ledger.get(id);
  if (live === undefined) return { ok: false, error: new RefusedError("not-found", `there is no alert ${JSON.stringify(id)}`) };
  if (what.type === "comment") {
    ledger.remark(draft, live, { event: "comment", episode: live.row.state.episode }, { actor: actor.name, note: what.text });
    return { ok: true, row: live.row };
  }
  const note = what.type === "shelve" ? what.reason : null;
  const step = ledger.step(draft, live, eventOf(what), { actor: actor.name, note });
  return step.ok ? { ok: true, row: live.row } : { ok: false, error: new RefusedError("conflict", WORDS[step.refusal]) };
}

export interface CommandsDeps {
  readonly core: Core;
  readonly codes: SiteCodes;
  readonly views: Views;
  readonly labels: Labels;
}

export function createCommands({ core, codes, views, labels }: CommandsDeps): Pick<Central, "command" | "setPriority" | "describe"> {
  const { entries, priorities } = codes;
  return {
    command: async (alert, what, actor) => {
      if (what.type === "label") return views.alert(await labels.put(alert, what, actor));
      const answer = await core.write((draft) => command(core.ledger, draft, alert, what, actor));
      if (!answer.ok) throw answer.error;
      return views.alert(answer.row);
    },
    setPriority: async (code, priority, actor) => {
      const refusal = priorities.refusal(code, priority);
      if (refusal !== undefined) throw refusal;
      await core.write((draft) => {
        priorities.set(draft, code, priority);
        const { priority: now } = priorities.catalogue.definition(code);
        const note = priority === null ? `as in the catalogue: ${now}` : `${now} for every printer of this site`;
        core.ledger.rejudge(draft, code, { actor: actor.name, note });
      });
      return views.code(code);
    },
    describe: async (code, body, actor) => {
      const refusal = entries.refusal(code, body);
      if (refusal !== undefined) throw refusal;
      await core.write((draft) => {
        entries.set(draft, code, body, actor.name);
        const note = body === null ? "this site's description was removed" : "described by this site";
        core.ledger.rejudge(draft, code, { actor: actor.name, note });
      });
      return views.code(code);
    },
  };
}
