/** What a code means for a person: what the printer does, the steps, the causes. */
import type { CodeInfo, Step } from "../data/contract.ts";
import { langOf, t } from "../words/language.ts";

export function stepNotes(step: Step): string {
  const notes = [
    step.powerOff === true ? t("step.powerOff") : "",
    step.minutes === undefined ? "" : t("step.minutes", { minutes: step.minutes }),
    step.tools === undefined || step.tools.length === 0 ? "" : t("step.tools", { tools: step.tools.join(", ") }),
    step.risk === undefined ? "" : t("step.risk", { risk: step.risk }),
  ];
  return notes.filter((note) => note !== "").join(" · ");
}

export function Danger({ info }: { readonly info: Pick<CodeInfo, "danger" | "language"> }) {
  if (info.danger === null) return null;
  return (
    <p className="danger">
      {t("danger")} <span {...langOf(info.language)}>{info.danger}</span>
    </p>
  );
}

/** `language`: of the texts. */
export function Steps({ steps, language }: { readonly steps: readonly Step[]; readonly language: string }) {
  if (steps.length === 0) return <p className="quiet">{t("steps.none")}</p>;
  return (
    <ol className="steps numbered" {...langOf(language)}>
      {steps.map((step, index) => (
        <li key={index}>
          <div>
            {step.text}
            <div className="small quiet">{stepNotes(step)}</div>
          </div>
        </li>
      ))}
    </ol>
  );
}

export function Causes({ causes, language }: { readonly causes: CodeInfo["causes"]; readonly language: string }) {
  if (causes.length === 0) return <p className="quiet">{t("causes.none")}</p>;
  return (
    <ul className="plain stack-tight">
      {causes.map((cause, index) => (
        <li key={index}>
          <span className="pill">{t(`likelihood.${cause.likelihood}`)}</span> <span {...langOf(language)}>{cause.text}</span>
        </li>
      ))}
    </ul>
  );
}
