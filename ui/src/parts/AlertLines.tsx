/** A list of alerts, worst first, each with its severity, place, time and what is special about it now. */
import { Link } from "wouter";
import type { Alert } from "../data/contract.ts";
import { compareAlerts } from "../show/order.ts";
import { dayTime, place } from "../show/words.ts";
import { Mark } from "./Mark.tsx";

function standing(alert: Alert): string {
  const words = [
    alert.active ? "active" : alert.latched ? "gone, stays until you reset it" : "gone",
    alert.acknowledged ? "acknowledged" : "not acknowledged",
    alert.shelvedUntil === null ? "" : `shelved until ${dayTime(alert.shelvedUntil)}`,
    alert.suppressedBy.length === 0 ? "" : "suppressed by another alert",
    alert.outOfService ? "out of service" : "",
    alert.quality === "stale" ? "last known: printer not reachable" : "",
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
            <Link href={`/alerts/${encodeURIComponent(alert.id)}`}>{alert.title}</Link>
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
