/** What stands in for data: a skeleton of fixed size while it comes, and words with a retry when it does not. */
import { Button, Skeleton } from "@mantine/core";
import { Redirect, useLocation } from "wouter";
import { ApiError, errorWords } from "../data/client.ts";
import { t } from "../words/language.ts";

export function Waiting({ heightPx, label = t("wait.loading") }: { readonly heightPx: number; readonly label?: string }) {
  return (
    <div>
      <output className="sr">{label}…</output>
      <Skeleton height={heightPx} radius="md" />
    </div>
  );
}

export function Failed({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  const [location] = useLocation();
  if (error instanceof ApiError && error.status === 401) return <Redirect to={`/login?next=${encodeURIComponent(location)}`} replace />;
  const missing = error instanceof ApiError && error.status === 404;
  return (
    <div className="note bad" role="alert">
      <p>{t(missing ? "wait.missing" : "wait.failed", { reason: errorWords(error) })}</p>
      {retry === undefined || missing ? null : (
        <Button size="xs" onClick={retry}>
          {t("wait.retry")}
        </Button>
      )}
    </div>
  );
}
