/** Who was told of an alert, or why nobody was. */
import type { Delivery } from "../data/contract.ts";
import { Scroll } from "../parts/Scroll.tsx";
import { dayTime } from "../show/words.ts";
import { langOf, t } from "../words/language.ts";

export function Deliveries({ deliveries }: { readonly deliveries: readonly Delivery[] }) {
  return (
    <section className="panel" aria-labelledby="told-title">
      <h2 id="told-title">{t("told.title")}</h2>
      {deliveries.length === 0 ? (
        <p className="quiet">{t("told.none")}</p>
      ) : (
        <Scroll label={t("told.list")}>
          <table className="table">
            <caption>{t("told.caption")}</caption>
            <thead>
              <tr>
                <th scope="col">{t("table.time")}</th>
                <th scope="col">{t("told.channel")}</th>
                <th scope="col">{t("told.what")}</th>
                <th scope="col">{t("told.outcome")}</th>
              </tr>
            </thead>
            <tbody>
              {deliveries.map((delivery, index) => (
                <tr key={index}>
                  <td className="line-time">{dayTime(delivery.at)}</td>
                  <td>{delivery.channel}</td>
                  <td>{t(`told.kind.${delivery.kind}`)}</td>
                  <td>
                    {t(`told.state.${delivery.state}`)}
                    <div className="small quiet" {...langOf("en")}>
                      {delivery.reason}
                      {delivery.attempts > 1 ? `, ${delivery.attempts} attempts` : ""}
                      {delivery.detail === null ? "" : `: ${delivery.detail}`}
                    </div>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}
