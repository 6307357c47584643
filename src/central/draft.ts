/**
 * What the next commit will carry: rows gathered from several batches, each row once in its newest form, with what is to be told
 * when they are durable. Merging keeps what may never be altered: an episode's freeze frame comes from the raise alone.
 */
import type {
  AlertRow,
  Changes,
  DetectorRow,
  EpisodeRow,
  LabelRow,
  OutboxRow,
  PrinterRow,
  SightingRow,
  SiteEntryRow,
  TransitionRow,
} from "../store/store.ts";
import { detectorKey } from "./sequence.ts";
import { sightingKey } from "./sightings.ts";

/** One alert as it stood right after a change, and the history row of that change where there is one. */
export interface Told {
  readonly row: AlertRow;
  readonly transition: TransitionRow | undefined;
}

export interface Draft {
  readonly told: Told[];
  readonly outbox: OutboxRow[];
  readonly transitions: TransitionRow[];
  /** The newest form of every alert in this draft. */
  readonly alerts: Map<string, AlertRow>;
  readonly sightings: Map<string, SightingRow>;
  putAlert(row: AlertRow): void;
  putEpisode(row: EpisodeRow): void;
  putDetector(row: DetectorRow): void;
  putPrinter(row: PrinterRow): void;
  putSetting(key: string, value: string): void;
  putSighting(row: SightingRow): void;
  putSiteEntry(row: SiteEntryRow): void;
  putLabel(row: LabelRow): void;
  size(): number;
  changes(): Changes;
}

export function createDraft(): Draft {
  const alerts = new Map<string, AlertRow>();
  const episodes = new Map<string, EpisodeRow>();
  const detectors = new Map<string, DetectorRow>();
  const printers = new Map<string, PrinterRow>();
  const settings = new Map<string, string>();
  const sightings = new Map<string, SightingRow>();
  const siteEntries = new Map<string, SiteEntryRow>();
  const labels = new Map<string, LabelRow>();
  const transitions: TransitionRow[] = [];
  const outbox: OutboxRow[] = [];
  return {
    told: [],
    outbox,
    transitions,
    alerts,
    sightings,
    putAlert: (row) => void alerts.set(row.id, row),
    putEpisode: (row) => {
      const key = `${row.alert}#${row.n}`;
      const former = episodes.get(key);
      episodes.set(key, former?.freezeFrame ? { ...row, freezeFrame: former.freezeFrame } : row);
    },
    putDetector: (row) => void detectors.set(detectorKey(row.printer, row.detector), row),
    putPrinter: (row) => void printers.set(row.id, row),
    putSetting: (key, value) => void settings.set(key, value),
    putSighting: (row) => void sightings.set(sightingKey(row), row),
    putSiteEntry: (row) => void siteEntries.set(row.code, row),
    putLabel: (row) => void labels.set(`${row.alert}#${row.episode}`, row),
    // a label comes with the history row that tells of it
    size: () => alerts.size + transitions.length + detectors.size + printers.size + settings.size + sightings.size + siteEntries.size,
    changes: () => ({
      alerts: [...alerts.values()],
      episodes: [...episodes.values()],
      transitions,
      outbox,
      detectors: [...detectors.values()],
      printers: [...printers.values()],
      settings: [...settings].map(([key, value]) => ({ key, value })),
      sightings: [...sightings.values()],
      siteEntries: [...siteEntries.values()],
      labels: [...labels.values()],
    }),
  };
}
