/** Each activation of an alert with its freeze frame: the signals of the minutes before, drawn when opened, and as a table. */
import { Suspense, lazy, useMemo, useState } from "react";
import type { Alert, Episode, FreezeFrame, SiteInfo } from "../data/contract.ts";
import { useSite } from "../data/queries.ts";
import { Scroll } from "../parts/Scroll.tsx";
import { Evidence } from "../parts/Evidence.tsx";
import { spanOf } from "../parts/Sparks.tsx";
import { Waiting } from "../parts/Wait.tsx";
import { WasItReal, isAsked } from "../parts/WasItReal.tsx";
import { WAS_WORDS, dayTime, duration, reading, signalWords } from "../show/words.ts";
import { t } from "../words/language.ts";

const Plot = lazy(() => import("../parts/Plot.tsx").then((module) => ({ default: module.Plot })));
const CHART_PX = 260;

/** Signals with values, grouped by unit: one chart each, so that degrees and percents do not share an axis. */
export function chartGroups(
  frame: FreezeFrame,
  signals: SiteInfo["signals"],
): { unit: string; lines: { label: string; values: (number | null)[] }[] }[] {
  const known = Object.entries(frame.signals).filter(([, values]) => values.some((value) => value !== null));
  const named = known.map(([name, values]) => {
    const signal = signals.find((one) => one.name === name);
    return { label: signal === undefined ? name : signalWords(signal), unit: signal?.unit ?? "", values };
  });
  return [...Map.groupBy(named, (line) => line.unit)].map(([unit, lines]) => ({ unit, lines }));
}

function Frame({ frame }: { readonly frame: FreezeFrame }) {
  const site = useSite();
  const groups = useMemo(() => chartGroups(frame, site.data?.signals ?? []), [frame, site.data]);
  if (groups.length === 0) return <p className="quiet">{t("episode.noSignals")}</p>;
  return (
    <div className="stack">
      {groups.map((group) => (
        <div key={group.unit}>
          <h3>{group.unit === "" ? t("episode.other") : group.unit}</h3>
          <Suspense fallback={<Waiting heightPx={CHART_PX} label={t("episode.loading")} />}>
            <Plot atMs={frame.at} lines={group.lines} heightPx={CHART_PX} axes label={t("episode.chart", { unit: group.unit })} />
          </Suspense>
        </div>
      ))}
      <Scroll label={t("episode.bounds")}>
        <table className="table">
          <caption>{t("episode.caption")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("episode.signal")}</th>
              <th scope="col">{t("episode.lowest")}</th>
              <th scope="col">{t("episode.highest")}</th>
              <th scope="col">{t("episode.atEnd")}</th>
            </tr>
          </thead>
          <tbody>
            {groups.flatMap((group) =>
              group.lines.map((line) => (
                <tr key={line.label}>
                  <th scope="row">{line.label}</th>
                  <td>{reading(spanOf(line.values)?.min, group.unit)}</td>
                  <td>{reading(spanOf(line.values)?.max, group.unit)}</td>
                  <td>
                    {reading(
                      line.values.findLast((value) => value !== null),
                      group.unit,
                    )}
                  </td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </Scroll>
    </div>
  );
}

interface OneProps {
  readonly alert: Pick<Alert, "id" | "printer">;
  readonly episode: Episode;
  /** Of the latest one the page asks elsewhere. */
  readonly isLatest: boolean;
}

function OneEpisode({ alert, episode, isLatest }: OneProps) {
  const [shown, setShown] = useState(isLatest);
  const length =
    episode.clearedAt === null
      ? t("episode.active")
      : t("episode.lasted", { time: duration(Date.parse(episode.clearedAt) - Date.parse(episode.raisedAt)) });
  return (
    <details open={isLatest} onToggle={(event) => setShown(event.currentTarget.open)} style={{ marginBottom: 8 }}>
      <summary>
        {t("episode.n", { n: episode.n })}: {dayTime(episode.raisedAt)}, {length}
        {episode.acknowledgedAt === null ? "" : `, ${t("episode.acked", { time: dayTime(episode.acknowledgedAt) })}`}
        {episode.label === null ? "" : `, ${WAS_WORDS[episode.label.verdict]}`}
      </summary>
      <div className="stack" style={{ paddingTop: 12 }}>
        {isLatest || !isAsked(episode) ? null : <WasItReal alert={alert} episode={episode} question={t("label.askOf", { n: episode.n })} />}
        {isLatest ? null : <Evidence frame={episode.freezeFrame} />}
        {episode.freezeFrame === null ? (
          <p className="quiet">{t("episode.noFrame")}</p>
        ) : shown ? (
          <Frame frame={episode.freezeFrame} />
        ) : null}
      </div>
    </details>
  );
}

export function Episodes({ alert, episodes }: Pick<OneProps, "alert"> & { readonly episodes: readonly Episode[] }) {
  return (
    <section className="panel" aria-labelledby="episodes-title">
      <h2 id="episodes-title">{t("episode.title")}</h2>
      {episodes.length === 0 ? <p className="quiet">{t("episode.none")}</p> : null}
      {episodes.map((episode, index) => (
        <OneEpisode key={episode.n} alert={alert} episode={episode} isLatest={index === 0} />
      ))}
    </section>
  );
}
