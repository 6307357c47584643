/** MQTT topic names: the public contract, in one place. */
import type { HmsCode } from "./code.ts";
import type { PrinterId } from "./telemetry.ts";

const ROOT = "hms/v1";

/** QoS 1, one JSON report a message; acknowledged by the broker only when it is durable in central. */
export const reportTopic = (printer: PrinterId, detector: string): string => `${ROOT}/${printer}/report/${detector}`;
export const REPORT_FILTER = `${ROOT}/+/report/+`;

/** Retained; `{"online":true,"printers":["p1"]}`, with the last will `{"online":false}`. */
export const edgeStatusTopic = (edge: string): string => `${ROOT}/edge/${edge}/status`;
export const EDGE_STATUS_FILTER = `${ROOT}/edge/+/status`;

/** Retained, out: `{"online":true}`, and `{"online":false}` once central stopped or the broker lost it. */
export const CENTRAL_STATUS_TOPIC = `${ROOT}/status`;

/** Retained; the whole snapshot of a printer, at most once a second. */
export const snapshotTopic = (printer: PrinterId): string => `${ROOT}/${printer}/snapshot`;
export const SNAPSHOT_FILTER = `${ROOT}/+/snapshot`;

/** Retained, out: the alert as the HTTP API shows it; an empty payload once it is closed. */
export const alertTopic = (printer: PrinterId, code: HmsCode): string => `${ROOT}/${printer}/alert/${code}`;

/** Out: why a report was rejected, `{"boot","seq","reason"}`; MQTT 3.1.1 cannot say so in the acknowledgement. */
export const rejectedTopic = (report: string): string => `${report}/rejected`;

/** Retained, out: one line of health per printer, for home automation. */
export const healthTopic = (printer: PrinterId): string => `${ROOT}/${printer}/health`;
