/** All printers, worst first, with a filter. The first page anybody sees. */
import { NativeSelect, TextInput } from "@mantine/core";
import { useDeferredValue, useMemo, useState } from "react";
import type { Printer } from "../data/contract.ts";
import { usePrinters, useSite } from "../data/queries.ts";
import { Mark } from "../parts/Mark.tsx";
import { Scroll } from "../parts/Scroll.tsx";
import { useTitle } from "../parts/useTitle.ts";
import { Failed, Waiting } from "../parts/Wait.tsx";
import { type FleetFilter, fleetView } from "../show/order.ts";
import { STATE_WORD } from "../show/words.ts";
import { t } from "../words/language.ts";
import { PrinterCard } from "./PrinterCard.tsx";
import "./fleet.css";

const NONE: FleetFilter = { text: "", state: "", severity: "" };
const STATES = [{ value: "", label: t("fleet.anyState") }, ...Object.entries(STATE_WORD).map(([value, label]) => ({ value, label }))];
const SEVERITIES = [
  { value: "", label: t("fleet.anySeverity") },
  { value: "error", label: t("fleet.withErrors") },
  { value: "warning", label: t("fleet.withWarnings") },
  { value: "info", label: t("fleet.withInfos") },
  { value: "none", label: t("fleet.without") },
];

function Summary({ printers, shown }: { readonly printers: readonly Printer[]; readonly shown: number }) {
  const count = (severity: "error" | "warning" | "info"): number => printers.reduce((sum, printer) => sum + printer.counts[severity], 0);
  const offline = printers.filter((printer) => !printer.connected).length;
  return (
    <div className="summary">
      <span>
        <b>{printers.length}</b> {t("fleet.printers", { count: printers.length })}
        {shown === printers.length ? "" : `, ${t("fleet.shown", { count: shown })}`}
      </span>
      {(["error", "warning", "info"] as const).map((severity) => (
        <span key={severity} className="row">
          <Mark severity={severity} size={16} /> <b>{count(severity)}</b>
        </span>
      ))}
      {offline === 0 ? null : <span>{t("fleet.offline", { count: offline })}</span>}
    </div>
  );
}

function Empty() {
  return (
    <section className="panel narrow">
      <h2>{t("fleet.empty")}</h2>
      <p>
        {t("fleet.add")} <code>./bin/openhms run</code>
      </p>
      <Scroll label={t("fleet.example")}>
        <pre className="mono">{`printers:
  - id: x1c-left
    name: Left
    kind: bambu
    host: 192.168.1.31
    serial: 00M00A000000000
    accessCode: \${X1C_CODE}`}</pre>
      </Scroll>
      <p>
        {t("fleet.look")} <code>./bin/openhms demo</code>
      </p>
    </section>
  );
}

function DemoNote() {
  return (
    <section className="note" aria-label={t("demo.label")}>
      {t("demo.note")} <code>./bin/openhms alerts --url {window.location.origin}</code>,{" "}
      <code>./bin/openhms decode 0300-0100-0001-0001</code>
    </section>
  );
}

export function FleetPage() {
  useTitle(t("page.fleet"));
  const printers = usePrinters();
  const site = useSite();
  const [filter, setFilter] = useState(NONE);
  const wanted = useDeferredValue(filter);
  const items = printers.data?.items;
  const view = useMemo(() => (items === undefined ? [] : fleetView(items, wanted)), [items, wanted]);
  const set = (part: Partial<FleetFilter>): void => setFilter((before) => ({ ...before, ...part }));
  const demo = site.data?.demo === true;

  return (
    <>
      <h1>{t("page.fleet")}</h1>
      {items === undefined ? <div className="summary" /> : <Summary printers={items} shown={view.length} />}
      <div className="filters">
        <TextInput
          data-search
          type="search"
          aria-label={t("fleet.filter")}
          placeholder={t("fleet.placeholder")}
          value={filter.text}
          onChange={(event) => set({ text: event.currentTarget.value })}
        />
        <NativeSelect
          aria-label={t("fleet.byState")}
          data={STATES}
          value={filter.state}
          onChange={(event) => set({ state: event.currentTarget.value })}
        />
        <NativeSelect
          aria-label={t("fleet.bySeverity")}
          data={SEVERITIES}
          value={filter.severity}
          onChange={(event) => set({ severity: event.currentTarget.value })}
        />
      </div>
      {items === undefined ? (
        printers.isError ? (
          <Failed error={printers.error} retry={() => void printers.refetch()} />
        ) : (
          <Waiting heightPx={344} label={t("fleet.loading")} />
        )
      ) : null}
      {items !== undefined && items.length === 0 ? <Empty /> : null}
      {items !== undefined && items.length > 0 && view.length === 0 ? <p className="quiet">{t("fleet.noMatch")}</p> : null}
      <ul className="fleet" aria-label={t("fleet.list")}>
        {view.map((printer) => (
          <PrinterCard key={printer.id} printer={printer} faults={demo && printer.faults.length > 0} />
        ))}
      </ul>
      {demo ? (
        <div style={{ marginTop: 20 }}>
          <DemoNote />
        </div>
      ) : null}
    </>
  );
}
