/** Who was told of an alert, or why nobody was. */
import type { Delivery } from "../data/contract.ts";
import { Scroll } from "../parts/Scroll.tsx";
import { dayTime } from "../show/words.ts";

export function Deliveries({ deliveries }: { readonly deliveries: readonly Delivery[] }) {
  return (
    <section className="panel" aria-labelledby="told-title">
      <h2 id="told-title">Who was told</h2>
      {deliveries.length === 0 ? (
        <p className="quiet">Nobody yet: no channel is set up, or nothing was due.</p>
      ) : (
        <Scroll label="Deliveries">
          <table className="table">
            <caption>Notifications, newest first</caption>
            <thead>
              <tr>
                <th scope="col">Time</th>
                <th scope="col">Channel</th>
                <th scope="col">What</th>
                <th scope="col">Outcome</th>
              </tr>
            </thead>
            <tbody>
              {deliveries.map((delivery, index) => (
                <tr key={index}>
                  <td className="line-time">{dayTime(delivery.at)}</td>
                  <td>{delivery.channel}</td>
                  <td>{delivery.kind}</td>
                  <td>
                    {delivery.state}
                    <div className="small quiet">
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
