/**
 * Suppression: an alert that another active alert on the same printer explains is hidden while that one stands. A cause that is
 * itself explained goes on explaining; a shelved or out-of-service one does not. Nobody hides its own cause, so there is no circle.
 */
import { isActive, type AlertEvent, type AlertState } from "../model/alert.ts";
import type { HmsCode } from "../model/code.ts";
import type { Draft } from "./draft.ts";
import type { Live } from "./ledger.ts";

export interface SuppressionDeps {
  readonly suppresses: (code: HmsCode) => readonly HmsCode[];
  readonly find: (printer: string, code: HmsCode) => Live | undefined;
  readonly get: (id: string) => Live | undefined;
  readonly of: (printer: string) => Iterable<Live>;
  readonly step: (draft: Draft, live: Live, event: AlertEvent, note: string) => void;
}

export interface Suppression {
  /** Follows a step of one alert to its consequences and its causes. */
  after(draft: Draft, live: Live, before: AlertState): void;
  /** Takes note of a loaded alert. */
  learn(live: Live): void;
  /** Ends the suppression whose cause no longer stands, and begins what is missing. */
  settle(draft: Draft, live: Live): void;
  clear(): void;
}

const explains = (state: AlertState): boolean => isActive(state) && state.shelf.kind === "none" && !state.outOfService;

export function createSuppression(deps: SuppressionDeps): Suppression {
  /** Alerts that explain others now, by printer. */
  const causes = new Map<string, Set<Live>>();
  const consequences = new Map<HmsCode, readonly HmsCode[]>();

  function consequencesOf(code: HmsCode): readonly HmsCode[] {
    let codes = consequences.get(code);
    if (codes === undefined) consequences.set(code, (codes = deps.suppresses(code)));
    return codes;
  }

  function note(live: Live): void {
    const { printer, code, state } = live.row;
    if (consequencesOf(code).length === 0) return;
    let standing = causes.get(printer);
    if (standing === undefined) causes.set(printer, (standing = new Set()));
    if (explains(state)) standing.add(live);
    else standing.delete(live);
  }

  function suppress(draft: Draft, live: Live, cause: Live): void {
    const by = cause.row.id;
    const { id, state } = live.row;
    if (by === id || !isActive(state) || !live.definition.suppressible) return;
    if (state.suppressedBy.includes(by) || isExplainedBy(deps.get, cause, id)) return;
    deps.step(draft, live, { type: "suppress", by }, `explained by ${by}`);
  }

  function suppressByStanding(draft: Draft, live: Live): void {
    for (const cause of causes.get(live.row.printer) ?? []) {
      if (consequencesOf(cause.row.code).includes(live.row.code)) suppress(draft, live, cause);
    }
  }

  function release(draft: Draft, cause: Live): void {
    const by = cause.row.id;
    for (const live of deps.of(cause.row.printer)) {
      if (live.row.state.suppressedBy.includes(by)) deps.step(draft, live, { type: "unsuppress", by }, `${by} no longer stands`);
    }
    // what it hid could not explain what it was hidden by; now it can
    for (const live of deps.of(cause.row.printer)) suppressByStanding(draft, live);
  }

  return {
    after: (draft, live, before) => {
      const { printer, code, state } = live.row;
      const isCause = explains(state);
      // what stands already explains the newcomer, not the other way round
      if (isActive(state) && !isActive(before)) suppressByStanding(draft, live);
      if (isCause !== explains(before)) {
        note(live);
        if (isCause) {
          for (const consequence of consequencesOf(code)) {
            const hidden = deps.find(printer, consequence);
            if (hidden !== undefined) suppress(draft, hidden, live);
          }
        } else if (consequencesOf(code).length > 0) release(draft, live);
      }
    },
    learn: note,
    settle: (draft, live) => {
      for (const by of live.row.state.suppressedBy) {
        const cause = deps.get(by);
        const stands = cause !== undefined && explains(cause.row.state) && consequencesOf(cause.row.code).includes(live.row.code);
        if (!stands) deps.step(draft, live, { type: "unsuppress", by }, `${by} no longer stands`);
      }
      suppressByStanding(draft, live);
    },
    clear: () => causes.clear(),
  };
}

/** Whether `hidden` stands, over any number of steps, because of `cause`. */
function isExplainedBy(get: SuppressionDeps["get"], hidden: Live, cause: string): boolean {
  const open = [...hidden.row.state.suppressedBy];
  const seen = new Set<string>();
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === cause) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...(get(id)?.row.state.suppressedBy ?? []));
  }
  return false;
}
