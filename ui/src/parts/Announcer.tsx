/** Tells a screen reader of new alerts, once each: errors at once, warnings and infos when it is quiet. */
import { useEffect, useState } from "react";
import type { Alert } from "../data/contract.ts";
import { useHub } from "../data/queries.ts";
import { isHidden, isQuiet } from "../show/order.ts";
import { SEVERITY_WORD } from "../show/words.ts";

const words = (alert: Alert): string => `${SEVERITY_WORD[alert.severity]} on ${alert.printerName}: ${alert.title}`;

export function Announcer({ printer }: { readonly printer?: string }) {
  const { onRaise } = useHub();
  const [polite, setPolite] = useState("");
  const [urgent, setUrgent] = useState("");
  useEffect(
    () =>
      onRaise((alert) => {
        if (printer !== undefined && alert.printer !== printer) return;
        if (isHidden(alert) || isQuiet(alert)) return;
        if (alert.severity === "error") setUrgent(words(alert));
        else setPolite(words(alert));
      }),
    [onRaise, printer],
  );
  return (
    <div className="sr live">
      <output aria-live="polite">{polite}</output>
      <div role="alert" aria-live="assertive">
        {urgent}
      </div>
    </div>
  );
}
