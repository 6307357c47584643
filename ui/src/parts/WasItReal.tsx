/**
 * Asks of an episode that is over, or that somebody has seen, whether it was real; shows who said what, and takes another word. It is
 * never asked while an alert is still new: then there are other things to do. Nothing is sent before it is saved, so that the arrow
 * keys may wander over the answers.
 */
import { Button, TextInput } from "@mantine/core";
import { useId, useRef, useState } from "react";
import type { Alert, Episode, Verdict } from "../data/contract.ts";
import { useAlertCommand } from "../data/queries.ts";
import { VERDICT_WORDS, WAS_WORDS, dayTime } from "../show/words.ts";
import { t } from "../words/language.ts";
import { Failure } from "./Failure.tsx";

const VERDICTS = ["real", "false", "unsure"] as const satisfies readonly Verdict[];

export function isAsked({ label, acknowledgedAt, clearedAt }: Episode): boolean {
  return label !== null || acknowledgedAt !== null || clearedAt !== null;
}

interface Props {
  readonly alert: Pick<Alert, "id" | "printer">;
  readonly episode: Pick<Episode, "n" | "label">;
  readonly question: string;
}

export function WasItReal({ alert, episode: { n, label }, question }: Props) {
  const command = useAlertCommand(alert);
  const [picked, setPicked] = useState<Verdict>();
  const [written, setWritten] = useState<string>();
  const result = useRef<HTMLOutputElement>(null);
  const name = useId();
  const verdict = picked ?? label?.verdict;
  const note = written ?? label?.note ?? "";
  const isNew = verdict !== label?.verdict || note.trim() !== (label?.note ?? "");

  function send(said: Verdict | null): void {
    const more = said === null || note.trim() === "" ? {} : { note: note.trim() };
    const onSuccess = (): void => {
      setPicked(undefined);
      setWritten(undefined);
      // the button goes, or rests: the keyboard goes on at what came of it
      result.current?.focus();
    };
    command.mutate({ verb: "label", body: { episode: n, verdict: said, ...more } }, { onSuccess });
  }

  return (
    <form
      className="stack-tight"
      onSubmit={(event) => {
        event.preventDefault();
        if (verdict !== undefined && isNew) send(verdict);
      }}
    >
      <fieldset className="choices">
        <legend>{question}</legend>
        {VERDICTS.map((value) => (
          <label key={value}>
            <input type="radio" name={name} value={value} checked={verdict === value} onChange={() => setPicked(value)} />
            {VERDICT_WORDS[value]}
          </label>
        ))}
      </fieldset>
      {label === null ? null : (
        <p className="small quiet" data-testid="label-said">
          {t("label.said", { by: label.by, time: dayTime(label.at), verdict: WAS_WORDS[label.verdict] })}
        </p>
      )}
      {verdict === undefined ? (
        <p className="small quiet">{t("label.hint")}</p>
      ) : (
        <>
          <TextInput label={t("label.note")} maxLength={2_000} value={note} onChange={(event) => setWritten(event.currentTarget.value)} />
          <div className="row">
            <Button type="submit" variant="default" disabled={command.isPending || !isNew}>
              {t("label.save")}
            </Button>
            {label === null ? null : (
              <Button variant="subtle" disabled={command.isPending} onClick={() => send(null)}>
                {t("label.takeBack")}
              </Button>
            )}
          </div>
        </>
      )}
      <output className="small" ref={result} tabIndex={-1} data-testid="label-result">
        {command.isError ? <Failure error={command.error} /> : null}
        {command.isSuccess && !isNew ? t(label === null ? "label.tookBack" : "label.saved") : null}
      </output>
    </form>
  );
}
