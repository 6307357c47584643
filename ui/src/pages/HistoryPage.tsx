/** Everything that happened, newest first, with the figures of the last days above. */
import { Button, NativeSelect } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import type { Kpi } from "../data/contract.ts";
import { useHistory, useKpi, usePrinters } from "../data/queries.ts";
import { Transitions } from "../parts/Transitions.tsx";
import { useTitle } from "../parts/useTitle.ts";
import { Failed, Waiting } from "../parts/Wait.tsx";
import { EVENT_WORD, dayTime, duration } from "../show/words.ts";

const PAGE_ROWS = 50;
const EVENTS = [{ value: "", label: "Any event" }, ...Object.entries(EVENT_WORD).map(([value, label]) => ({ value, label }))];

const time = (ms: number | null): string => (ms === null ? "–" : duration(ms));

function Tiles({ kpi }: { readonly kpi: Kpi }) {
  const tiles: readonly (readonly [string, string])[] = [
    [String(kpi.raised), "alerts raised"],
    [String(kpi.notified), "told to people"],
    [String(kpi.fleeting), "fleeting (under 10 s)"],
    [String(kpi.standing), "standing over 24 h"],
    [time(kpi.medianAckMs), "median to acknowledge"],
    [time(kpi.medianClearMs), "median to clear"],
  ];
  return (
    <section aria-labelledby="kpi-title" className="stack">
      <h2 id="kpi-title" style={{ margin: 0 }}>
        Since {dayTime(kpi.since)}
      </h2>
      <div className="tiles">
        {tiles.map(([value, label]) => (
          <div key={label} className="tile">
            <b>{value}</b>
            <span>{label}</span>
          </div>
        ))}
      </div>
      {kpi.top.length === 0 ? null : (
        <details>
          <summary>Most frequent codes</summary>
          <ol>
            {kpi.top.map((code) => (
              <li key={code.code}>
                <Link href={`/codes/${code.code}`}>{code.title}</Link> <span className="quiet">{code.raised} times</span>
              </li>
            ))}
          </ol>
        </details>
      )}
    </section>
  );
}

export function HistoryPage() {
  useTitle("History");
  const [printer, setPrinter] = useState("");
  const [event, setEvent] = useState("");
  const printers = usePrinters();
  const kpi = useKpi();
  const history = useHistory({ printer, event, limit: PAGE_ROWS });
  const rows = history.data?.pages.flatMap((page) => page.items);
  const names = [{ value: "", label: "Any printer" }, ...(printers.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))];
  return (
    <div className="stack">
      <h1 style={{ margin: 0 }}>History</h1>
      {kpi.data !== undefined ? (
        <Tiles kpi={kpi.data} />
      ) : kpi.isError ? (
        <Failed error={kpi.error} />
      ) : (
        <Waiting heightPx={118} label="Loading figures" />
      )}
      <section className="panel stack" aria-label="Changes">
        <div className="row">
          <NativeSelect label="Printer" data={names} value={printer} onChange={(change) => setPrinter(change.currentTarget.value)} />
          <NativeSelect label="Event" data={EVENTS} value={event} onChange={(change) => setEvent(change.currentTarget.value)} />
        </div>
        {rows === undefined ? (
          history.isError ? (
            <Failed error={history.error} retry={() => void history.refetch()} />
          ) : (
            <Waiting heightPx={480} label="Loading history" />
          )
        ) : null}
        {rows === undefined ? null : rows.length === 0 ? (
          <p className="quiet">Nothing has happened that fits.</p>
        ) : (
          <Transitions rows={rows} caption="Changes of alerts, newest first" show="all" />
        )}
        {history.hasNextPage ? (
          <div>
            <Button variant="default" loading={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
              Load more
            </Button>
          </div>
        ) : null}
      </section>
    </div>
  );
}
