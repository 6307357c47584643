/** What the project may have of a code: shown first, so that everybody sees what leaves the house; nothing is sent from here. */
import { Button, CopyButton } from "@mantine/core";
import { useContribution } from "../data/queries.ts";
import { t } from "../words/language.ts";
import { Failure } from "./Failure.tsx";
import { Scroll } from "./Scroll.tsx";

export function Contribution({ code }: { readonly code: string }) {
  const contribution = useContribution(code);
  return (
    <section className="panel stack-tight no-print" aria-labelledby="share-title">
      <h2 id="share-title">{t("share.title")}</h2>
      <p>{t("share.what")}</p>
      {contribution.data === undefined ? (
        <div>
          <Button variant="default" disabled={contribution.isFetching} onClick={() => void contribution.refetch()}>
            {t("share.show")}
          </Button>
        </div>
      ) : (
        <>
          <Scroll label={t("share.shown")}>
            <pre className="small" data-testid="contribution">
              {contribution.data}
            </pre>
          </Scroll>
          <div className="row">
            <CopyButton value={contribution.data}>
              {({ copied, copy }) => (
                <Button variant="default" onClick={copy}>
                  {t(copied ? "share.copied" : "share.copy")}
                </Button>
              )}
            </CopyButton>
            <a href={`/api/v1/codes/${encodeURIComponent(code)}/contribution`} download>
              {t("share.download")}
            </a>
          </div>
        </>
      )}
      <output className="small">{contribution.isError ? <Failure error={contribution.error} /> : null}</output>
    </section>
  );
}
