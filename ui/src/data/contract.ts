/** The types of the HTTP contract, taken from the one place where they are defined. Types only: no server code enters the bundle. */
export type {
  Alert,
  AlertDetail,
  CodeInfo,
  CodeSummary,
  Delivery,
  Episode,
  FreezeFrame,
  Kpi,
  List,
  Printer,
  Problem,
  SiteInfo,
  Step,
  Telemetry,
  Transition,
} from "../../../src/model/api.ts";
export type { Verdict } from "../../../src/model/label.ts";
export type { CodeSightings, SiteEntryBody } from "../../../src/model/site-entry.ts";
