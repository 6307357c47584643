/**
 * What people say of episodes: whether they were real. The last word counts and stands with the episode for ever, the words before it
 * in the history; counted, they are the precision of each detector. Kept in the store alone, in one transaction with the history row.
 */
import { RefusedError } from "../lib/errors.ts";
import type { Clock } from "../lib/time.ts";
import { wilson } from "../lib/wilson.ts";
import type { Precision } from "../model/label.ts";
import type { AlertRow, EpisodeRow, LabelCount, Store } from "../store/store.ts";
import type { Board } from "./board.ts";
import type { Actor, LabelCommand } from "./central.ts";
import type { Core } from "./core.ts";

export interface Labels {
  /** Resolves with the alert's row when the word is durable. */
  put(alert: string, word: LabelCommand, actor: Actor): Promise<AlertRow>;
}

export interface LabelsDeps {
  readonly store: Pick<Store, "episode" | "labels">;
  readonly board: Pick<Board, "row">;
  readonly core: Pick<Core, "write" | "ledger">;
  readonly clock: Clock;
}

const noAlert = (id: string): RefusedError => new RefusedError("not-found", `there is no alert ${JSON.stringify(id)}`);

export function createLabels({ store, board, core, clock }: LabelsDeps): Labels {
  /** What is on disk: nobody can have seen anything else. */
  async function episodeOf(row: AlertRow, asked: number | undefined): Promise<EpisodeRow> {
    const latest = row.state.episode;
    const episode = await store.episode(row.id, asked ?? latest);
    if (episode !== undefined) return episode;
    const why = latest === 0 ? "has not been raised yet" : `has no episode ${asked ?? latest}; its latest is ${latest}`;
    throw new RefusedError("not-found", `the alert ${JSON.stringify(row.id)} ${why}`);
  }

  /** A word that is taken back must be there. */
  async function refuseEmpty({ alert, n }: EpisodeRow): Promise<void> {
    const labels = await store.labels(alert, Number.MAX_SAFE_INTEGER);
    if (labels.some(({ episode, verdict }) => episode === n && verdict !== null)) return;
    throw new RefusedError("not-found", `nobody has said whether episode ${n} of ${JSON.stringify(alert)} was real`);
  }

  return {
    put: async (id, { episode: asked, verdict, note = null }, actor) => {
      const row = board.row(id);
      if (row === undefined) throw noAlert(id);
      const episode = await episodeOf(row, asked);
      if (verdict === null) await refuseEmpty(episode);
      const { n, printer, code, raisedAt } = episode;
      const whose = { alert: id, episode: n, printer, code, raisedAt, detector: raiserOf(episode) ?? row.detector };
      const labelled = await core.write((draft) => {
        const live = core.ledger.get(id);
        if (live === undefined) return undefined;
        draft.putLabel({ ...whose, verdict, note, actor: actor.name, at: clock.now() });
        core.ledger.remark(draft, live, { event: "label", episode: n }, { actor: actor.name, note: historyNote(verdict, note) });
        return live.row;
      });
      if (labelled === undefined) throw noAlert(id);
      return labelled;
    },
  };
}

/** The detector whose report raised the episode: where several find the same, the first. The freeze frame alone still knows it. */
function raiserOf({ freezeFrame }: EpisodeRow): string | undefined {
  const detector = freezeFrame?.report["detector"];
  return typeof detector === "string" ? detector : undefined;
}

/** `VERDICT: NOTE`, which pages put into their own words. */
function historyNote(verdict: LabelCommand["verdict"], note: string | null): string {
  const said = verdict ?? "none";
  return note === null ? said : `${said}: ${note}`;
}

/** The counts come by detector and code, one for each verdict. */
export function precisionOf(counts: readonly LabelCount[]): readonly Precision[] {
  const found = Map.groupBy(counts, ({ detector, code }) => `${detector} ${code}`);
  return [...found.values()].flatMap((ofOne) => {
    const [first] = ofOne;
    if (first === undefined) return [];
    const said = { real: 0, false: 0, unsure: 0 };
    for (const { verdict, count } of ofOne) said[verdict] += count;
    const decided = said.real + said.false;
    const { low = null, high = null } = wilson(said.real, decided) ?? {};
    return [{ detector: first.detector, code: first.code, ...said, precision: decided === 0 ? null : said.real / decided, low, high }];
  });
}
