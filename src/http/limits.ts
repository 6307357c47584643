/** Every limit of the HTTP server, in one place. Rates count per address and minute. */
export interface Limits {
  readonly bodyBytes: number;
  readonly reportsPerBatch: number;
  readonly requestsPerMinute: number;
  readonly batchesPerMinute: number;
  readonly commandsPerMinute: number;
  readonly liveConnections: number;
  /** More are closed at once: idle ones may stay for a minute. */
  readonly connections: number;
}

export const LIMITS: Limits = {
  bodyBytes: 1024 * 1024,
  reportsPerBatch: 1_000,
  requestsPerMinute: 12_000,
  batchesPerMinute: 30_000,
  commandsPerMinute: 1_200,
  liveConnections: 2_000,
  connections: 4_000,
};
