/** A quiet alert and an idle printer, for tests to bend. */
import type { Alert, Printer } from "../data/contract.ts";

export function alertOf(part: Partial<Alert>): Alert {
  return {
    id: "p1~0300-0100-0001-0001",
    printer: "p1",
    printerName: "Left",
    code: "0300-0100-0001-0001",
    kind: "hms",
    level: 1,
    severity: "error",
    priority: "normal",
    lane: "documented",
    title: "Bed too hot",
    summary: "",
    unitName: null,
    slot: null,
    detector: "native",
    isa: "A",
    uds: 0,
    active: false,
    acknowledged: true,
    held: false,
    latched: false,
    quality: "good",
    shelvedUntil: null,
    suppressedBy: [],
    outOfService: false,
    version: 1,
    episode: 1,
    occurrences: 1,
    raisedAt: "2026-01-01T00:00:00.000Z",
    clearedAt: null,
    acknowledgedAt: null,
    updatedAt: "2026-01-01T00:00:00.000Z",
    ...part,
  };
}

export function printerOf(part: Partial<Printer>): Printer {
  return {
    id: "p1",
    name: "Left",
    model: "X1C",
    state: "idle",
    stage: null,
    connected: true,
    linkReason: null,
    lastSeenAt: "2026-01-01T00:00:00.000Z",
    gate: { startBlocked: false, resumeBlocked: false },
    worst: null,
    counts: { error: 0, warning: 0, info: 0 },
    job: null,
    progressPct: null,
    remainingMin: null,
    layer: null,
    totalLayers: null,
    readings: {},
    filamentUnits: [],
    faults: [],
    ...part,
  };
}
