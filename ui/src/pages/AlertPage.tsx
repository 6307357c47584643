/** One alert: what it is, what it blocks, what to do, what was done, and the course of the signals before each episode. */
import { Link } from "wouter";
import type { AlertDetail } from "../data/contract.ts";
import { useAlert } from "../data/queries.ts";
import { Causes, Danger, Steps } from "../parts/Explain.tsx";
import { Mark } from "../parts/Mark.tsx";
import { Priority } from "../parts/Priority.tsx";
import { QrCode } from "../parts/QrCode.tsx";
import { Evidence } from "../parts/Evidence.tsx";
import { Described, SiteNote } from "../parts/SiteNote.tsx";
import { Transitions } from "../parts/Transitions.tsx";
import { useTitle } from "../parts/useTitle.ts";
import { Failed, Waiting } from "../parts/Wait.tsx";
import { WasItReal, isAsked } from "../parts/WasItReal.tsx";
import { ISA_WORDS, alertGateWords, dayTime, finders, isUnnoticed, levelWords, place, priorityWord } from "../show/words.ts";
import { langOf, t } from "../words/language.ts";
import { AlertActions } from "./AlertActions.tsx";
import { Deliveries } from "./Deliveries.tsx";
import { Episodes } from "./Episodes.tsx";

function Facts({ alert }: { readonly alert: AlertDetail }) {
  return (
    <dl className="facts">
      <dt>{t("alert.code")}</dt>
      <dd>
        <a href={`/codes/${alert.code}?alert=${encodeURIComponent(alert.id)}`} className="mono">
          {alert.code}
        </a>{" "}
        {place(alert)}
      </dd>
      <dt>{t("table.printer")}</dt>
      <dd>
        <Link href={`/printers/${encodeURIComponent(alert.printer)}`}>{alert.printerName}</Link>
      </dd>
      <dt>{t("alert.level")}</dt>
      <dd>{levelWords(alert.level)}</dd>
      <dt>{t("priority.title")}</dt>
      <dd>{priorityWord(alert.priority)}</dd>
      <dt>{t("table.state")}</dt>
      <dd>
        <b>{alert.isa}</b>, {ISA_WORDS[alert.isa]}
      </dd>
      <dt>{t("alert.gate")}</dt>
      <dd data-testid="gate">{alertGateWords(alert)}</dd>
      <dt>{t("event.raise")}</dt>
      <dd>
        {alert.raisedAt === null ? t("alert.never") : dayTime(alert.raisedAt)}, {t("alert.times", { count: alert.occurrences })}
      </dd>
      {alert.clearedAt === null ? null : (
        <>
          <dt>{t("event.clear")}</dt>
          <dd>{dayTime(alert.clearedAt)}</dd>
        </>
      )}
      <dt>{t("alert.foundBy")}</dt>
      <dd>{finders(alert)}</dd>
    </dl>
  );
}

function Detail({ alert }: { readonly alert: AlertDetail }) {
  const [latest] = alert.episodes;
  return (
    <div className="stack">
      <div>
        <Mark severity={alert.severity} />
        <h1 {...langOf(alert.language)}>{alert.title}</h1>
        <p {...langOf(alert.language)}>{alert.summary}</p>
        <Evidence frame={latest?.freezeFrame} />
        <Described info={alert.info} />
        {alert.quality === "stale" ? <output className="note warn">{t("alert.staleNote")}</output> : null}
        <Danger info={alert.info} />
        {isUnnoticed(alert) ? <p className="note warn">{t("alert.unnoticed", { detector: alert.detector })}</p> : null}
      </div>
      <div className="columns alert-columns">
        <section className="panel" aria-labelledby="todo-title">
          <h2 id="todo-title">{t("alert.todo")}</h2>
          <Steps steps={alert.info.steps} language={alert.info.language} />
        </section>
        <div className="stack alert-side">
          <section className="panel" aria-labelledby="state-title">
            <h2 id="state-title">{t("table.state")}</h2>
            <Facts alert={alert} />
          </section>
          <AlertActions alert={alert} />
          {latest !== undefined && isAsked(latest) ? (
            <section className="panel no-print" aria-label={t("label.ask")}>
              <WasItReal key={latest.n} alert={alert} episode={latest} question={t("label.ask")} />
            </section>
          ) : null}
          <div className="stack alert-last">
            <Priority info={alert.info} />
            <section className="panel" aria-labelledby="help-title">
              <h2 id="help-title">{t("alert.phone")}</h2>
              <QrCode code={alert.code} alert={alert.id} url={alert.info.url} phoneHint={alert.info.phoneHint} />
            </section>
            <Deliveries deliveries={alert.deliveries} />
          </div>
        </div>
        <div className="stack">
          <SiteNote info={alert.info} />
          <section className="panel" aria-labelledby="why-title">
            <h2 id="why-title">{t("alert.causes")}</h2>
            <Causes causes={alert.info.causes} language={alert.info.language} />
          </section>
          <section className="panel" aria-labelledby="line-title">
            <h2 id="line-title">{t("alert.happened")}</h2>
            <Transitions rows={alert.transitions} caption={t("alert.changes")} show="one-alert" />
          </section>
          <Episodes alert={alert} episodes={alert.episodes} />
        </div>
      </div>
    </div>
  );
}

export function AlertPage({ id }: { readonly id: string }) {
  const query = useAlert(id);
  useTitle(query.data?.title ?? t("table.alert"));
  if (query.data !== undefined) return <Detail alert={query.data} />;
  return (
    <>
      <h1>{t("table.alert")}</h1>
      {query.isError ? (
        <Failed error={query.error} retry={() => void query.refetch()} />
      ) : (
        <Waiting heightPx={560} label={t("alert.loading")} />
      )}
    </>
  );
}
