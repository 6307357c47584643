/** The certificate as OpenSSL reads it. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { at } from "../lib/time.ts";
import { selfSigned } from "./x509.ts";

test.each([
  ["00M00A0123456789", "2026-11-22T06:00:00Z", "2036-11-22T06:00:00Z"],
  ["x".repeat(60), "2026-01-02T03:04:05Z", "2051-01-02T03:04:05Z"],
])("%s from %s until %s", (name, from, until) => {
  for (let run = 0; run < 20; run++) {
    const { certPem, keyPem } = selfSigned(name, at(Date.parse(from)), at(Date.parse(until)));
    const certificate = new X509Certificate(certPem);
    expect(certificate.subject).toBe(`CN=${name}`);
    expect(certificate.issuer).toBe(`CN=${name}`);
    expect(certificate.subjectAltName).toBe(`DNS:${name}`);
    expect(Date.parse(certificate.validFrom)).toBe(Date.parse(from));
    expect(Date.parse(certificate.validTo)).toBe(Date.parse(until));
    expect(certificate.ca).toBe(false);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(keyPem))).toBe(true);
  }
});
