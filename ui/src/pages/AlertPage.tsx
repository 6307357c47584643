/** One alert: what it is, what it blocks, what to do, what was done, and the course of the signals before each episode. */
import { Link } from "wouter";
import type { AlertDetail } from "../data/contract.ts";
import { useAlert } from "../data/queries.ts";
import { Causes, Steps } from "../parts/Explain.tsx";
import { Mark } from "../parts/Mark.tsx";
import { Priority } from "../parts/Priority.tsx";
import { QrCode } from "../parts/QrCode.tsx";
import { Transitions } from "../parts/Transitions.tsx";
import { useTitle } from "../parts/useTitle.ts";
import { Failed, Waiting } from "../parts/Wait.tsx";
import { ISA_WORDS, alertGateWords, dayTime, levelWords, place } from "../show/words.ts";
import { AlertActions } from "./AlertActions.tsx";
import { Deliveries } from "./Deliveries.tsx";
import { Episodes } from "./Episodes.tsx";

function Facts({ alert }: { readonly alert: AlertDetail }) {
  return (
    <dl className="facts">
      <dt>Code</dt>
      <dd>
        <Link href={`/codes/${alert.code}`} className="mono">
          {alert.code}
        </Link>{" "}
        {place(alert)}
      </dd>
      <dt>Printer</dt>
      <dd>
        <Link href={`/printers/${encodeURIComponent(alert.printer)}`}>{alert.printerName}</Link>
      </dd>
      <dt>Level</dt>
      <dd>{levelWords(alert.level)}</dd>
      <dt>Priority</dt>
      <dd>{alert.priority}</dd>
      <dt>State</dt>
      <dd>
        <b>{alert.isa}</b>, {ISA_WORDS[alert.isa]}
      </dd>
      <dt>Gate</dt>
      <dd data-testid="gate">{alertGateWords(alert)}</dd>
      <dt>Raised</dt>
      <dd>
        {alert.raisedAt === null ? "never" : dayTime(alert.raisedAt)},{" "}
        {alert.occurrences === 1 ? "once so far" : `${alert.occurrences} times so far`}
      </dd>
      {alert.clearedAt === null ? null : (
        <>
          <dt>Cleared</dt>
          <dd>{dayTime(alert.clearedAt)}</dd>
        </>
      )}
      <dt>Found by</dt>
      <dd>{alert.detector}</dd>
    </dl>
  );
}

function Detail({ alert }: { readonly alert: AlertDetail }) {
  return (
    <div className="stack">
      <div>
        <Mark severity={alert.severity} />
        <h1>{alert.title}</h1>
        <p>{alert.summary}</p>
        {alert.quality === "stale" ? (
          <output className="note warn">
            Printer not reachable: what stands here is the last known. It does not mean that the fault is gone.
          </output>
        ) : null}
        {alert.info.danger === null ? null : <p className="danger">Danger: {alert.info.danger}</p>}
      </div>
      <div className="columns alert-columns">
        <section className="panel" aria-labelledby="todo-title">
          <h2 id="todo-title">What to do</h2>
          <Steps steps={alert.info.steps} />
        </section>
        <div className="stack alert-side">
          <section className="panel" aria-labelledby="state-title">
            <h2 id="state-title">State</h2>
            <Facts alert={alert} />
          </section>
          <AlertActions alert={alert} />
          <div className="stack alert-last">
            <Priority info={alert.info} />
            <section className="panel" aria-labelledby="help-title">
              <h2 id="help-title">Help on the phone</h2>
              <QrCode code={alert.code} url={alert.info.url} phoneHint={alert.info.phoneHint} />
            </section>
            <Deliveries deliveries={alert.deliveries} />
          </div>
        </div>
        <div className="stack">
          <section className="panel" aria-labelledby="why-title">
            <h2 id="why-title">What may cause it</h2>
            <Causes causes={alert.info.causes} />
          </section>
          <section className="panel" aria-labelledby="line-title">
            <h2 id="line-title">What happened</h2>
            <Transitions rows={alert.transitions} caption="The changes of this alert, newest first" show="one-alert" />
          </section>
          <Episodes episodes={alert.episodes} />
        </div>
      </div>
    </div>
  );
}

export function AlertPage({ id }: { readonly id: string }) {
  const query = useAlert(id);
  useTitle(query.data?.title ?? "Alert");
  if (query.data !== undefined) return <Detail alert={query.data} />;
  return (
    <>
      <h1>Alert</h1>
      {query.isError ? (
        <Failed error={query.error} retry={() => void query.refetch()} />
      ) : (
        <Waiting heightPx={560} label="Loading the alert" />
      )}
    </>
  );
}
