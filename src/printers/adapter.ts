/**
 * The contract of a printer adapter: one file per kind of printer. An adapter owns its connection: it connects, keeps trying with
 * back-off, and hands over samples. It never throws for a remote fault and never decides what is an alert.
 */
import type { TSchema, Static } from "typebox";
import type { Clock } from "../lib/time.ts";
import type { Log } from "../lib/log.ts";
import type { HmsCode } from "../model/code.ts";
import type { PrinterId, Sample } from "../model/telemetry.ts";

export type LinkState =
  | { readonly connected: true }
  /** `reason` is for a person and names the fix; `cause` sorts it. */
  | {
      readonly connected: false;
      readonly cause: "connecting" | "refused" | "unreachable" | "silent" | "untrusted" | "closed";
      readonly reason: string;
    };

export interface AdapterEvents {
  sample(sample: Sample): void;
  link(state: LinkState): void;
}

export interface AdapterDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  /** What a message of the printer's own program means, where the catalogue knows it. */
  readonly codeOf?: (text: string) => HmsCode | undefined;
  /** A small durable memory of the adapter (pinned certificates); values survive restarts. */
  readonly memory: { get(key: string): string | undefined; set(key: string, value: string): void };
}

export interface Connection {
  /** Ends the connection and every timer; resolves when nothing more will be emitted. */
  close(): Promise<void>;
}

export interface AdapterKind<S extends TSchema = TSchema> {
  /** The `kind` in the configuration. */
  readonly kind: string;
  /** Strict schema of this kind's own keys (without id, name, kind). */
  readonly config: S;
  connect(printer: PrinterId, config: Static<S>, events: AdapterEvents, deps: AdapterDeps): Connection;
}

export function defineAdapter<const S extends TSchema>(kind: AdapterKind<S>): AdapterKind<S> {
  return kind;
}
