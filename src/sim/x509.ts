/**
 * A self-signed certificate on an elliptic curve, made with Node's own crypto. Hides the encoding (DER); just enough of X.509 v3 for
 * a virtual printer. A library for it costs 25 MB of memory, a sixth of what the whole demo may take.
 */
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { Timestamp } from "../lib/time.ts";

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const SEQUENCE = 0x30;
const SET = 0x31;
const VERSION_FIELD = 0xa0;
const EXTENSIONS_FIELD = 0xa3;
const DNS_NAME = 0x82;

const hex = (text: string): Buffer => Buffer.from(text, "hex");
/** Object identifiers, encoded. */
const COMMON_NAME = hex("0603550403");
const ECDSA_WITH_SHA256 = hex("06082a8648ce3d040302");
const BASIC_CONSTRAINTS = hex("0603551d13");
const SUBJECT_ALT_NAME = hex("0603551d11");
const TRUE = hex("0101ff");

function lengthOf(bytes: number): Buffer {
  if (bytes < 0x80) return Buffer.of(bytes);
  return bytes < 0x100 ? Buffer.of(0x81, bytes) : Buffer.of(0x82, bytes >> 8, bytes & 0xff);
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag), lengthOf(content.length), content]);
}

/** RFC 5280 §4.1.2.5: two-digit years until 2049. */
function time(at: Timestamp): Buffer {
  const digits = new Date(at).toISOString().replaceAll(/[-:T]|\.\d+/g, "");
  return digits < "2050" ? der(UTC_TIME, Buffer.from(digits.slice(2))) : der(GENERALIZED_TIME, Buffer.from(digits));
}

export interface SelfSigned {
  readonly keyPem: string;
  readonly certPem: string;
}

/** `name`: its common name and DNS name. */
export function selfSigned(name: string, from: Timestamp, until: Timestamp): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = der(SEQUENCE, ECDSA_WITH_SHA256);
  const subject = der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, der(UTF8_STRING, Buffer.from(name)))));
  // positive and without a leading zero byte
  const number = randomBytes(9);
  number[0] = ((number[0] ?? 0) & 0x3f) | 0x40;
  const extensions = der(
    SEQUENCE,
    der(SEQUENCE, BASIC_CONSTRAINTS, TRUE, der(OCTET_STRING, der(SEQUENCE))),
    der(SEQUENCE, SUBJECT_ALT_NAME, der(OCTET_STRING, der(SEQUENCE, der(DNS_NAME, Buffer.from(name))))),
  );
  const signed = der(
    SEQUENCE,
    der(VERSION_FIELD, der(INTEGER, Buffer.of(2))),
    der(INTEGER, number),
    algorithm,
    subject,
    der(SEQUENCE, time(from), time(until)),
    subject,
    publicKey.export({ type: "spki", format: "der" }),
    der(EXTENSIONS_FIELD, extensions),
  );
  const certificate = der(SEQUENCE, signed, algorithm, der(BIT_STRING, Buffer.of(0), sign("sha256", signed, privateKey)));
  const base64 = certificate.toString("base64").replaceAll(/.{64}/g, "$&\n").trimEnd();
  return {
    keyPem: privateKey.export({ type: "pkcs8", format: "pem" }),
    certPem: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
  };
}
