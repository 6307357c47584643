/** Where a code was seen on this site: when, how often, on which models and firmware, on which printers. */
import { Link } from "wouter";
import type { CodeSightings } from "../data/contract.ts";
import { useSightings } from "../data/queries.ts";
import { dayTime } from "../show/words.ts";
import { t } from "../words/language.ts";
import { Failed, Waiting } from "./Wait.tsx";

const times = (count: number): string => t("seen.times", { count });

function Machines({ machines }: Pick<CodeSightings, "machines">) {
  return (
    <table className="table stacked">
      <caption>{t("seen.machines")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("seen.model")}</th>
          <th scope="col">{t("seen.firmware")}</th>
          <th scope="col">{t("seen.raised")}</th>
          <th scope="col">{t("seen.last")}</th>
        </tr>
      </thead>
      <tbody>
        {machines.map((row) => (
          <tr key={`${row.model} ${row.firmware}`}>
            <td data-label={t("seen.model")}>{row.model === "" ? t("seen.unknown") : row.model}</td>
            <td data-label={t("seen.firmware")}>{row.firmware === "" ? t("seen.unknown") : row.firmware}</td>
            <td data-label={t("seen.raised")}>{row.raises}</td>
            <td data-label={t("seen.last")}>{dayTime(row.lastSeenAt)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Printers({ printers, printerCount }: Pick<CodeSightings, "printers" | "printerCount">) {
  return (
    <>
      <h3>{t("seen.printers")}</h3>
      <ul className="plain stack-tight">
        {printers.map((printer) => (
          <li key={printer.id}>
            <Link href={`/alerts/${encodeURIComponent(printer.alert)}`}>{printer.name}</Link>{" "}
            <span className="small quiet">
              {t(printer.active ? "seen.printerNow" : "seen.printer", { times: times(printer.raises), time: dayTime(printer.lastSeenAt) })}
            </span>
          </li>
        ))}
      </ul>
      {printerCount > printers.length ? <p className="small quiet">{t("seen.more", { count: printerCount - printers.length })}</p> : null}
    </>
  );
}

function Seen({ seen }: { readonly seen: CodeSightings }) {
  if (seen.firstSeenAt === null || seen.lastSeenAt === null) return <p className="quiet">{t("seen.never")}</p>;
  return (
    <>
      <dl className="facts">
        <dt>{t("seen.raised")}</dt>
        <dd data-testid="raises">{times(seen.raises)}</dd>
        <dt>{t("seen.first")}</dt>
        <dd>{dayTime(seen.firstSeenAt)}</dd>
        <dt>{t("seen.last")}</dt>
        <dd>{dayTime(seen.lastSeenAt)}</dd>
      </dl>
      <Machines machines={seen.machines} />
      {seen.printers.length === 0 ? null : <Printers printers={seen.printers} printerCount={seen.printerCount} />}
    </>
  );
}

export function SeenHere({ code }: { readonly code: string }) {
  const query = useSightings(code);
  return (
    <section className="panel stack-tight" aria-labelledby="seen-title">
      <h2 id="seen-title">{t("seen.title")}</h2>
      {query.data !== undefined ? (
        <Seen seen={query.data} />
      ) : query.isError ? (
        <Failed error={query.error} retry={() => void query.refetch()} />
      ) : (
        <Waiting heightPx={160} label={t("seen.loading")} />
      )}
    </section>
  );
}
