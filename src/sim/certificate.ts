/**
 * The certificate of a virtual printer: self-signed, its name is the serial, as on the real ones. Made once per serial and folder (or
 * process), because clients pin what they saw first.
 */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { at, type Timestamp } from "../lib/time.ts";
import { type SelfSigned, selfSigned } from "./x509.ts";

export type Certificate = SelfSigned;

const TEN_YEARS_MS = 10 * 365.25 * 24 * 3_600_000;
const HOUR_MS = 3_600_000;

/** Valid from an hour back, for clients whose clock is behind. */
function make(serial: string, now: Timestamp): Certificate {
  return selfSigned(serial, at(now - HOUR_MS), at(now + TEN_YEARS_MS));
}

async function stored(path: string): Promise<Certificate | undefined> {
  try {
    const pem = await readFile(path, "utf8");
    const cut = pem.indexOf("-----BEGIN CERTIFICATE-----");
    return cut > 0 ? { keyPem: pem.slice(0, cut), certPem: pem.slice(cut) } : undefined;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

const made = new Map<string, Certificate>();

export async function certificateFor(serial: string, dataDir: string | undefined, now: Timestamp): Promise<Certificate> {
  if (dataDir === undefined) {
    const certificate = made.get(serial) ?? make(serial, now);
    made.set(serial, certificate);
    return certificate;
  }
  const path = join(dataDir, `virtual-${serial}.pem`);
  const old = await stored(path);
  if (old !== undefined) return old;
  const certificate = make(serial, now);
  await mkdir(dataDir, { recursive: true });
  await writeFile(`${path}.new`, certificate.keyPem + certificate.certPem, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return certificate;
}
