/** The two lists of a display: warnings as cards at its right edge, and the messages that need nobody. */
import type { Alert } from "../data/contract.ts";
import { Mark } from "../parts/Mark.tsx";
import { alertGateWords, dayTime, place } from "../show/words.ts";

export function Warnings({ alerts }: { readonly alerts: readonly Alert[] }) {
  return (
    <ul className="warnings" aria-label="Warnings">
      {alerts.map((alert) => (
        <li key={alert.id} className="warning-card" data-testid="display-warning" data-alert={alert.id}>
          <Mark severity="warning" size={22} />
          <h2>{alert.title}</h2>
          <p>{alertGateWords(alert)}</p>
          <p className="small">
            <span className="mono">{alert.code}</span> {place(alert)}
            {alert.quality === "stale" ? " · last known" : ""}
          </p>
        </li>
      ))}
    </ul>
  );
}

export function Infos({ alerts }: { readonly alerts: readonly Alert[] }) {
  if (alerts.length === 0) return <p className="quiet">No messages.</p>;
  return (
    <ul className="plain" aria-label="Messages">
      {alerts.map((alert) => (
        <li key={alert.id} className="alert-line">
          <Mark severity={alert.severity} size={20} />
          <div>
            {alert.title}
            <div className="small quiet">
              <span className="mono">{alert.code}</span> {alert.raisedAt === null ? "" : `since ${dayTime(alert.raisedAt)}`}
              {alert.severity === "error" ? " · confirmed" : ""}
            </div>
          </div>
        </li>
      ))}
    </ul>
  );
}
