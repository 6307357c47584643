/**
 * A printer's own screen: the state at a glance, warnings at the right edge while they stand, errors as a dialog to confirm.
 * Nothing is shown as live that is not: without a connection all is dimmed, and nothing can be confirmed.
 */
import { Button } from "@mantine/core";
import type { Printer } from "../data/contract.ts";
import type { Connection } from "../data/live.ts";
import { useSoundOn } from "../data/prefs.ts";
import { useAlertsOf, useConnection, usePrinter, useTrouble } from "../data/queries.ts";
import { Announcer } from "../parts/Announcer.tsx";
import { Gate } from "../parts/Gate.tsx";
import { Job } from "../parts/Job.tsx";
import { Temps } from "../parts/Temps.tsx";
import { useTitle } from "../parts/useTitle.ts";
import { Failed, Waiting } from "../parts/Wait.tsx";
import { confirmQueue, displayList, resetQueue, standingWarnings } from "../show/order.ts";
import { STATE_WORD, clockTime, stageWords, troubleWords } from "../show/words.ts";
import { t } from "../words/language.ts";
import { ErrorDialog } from "./ErrorDialog.tsx";
import { Infos, Resets, Warnings } from "./Lists.tsx";
import { useAlarmSound } from "./useAlarmSound.ts";
import "../pages/fleet.css";
import "./display.css";

function Offline({ connection }: { readonly connection: Connection }) {
  const trouble = useTrouble();
  if (connection.state !== "lost")
    return trouble === undefined ? (
      <div />
    ) : (
      <div className="offline" role="alert" data-testid="trouble">
        {troubleWords(trouble)}
      </div>
    );
  return (
    <div className="offline" role="alert" data-testid="display-disconnected">
      {connection.refused ? (
        <>
          {t("net.loginNeeded")} <a href={`/login?next=${encodeURIComponent(window.location.pathname)}`}>{t("net.logIn")}</a>
        </>
      ) : (
        t("display.lost", { time: clockTime(connection.sinceMs) })
      )}
    </div>
  );
}

function linkWords({ state }: Connection, printer: Printer): string {
  if (state === "lost") return t("display.notLive");
  if (state === "connecting") return t("display.connecting");
  return t(printer.connected ? "display.live" : "display.unreachable");
}

function Head({
  printer,
  connection,
  sound,
}: {
  readonly printer: Printer;
  readonly connection: Connection;
  readonly sound: ReturnType<typeof useAlarmSound>;
}) {
  const [soundOn, setSoundOn] = useSoundOn();
  const stage = stageWords(printer);
  const live = connection.state === "live";
  return (
    <header className="display-head">
      <h1>{printer.name}</h1>
      <span className="pill">{STATE_WORD[printer.state]}</span>
      {stage === undefined ? null : <span className="quiet stage">{stage}</span>}
      <span className="spacer" />
      <span className="display-link" data-live={live && printer.connected}>
        {linkWords(connection, printer)}
      </span>
      {sound.blocked ? (
        <Button variant="default" onClick={sound.unlock}>
          {t("display.enableSound")}
        </Button>
      ) : (
        <Button variant="default" aria-pressed={!soundOn} onClick={() => setSoundOn(!soundOn)}>
          {t(soundOn ? "display.mute" : "display.muted")}
        </Button>
      )}
    </header>
  );
}

export function DisplayPage({ id }: { readonly id: string }) {
  const connection = useConnection();
  const printerQuery = usePrinter(id);
  const alertsQuery = useAlertsOf(id);
  const [soundOn] = useSoundOn();
  const alerts = alertsQuery.data ?? [];
  const queue = confirmQueue(alerts);
  const warnings = standingWarnings(alerts);
  const live = connection.state === "live";
  const sound = useAlarmSound({ printer: id, on: soundOn, errorWaits: queue.length > 0 && live });
  const printer = printerQuery.data;
  useTitle(printer === undefined ? t("display.title") : t("display.titleOf", { name: printer.name }));
  const failed = printerQuery.error ?? alertsQuery.error;
  const worst = queue[0];

  return (
    <>
      <div className="display" inert={worst !== undefined}>
        {printer === undefined ? (
          <h1 className="display-head">{t("display.heading", { id })}</h1>
        ) : (
          <Head printer={printer} connection={connection} sound={sound} />
        )}
        {worst === undefined ? <Offline connection={connection} /> : <div />}
        <main className={warnings.length > 0 ? "display-body with-warnings" : "display-body"}>
          {printer === undefined ? (
            failed === null ? (
              <Waiting heightPx={300} />
            ) : (
              <Failed error={failed} retry={() => void printerQuery.refetch()} />
            )
          ) : null}
          {printer === undefined ? null : (
            <div className={live && printer.connected ? "display-main" : "display-main dim"}>
              {printer.connected ? null : (
                <p className="note warn">
                  {printer.linkReason === null
                    ? t("display.unreachableShort")
                    : t("display.unreachableWhy", { reason: printer.linkReason })}{" "}
                  {t("display.lastKnown")}
                </p>
              )}
              <Gate printer={printer} alerts={alerts} />
              <Resets alerts={resetQueue(alerts)} live={live} />
              <Job printer={printer} size="xl" />
              <Temps printer={printer} />
              <Infos alerts={displayList(alerts)} />
            </div>
          )}
          {warnings.length > 0 ? (
            <aside className={live ? "" : "dim"} aria-label={t("display.standing")}>
              <Warnings alerts={warnings} live={live} />
            </aside>
          ) : null}
        </main>
      </div>
      {worst === undefined ? null : (
        <ErrorDialog key={worst.id} alert={worst} count={queue.length} live={live} notice={<Offline connection={connection} />} />
      )}
      <Announcer printer={id} />
    </>
  );
}
