/**
 * Codes as this site has them: the catalogue under its own entries and priorities, and where each was seen. Puts the three together, and
 * reads them back from the store as one.
 */
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { Clock } from "../lib/time.ts";
import type { Store } from "../store/store.ts";
import type { Fleet } from "./fleet.ts";
import { createPriorities, PRIORITIES_KEY, type Priorities } from "./priorities.ts";
import { createSightings, type Sightings } from "./sightings.ts";
import { createSiteEntries, type SiteEntries } from "./site-entries.ts";

export interface SiteCodes {
  /** As the project and its packs describe codes. */
  readonly given: Catalogue;
  /** As this site reads it. */
  readonly catalogue: Catalogue;
  readonly entries: SiteEntries;
  readonly priorities: Priorities;
  readonly sightings: Sightings;
  /** Resolves with what takes in what was read, in place of what stood in memory. */
  read(store: Store): Promise<() => void>;
}

export function createSiteCodes(given: Catalogue, clock: Clock, fleet: Fleet): SiteCodes {
  const entries = createSiteEntries(given, clock);
  const priorities = createPriorities(entries.catalogue);
  const sightings = createSightings({ catalogue: given, clock, fleet });
  return {
    given,
    catalogue: priorities.catalogue,
    entries,
    priorities,
    sightings,
    read: async (store) => {
      const [priority, seen, written] = await Promise.all([store.setting(PRIORITIES_KEY), store.loadSightings(), store.loadSiteEntries()]);
      return () => {
        entries.load(written);
        priorities.load(priority);
        sightings.load(seen);
      };
    },
  };
}
