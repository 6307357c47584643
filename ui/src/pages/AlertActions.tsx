/** What a person can do with an alert: acknowledge, reset, shelve with a reason, unshelve, comment. Each refusal is told in words. */
import { Button, NativeSelect, TextInput, Textarea } from "@mantine/core";
import { useState } from "react";
import type { AlertDetail } from "../data/contract.ts";
import { errorWords } from "../data/client.ts";
import { type AlertCommand, useAlertCommand } from "../data/queries.ts";
import { dayTime } from "../show/words.ts";

const SHELVE_MINUTES = [
  { value: "15", label: "15 minutes" },
  { value: "60", label: "1 hour" },
  { value: "480", label: "8 hours" },
  { value: "1440", label: "1 day" },
  { value: "10080", label: "7 days" },
];

interface FormProps {
  readonly busy: boolean;
  readonly run: (command: AlertCommand, done: () => void) => void;
}

function ShelveForm({ busy, run }: FormProps) {
  const [minutes, setMinutes] = useState("60");
  const [reason, setReason] = useState("");
  return (
    <form
      className="stack-tight"
      onSubmit={(event) => {
        event.preventDefault();
        run({ verb: "shelve", body: { minutes: Number(minutes), reason: reason.trim() } }, () => setReason(""));
      }}
    >
      <div className="row end">
        <NativeSelect
          label="Shelve for"
          data={SHELVE_MINUTES}
          value={minutes}
          onChange={(event) => setMinutes(event.currentTarget.value)}
        />
        <TextInput
          className="grow"
          label="Reason"
          required
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={busy || reason.trim() === ""}>
          Shelve
        </Button>
      </div>
      <span className="small quiet">A shelved alert stays quiet for that time. It still blocks the printer as before.</span>
    </form>
  );
}

function CommentForm({ busy, run }: FormProps) {
  const [text, setText] = useState("");
  return (
    <form
      className="stack-tight"
      onSubmit={(event) => {
        event.preventDefault();
        run({ verb: "comment", body: { text: text.trim() } }, () => setText(""));
      }}
    >
      <Textarea label="Comment" rows={2} maxLength={2_000} value={text} onChange={(event) => setText(event.currentTarget.value)} />
      <div>
        <Button type="submit" variant="default" disabled={busy || text.trim() === ""}>
          Add comment
        </Button>
      </div>
    </form>
  );
}

const DONE_WORDS: Readonly<Record<AlertCommand["verb"], string>> = {
  ack: "Acknowledged.",
  reset: "Reset.",
  shelve: "Shelved.",
  unshelve: "No longer shelved.",
  comment: "Comment added.",
};

export function AlertActions({ alert }: { readonly alert: AlertDetail }) {
  const command = useAlertCommand(alert);
  const run: FormProps["run"] = (what, done) => command.mutate(what, { onSuccess: done });
  const nothing = (): void => undefined;
  return (
    <section className="panel stack" aria-labelledby="act-title">
      <h2 id="act-title" style={{ margin: 0 }}>
        Act
      </h2>
      <div className="row">
        <Button
          data-testid="alert-ack"
          disabled={!alert.confirmable || command.isPending}
          onClick={() => run({ verb: "ack", body: { version: alert.version } }, nothing)}
        >
          {alert.confirmable ? "Acknowledge" : "Nothing to acknowledge"}
        </Button>
        {alert.latched ? (
          <Button
            variant="default"
            disabled={alert.active || command.isPending}
            onClick={() => run({ verb: "reset", body: { version: alert.version } }, nothing)}
          >
            {alert.active ? "Reset (after the fault is gone)" : "Reset"}
          </Button>
        ) : null}
      </div>
      <output className="small" style={{ minHeight: "1.4em" }}>
        {command.isError ? <span className="gate">{errorWords(command.error)}</span> : null}
        {command.isSuccess ? DONE_WORDS[command.variables.verb] : null}
      </output>
      {alert.shelvedUntil === null ? (
        <ShelveForm busy={command.isPending} run={run} />
      ) : (
        <div className="row">
          <span>Shelved until {dayTime(alert.shelvedUntil)}</span>
          <Button variant="default" disabled={command.isPending} onClick={() => run({ verb: "unshelve", body: {} }, nothing)}>
            Unshelve
          </Button>
        </div>
      )}
      <CommentForm busy={command.isPending} run={run} />
    </section>
  );
}
