/** What this site knows of a code: what it wrote of it, where it was seen, what it is worth here, and what the project may have of it. */
import { useState } from "react";
import type { CodeInfo } from "../data/contract.ts";
import { useCode } from "../data/queries.ts";
import { CodeFields } from "../parts/CodeFields.tsx";
import { Contribution } from "../parts/Contribution.tsx";
import { Describe } from "../parts/Describe.tsx";
import { Mark } from "../parts/Mark.tsx";
import { Priority, isUntold } from "../parts/Priority.tsx";
import { SeenHere } from "../parts/SeenHere.tsx";
import { useTitle } from "../parts/useTitle.ts";
import { Failed, Waiting } from "../parts/Wait.tsx";
import { place } from "../show/words.ts";
import { langOf, t } from "../words/language.ts";

function standing({ source, lane }: CodeInfo): string {
  if (source === "site") return t("site.described");
  if (lane === "documented") return t("site.byCatalogue");
  return t(lane === "internal" ? "site.internal" : "site.nobody");
}

function SiteKnowledge({ info }: { readonly info: CodeInfo }) {
  // where it stood when the page was opened: a control that jumps away when it is used is lost
  const [isFirst] = useState(isUntold(info));
  return (
    <article className="narrow stack">
      <div>
        <div className="row">
          <Mark severity={info.severity} /> <span className="mono">{info.code}</span> <span className="quiet">{place(info)}</span>
        </div>
        <h1 {...langOf(info.language)}>{info.title}</h1>
        <p {...langOf(info.language)}>{info.summary}</p>
        <p className="note" data-testid="standing">
          {standing(info)} <a href={`/codes/${info.code}`}>{t("site.help")}</a>
        </p>
      </div>
      {isFirst ? <Priority info={info} /> : null}
      <SeenHere code={info.code} />
      <Describe info={info} />
      {isFirst ? null : <Priority info={info} />}
      <CodeFields info={info} />
      <Contribution code={info.code} />
    </article>
  );
}

export function CodeSitePage({ code }: { readonly code: string }) {
  const query = useCode(code);
  useTitle(query.data === undefined ? code : t("site.title", { code: query.data.code }));
  if (query.data !== undefined) return <SiteKnowledge info={query.data} />;
  return (
    <div className="narrow">
      <h1>{code}</h1>
      {query.isError ? (
        <Failed error={query.error} retry={() => void query.refetch()} />
      ) : (
        <Waiting heightPx={560} label={t("site.loading")} />
      )}
      {query.isError ? (
        <p style={{ marginTop: 12 }}>
          <a href="/codes">{t("site.search")}</a>
        </p>
      ) : null}
    </div>
  );
}
