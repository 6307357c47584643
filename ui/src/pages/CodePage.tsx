/** The help page of one code, where its QR code leads: one column, made for a phone beside the printer, fit for printing. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import type { CodeInfo } from "../data/contract.ts";
import { useDoneSteps } from "../data/prefs.ts";
import { useCode } from "../data/queries.ts";
import { Causes, stepNotes } from "../parts/Explain.tsx";
import { Mark } from "../parts/Mark.tsx";
import { Priority, isUntold } from "../parts/Priority.tsx";
import { QrCode } from "../parts/QrCode.tsx";
import { useTitle } from "../parts/useTitle.ts";
import { Failed, Waiting } from "../parts/Wait.tsx";
import { levelWords, place } from "../show/words.ts";

function CheckedSteps({ info }: { readonly info: CodeInfo }) {
  const [done, mark] = useDoneSteps(info.code);
  if (info.steps.length === 0) return <p className="quiet">No steps are known for this code yet.</p>;
  return (
    <ol className="steps">
      {info.steps.map((step, index) => (
        <li key={index}>
          <label className="check">
            <input type="checkbox" checked={done.has(index)} onChange={(event) => mark(index, event.currentTarget.checked)} />
            <span>
              <b>{index + 1}.</b> {step.text}
              <span className="small quiet note-line">{stepNotes(step)}</span>
            </span>
          </label>
        </li>
      ))}
    </ol>
  );
}

const hex = (value: number, digits: number): string => `0x${value.toString(16).toUpperCase().padStart(digits, "0")}`;

function Fields({ info }: { readonly info: CodeInfo }) {
  const device = info.kind === "device";
  const rows: readonly (readonly [string, string])[] = [
    ["Kind", device ? `device error${info.class === undefined ? "" : `, class ${info.class}`}` : "HMS code"],
    ["Module", `${hex(info.module, 2)} ${info.moduleName}`],
    ["Unit", [hex(info.unit, 2), place(info)].join(" ")],
    ...(info.part === null ? [] : [["Part", `${hex(info.part, 2)} ${info.partName ?? ""}`] as const]),
    ...(info.partNumber === null ? [] : [["Part number", hex(info.partNumber, 2)] as const]),
    ["Level", levelWords(info.level)],
    ["Number", hex(info.number, 4)],
    ["On the wire", info.codeNumber === null ? String(info.attr) : `attr ${info.attr}, code ${info.codeNumber}`],
    ["Also written", info.forms.join("   ")],
  ];
  return (
    <table className="table">
      <caption>The fields of the code</caption>
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Help({ info }: { readonly info: CodeInfo }) {
  // where it stood when the page was opened: a control that jumps away when it is used is lost
  const [isFirst] = useState(isUntold(info));
  return (
    <article className="narrow stack">
      <div>
        {info.danger === null ? null : <p className="danger">Danger: {info.danger}</p>}
        <div className="row">
          <Mark severity={info.severity} /> <span className="mono">{info.code}</span> <span className="quiet">{place(info)}</span>
        </div>
        <h1>{info.title}</h1>
        <p>{info.summary}</p>
        {info.documented ? null : <p className="note">This code is not documented yet; what stands here follows from its fields alone.</p>}
      </div>
      {isFirst ? <Priority info={info} /> : null}
      <section className="panel" aria-labelledby="effect-title">
        <h2 id="effect-title">What the printer does</h2>
        <p>{info.effect}</p>
        {info.latching ? <p>It stays blocked after the fault is gone, until a person resets the alert.</p> : null}
      </section>
      <section className="panel" aria-labelledby="steps-title">
        <h2 id="steps-title">What to do</h2>
        <CheckedSteps info={info} />
      </section>
      <section className="panel" aria-labelledby="causes-title">
        <h2 id="causes-title">What may cause it</h2>
        <Causes causes={info.causes} />
      </section>
      {info.related.length === 0 ? null : (
        <section className="panel" aria-labelledby="related-title">
          <h2 id="related-title">Related codes</h2>
          <ul className="plain stack-tight">
            {info.related.map((other) => (
              <li key={other.code}>
                <Link href={`/codes/${other.code}`}>{other.title}</Link> <span className="mono small quiet">{other.code}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {isFirst ? null : <Priority info={info} />}
      <section className="panel" aria-labelledby="fields-title">
        <h2 id="fields-title">The code itself</h2>
        <Fields info={info} />
      </section>
      <section className="panel" aria-labelledby="phone-title">
        <h2 id="phone-title">This page on the phone</h2>
        <QrCode code={info.code} url={info.url} phoneHint={info.phoneHint} />
        <div className="no-print">
          <Button variant="default" onClick={() => window.print()}>
            Print this page
          </Button>
        </div>
      </section>
    </article>
  );
}

export function CodePage({ code }: { readonly code: string }) {
  const query = useCode(code);
  useTitle(query.data === undefined ? code : `${query.data.code} ${query.data.title}`);
  if (query.data !== undefined) return <Help info={query.data} />;
  return (
    <div className="narrow">
      <h1>{code}</h1>
      {query.isError ? (
        <Failed error={query.error} retry={() => void query.refetch()} />
      ) : (
        <Waiting heightPx={560} label="Loading the help page" />
      )}
      {query.isError ? (
        <p style={{ marginTop: 12 }}>
          <Link href="/codes">Search all codes</Link>
        </p>
      ) : null}
    </div>
  );
}
