/** What a person can do with an alert: acknowledge, reset, shelve with a reason, unshelve, comment. Each refusal is told in words. */
import { Button, NativeSelect, TextInput, Textarea } from "@mantine/core";
import { useState } from "react";
import type { AlertDetail } from "../data/contract.ts";
import { errorWords } from "../data/client.ts";
import { type AlertCommand, useAlertCommand } from "../data/queries.ts";
import { dayTime } from "../show/words.ts";
import { t } from "../words/language.ts";

const SHELVE_MINUTES = [
  { value: "15", label: t("time.15m") },
  { value: "60", label: t("time.1h") },
  { value: "480", label: t("time.8h") },
  { value: "1440", label: t("time.1d") },
  { value: "10080", label: t("time.7d") },
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
          label={t("act.shelveFor")}
          data={SHELVE_MINUTES}
          value={minutes}
          onChange={(event) => setMinutes(event.currentTarget.value)}
        />
        <TextInput
          className="grow"
          label={t("act.reason")}
          required
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={busy || reason.trim() === ""}>
          {t("act.shelve")}
        </Button>
      </div>
      <span className="small quiet">{t("act.shelveNote")}</span>
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
      <Textarea
        label={t("event.comment")}
        rows={2}
        maxLength={2_000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div>
        <Button type="submit" variant="default" disabled={busy || text.trim() === ""}>
          {t("act.comment")}
        </Button>
      </div>
    </form>
  );
}

const DONE_WORDS: Readonly<Record<AlertCommand["verb"], string>> = {
  ack: t("act.acked"),
  reset: t("act.wasReset"),
  shelve: t("act.shelved"),
  unshelve: t("act.unshelved"),
  comment: t("act.commented"),
  label: t("label.saved"),
};

export function AlertActions({ alert }: { readonly alert: AlertDetail }) {
  const command = useAlertCommand(alert);
  const run: FormProps["run"] = (what, done) => command.mutate(what, { onSuccess: done });
  const nothing = (): void => undefined;
  return (
    <section className="panel stack" aria-labelledby="act-title">
      <h2 id="act-title" style={{ margin: 0 }}>
        {t("act.title")}
      </h2>
      <div className="row">
        <Button
          data-testid="alert-ack"
          disabled={!alert.confirmable || command.isPending}
          onClick={() => run({ verb: "ack", body: { version: alert.version } }, nothing)}
        >
          {alert.confirmable ? t("act.ack") : t("act.noAck")}
        </Button>
        {alert.latched ? (
          <Button
            variant="default"
            disabled={alert.active || command.isPending}
            onClick={() => run({ verb: "reset", body: { version: alert.version } }, nothing)}
          >
            {alert.active ? t("act.resetLater") : t("display.reset")}
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
          <span>{t("act.until", { time: dayTime(alert.shelvedUntil) })}</span>
          <Button variant="default" disabled={command.isPending} onClick={() => run({ verb: "unshelve", body: {} }, nothing)}>
            {t("act.unshelve")}
          </Button>
        </div>
      )}
      <CommentForm busy={command.isPending} run={run} />
    </section>
  );
}
