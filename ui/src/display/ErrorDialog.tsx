/**
 * The pop-up of an error on a printer's display: modal, keeps the focus, cannot be dismissed but by confirming, and confirms the
 * version that was read. A refused or failed confirmation is told, and the dialog stays.
 */
import { Button, FocusTrap } from "@mantine/core";
import type { ReactNode } from "react";
import type { Alert } from "../data/contract.ts";
import { errorWords } from "../data/client.ts";
import { useAlert, useAlertCommand } from "../data/queries.ts";
import { Danger, Steps } from "../parts/Explain.tsx";
import { Mark } from "../parts/Mark.tsx";
import { QrCode } from "../parts/QrCode.tsx";
import { Scroll } from "../parts/Scroll.tsx";
import { Evidence } from "../parts/Evidence.tsx";
import { waitsForReset } from "../show/order.ts";
import { RESET_WORDS, alertGateWords, isUnnoticed, place } from "../show/words.ts";
import { langOf, t } from "../words/language.ts";

interface Props {
  readonly alert: Alert;
  readonly count: number;
  readonly live: boolean;
  /** Shown above the dialog: the lost connection. */
  readonly notice: ReactNode;
}

function DialogText({ alert }: { readonly alert: Alert }) {
  const detail = useAlert(alert.id);
  const info = detail.data?.info;
  return (
    <Scroll className="dialog-body" label={t("display.dialog")}>
      <div id="error-text">
        <h2 id="error-title" {...langOf(alert.language)}>
          {alert.title}
        </h2>
        {alert.quality === "stale" ? <p className="note warn">{t("display.stale")}</p> : null}
        {info === undefined ? null : <Danger info={info} />}
        {isUnnoticed(alert) ? <p className="note warn">{t("alert.unnoticed", { detector: alert.detector })}</p> : null}
        <p {...langOf(alert.language)}>{alert.summary}</p>
        {info === undefined ? (
          <p className="quiet">{t(detail.isError ? "steps.failed" : "steps.loading")}</p>
        ) : (
          <Steps steps={info.steps} language={info.language} />
        )}
        <Evidence frame={detail.data?.episodes[0]?.freezeFrame} />
      </div>
      <div style={{ minWidth: 150 }}>
        <QrCode code={alert.code} alert={alert.id} url={info?.url ?? ""} phoneHint={info?.phoneHint ?? null} sizePx={150} />
      </div>
    </Scroll>
  );
}

export function ErrorDialog({ alert, count, live, notice }: Props) {
  const command = useAlertCommand(alert);
  return (
    <div className="veil">
      {notice}
      <FocusTrap active>
        <div
          className="dialog"
          role="alertdialog"
          aria-modal="true"
          aria-labelledby="error-title"
          aria-describedby="error-text"
          data-testid="display-dialog"
          data-alert={alert.id}
        >
          <div className="dialog-head">
            <Mark severity="error" size={26} />
            <span className="mono">{alert.code}</span>
            <span>{place(alert)}</span>
            <span className="grow" />
            <span>{count > 1 ? t("display.count", { count }) : ""}</span>
          </div>
          <DialogText alert={alert} />
          <div className="dialog-foot">
            <div>
              <div className="gate" data-testid="gate">
                {waitsForReset(alert) ? RESET_WORDS : alertGateWords(alert)}
              </div>
              <div role="alert" className="small">
                {command.isError ? errorWords(command.error) : ""}
                {live ? "" : t("display.cannotConfirm")}
              </div>
            </div>
            <Button
              data-autofocus
              data-testid="display-confirm"
              color="red"
              size="lg"
              aria-disabled={!live || command.isPending}
              {...(live ? {} : { "data-disabled": true })}
              onClick={() => {
                if (live && !command.isPending) command.mutate({ verb: "ack", body: { version: alert.version } });
              }}
            >
              {command.isPending ? t("display.confirming") : t("display.confirm")}
            </Button>
          </div>
        </div>
      </FocusTrap>
    </div>
  );
}
