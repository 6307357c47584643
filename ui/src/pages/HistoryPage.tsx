/** Everything that happened, newest first, with the figures of the last days above. */
import { Button, NativeSelect } from "@mantine/core";
import { useState } from "react";
import type { Kpi } from "../data/contract.ts";
import { useHistory, useKpi, usePrinters } from "../data/queries.ts";
import { Transitions } from "../parts/Transitions.tsx";
import { useTitle } from "../parts/useTitle.ts";
import { Failed, Waiting } from "../parts/Wait.tsx";
import { EVENT_WORD, dayTime, duration } from "../show/words.ts";
import { t } from "../words/language.ts";

const PAGE_ROWS = 50;
const EVENTS = [{ value: "", label: t("history.anyEvent") }, ...Object.entries(EVENT_WORD).map(([value, label]) => ({ value, label }))];

const time = (ms: number | null): string => (ms === null ? "–" : duration(ms));

function Tiles({ kpi }: { readonly kpi: Kpi }) {
  const tiles: readonly (readonly [string, string])[] = [
    [String(kpi.raised), t("kpi.raised")],
    [String(kpi.notified), t("kpi.told")],
    [String(kpi.fleeting), t("kpi.fleeting")],
    [String(kpi.standing), t("kpi.standing")],
    [time(kpi.medianAckMs), t("kpi.ack")],
    [time(kpi.medianClearMs), t("kpi.clear")],
  ];
  return (
    <section aria-labelledby="kpi-title" className="stack">
      <h2 id="kpi-title" style={{ margin: 0 }}>
        {t("kpi.since", { time: dayTime(kpi.since) })}
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
          <summary>{t("kpi.top")}</summary>
          <ol>
            {kpi.top.map((code) => (
              <li key={code.code}>
                <a href={`/codes/${code.code}`}>{code.title}</a> <span className="quiet">{t("kpi.times", { count: code.raised })}</span>
              </li>
            ))}
          </ol>
        </details>
      )}
    </section>
  );
}

export function HistoryPage() {
  useTitle(t("page.history"));
  const [printer, setPrinter] = useState("");
  const [event, setEvent] = useState("");
  const printers = usePrinters();
  const kpi = useKpi();
  const history = useHistory({ printer, event, limit: PAGE_ROWS });
  const rows = history.data?.pages.flatMap((page) => page.items);
  const names = [
    { value: "", label: t("history.anyPrinter") },
    ...(printers.data?.items ?? []).map((one) => ({ value: one.id, label: one.name })),
  ];
  return (
    <div className="stack">
      <h1 style={{ margin: 0 }}>{t("page.history")}</h1>
      {kpi.data !== undefined ? (
        <Tiles kpi={kpi.data} />
      ) : kpi.isError ? (
        <Failed error={kpi.error} />
      ) : (
        <Waiting heightPx={118} label={t("kpi.loading")} />
      )}
      <section className="panel stack" aria-label={t("history.changes")}>
        <div className="row">
          <NativeSelect
            label={t("table.printer")}
            data={names}
            value={printer}
            onChange={(change) => setPrinter(change.currentTarget.value)}
          />
          <NativeSelect label={t("table.event")} data={EVENTS} value={event} onChange={(change) => setEvent(change.currentTarget.value)} />
        </div>
        {rows === undefined ? (
          history.isError ? (
            <Failed error={history.error} retry={() => void history.refetch()} />
          ) : (
            <Waiting heightPx={480} label={t("history.loading")} />
          )
        ) : null}
        {rows === undefined ? null : rows.length === 0 ? (
          <p className="quiet">{t("history.nothing")}</p>
        ) : (
          <Transitions rows={rows} caption={t("history.caption")} show="all" />
        )}
        {history.hasNextPage ? (
          <div>
            <Button variant="default" loading={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
              {t("history.more")}
            </Button>
          </div>
        ) : null}
      </section>
    </div>
  );
}
