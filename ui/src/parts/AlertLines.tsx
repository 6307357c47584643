/** A list of alerts, worst first, each with its severity, place, time and what is special about it now. */
import { Link } from "wouter";
import type { Alert } from "../data/contract.ts";
import { compareAlerts } from "../show/order.ts";
import { dayTime, place } from "../show/words.ts";
import { langOf, t } from "../words/language.ts";
import { Mark } from "./Mark.tsx";

function standing(alert: Alert): string {
  const words = [
    alert.active ? t("alert.active") : alert.latched ? t("alert.latched") : t("alert.gone"),
    alert.acknowledged ? t("alert.acked") : t("alert.unacked"),
    alert.shelvedUntil === null ? "" : t("alert.shelved", { time: dayTime(alert.shelvedUntil) }),
    alert.suppressedBy.length === 0 ? "" : t("alert.suppressed"),
    alert.outOfService ? t("isa.I") : "",
    alert.quality === "stale" ? t("alert.stale") : "",
  ];
  return words.filter((word) => word !== "").join(" · ");
}

export function AlertLines({ alerts, empty }: { readonly alerts: readonly Alert[]; readonly empty: string }) {
  if (alerts.length === 0) return <p className="quiet">{empty}</p>;
  return (
    <ul className="plain">
      {[...alerts].sort(compareAlerts).map((alert) => (
        <li key={alert.id} className="alert-line">
          <Mark severity={alert.severity} />
          <div>
            <Link href={`/alerts/${encodeURIComponent(alert.id)}`}>
              <span {...langOf(alert.language)}>{alert.title}</span>
            </Link>
            <div className="small quiet">
              <span className="mono">{alert.code}</span> {place(alert)}
            </div>
            <div className="small">{standing(alert)}</div>
          </div>
          <time className="line-time" dateTime={alert.raisedAt ?? alert.updatedAt}>
            {dayTime(alert.raisedAt ?? alert.updatedAt)}
          </time>
        </li>
      ))}
    </ul>
  );
}
