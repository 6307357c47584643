/** The history of alerts as a table: what happened, when, by whom and why. */
import { Link } from "wouter";
import type { Transition } from "../data/contract.ts";
import { EVENT_WORD, dayTime, noteWords } from "../show/words.ts";
import { t } from "../words/language.ts";
import { Mark } from "./Mark.tsx";
import { Scroll } from "./Scroll.tsx";

interface Props {
  readonly rows: readonly Transition[];
  readonly caption: string;
  /** On the page of one alert its name need not stand in every row. */
  readonly show: "all" | "one-printer" | "one-alert";
}

export function Transitions({ rows, caption, show }: Props) {
  return (
    <Scroll label={caption}>
      <table className="table stacked">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{t("table.time")}</th>
            <th scope="col">{t("table.event")}</th>
            {show === "one-alert" ? null : <th scope="col">{t("table.alert")}</th>}
            {show === "all" ? <th scope="col">{t("table.printer")}</th> : null}
            <th scope="col">{t("table.by")}</th>
            <th scope="col">{t("table.state")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td className="line-time">
                <time dateTime={row.at}>{dayTime(row.at)}</time>
              </td>
              <td>
                {EVENT_WORD[row.event]}
                {row.note === null ? null : <div className="small quiet">{noteWords(row)}</div>}
              </td>
              {show === "one-alert" ? null : (
                <td>
                  <Mark severity={row.severity} size={14} /> <Link href={`/alerts/${encodeURIComponent(row.alert)}`}>{row.title}</Link>
                </td>
              )}
              {show === "all" ? (
                <td>
                  <Link href={`/printers/${encodeURIComponent(row.printer)}`}>{row.printer}</Link>
                </td>
              ) : null}
              <td data-label={t("table.by")}>{row.actor ?? t("table.system")}</td>
              <td data-label={t("table.state")}>
                {row.isa} <span className="sr">{t("table.isa")}</span>{" "}
                <span className="quiet small">{t("table.episode", { n: row.episode })}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
