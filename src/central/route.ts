/**
 * What a channel is told, in words, and what it was told before. A lane is one channel's conversation about one alert: messages of
 * a lane go out in the order things happened, and whether its reader knows of the trouble decides about the follow-ups.
 */
import type { Notification } from "../channels/channel.ts";
import type { Alert } from "../model/api.ts";
import type { Explanation } from "../catalogue/catalogue.ts";
import { isHeld, isHidden, type NotificationKind } from "../model/alert.ts";
import { decideNotification, groupWaitMs, type NotifyDecision } from "../model/notify.ts";
import type { Priority } from "../model/priority.ts";
import type { Timestamp } from "../lib/time.ts";
import type { AlertRow, DeliveryRow, OutboxRow } from "../store/store.ts";

const HOUR_MS = 3_600_000;

/** What one channel was told about one alert. */
export interface Told {
  /** It knows of the trouble and was not told the end. */
  raise: boolean;
  /** When it was told of raises, within the last hour. */
  raisesAt: Timestamp[];
}

/** From the deliveries of an alert, newest first. */
export function toldFrom(deliveries: readonly DeliveryRow[], channel: string, now: Timestamp): Told {
  const delivered = deliveries.filter((delivery) => delivery.channel === channel && delivery.state === "delivered");
  const last = delivered.find(({ kind }) => kind === "raise" || kind === "remind" || kind === "clear");
  const raises = delivered.filter(({ kind, at }) => kind === "raise" && at > now - HOUR_MS);
  return { raise: last !== undefined && last.kind !== "clear", raisesAt: raises.map(({ at }) => at) };
}

export function noteTold(told: Told, kind: NotificationKind, now: Timestamp): void {
  told.raisesAt = told.raisesAt.filter((time) => time > now - HOUR_MS);
  if (kind === "clear") told.raise = false;
  else if (kind === "raise" || kind === "remind") told.raise = true;
  if (kind === "raise") told.raisesAt.push(now);
}

export interface Question {
  readonly outbox: OutboxRow;
  readonly alert: AlertRow;
  readonly minPriority: Priority;
  readonly told: Told;
  /** Raises on their way to this channel that are not delivered yet. */
  readonly raisesUnderWay: number;
  readonly now: Timestamp;
}

export type Decision = NotifyDecision | { readonly action: "hold"; readonly reason: "fleeting" };

export function decide({ outbox, alert, minPriority, told, raisesUnderWay, now }: Question): Decision {
  const recent = told.raisesAt.filter((time) => time > now - HOUR_MS).length;
  return decideNotification({
    kind: outbox.kind,
    level: alert.level,
    priority: alert.state.priority,
    hidden: isHidden(alert.state),
    minPriority,
    raisesToldLastHour: recent + raisesUnderWay,
    raiseWasTold: told.raise || raisesUnderWay > 0,
  });
}

/** Decides again after the wait: what came and went within it is not worth a message, it stands in the history. */
export function decideAgain(question: Question): Decision {
  const { outbox, alert } = question;
  const isOver = alert.state.episode !== outbox.episode || !isHeld(alert.state);
  if (outbox.kind === "raise" && isOver && groupWaitMs(alert.level) > 0) return { action: "hold", reason: "fleeting" };
  return decide(question);
}

const LEADS: Readonly<Record<NotificationKind, string>> = {
  raise: "",
  clear: "Over:",
  acked: "Acknowledged:",
  update: "Changed:",
  remind: "Still open:",
};

/** `say`: the fixed words in the language of the explanation. */
export function compose(
  outbox: OutboxRow,
  alert: Alert,
  explanation: Explanation,
  { publicUrl, say }: { readonly publicUrl: string; readonly say: (english: string) => string },
): Notification {
  const firstStep = explanation.steps[0]?.text;
  const whose = explanation.source === "site" ? say("Described by this site.") : null;
  const first = firstStep === undefined ? null : `${say("First:")} ${firstStep}`;
  const lines = [explanation.summary, explanation.danger, first, whose, alert.code];
  const isNews = outbox.kind === "raise" || outbox.kind === "remind";
  const lead = LEADS[outbox.kind];
  return {
    id: outbox.id,
    kind: outbox.kind,
    alert,
    title: `${lead === "" ? "" : `${say(lead)} `}${alert.printerName}: ${alert.title}`,
    body: isNews ? lines.filter((line) => line !== null && line !== "").join("\n") : alert.code,
    url: `${publicUrl}/alerts/${encodeURIComponent(alert.id)}`,
  };
}
