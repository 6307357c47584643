/**
 * TLS to a printer, opened and judged before a single byte of MQTT is written: the access code never reaches a peer that is not
 * trusted. Trust is a chain to the vendor's certificates (`ca`), a given fingerprint, or the one seen at the first login.
 */
import { readFileSync } from "node:fs";
import { connect, type TLSSocket } from "node:tls";
import { errorText } from "../../lib/errors.ts";

export type Trust =
  | { readonly kind: "ca"; readonly file: string }
  /** `pinned`: SHA-256 of the certificate; undefined at the first meeting. `configured`: written by a person. */
  | { readonly kind: "pin"; readonly pinned: string | undefined; readonly configured: boolean };

export type LinkTrouble = { readonly cause: "refused" | "unreachable" | "untrusted"; readonly reason: string };

export interface SecureOptions {
  readonly host: string;
  readonly port: number;
  readonly serial: string;
  readonly trust: Trust;
}

export interface SecureSocket {
  readonly socket: TLSSocket;
  /** Of the certificate the peer showed. */
  readonly fingerprint: string;
  /** The serial number in the certificate; a printer carries its own. */
  readonly subject: string;
}

/**
 * Calls `done` once and later, with a trusted socket or with what is wrong; returns how to give up, after which nothing is called.
 */
export function openTrusted(options: SecureOptions, done: (result: SecureSocket | LinkTrouble) => void): () => void {
  const { host, port, serial, trust } = options;
  let ca: string | undefined;
  try {
    ca = trust.kind === "ca" ? readFileSync(trust.file, "utf8") : undefined;
  } catch (error) {
    const reason = `cannot read the certificates in tls.ca: ${errorText(error)}; correct the path`;
    let isAborted = false;
    queueMicrotask(() => {
      if (!isAborted) done({ cause: "untrusted", reason });
    });
    return () => void (isAborted = true);
  }
  const socket = connect({
    host,
    port,
    servername: serial,
    ...(ca === undefined ? { rejectUnauthorized: false } : { ca, rejectUnauthorized: true }),
  });
  let settled = false;
  const settle = (result: SecureSocket | LinkTrouble): void => {
    if (settled) return;
    settled = true;
    socket.removeListener("error", onError);
    if (!("socket" in result)) discard(socket);
    done(result);
  };
  const onError = (error: Error): void => settle(troubleOf(error, options));
  socket.once("error", onError);
  socket.once("close", () => settle({ cause: "unreachable", reason: `${host}:${port} closed the connection during the TLS handshake` }));
  socket.once("secureConnect", () => {
    const { fingerprint256: fingerprint, subject } = socket.getPeerCertificate();
    const trouble = trust.kind === "pin" ? judgePin(trust, fingerprint, host) : undefined;
    const name: unknown = subject?.CN;
    settle(trouble ?? { socket, fingerprint, subject: typeof name === "string" ? name : "" });
  });
  return () => {
    settled = true;
    discard(socket);
  };
}

/** Ends a socket whose later errors concern nobody. */
function discard(socket: TLSSocket): void {
  socket.on("error", () => undefined);
  socket.destroy();
}

const bare = (fingerprint: string): string => fingerprint.replaceAll(/[^0-9a-fA-F]/g, "").toUpperCase();

function judgePin(trust: Extract<Trust, { kind: "pin" }>, fingerprint: string | undefined, host: string): LinkTrouble | undefined {
  if (fingerprint === undefined) return { cause: "untrusted", reason: `${host} showed no certificate; the access code was not sent` };
  if (trust.pinned === undefined || bare(trust.pinned) === bare(fingerprint)) return undefined;
  const expected = trust.configured ? "is not the one in tls.fingerprint" : "is not the one of the last login";
  return {
    cause: "untrusted",
    reason:
      `the certificate of ${host} ${expected}, so the access code was not sent. If the printer was replaced, reset or updated, ` +
      `accept it with tls: { fingerprint: "${fingerprint}" }; else another device answers at its address`,
  };
}

function troubleOf(error: Error, options: SecureOptions): LinkTrouble {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const place = `${options.host}:${options.port}`;
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID")
    return {
      cause: "untrusted",
      reason: `the printer at ${place} does not have the serial number ${options.serial}: correct host or serial; the access code was not sent`,
    };
  if (/CERT|SIGNATURE|SIGNED|VERIFY/.test(code))
    return { cause: "untrusted", reason: `the certificate of ${place} does not lead to tls.ca (${code}); the access code was not sent` };
  if (code === "ECONNREFUSED")
    return { cause: "unreachable", reason: `nothing listens at ${place}: check the address, and that LAN mode is on` };
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return { cause: "unreachable", reason: `no address is known for ${options.host}: check host` };
  return {
    cause: "unreachable",
    reason: `cannot reach ${place} (${code === "" ? errorText(error) : code}): check power, network and address`,
  };
}
