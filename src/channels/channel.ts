/** The contract of a channel: one file per way of reaching a person or system. A send never throws for a remote fault. */
import type { Static, TSchema } from "typebox";
import type { Alert } from "../model/api.ts";
import type { NotificationKind } from "../model/alert.ts";

export interface Notification {
  /** The same on every attempt, so that a receiver can drop repeats. */
  readonly id: string;
  readonly kind: NotificationKind;
  readonly alert: Alert;
  /** Plain words: what, where, what to do first. */
  readonly title: string;
  readonly body: string;
  /** The alert's page. */
  readonly url: string;
}

export type Outcome =
  | { readonly kind: "sent" }
  /** `retry`: worth another attempt (time-outs, 429, 5xx); otherwise the configuration must change. */
  | { readonly kind: "failed"; readonly retry: boolean; readonly detail: string; readonly retryAfterMs?: number };

export interface Sender {
  send(notification: Notification, signal: AbortSignal): Promise<Outcome>;
}

export interface ChannelKind<S extends TSchema = TSchema> {
  readonly kind: string;
  readonly config: S;
  create(config: Static<S>, deps: { readonly fetch: typeof fetch }): Sender;
}

export function defineChannel<const S extends TSchema>(kind: ChannelKind<S>): ChannelKind<S> {
  return kind;
}
