/** What a code means for a person: what the printer does, the steps, the causes. */
import type { CodeInfo, Step } from "../data/contract.ts";

export function stepNotes(step: Step): string {
  const notes = [
    step.powerOff === true ? "switch the power off first" : "",
    step.minutes === undefined ? "" : `about ${step.minutes} min`,
    step.tools === undefined || step.tools.length === 0 ? "" : `tools: ${step.tools.join(", ")}`,
    step.risk === undefined ? "" : `risk: ${step.risk}`,
  ];
  return notes.filter((note) => note !== "").join(" · ");
}

export function Steps({ steps }: { readonly steps: readonly Step[] }) {
  if (steps.length === 0) return <p className="quiet">No steps are known for this code yet.</p>;
  return (
    <ol className="steps numbered">
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

export function Causes({ causes }: { readonly causes: CodeInfo["causes"] }) {
  if (causes.length === 0) return <p className="quiet">No causes are known for this code yet.</p>;
  return (
    <ul className="plain stack-tight">
      {causes.map((cause, index) => (
        <li key={index}>
          <span className="pill">{cause.likelihood}</span> {cause.text}
        </li>
      ))}
    </ul>
  );
}
