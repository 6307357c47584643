/**
 * The box about the alert from which a page was opened. The server writes words and empty places only: the page is open to everybody,
 * so the script asks for the alert as the reader, and fills in what that reader may see.
 */
import { SIGNALS } from "../../model/telemetry.ts";
import { type Html, html } from "./html.ts";
import { wordsFor } from "./words.ts";

const DETECTORS_SPEAK = html` lang="en"`;

/** `data-case`: one of them is shown. `data-fill`: gets a text, and goes where there is none. */
export function alertBox(place: string, language: string): Html {
  const { words, language: known } = wordsFor(language);
  const { alert } = words;
  const row = (label: string, name: string, lang: Html = html``): Html =>
    html`<div><dt>${label}</dt><dd data-fill="${name}"${lang}></dd></div>`;
  const readings = SIGNALS.map(
    ({ name, unit }) =>
      html`<tr data-signal="${name}" data-unit="${unit}"><th scope="row">${alert.signals[name]}</th><td data-at="start"></td><td data-at="now"></td></tr>\n`,
  );
  return html`<section class="alert" id="alert" aria-label="${alert.title}" data-language="${known}" aria-live="polite" hidden>
<p data-case="login" hidden>${alert.loginNeeded} <a id="login" href="/login">${alert.login}</a></p>
<p data-case="failed" class="quiet" hidden>${alert.failed}</p>
<div data-case="shown" hidden>
<h2 data-fill="printer"></h2>
<p class="state"><b data-state="active">${alert.active}</b><b data-state="latched">${alert.latched}</b><b data-state="cleared">${alert.cleared}</b></p>
<p class="note" data-state="stale">${alert.stale}</p>
<p class="note" data-state="unnoticed">${alert.unnoticed}</p>
<dl>${place !== "" && html`<div><dt>${alert.place}</dt><dd>${place}</dd></div>`}${row(alert.since, "since")}${row(alert.until, "until")}${row(alert.seen, "seen", DETECTORS_SPEAK)}${row(alert.job, "job")}</dl>
<details open><summary>${alert.lastReadings}</summary>
<table><thead><tr><th scope="col">${alert.readings}</th><th scope="col">${alert.atStart}</th><th scope="col" data-at="now">${alert.now}</th></tr></thead>
<tbody>
${readings}</tbody></table>
</details>
<p class="no-print"><a id="open-alert" href="/">${alert.open}</a></p>
</div>
</section>`;
}
