/** Releases an alert whose fault is gone, in the version that is shown. A refusal is told, and nothing can be reset without a connection. */
import { Button } from "@mantine/core";
import { errorWords } from "../data/client.ts";
import type { Alert } from "../data/contract.ts";
import { useAlertCommand } from "../data/queries.ts";
import { t } from "../words/language.ts";

export function ResetButton({ alert, live }: { readonly alert: Alert; readonly live: boolean }) {
  const command = useAlertCommand(alert);
  return (
    <div className="reset">
      <Button
        data-testid="display-reset"
        size="md"
        aria-label={t("display.resetOf", { title: alert.title })}
        aria-disabled={!live || command.isPending}
        {...(live ? {} : { "data-disabled": true })}
        onClick={() => {
          if (live && !command.isPending) command.mutate({ verb: "reset", body: { version: alert.version } });
        }}
      >
        {command.isPending ? t("display.resetting") : t("display.reset")}
      </Button>
      <div role="alert" className="small">
        {command.isError ? errorWords(command.error) : ""}
        {live ? "" : t("display.cannotReset")}
      </div>
    </div>
  );
}
