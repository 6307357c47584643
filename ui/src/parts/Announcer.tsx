/** Tells a screen reader of new alerts, once each: errors at once, warnings and infos when it is quiet. */
import { useEffect, useState } from "react";
import type { Alert } from "../data/contract.ts";
import { useHub } from "../data/queries.ts";
import { isHidden, isQuiet } from "../show/order.ts";
import { SEVERITY_WORD } from "../show/words.ts";
import { langOf, t } from "../words/language.ts";

function Words({ alert }: { readonly alert: Alert | undefined }) {
  if (alert === undefined) return null;
  return (
    <>
      {t("announce", { severity: SEVERITY_WORD[alert.severity], printer: alert.printerName })}{" "}
      <span {...langOf(alert.language)}>{alert.title}</span>
    </>
  );
}

export function Announcer({ printer }: { readonly printer?: string }) {
  const { onRaise } = useHub();
  const [polite, setPolite] = useState<Alert>();
  const [urgent, setUrgent] = useState<Alert>();
  useEffect(
    () =>
      onRaise((alert) => {
        if (printer !== undefined && alert.printer !== printer) return;
        if (isHidden(alert) || isQuiet(alert)) return;
        if (alert.severity === "error") setUrgent(alert);
        else setPolite(alert);
      }),
    [onRaise, printer],
  );
  return (
    <div className="sr live">
      <output aria-live="polite">
        <Words alert={polite} />
      </output>
      <div role="alert" aria-live="assertive">
        <Words alert={urgent} />
      </div>
    </div>
  );
}
