/**
 * The lists of a display: warnings as cards at its right edge, errors that only wait for a reset, and the messages that need nobody.
 * A card opens its steps on a tap; cards that do not fit are counted.
 */
import { useState } from "react";
import type { Alert } from "../data/contract.ts";
import { useAlert } from "../data/queries.ts";
import { Danger, Steps } from "../parts/Explain.tsx";
import { Mark } from "../parts/Mark.tsx";
import { waitsForReset } from "../show/order.ts";
import { RESET_WORDS, alertGateWords, dayTime, place } from "../show/words.ts";
import { langOf, t } from "../words/language.ts";
import { ResetButton } from "./ResetButton.tsx";
import { useHiddenBelow } from "./useHiddenBelow.ts";

function CardSteps({ alert }: { readonly alert: Alert }) {
  const detail = useAlert(alert.id);
  const info = detail.data?.info;
  if (info === undefined) return <p className="quiet">{t(detail.isError ? "steps.failed" : "steps.loading")}</p>;
  return (
    <>
      <Danger info={info} />
      <Steps steps={info.steps} language={info.language} />
    </>
  );
}

function WarningCard({ alert, live }: { readonly alert: Alert; readonly live: boolean }) {
  const [open, setOpen] = useState(false);
  const gone = waitsForReset(alert);
  return (
    <li className="warning-card" data-testid="display-warning" data-alert={alert.id}>
      <Mark severity="warning" size={22} />
      <h2>
        <button type="button" className="card-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
          <span {...langOf(alert.language)}>{alert.title}</span>
        </button>
      </h2>
      <p>{gone ? RESET_WORDS : alertGateWords(alert)}</p>
      <p className="small">
        <span className="mono">{alert.code}</span> {place(alert)}
        {alert.quality === "stale" ? ` · ${t("display.staleShort")}` : ""}
      </p>
      {gone ? <ResetButton alert={alert} live={live} /> : null}
      {open ? <CardSteps alert={alert} /> : null}
    </li>
  );
}

export function Warnings({ alerts, live }: { readonly alerts: readonly Alert[]; readonly live: boolean }) {
  const [list, hidden] = useHiddenBelow<HTMLUListElement>();
  const toLast = (): void => list.current?.lastElementChild?.scrollIntoView({ block: "end" });
  return (
    <>
      <ul className="warnings" aria-label={t("display.warnings")} ref={list}>
        {alerts.map((alert) => (
          <WarningCard key={alert.id} alert={alert} live={live} />
        ))}
      </ul>
      {hidden === 0 ? null : (
        <button type="button" className="more-below" data-testid="more-warnings" onClick={toLast}>
          {t("display.more", { count: hidden })}
        </button>
      )}
    </>
  );
}

/** Confirmed errors whose fault is gone: each with the button that opens the gate. */
export function Resets({ alerts, live }: { readonly alerts: readonly Alert[]; readonly live: boolean }) {
  if (alerts.length === 0) return null;
  return (
    <ul className="plain stack-tight" aria-label={t("display.resets")}>
      {alerts.map((alert) => (
        <li key={alert.id} className="reset-card" data-testid="display-gone" data-alert={alert.id}>
          <div>
            <Mark severity="error" size={20} />
            <h2 {...langOf(alert.language)}>{alert.title}</h2>
            <p>{RESET_WORDS}</p>
            <p className="small">
              <span className="mono">{alert.code}</span> {place(alert)}
            </p>
          </div>
          <ResetButton alert={alert} live={live} />
        </li>
      ))}
    </ul>
  );
}

export function Infos({ alerts }: { readonly alerts: readonly Alert[] }) {
  if (alerts.length === 0) return <p className="quiet">{t("display.noMessages")}</p>;
  return (
    <ul className="plain" aria-label={t("display.messages")}>
      {alerts.map((alert) => (
        <li key={alert.id} className="alert-line">
          <Mark severity={alert.severity} size={20} />
          <div>
            <span {...langOf(alert.language)}>{alert.title}</span>
            <div className="small quiet">
              <span className="mono">{alert.code}</span>{" "}
              {alert.raisedAt === null ? "" : t("display.since", { time: dayTime(alert.raisedAt) })}
              {alert.severity === "error" ? ` · ${t("display.confirmed")}` : ""}
            </div>
          </div>
        </li>
      ))}
    </ul>
  );
}
