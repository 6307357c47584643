/** From one step of the alert machine to the rows that record it. Pure: what is written follows from the states before and after. */
import { hash } from "node:crypto";
import { isaLetter, isListed, type AlertState, type Effect, type OpenEpisode } from "../model/alert.ts";
import type { FreezeFrame } from "../model/api.ts";
import type { Timestamp } from "../lib/time.ts";
import type { AlertRow, EpisodeRow, OutboxRow, TransitionRow } from "../store/store.ts";

/** The alert's row after a step. Times belong to the current or latest activation. */
export function nextRow(row: AlertRow, state: AlertState, effects: readonly Effect[], now: Timestamp): AlertRow {
  let { raisedAt, clearedAt, acknowledgedAt } = row;
  for (const effect of effects) {
    if (effect.event === "raise" && effect.episode > row.state.episode) {
      raisedAt = now;
      clearedAt = null;
      acknowledgedAt = null;
    } else if (effect.event === "clear") clearedAt = now;
    else if (effect.event === "ack") acknowledgedAt = now;
    else if (effect.event === "unack") acknowledgedAt = null;
  }
  const updatedAt = effects.length === 0 ? row.updatedAt : now;
  return { ...row, state, raisedAt, clearedAt, acknowledgedAt, updatedAt, isa: isaLetter(state), listed: isListed(state) };
}

/** The episodes that began, changed or closed; `frame` is asked for once per new one. */
export function episodeRows(
  before: AlertRow,
  after: AlertRow,
  effects: readonly Effect[],
  now: Timestamp,
  frame: () => FreezeFrame | null,
): EpisodeRow[] {
  const rows: EpisodeRow[] = [];
  const former = new Map(before.state.openEpisodes.map((episode) => [episode.n, episode]));
  const base = { alert: after.id, printer: after.printer, code: after.code };
  const isAcknowledged = effects.some((effect) => effect.event === "ack");
  const asRow = (episode: OpenEpisode, closedAt: Timestamp | null, freezeFrame: FreezeFrame | null): EpisodeRow => ({
    ...base,
    n: episode.n,
    raisedAt: episode.raisedAt,
    acknowledgedAt: episode.ackedAt ?? (closedAt !== null && isAcknowledged ? now : null),
    clearedAt: episode.clearedAt ?? closedAt,
    closedAt,
    freezeFrame,
  });
  for (const episode of after.state.openEpisodes) {
    const known = former.get(episode.n);
    former.delete(episode.n);
    if (known === undefined) rows.push(asRow(episode, null, frame()));
    else if (known.ackedAt !== episode.ackedAt || known.clearedAt !== episode.clearedAt) rows.push(asRow(episode, null, null));
  }
  for (const episode of former.values()) rows.push(asRow(episode, now, null));
  const current = after.state.episode;
  const isOpen = after.state.openEpisodes.some((episode) => episode.n === current);
  // raised and over within one step
  if (current > before.state.episode && !isOpen) rows.push(asRow({ n: current, raisedAt: now }, now, frame()));
  return rows;
}

export interface Note {
  readonly actor: string | null;
  readonly note: string | null;
}

export function transitionRow(
  id: number,
  row: AlertRow,
  effect: Pick<Effect, "event" | "episode">,
  now: Timestamp,
  by: Note,
): TransitionRow {
  const { printer, code, level, isa } = row;
  return {
    id,
    alert: row.id,
    printer,
    code,
    level,
    at: now,
    event: effect.event,
    episode: effect.episode,
    isa,
    version: row.state.version,
    actor: by.actor,
    note: by.note,
  };
}

/** The time is part of the identity: a new database starts counting anew, and a receiver must not take its alerts for repeats. */
export function outboxRow(transition: TransitionRow, kind: NonNullable<Effect["notify"]>, row: AlertRow): OutboxRow {
  const identity = `${row.id}|${transition.episode}|${kind}|${transition.id}|${transition.at}`;
  return {
    id: hash("sha256", identity, "base64url").slice(0, 24),
    alert: row.id,
    transition: transition.id,
    episode: transition.episode,
    kind,
    priority: row.state.priority,
    createdAt: transition.at,
  };
}
