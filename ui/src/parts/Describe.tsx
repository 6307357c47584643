/**
 * Describing a code: the form, what came of it, and who wrote before. For a code that the catalogue describes the same form writes a
 * note beside its text. Taking a description back is asked for twice.
 */
import { Button, NativeSelect, TextInput, Textarea } from "@mantine/core";
import { type ReactNode, useRef, useState } from "react";
import type { CodeInfo, SiteEntryBody } from "../data/contract.ts";
import { useDescribe, useSightings } from "../data/queries.ts";
import { PRIORITY_WORDS, dayTime } from "../show/words.ts";
import { LANGUAGES, language, t } from "../words/language.ts";
import { Failure } from "./Failure.tsx";

const STEPS_MAX = 12;
const STEP_LENGTH = 300;
const PRIORITIES = PRIORITY_WORDS.map(([value, label]) => ({ value, label }));

/** What stands in the fields. */
interface Written {
  readonly title: string;
  readonly summary: string;
  readonly effect: string;
  readonly steps: string;
  readonly priority: string;
  readonly notes: string;
  readonly language: string;
}

function writtenOf({ siteNote, priority }: CodeInfo): Written {
  // whoever describes a code wants to hear of it
  const proposed = priority === "log" ? "normal" : priority;
  if (siteNote === null) return { title: "", summary: "", effect: "", steps: "", priority: proposed, notes: "", language };
  const { title, summary, effect, steps, notes } = siteNote;
  return {
    title,
    summary,
    effect: effect ?? "",
    steps: steps.join("\n"),
    priority: siteNote.priority ?? proposed,
    notes,
    language: siteNote.language,
  };
}

/** One that was chosen elsewhere stays. */
function languagesWith(tag: string): { value: string; label: string }[] {
  const known: { value: string; label: string }[] = Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }));
  return known.some(({ value }) => value === tag) ? known : [...known, { value: tag, label: tag }];
}

const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

function bodyOf(written: Written, isNote: boolean): SiteEntryBody {
  const { title, summary, effect, steps, priority, notes } = written;
  const chosen = PRIORITY_WORDS.find(([value]) => value === priority)?.[0];
  return {
    title: title.trim(),
    summary: summary.trim(),
    ...(effect.trim() === "" ? {} : { effect: effect.trim() }),
    steps: linesOf(steps),
    ...(isNote || chosen === undefined ? {} : { priority: chosen }),
    notes: notes.trim(),
    language: written.language,
  };
}

function stepsProblem(text: string): string | null {
  const lines = linesOf(text);
  if (lines.length > STEPS_MAX) return t("describe.tooMany", { max: STEPS_MAX, count: lines.length });
  const long = lines.findIndex((line) => line.length > STEP_LENGTH);
  if (long >= 0) return t("describe.tooLong", { step: long + 1, max: STEP_LENGTH });
  const short = lines.findIndex((line) => line.length < 3);
  return short >= 0 ? t("describe.tooShort", { step: short + 1 }) : null;
}

interface FormProps {
  readonly initial: Written;
  readonly isNote: boolean;
  readonly busy: boolean;
  readonly save: (body: SiteEntryBody) => void;
  /** Beside the button that saves. */
  readonly children: ReactNode;
}

function EntryForm({ initial, isNote, busy, save, children }: FormProps) {
  const [written, setWritten] = useState(initial);
  const field = (name: keyof Written) => ({
    value: written[name],
    onChange: (event: { readonly currentTarget: { readonly value: string } }) => {
      const { value } = event.currentTarget;
      setWritten((before) => ({ ...before, [name]: value }));
    },
  });
  const problem = stepsProblem(written.steps);
  return (
    <form
      className="stack-tight"
      onSubmit={(event) => {
        event.preventDefault();
        if (problem === null) save(bodyOf(written, isNote));
      }}
    >
      <TextInput label={t(isNote ? "describe.noteName" : "describe.name")} required minLength={3} maxLength={60} {...field("title")} />
      <Textarea
        label={t(isNote ? "describe.noteText" : "describe.text")}
        required
        minLength={3}
        maxLength={500}
        rows={2}
        {...field("summary")}
      />
      <Textarea label={t("describe.effect")} description={t("describe.effectHint")} maxLength={300} rows={2} {...field("effect")} />
      <Textarea
        label={t("describe.steps")}
        description={t("describe.stepsHint", { max: STEPS_MAX })}
        error={problem}
        rows={4}
        {...field("steps")}
      />
      {isNote ? null : <NativeSelect label={t("priority.title")} data={PRIORITIES} {...field("priority")} />}
      <Textarea label={t("describe.source")} description={t("describe.sourceHint")} maxLength={1_000} rows={2} {...field("notes")} />
      <NativeSelect label={t("describe.language")} data={languagesWith(initial.language)} {...field("language")} />
      <div className="row">
        <Button type="submit" disabled={busy}>
          {t(isNote ? "describe.saveNote" : "describe.save")}
        </Button>
        {children}
      </div>
    </form>
  );
}

function RemoveButton({ busy, remove }: { readonly busy: boolean; readonly remove: () => void }) {
  const [asked, setAsked] = useState(false);
  // one button for both, so that the keyboard stays where it is
  return (
    <>
      <Button
        variant={asked ? "filled" : "default"}
        {...(asked && { color: "red" })}
        disabled={busy}
        onClick={asked ? remove : () => setAsked(true)}
      >
        {t(asked ? "describe.really" : "describe.remove")}
      </Button>
      {asked ? (
        <Button variant="default" onClick={() => setAsked(false)}>
          {t("describe.keep")}
        </Button>
      ) : null}
    </>
  );
}

function Writers({ code }: { readonly code: string }) {
  const changes = useSightings(code).data?.changes ?? [];
  if (changes.length === 0) return null;
  return (
    <details>
      <summary>{t("describe.writers")}</summary>
      <ul className="plain small">
        {changes.map((change, index) => (
          <li key={index}>{t(`describe.did.${change.what}`, { time: dayTime(change.at), by: change.by })}</li>
        ))}
      </ul>
    </details>
  );
}

export function Describe({ info }: { readonly info: CodeInfo }) {
  const describe = useDescribe(info.code);
  const result = useRef<HTMLOutputElement>(null);
  // the fields are filled anew after each save, and by nothing else: what is being written is not lost
  const [round, setRound] = useState(0);
  const isNote = info.lane === "documented" && info.source === "catalogue";
  const onSuccess = (): void => {
    setRound((before) => before + 1);
    result.current?.focus();
  };
  return (
    <section className="panel stack-tight" aria-labelledby="describe-title">
      <h2 id="describe-title">{t("describe.title")}</h2>
      <p>{t(isNote ? "describe.note" : "describe.instead")}</p>
      <EntryForm
        key={round}
        initial={writtenOf(info)}
        isNote={isNote}
        busy={describe.isPending}
        save={(body) => describe.mutate(body, { onSuccess })}
      >
        {info.siteNote === null ? null : <RemoveButton busy={describe.isPending} remove={() => describe.mutate(null, { onSuccess })} />}
      </EntryForm>
      <output className="small" ref={result} tabIndex={-1} data-testid="describe-result" style={{ minHeight: "1.4em" }}>
        {describe.isError ? <Failure error={describe.error} /> : null}
        {describe.isSuccess ? t(describe.variables === null ? "describe.removed" : "describe.saved") : null}
      </output>
      <Writers code={info.code} />
    </section>
  );
}
