/** Why a change was not made, with the way to the login where one is missing. */
import { Link } from "wouter";
import { ApiError, errorWords } from "../data/client.ts";
import { t } from "../words/language.ts";

export function Failure({ error }: { readonly error: Error }) {
  if (!(error instanceof ApiError) || error.status !== 401) return <span className="gate">{errorWords(error)}</span>;
  return (
    <span className="gate">
      {t("priority.refused")} <Link href={`/login?next=${encodeURIComponent(window.location.pathname)}`}>{t("login.button")}</Link>
    </span>
  );
}
