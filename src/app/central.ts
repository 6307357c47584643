/** Central's composition root: store, catalogue, channels, alert core, bus, HTTP; a straight line, closed in reverse. */
import { randomBytes } from "node:crypto";
import { networkInterfaces } from "node:os";
import { dirname, join } from "node:path";
import { startBroker } from "../bus/broker.ts";
import { serveExternalBroker } from "../bus/external.ts";
import { publishAlerts } from "../bus/publish.ts";
import type { Catalogue, Override } from "../catalogue/catalogue.ts";
import { type PackOptions, loadCatalogue } from "../catalogue/load.ts";
import type { Central } from "../central/central.ts";
import { createCentral } from "../central/create.ts";
import { SHELF_FOLDER } from "../catalogue/vendor/shelf.ts";
import { createVendorTexts } from "../catalogue/vendor/vendor-texts.ts";
import { type Access, createAccess, isLoopbackHost } from "../http/access.ts";
import { createServer } from "../http/server.ts";
import { createCleanup } from "../lib/cleanup.ts";
import type { Log } from "../lib/log.ts";
import { systemClock } from "../lib/time.ts";
import { VERSION } from "../lib/version.ts";
import type { HmsCode } from "../model/code.ts";
import { SIGNALS } from "../model/telemetry.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import { publicAddress } from "./address.ts";
import { logPacks } from "./catalogue.ts";
import type { ChannelConfig } from "./config.ts";
import { webAppFolder } from "./process.ts";

export interface CentralOptions {
  readonly http: { readonly host: string; readonly port: number; readonly publicUrl: string | undefined };
  readonly bus:
    | { readonly kind: "embedded"; readonly host: string; readonly port: number }
    | { readonly kind: "mqtt"; readonly url: string };
  readonly databasePath: string;
  readonly channels: readonly ChannelConfig[];
  /** By default the packs that come with OpenHMS. */
  readonly catalogue?: PackOptions;
  readonly overrides: ReadonlyMap<HmsCode, Override>;
  readonly log: Log;
  /** Makes a new access token; the old one and all logins end. */
  readonly renewToken?: boolean;
  /** Demo: sets a fault on a virtual printer. */
  readonly setFault?: (printer: string, fault: string) => Promise<void>;
}

export interface RunningCentral {
  readonly url: string;
  readonly publicUrl: string;
  readonly mqttAddress: string;
  /** The access token, at the first run that needs one; never again. */
  readonly newToken: string | undefined;
  readonly central: Central;
  /** What a message of a printer's own program means. */
  readonly codeOf: (text: string) => HmsCode | undefined;
  stop(): Promise<void>;
}

export async function startCentral(options: CentralOptions): Promise<RunningCentral> {
  const { log } = options;
  const clock = systemClock;
  const cleanup = createCleanup(log);
  try {
    const store = await openSqliteStore(options.databasePath, { log });
    cleanup.add("store", () => store.close());
    const catalogue = await loadCatalogue({
      overrides: options.overrides,
      ...(options.catalogue === undefined ? {} : { packs: options.catalogue }),
    });
    logPacks(catalogue.packs(), log);
    const address = publicAddress(options.http.publicUrl, options.http.host, options.http.port, networkInterfaces());
    const site = { publicUrl: address.publicUrl, phoneHint: address.phoneHint ?? null };
    const channels = options.channels.map(({ id, kind, config, minPriority, language }) => ({
      id,
      minPriority,
      language: languageOf(id, language, catalogue, log),
      sender: kind.create(config as never, { fetch }),
    }));
    const vendorTexts = createVendorTexts({ dir: join(dirname(options.databasePath), SHELF_FOLDER), clock, log });
    const central = await createCentral({ store, catalogue, clock, log, random: Math.random, site, channels, vendorTexts });
    cleanup.add("central", () => central.close());
    const mqttHost = options.bus.kind === "embedded" ? options.bus.host : undefined;
    const access = await createAccess({
      settings: {
        get: (key) => store.setting(key),
        set: (key, value) => store.commit({ settings: [{ key, value }] }),
      },
      clock,
      randomBytes,
      required: isReachedFromOutside(options.http, mqttHost),
      renew: options.renewToken === true,
    });

    const broker = await startBus(options, central, access);
    cleanup.add("bus", () => broker.close());
    cleanup.add(
      "alert topics",
      await publishAlerts({ central, publish: broker.publish, log, publicUrl: address.publicUrl, version: VERSION }),
    );

    const server = await createServer({
      central,
      access,
      site: { version: VERSION, demo: options.setFault !== undefined, ...site, signals: [...SIGNALS] },
      host: options.http.host,
      port: options.http.port,
      uiDir: webAppFolder(),
      log,
      clock,
      ...(options.setFault === undefined ? {} : { setFault: options.setFault }),
    });
    cleanup.add("http", () => server.close());
    const url = await server.listen();
    return {
      url,
      publicUrl: address.publicUrl,
      mqttAddress: broker.address,
      newToken: access.newToken,
      central,
      codeOf: (text) => catalogue.fromMessage(text)?.code,
      stop: () => cleanup.run(),
    };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

/** A public address beside a loopback listener is a proxy's: those it brings are asked for the token, this machine is not. */
export function isReachedFromOutside(http: Pick<CentralOptions["http"], "host" | "publicUrl">, mqttHost: string | undefined): boolean {
  const publicHost = http.publicUrl === undefined ? undefined : new URL(http.publicUrl).hostname;
  return [http.host, mqttHost, publicHost].some((host) => host !== undefined && !isLoopbackHost(host));
}

/** A pack may bring a language at any time, so one that is not there is no fault of the configuration. */
function languageOf(channel: string, wanted: string, catalogue: Catalogue, log: Log): string {
  const language = catalogue.language([wanted]);
  if (language !== wanted.toLowerCase().split("-", 1)[0])
    log.warn({ channel, language: wanted }, "the catalogue has nothing in this language; the channel is told in English");
  return language;
}

async function startBus(options: CentralOptions, central: Central, access: Access) {
  const { log, bus } = options;
  if (bus.kind === "mqtt") {
    const broker = serveExternalBroker({ url: bus.url, central: "central", intake: central, clock: systemClock, log, random: Math.random });
    return { ...broker, address: new URL(bus.url).host };
  }
  const isOpen = isLoopbackHost(bus.host);
  const allow = (password: string | undefined, address: string) => isOpen || access.allowsPassword(password, address);
  return startBroker({ host: bus.host, port: bus.port, intake: central, allow, log, clock: systemClock });
}
