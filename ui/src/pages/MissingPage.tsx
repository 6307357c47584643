/** For an address that leads nowhere. */
import { Link } from "wouter";
import { useTitle } from "../parts/useTitle.ts";
import { t } from "../words/language.ts";

export function MissingPage() {
  useTitle(t("missing.title"));
  return (
    <div className="narrow">
      <h1>{t("missing.heading")}</h1>
      <p>
        <Link href="/">{t("missing.fleet")}</Link> · <Link href="/codes">{t("missing.codes")}</Link>
      </p>
    </div>
  );
}
