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
import { PrinterCard } from "./PrinterCard.tsx";
import "./fleet.css";

const NONE: FleetFilter = { text: "", state: "", severity: "" };
const STATES = [{ value: "", label: "Any state" }, ...Object.entries(STATE_WORD).map(([value, label]) => ({ value, label }))];
const SEVERITIES = [
  { value: "", label: "Any severity" },
  { value: "error", label: "With errors" },
  { value: "warning", label: "With warnings" },
  { value: "info", label: "With infos" },
  { value: "none", label: "Without alerts" },
];

function Summary({ printers, shown }: { readonly printers: readonly Printer[]; readonly shown: number }) {
  const count = (severity: "error" | "warning" | "info"): number => printers.reduce((sum, printer) => sum + printer.counts[severity], 0);
  const offline = printers.filter((printer) => !printer.connected).length;
  return (
    <div className="summary">
      <span>
        <b>{printers.length}</b> {printers.length === 1 ? "printer" : "printers"}
        {shown === printers.length ? "" : `, ${shown} shown`}
      </span>
      {(["error", "warning", "info"] as const).map((severity) => (
        <span key={severity} className="row">
          <Mark severity={severity} size={16} /> <b>{count(severity)}</b>
        </span>
      ))}
      {offline === 0 ? null : <span>{offline} not reachable</span>}
    </div>
  );
}

function Empty() {
  return (
    <section className="panel narrow">
      <h2>No printer yet</h2>
      <p>
        Add your printers to <code>openhms.yaml</code> and start again with <code>./bin/openhms run</code>:
      </p>
      <Scroll label="Example of openhms.yaml">
        <pre className="mono">{`printers:
  - id: x1c-left
    name: Left
    kind: bambu
    host: 192.168.1.31
    serial: 00M00A000000000
    accessCode: \${X1C_CODE}`}</pre>
      </Scroll>
      <p>
        To look around without a printer, run <code>./bin/openhms demo</code>.
      </p>
    </section>
  );
}

function DemoNote() {
  return (
    <section className="note" aria-label="About this demo">
      This is the demo: the printers are virtual and faults come by themselves. To bring one now, choose it on a printer’s card and press
      “Set fault”. In another terminal, in the folder of the program, <code>./bin/openhms alerts --url {window.location.origin}</code> lists
      what stands and <code>./bin/openhms decode 0300-0100-0001-0001</code> explains a code.
    </section>
  );
}

export function FleetPage() {
  useTitle("Fleet");
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
      <h1>Fleet</h1>
      {items === undefined ? <div className="summary" /> : <Summary printers={items} shown={view.length} />}
      <div className="filters">
        <TextInput
          data-search
          type="search"
          aria-label="Filter printers by words"
          placeholder="Name, model, job or alert ( / )"
          value={filter.text}
          onChange={(event) => set({ text: event.currentTarget.value })}
        />
        <NativeSelect
          aria-label="Filter by state"
          data={STATES}
          value={filter.state}
          onChange={(event) => set({ state: event.currentTarget.value })}
        />
        <NativeSelect
          aria-label="Filter by severity"
          data={SEVERITIES}
          value={filter.severity}
          onChange={(event) => set({ severity: event.currentTarget.value })}
        />
      </div>
      {items === undefined ? (
        printers.isError ? (
          <Failed error={printers.error} retry={() => void printers.refetch()} />
        ) : (
          <Waiting heightPx={344} label="Loading printers" />
        )
      ) : null}
      {items !== undefined && items.length === 0 ? <Empty /> : null}
      {items !== undefined && items.length > 0 && view.length === 0 ? <p className="quiet">No printer matches the filter.</p> : null}
      <ul className="fleet" aria-label="Printers, worst first">
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
