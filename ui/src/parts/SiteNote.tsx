/** What this site wrote of a code: whose words stand above, or a note beside the catalogue's. */
import type { CodeInfo } from "../data/contract.ts";
import { langOf, t } from "../words/language.ts";

type Noted = Pick<CodeInfo, "code" | "source" | "siteNote">;

const More = ({ code }: { readonly code: string }) => <a href={`/codes/${code}/site`}>{t("site.more")}</a>;

export function Described({ info }: { readonly info: Noted }) {
  if (info.source !== "site") return null;
  return (
    <p className="small quiet">
      {t("site.described")} <More code={info.code} />
    </p>
  );
}

export function SiteNote({ info }: { readonly info: Noted }) {
  const { code, source, siteNote } = info;
  if (siteNote === null || source === "site") return null;
  const { title, summary, effect, steps, notes, language } = siteNote;
  return (
    <section className="panel stack-tight" aria-labelledby="note-title">
      <h2 id="note-title">{t("site.note")}</h2>
      <div className="stack-tight" {...langOf(language)}>
        <b>{title}</b>
        <p>{summary}</p>
        {effect === null ? null : <p>{effect}</p>}
        {steps.length === 0 ? null : (
          <ul>
            {steps.map((step, index) => (
              <li key={index}>{step}</li>
            ))}
          </ul>
        )}
        {notes === "" ? null : (
          <p className="small quiet" style={{ whiteSpace: "pre-line" }}>
            {notes}
          </p>
        )}
      </div>
      <p className="small">
        <More code={code} />
      </p>
    </section>
  );
}
