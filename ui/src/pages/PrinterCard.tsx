/** One printer on the fleet page. Drawn again only when it changed, and in full only near the view; its size never changes. */
import { memo } from "react";
import { Link } from "wouter";
import type { Printer } from "../data/contract.ts";
import { useAlertsOf } from "../data/queries.ts";
import { FaultMenu } from "../parts/FaultMenu.tsx";
import { Gate } from "../parts/Gate.tsx";
import { Job } from "../parts/Job.tsx";
import { Mark } from "../parts/Mark.tsx";
import { Temps } from "../parts/Temps.tsx";
import { useNear } from "../parts/useNear.ts";
import { STATE_WORD } from "../show/words.ts";
import { t } from "../words/language.ts";

function Worst({ printer }: { readonly printer: Printer }) {
  const { worst } = printer;
  if (!printer.connected && worst === null)
    return (
      <div className="quiet clip2">
        {t("card.unreachable")}
        {printer.linkReason === null ? "" : `: ${printer.linkReason}`}
      </div>
    );
  if (worst === null) return <div className="quiet">{t("card.none")}</div>;
  return (
    <div className="card-worst">
      <Mark severity={worst.severity} />
      <Link className="clip2" href={`/alerts/${encodeURIComponent(worst.id)}`}>
        {worst.title}
      </Link>
    </div>
  );
}

/** The alerts are asked for only where a gate is shut and in view: they tell whether a reset is all that is missing. */
function ShutGate({ printer }: { readonly printer: Printer }) {
  const alerts = useAlertsOf(printer.id);
  return <Gate printer={printer} alerts={alerts.data} short />;
}

function Card({ printer, faults }: { readonly printer: Printer; readonly faults: boolean }) {
  const [ref, near] = useNear<HTMLLIElement>();
  const isShut = printer.gate.startBlocked || printer.gate.resumeBlocked;
  return (
    <li
      ref={ref}
      className={faults ? "card with-faults" : "card"}
      data-testid={`fleet-card-${printer.id}`}
      data-worst={printer.worst?.severity ?? "none"}
    >
      <article aria-label={printer.name}>
        <div className="card-head">
          <h2>
            <Link href={`/printers/${encodeURIComponent(printer.id)}`}>{printer.name}</Link>{" "}
            <span className="quiet small">{printer.model}</span>
          </h2>
          <span className="pill">{STATE_WORD[printer.state]}</span>
        </div>
        <Worst printer={printer} />
        <div>{near && isShut ? <ShutGate printer={printer} /> : <Gate printer={printer} alerts={undefined} short />}</div>
        {near ? (
          <>
            <div className={printer.connected ? "" : "stale"}>
              <Job printer={printer} />
            </div>
            <div className={printer.connected ? "" : "stale"}>
              <Temps printer={printer} />
            </div>
            {faults ? <FaultMenu printer={printer.id} name={printer.name} faults={printer.faults} /> : null}
          </>
        ) : null}
      </article>
    </li>
  );
}

export const PrinterCard = memo(Card);
