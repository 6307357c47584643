/** A server on a central of the tests, without a port unless asked to listen. */
import { randomBytes } from "node:crypto";
import { silentLog } from "../lib/log.ts";
import { type Clock, systemClock } from "../lib/time.ts";
import { type Access, type AccessDeps, createAccess } from "./access.ts";
import { type FakeCentral, createFakeCentral } from "./central.fixture.ts";
import { type Server, type ServerDeps, createServer } from "./server.ts";

export interface Harness {
  readonly server: Server;
  readonly central: FakeCentral;
  readonly access: Access;
  /** The clear token; empty where none is asked. */
  readonly token: string;
}

export function memorySettings(): AccessDeps["settings"] & { readonly values: Map<string, string> } {
  const values = new Map<string, string>();
  return { values, get: async (key) => values.get(key), set: async (key, value) => void values.set(key, value) };
}

export async function startServer(
  options: Partial<Omit<ServerDeps, "central" | "access">> & { central?: FakeCentral; required?: boolean; accessClock?: Clock } = {},
): Promise<Harness> {
  const { required = false, central = createFakeCentral(), accessClock = systemClock, ...rest } = options;
  const access = await createAccess({ settings: memorySettings(), clock: accessClock, randomBytes, required });
  const server = await createServer({
    central,
    access,
    site: { version: "0.1.0", demo: false, publicUrl: "http://hms.example:4670", phoneHint: null, signals: [] },
    host: required ? "0.0.0.0" : "127.0.0.1",
    port: 0,
    uiDir: undefined,
    log: silentLog,
    clock: systemClock,
    ...rest,
  });
  return { server, central, access, token: access.newToken ?? "" };
}
