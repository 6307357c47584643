/**
 * Central, as the rest of the program sees it: it takes reports, news of printers and commands of people; it answers with alerts,
 * printers and a stream of changes. Single writer: everything that changes an alert goes through one queue.
 */
import type {
  AlertStateFilter,
  Alert,
  AlertDetail,
  CodeInfo,
  CodeSummary,
  Kpi,
  List,
  Printer,
  Telemetry,
  Transition,
} from "../model/api.ts";
import type { HmsCode } from "../model/code.ts";
import type { Precision, Verdict } from "../model/label.ts";
import type { Priority } from "../model/priority.ts";
import type { CodeSightings, SiteEntryBody } from "../model/site-entry.ts";
import type { CentralIntake } from "../bus/bus.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { Reader } from "../catalogue/vendor/choose.ts";

/** Who does something: a login's name, "display", "cli", an API token's name. */
export interface Actor {
  readonly name: string;
}

export type Command =
  | { readonly type: "ack"; readonly version: number }
  | { readonly type: "reset"; readonly version?: number }
  | { readonly type: "shelve"; readonly minutes: number; readonly reason: string; readonly oneShot: boolean }
  | { readonly type: "unshelve" }
  | { readonly type: "comment"; readonly text: string }
  | LabelCommand;

/** Whether an episode was real, the latest where none is named; null takes back what was said. */
export interface LabelCommand {
  readonly type: "label";
  readonly episode?: number;
  readonly verdict: Verdict | null;
  readonly note?: string;
}

/** A change that is durable. Printer changes are told at most once a second each. */
export type Change =
  | { readonly type: "alert"; readonly alert: Alert; readonly transition?: Transition }
  | { readonly type: "printer"; readonly printer: Printer };

/** What central shows, in one language. */
export interface Wording {
  alert<T extends Alert>(shown: T): T;
  detail(shown: AlertDetail): AlertDetail;
  printer(shown: Printer): Printer;
  transition(shown: Transition): Transition;
  change(shown: Change): Change;
}

export interface AlertListQuery {
  readonly state?: AlertStateFilter;
  readonly printer?: string;
  readonly level?: number;
  readonly limit: number;
  readonly cursor?: string;
}

export interface HistoryListQuery {
  readonly printer?: string;
  readonly code?: HmsCode;
  readonly alert?: string;
  readonly event?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit: number;
  readonly cursor?: string;
}

export interface PrecisionQuery {
  readonly printer?: string;
  /** Of episodes raised then or later. */
  readonly sinceMs?: number;
}

/** Every method that names what is not there throws `RefusedError("not-found")`; a refused command `RefusedError("conflict")`. */
export interface Central extends CentralIntake {
  /** Resolves with the alert after the command is durable. */
  command(alert: string, command: Command, actor: Actor): Promise<Alert>;
  /** The site's own priority of a code, over the catalogue and the configuration; null: as there. Resolves when durable. */
  setPriority(code: HmsCode, priority: Priority | null, actor: Actor): Promise<CodeInfo>;
  /** The site's own description of a code; null takes it back. Resolves when durable. */
  describe(code: HmsCode, entry: SiteEntryBody | null, actor: Actor): Promise<CodeInfo>;
  printers(): readonly Printer[];
  printer(id: string): Printer;
  telemetry(printer: string): Telemetry;
  alerts(query: AlertListQuery): Promise<List<Alert>>;
  alert(id: string): Promise<AlertDetail>;
  /** Alerts that changed since an instant (ms), for a page that was away. */
  alertsSince(sinceMs: number): Promise<readonly Alert[]>;
  history(query: HistoryListQuery): Promise<List<Transition>>;
  kpi(sinceMs: number): Promise<Kpi>;
  /** How often detectors were right, as far as people said; by detector, then code. */
  precision(query: PrecisionQuery): Promise<readonly Precision[]>;
  codes(text: string, limit: number, language?: string): readonly CodeSummary[];
  code(code: HmsCode, language?: string, reader?: Reader): CodeInfo;
  drawing: Catalogue["drawing"];
  /** The language that serves a reader best, out of tags like `de-AT`, best first; `en` when none fits. */
  language(tags: readonly string[]): string;
  /** Lays a language over what the other methods answer in English. */
  inLanguage(language: string): Wording;
  /** Where a code was seen, and who described it here. */
  sightings(code: HmsCode): CodeSightings;
  /** Codes that were seen here and that nobody has described, those that their maker keeps for itself too; newest first. */
  undescribed(limit: number): readonly CodeSummary[];
  /** What this site can tell the project of a code, or of all codes that it could help with, as YAML in the catalogue's format. */
  contribution(code?: HmsCode): Promise<string>;
  /** Returns the function that ends the subscription. A listener must not throw. */
  subscribe(listener: (change: Change) => void): () => void;
  /** Undefined when all is well; else why this central is not ready. */
  unready(): string | undefined;
  close(): Promise<void>;
}
