/**
 * What central tells the outside over MQTT: every open alert, retained, on its topic (emptied when it is closed), one line of health
 * per printer, and Home Assistant's discovery of that. All of it is retained, so who connects later knows as much.
 */
import { errorText } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";
import type { Alert, AlertStateFilter, List, Printer } from "../model/api.ts";
import type { HmsCode } from "../model/code.ts";
import type { PrinterId } from "../model/telemetry.ts";
import { CENTRAL_STATUS_TOPIC, alertTopic, healthTopic } from "../model/topics.ts";

/** What it needs of central, which stands above the bus and so is not known here. */
export interface AlertSource {
  subscribe(listener: (change: PublishedChange) => void): () => void;
  alerts(query: { readonly state: AlertStateFilter; readonly limit: number; readonly cursor?: string }): Promise<List<Alert>>;
  printers(): readonly Printer[];
}

export type PublishedChange = { readonly type: "alert"; readonly alert: Alert } | { readonly type: "printer"; readonly printer: Printer };

export interface PublishDeps {
  readonly central: AlertSource;
  readonly publish: (topic: string, payload: string, retain: boolean) => void;
  readonly log: Log;
  /** Where Home Assistant links to. */
  readonly publicUrl: string;
  readonly version: string;
}

const PAGE = 500;
const DISCOVERY_PREFIX = "homeassistant";

/** Resolves when what stands now has been published, with the function that ends the telling of changes. */
export async function publishAlerts(deps: PublishDeps): Promise<() => void> {
  const { central, publish } = deps;
  const healths = new Map<string, string>();
  const discovered = new Map<string, string>();

  function tellAlert(alert: Alert): void {
    const topic = alertTopic(alert.printer as PrinterId, alert.code as HmsCode);
    publish(topic, isListed(alert) ? JSON.stringify(alert) : "", true);
  }

  function tellPrinter(printer: Printer): void {
    const described = JSON.stringify([printer.name, printer.model]);
    if (discovered.get(printer.id) !== described) {
      discovered.set(printer.id, described);
      for (const { topic, config } of discovery(printer, deps)) publish(topic, JSON.stringify(config), true);
    }
    const health = JSON.stringify(healthOf(printer));
    if (healths.get(printer.id) === health) return;
    healths.set(printer.id, health);
    publish(healthTopic(printer.id as PrinterId), health, true);
  }

  const unsubscribe = central.subscribe((change) => {
    if (change.type === "alert") tellAlert(change.alert);
    else tellPrinter(change.printer);
  });
  for (const printer of central.printers()) tellPrinter(printer);
  try {
    await eachStanding(central, tellAlert);
  } catch (error) {
    deps.log.warn({ reason: errorText(error) }, "could not publish all open alerts over MQTT; changes are published as they come");
  }
  return unsubscribe;
}

async function eachStanding(central: AlertSource, tell: (alert: Alert) => void): Promise<void> {
  for (const state of ["open", "hidden"] as const) {
    let cursor: string | null = null;
    do {
      const page: List<Alert> = await central.alerts({ state, limit: PAGE, ...(cursor === null ? {} : { cursor }) });
      page.items.forEach(tell);
      cursor = page.next;
    } while (cursor !== null);
  }
}

/** It stands, or somebody has yet to acknowledge that it stood. */
function isListed(alert: Alert): boolean {
  return alert.held || !alert.acknowledged;
}

interface Health {
  /** Without a connection to the printer, `problem: false` says only that nothing is known. */
  readonly connected: boolean;
  readonly linkReason: string | null;
  readonly problem: boolean;
  readonly worst: string;
  readonly code: string | null;
  readonly severity: string | null;
  readonly startBlocked: boolean;
  readonly resumeBlocked: boolean;
}

function healthOf(printer: Printer): Health {
  return {
    connected: printer.connected,
    linkReason: printer.linkReason,
    problem: printer.counts.error + printer.counts.warning > 0,
    worst: printer.worst?.title ?? (printer.connected ? "none" : "not known: no connection to the printer"),
    code: printer.worst?.code ?? null,
    severity: printer.worst?.severity ?? null,
    ...printer.gate,
  };
}

function discovery(printer: Printer, deps: PublishDeps): { topic: string; config: object }[] {
  // Home Assistant takes a-z, A-Z, 0-9, _ and - in object ids
  const id = `openhms_${printer.id.replaceAll(".", "_")}`;
  const shared = {
    state_topic: healthTopic(printer.id as PrinterId),
    json_attributes_topic: healthTopic(printer.id as PrinterId),
    // a central that is gone must not look like a printer without a problem
    availability: [{ topic: CENTRAL_STATUS_TOPIC, value_template: "{{ 'online' if value_json.online else 'offline' }}" }],
    device: {
      identifiers: [id],
      name: printer.name,
      ...(printer.model === "" ? {} : { model: printer.model }),
      configuration_url: `${deps.publicUrl}/printers/${printer.id}`,
    },
    origin: { name: "OpenHMS", sw_version: deps.version },
  };
  return [
    {
      topic: `${DISCOVERY_PREFIX}/binary_sensor/${id}/problem/config`,
      config: {
        ...shared,
        name: "Problem",
        unique_id: `${id}_problem`,
        device_class: "problem",
        value_template: "{{ 'ON' if value_json.problem else 'OFF' }}",
      },
    },
    {
      topic: `${DISCOVERY_PREFIX}/sensor/${id}/worst_alert/config`,
      config: {
        ...shared,
        name: "Worst alert",
        unique_id: `${id}_worst_alert`,
        icon: "mdi:printer-3d-nozzle-alert",
        // a state holds 255 characters at most
        value_template: "{{ value_json.worst[:250] }}",
      },
    },
  ];
}
