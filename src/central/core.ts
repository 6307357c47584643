/**
 * The part of central that decides: ledger, intake and own findings behind the single writer, with the time that makes things fall
 * due. Loads itself from the store, and again after a failed commit; tells of the trouble with the store by an alert of its own.
 */
import { errorText } from "../lib/errors.ts";
import type { Clock } from "../lib/time.ts";
import type { Log } from "../lib/log.ts";
import type { AlertRow, Store } from "../store/store.ts";
import { BY_ITSELF, createLedger, type Ledger, type LedgerDeps } from "./ledger.ts";
import type { Board } from "./board.ts";
import type { Draft } from "./draft.ts";
import { createAgenda } from "./agenda.ts";
import type { SiteCodes } from "./codes.ts";
import { createChatter, readRaises } from "./chatter.ts";
import { OWN_PRINTER, type Fleet } from "./fleet.ts";
import { createIntake, type Intake } from "./ingest.ts";
import { createNames, type Names } from "./names.ts";
import { createOwn, STORAGE_TROUBLE, type Own } from "./own.ts";
import { createPipeline } from "./pipeline.ts";

/** The trouble is over when no commit failed for so long. */
const STORAGE_CALM_MS = 60_000;
const STORAGE = { printer: OWN_PRINTER, code: STORAGE_TROUBLE };

export interface CoreDeps {
  readonly store: Store;
  readonly codes: SiteCodes;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly fleet: Fleet;
  readonly board: Board;
  /** After the board took what the draft carried. */
  readonly onDurable: (draft: Draft) => void;
  readonly onRecovered: () => void;
}

export interface Core {
  readonly ledger: Ledger;
  readonly intake: Intake;
  readonly names: Names;
  readonly own: Own;
  /** Resolves when what `work` put into the draft is durable. */
  write<T>(work: (draft: Draft) => T): Promise<T>;
  /** Work that nobody waits for. What is refused is caught up with after the recovery. */
  attempt(what: string, work: (draft: Draft) => void): void;
  load(): Promise<readonly AlertRow[]>;
  /** Brings in line what changed while central was down; after `load`. */
  settle(draft: Draft): void;
  unready(): string | undefined;
  close(): Promise<void>;
}

export function createCore(deps: CoreDeps): Core {
  const { store, codes, clock, log, fleet, board } = deps;
  const agenda = createAgenda(clock, (alerts) => {
    attempt("what fell due", (draft) => tick(ledger, draft, alerts));
  });
  const onRaise = (draft: Draft, row: AlertRow): void => chatter.raised(draft, row);
  const onEpisodes: LedgerDeps["onEpisodes"] = (draft, row, count) => countSighting(codes.sightings, names, { draft, row, count });
  const ledger = createLedger({ catalogue: codes.catalogue, clock, frame: fleet.freezeFrame, plan: agenda.plan, onRaise, onEpisodes });
  const own = createOwn({ ledger, fleet, clock });
  const names = createNames({ clock, fleet, ledger, own, attempt });
  const intake = createIntake({ ledger, fleet, names });
  const chatter = createChatter({ clock, ledger, own, attempt });
  const pipeline = createPipeline({
    ...deps,
    onDurable: (draft) => {
      for (const row of draft.alerts.values()) board.put(row);
      codes.sightings.publish(draft.sightings.values());
      deps.onDurable(draft);
    },
    reload: async () => void (await reload()),
    onRecovery: (draft, reason) => {
      for (const printer of fleet.all()) draft.putPrinter(fleet.row(printer));
      settle(draft);
      own.fail(draft, { ...STORAGE, note: reason });
      storage.failed();
    },
  });
  const calmNote = { ...STORAGE, note: "no write failed for a minute" };
  const storage = createStorageCalm(clock, () => attempt("storage that works again", (draft) => own.pass(draft, calmNote)));

  function attempt(what: string, work: (draft: Draft) => void): void {
    pipeline.write(work).catch((error: unknown) => log.warn({ what, reason: errorText(error) }, "not written down"));
  }

  async function reload(): Promise<readonly AlertRow[]> {
    const [alerts, detectors, last, raises, takeCodes] = await Promise.all([
      store.loadAlerts(),
      store.loadDetectors(),
      store.lastTransitionId(),
      readRaises(store, clock.now()),
      codes.read(store),
    ]);
    agenda.clear();
    takeCodes();
    board.load(alerts);
    ledger.load(alerts, last);
    intake.load(detectors);
    chatter.load(raises, clock.now());
    names.load();
    return alerts;
  }

  function settle(draft: Draft): void {
    ledger.settle(draft);
    chatter.settle(draft);
  }

  return {
    ledger,
    intake,
    names,
    own,
    write: pipeline.write,
    attempt,
    load: async () => {
      const alerts = await reload();
      if (own.stands(STORAGE_TROUBLE)) storage.failed();
      return alerts;
    },
    settle,
    unready: pipeline.unready,
    close: async () => {
      agenda.clear();
      chatter.close();
      names.close();
      storage.close();
      await pipeline.close();
    },
  };
}

/** Says so where a code is not counted: whoever looks for it among those seen here must not take it for unseen. */
function countSighting(
  sightings: SiteCodes["sightings"],
  names: Names,
  { draft, row, count }: { readonly draft: Draft; readonly row: AlertRow; readonly count: number },
): void {
  if (sightings.raised(draft, row, count)) return;
  names.tell(draft, { printer: OWN_PRINTER, reason: `code: too many were seen; where ${row.code} was seen is not counted` });
}

function tick(ledger: Ledger, draft: Draft, alerts: readonly string[]): void {
  for (const id of alerts) {
    const live = ledger.get(id);
    if (live !== undefined) ledger.step(draft, live, { type: "tick" }, BY_ITSELF);
  }
}

/** Tells when no commit has failed for a while. */
function createStorageCalm(clock: Clock, onCalm: () => void) {
  let cancel: (() => void) | undefined;
  return {
    failed: () => {
      cancel?.();
      cancel = clock.setTimer(STORAGE_CALM_MS, onCalm);
    },
    close: () => cancel?.(),
  };
}
