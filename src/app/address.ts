/** Where a phone finds central: the address that QR codes carry, and what to say when there is none. */
import type { NetworkInterfaceInfo } from "node:os";
import { isLoopbackHost } from "../http/access.ts";

export interface PublicAddress {
  readonly publicUrl: string;
  /** What to set so that a phone can open the pages; undefined when it can. */
  readonly phoneHint: string | undefined;
}

function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::" || host === "";
}

function inUrl(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** The first address of this machine in its network, IPv4 before IPv6; link-local ones last. */
function lanAddress(interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>): string | undefined {
  const found = Object.values(interfaces)
    .flatMap((list) => list ?? [])
    .filter((one) => !one.internal && !/^(169\.254\.|fe80:)/i.test(one.address));
  return (found.find((one) => one.family === "IPv4") ?? found[0])?.address;
}

export function publicAddress(
  configured: string | undefined,
  host: string,
  port: number,
  interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>,
): PublicAddress {
  if (configured !== undefined) return { publicUrl: configured, phoneHint: undefined };
  if (isWildcard(host)) {
    const address = lanAddress(interfaces);
    if (address !== undefined) return { publicUrl: `http://${inUrl(address)}:${port}`, phoneHint: undefined };
  } else if (!isLoopbackHost(host)) return { publicUrl: `http://${inUrl(host)}:${port}`, phoneHint: undefined };
  return {
    publicUrl: `http://127.0.0.1:${port}`,
    phoneHint:
      "Only this machine can open this address. For phones, set http.host to 0.0.0.0 (or start with --host 0.0.0.0), or set http.publicUrl to where they reach it.",
  };
}
