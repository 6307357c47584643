/** One printer: live readings, job, filament, gate, its alerts and its history. */
import { Link } from "wouter";
import type { Printer } from "../data/contract.ts";
import { useAlertsOf, useHistory, usePrinter, useSite, useTelemetry } from "../data/queries.ts";
import { AlertLines } from "../parts/AlertLines.tsx";
import { FaultMenu } from "../parts/FaultMenu.tsx";
import { Gate } from "../parts/Gate.tsx";
import { Job } from "../parts/Job.tsx";
import { Sparks } from "../parts/Sparks.tsx";
import { Transitions } from "../parts/Transitions.tsx";
import { Units } from "../parts/Units.tsx";
import { useTitle } from "../parts/useTitle.ts";
import { Failed, Waiting } from "../parts/Wait.tsx";
import { isHidden } from "../show/order.ts";
import { STATE_WORD, dayTime, stageWords } from "../show/words.ts";
import { t } from "../words/language.ts";

function Head({ printer }: { readonly printer: Printer }) {
  const alerts = useAlertsOf(printer.id);
  const stage = stageWords(printer);
  return (
    <div>
      <h1>
        {printer.name} <span className="quiet small">{printer.model}</span>
      </h1>
      <div className="row" style={{ minHeight: 32 }}>
        <span className="pill">{STATE_WORD[printer.state]}</span>
        {stage === undefined ? null : <span>{stage}</span>}
        <Gate printer={printer} alerts={alerts.data} />
        <Link href={`/display/${encodeURIComponent(printer.id)}`}>{t("printer.display")}</Link>
      </div>
      {printer.connected ? null : (
        <output className="note warn">
          {printer.linkReason === null ? t("display.unreachableShort") : t("display.unreachableWhy", { reason: printer.linkReason })}{" "}
          {printer.lastSeenAt === null ? t("printer.lastKnown") : t("printer.lastKnownOf", { time: dayTime(printer.lastSeenAt) })}
        </output>
      )}
    </div>
  );
}

function AlertsPanel({ id }: { readonly id: string }) {
  const alerts = useAlertsOf(id);
  const hidden = (alerts.data ?? []).filter(isHidden);
  return (
    <section className="panel" aria-labelledby="alerts-title">
      <h2 id="alerts-title">{t("printer.alerts")}</h2>
      {alerts.isError && alerts.data === undefined ? <Failed error={alerts.error} retry={() => void alerts.refetch()} /> : null}
      {alerts.isPending ? <Waiting heightPx={120} label={t("printer.loadingAlerts")} /> : null}
      {alerts.data === undefined ? null : (
        <AlertLines alerts={alerts.data.filter((alert) => !isHidden(alert))} empty={t("printer.nothing")} />
      )}
      {hidden.length === 0 ? null : (
        <details>
          <summary>{t("printer.hidden", { count: hidden.length })}</summary>
          <AlertLines alerts={hidden} empty="" />
        </details>
      )}
    </section>
  );
}

function HistoryPanel({ id }: { readonly id: string }) {
  const history = useHistory({ printer: id, event: "", limit: 20 });
  const rows = history.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className="panel" aria-labelledby="history-title">
      <h2 id="history-title">{t("page.history")}</h2>
      {history.isPending ? <Waiting heightPx={200} label={t("history.loading")} /> : null}
      {history.isError && history.data === undefined ? <Failed error={history.error} /> : null}
      {history.data === undefined ? null : rows.length === 0 ? (
        <p className="quiet">{t("printer.noHistory")}</p>
      ) : (
        <Transitions rows={rows} caption={t("printer.latest")} show="one-printer" />
      )}
    </section>
  );
}

export function PrinterPage({ id }: { readonly id: string }) {
  const query = usePrinter(id);
  const telemetry = useTelemetry(id);
  const site = useSite();
  const printer = query.data;
  useTitle(printer?.name ?? t("table.printer"));
  if (printer === undefined) {
    return (
      <>
        <h1>
          {t("table.printer")} {id}
        </h1>
        {query.isError ? (
          <Failed error={query.error} retry={() => void query.refetch()} />
        ) : (
          <Waiting heightPx={480} label={t("printer.loading")} />
        )}
      </>
    );
  }
  return (
    <div className="stack">
      <Head printer={printer} />
      <div className="columns side-first">
        <div className="stack">
          <section className={printer.connected ? "panel" : "panel stale"} aria-labelledby="readings-title">
            <h2 id="readings-title">{t("printer.readings")}</h2>
            {site.data === undefined ? (
              <Waiting heightPx={240} />
            ) : (
              <Sparks printer={printer} series={telemetry.data} signals={site.data.signals} />
            )}
          </section>
          <HistoryPanel id={id} />
        </div>
        <div className="stack">
          <AlertsPanel id={id} />
          <section className={printer.connected ? "panel" : "panel stale"} aria-labelledby="job-title">
            <h2 id="job-title">{t("printer.job")}</h2>
            <Job printer={printer} />
          </section>
          <section className="panel" aria-labelledby="filament-title">
            <h2 id="filament-title">{t("printer.filament")}</h2>
            <Units units={printer.filamentUnits} />
          </section>
          {site.data?.demo === true && printer.faults.length > 0 ? (
            <section className="panel" aria-labelledby="faults-title">
              <h2 id="faults-title">{t("printer.fault")}</h2>
              <FaultMenu printer={id} name={printer.name} faults={printer.faults} />
            </section>
          ) : null}
        </div>
      </div>
    </div>
  );
}
