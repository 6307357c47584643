/** A severity as shape, word and colour together, so that it can be told without seeing colours. */
import { SEVERITY_WORD, type Severity } from "../show/words.ts";

function Shape({ severity, size }: { readonly severity: Severity; readonly size: number }) {
  const stroke = { fill: "none", stroke: "currentColor", strokeWidth: 2, strokeLinejoin: "round", strokeLinecap: "round" } as const;
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" aria-hidden="true">
      {severity === "error" ? <path d="M6.5 1.5h7l5 5v7l-5 5h-7l-5-5v-7z" fill="currentColor" /> : null}
      {severity === "error" ? <path d="M10 5.5v5.5M10 14.2v.1" stroke="var(--surface)" strokeWidth={2.2} strokeLinecap="round" /> : null}
      {severity === "warning" ? <path d="M10 2 19 17.5H1z M10 8v4.5M10 15v.1" {...stroke} /> : null}
      {severity === "info" ? <path d="M10 1.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17M10 9v5M10 6v.1" {...stroke} /> : null}
      {severity === "invalid" ? <path d="M2 10h16" {...stroke} /> : null}
    </svg>
  );
}

export function Mark({ severity, size = 18 }: { readonly severity: Severity; readonly size?: number }) {
  return (
    <span className="mark" data-severity={severity}>
      <Shape severity={severity} size={size} />
      {SEVERITY_WORD[severity]}
    </span>
  );
}
