/**
 * How soon a person must act on a code: what counts now, and this site's own word on it. A code that is only recorded gets one
 * button that brings it into the lists and messages. What came of it is told in a live region, a missing login with the way to it.
 */
import { Button, NativeSelect } from "@mantine/core";
import { useRef, useState } from "react";
import type { CodeInfo } from "../data/contract.ts";
import { useSetPriority } from "../data/queries.ts";
import { PRIORITY_WORDS, prioritySetWords, priorityWord } from "../show/words.ts";
import { t } from "../words/language.ts";
import { Failure } from "./Failure.tsx";

type Judged = Pick<CodeInfo, "code" | "lane" | "priority" | "ownPriority">;
type Choice = CodeInfo["ownPriority"];

const AS_IN_CATALOGUE = "catalogue";
const CHOICES = [
  { value: AS_IN_CATALOGUE, label: t("priority.catalogue") },
  ...PRIORITY_WORDS.map(([value, words]) => ({ value, label: words })),
];
const choiceOf = (value: string): Choice => PRIORITY_WORDS.find(([priority]) => priority === value)?.[0] ?? null;

/** Nobody is told of it, and the catalogue does not say why. */
export function isUntold(info: Judged): boolean {
  return info.lane !== "documented" && info.priority === "log";
}

export function Priority({ info }: { readonly info: Judged }) {
  const set = useSetPriority(info.code);
  const [picked, setPicked] = useState<string>();
  const value = picked ?? info.ownPriority ?? AS_IN_CATALOGUE;
  const result = useRef<HTMLOutputElement>(null);
  const run = (priority: Choice): void => set.mutate(priority, { onSuccess: () => setPicked(undefined) });
  // the button goes with what it was for: the keyboard goes on at what came of it
  const promote = (): void => set.mutate("normal", { onSuccess: () => result.current?.focus() });
  return (
    <section className="panel stack-tight no-print" aria-labelledby="priority-title">
      <h2 id="priority-title">{t("priority.title")}</h2>
      {isUntold(info) ? (
        <>
          <p>{t("priority.untold")}</p>
          <div>
            <Button data-testid="promote" disabled={set.isPending} onClick={promote}>
              {t("priority.tell")}
            </Button>
          </div>
        </>
      ) : null}
      <form
        className="row end"
        onSubmit={(event) => {
          event.preventDefault();
          run(choiceOf(value));
        }}
      >
        <NativeSelect
          label={t("priority.now", { priority: priorityWord(info.priority) })}
          data={CHOICES}
          value={value}
          onChange={(event) => setPicked(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={set.isPending || choiceOf(value) === info.ownPriority}>
          {t("priority.set")}
        </Button>
      </form>
      <output className="small" ref={result} tabIndex={-1} data-testid="priority-result" style={{ minHeight: "1.4em" }}>
        {set.isError ? <Failure error={set.error} /> : null}
        {set.data === undefined ? null : prioritySetWords(set.data)}
      </output>
    </section>
  );
}
