/** The border for reports: what is read, what is refused and which field the reason names, and that nothing makes it throw. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_EVIDENCE_BYTES, parseReport, REPORT_STATUSES, toMessage } from "./report.ts";

const message = {
  v: 1,
  printer: "p1",
  detector: "hotend-fan",
  boot: "01JD",
  seq: 17,
  at: "2026-11-22T06:00:00.000Z",
  code: "0300-0300-0001-0001",
  status: "fail",
};

describe("a report that is read", () => {
  test("carries what the message says, canonical", () => {
    const full = {
      ...message,
      code: "50332416:65537",
      value: 0,
      limit: 1200,
      unit: "rpm",
      confidence: 0.99,
      evidence: { rpm: [0, 12], why: null },
    };
    expect(parseReport(full)).toEqual({
      ok: true,
      report: {
        printer: "p1",
        detector: "hotend-fan",
        boot: "01JD",
        seq: 17,
        at: Date.UTC(2026, 10, 22, 6),
        code: "0300-0300-0001-0001",
        status: "fail",
        value: 0,
        limit: 1200,
        unit: "rpm",
        confidence: 0.99,
        evidence: { rpm: [0, 12], why: null },
      },
    });
  });

  test.each(["0300_0300_0001_0001", "hms_0300030000010001", "[0300-8003]", "03000300010001"])("takes the code as %s", (code) => {
    expect(parseReport({ ...message, code }).ok).toBe(true);
  });

  test("toMessage ∘ parseReport is identity for canonical messages", () => {
    const words = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/);
    const messages = fc.record(
      {
        v: fc.constant(1),
        printer: words,
        detector: words,
        boot: fc.string({ minLength: 1, maxLength: 64 }),
        seq: fc.maxSafeNat(),
        at: fc.date({ min: new Date(0), max: new Date("9999-12-31T23:59:59.999Z"), noInvalidDate: true }).map((date) => date.toISOString()),
        code: fc.constantFrom("0300-0300-0001-0001", "0500-C010"),
        status: fc.constantFrom(...REPORT_STATUSES),
        value: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
        unit: fc.string({ maxLength: 16 }),
        confidence: fc.double({ min: 0, max: 1, noNaN: true }),
        evidence: fc.dictionary(fc.string({ maxLength: 20 }), fc.oneof(fc.string({ maxLength: 20 }), fc.integer(), fc.constant(null)), {
          maxKeys: 10,
        }),
      },
      { requiredKeys: ["v", "printer", "detector", "boot", "seq", "at", "code", "status"] },
    );
    fc.assert(
      fc.property(messages, (sent) => {
        const read = parseReport(sent);
        if (!read.ok) throw new Error(read.reason);
        expect(JSON.parse(JSON.stringify(toMessage(read.report)))).toEqual(JSON.parse(JSON.stringify(sent)));
      }),
    );
  });

  test("shares no evidence with the sender", () => {
    const evidence = { samples: [1] };
    const read = parseReport({ ...message, evidence });
    evidence.samples.push(2);
    expect(read).toMatchObject({ report: { evidence: { samples: [1] } } });
  });
});

describe("a report that is refused names the field", () => {
  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  test.each<readonly [string, unknown, string]>([
    ["no object", null, "the report: "],
    ["a list", [message], "the report: "],
    ["nothing in it", {}, "v, printer, detector, boot, seq, at, code, status: missing"],
    ["another version", { ...message, v: 2 }, "v: "],
    ["a field too many", { ...message, extra: 1 }, "extra: "],
    ["a printer that is no topic level", { ...message, printer: "a/b" }, "printer: "],
    ["a detector with a wildcard", { ...message, detector: "#" }, "detector: "],
    ["a broken seq", { ...message, seq: 1.5 }, "seq: "],
    ["a seq beyond exact numbers", { ...message, seq: 2 ** 53 }, "seq: "],
    ["a status of its own", { ...message, status: "FAIL" }, "status: must be one of fail, pass, not_tested"],
    ["a date without time", { ...message, at: "2026-11-22" }, "at: "],
    ["a day that is not", { ...message, at: "2026-02-30T06:00:00.000Z" }, "at: "],
    ["a leap second", { ...message, at: "2026-12-31T23:59:60.000Z" }, "at: "],
    ["a time before 1970", { ...message, at: "1969-12-31T23:59:59.000Z" }, "at: "],
    ["a version to come", { ...message, v: 2 }, "v: must be 1"],
    ["a printer called edge", { ...message, printer: "edge" }, 'printer: "edge" is reserved'],
    ["a printer called status", { ...message, printer: "status" }, 'printer: "status" is reserved'],
    ["no code", { ...message, code: "not-a-code" }, "code: "],
    ["a status of the job", { ...message, code: "0300-0003" }, "code: 0300-0003 is a status"],
    ["no number", { ...message, value: Number.NaN }, "value: "],
    ["more than sure", { ...message, confidence: 1.01 }, "confidence: "],
    ["evidence that is a list", { ...message, evidence: [1] }, "evidence: "],
    ["evidence in a circle", { ...message, evidence: cycle }, "evidence: "],
    ["evidence with a BigInt", { ...message, evidence: { n: 1n } }, "evidence: "],
    ["evidence that turns into text", { ...message, evidence: { toJSON: () => "text" } }, "evidence: "],
    ["too much evidence", { ...message, evidence: { text: "é".repeat(MAX_EVIDENCE_BYTES / 2) } }, "evidence: "],
  ])("%s", (_, sent, reason) => {
    const read = parseReport(sent);
    expect(read.ok ? "accepted" : read.reason.slice(0, reason.length)).toBe(reason);
  });

  test("evidence up to its limit is taken", () => {
    const text = "x".repeat(MAX_EVIDENCE_BYTES - '{"text":""}'.length);
    expect(parseReport({ ...message, evidence: { text } }).ok).toBe(true);
    expect(parseReport({ ...message, evidence: { text: `${text}x` } }).ok).toBe(false);
  });
});

describe("nothing makes it throw", () => {
  test("any value, and any value in any field", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(message), "evidence", "value", "__proto__"),
        fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }),
        (field, value) => {
          parseReport(value);
          const read = parseReport({ ...message, [field]: value });
          if (!read.ok) expect(read.reason.length).toBeLessThan(500);
        },
      ),
      { numRuns: 2_000 },
    );
  });
  test("getters, proxies and revoked proxies", () => {
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const throwing = { ...message };
    Object.defineProperty(throwing, "seq", {
      enumerable: true,
      get: () => {
        throw new Error("no");
      },
    });
    for (const hostile of [revoked.proxy, throwing, new Proxy({}, { has: () => true }), { ...message, evidence: revoked.proxy }])
      expect(parseReport(hostile).ok).toBe(false);
  });
});

test.each([
  [31, true],
  [32, false],
  [2_000, false],
])("evidence with %d brackets in a key: taken %s", (depth, taken) => {
  const message = {
    v: 1,
    printer: "p1",
    detector: "d",
    boot: "b",
    seq: 1,
    at: "2026-11-22T06:00:00.000Z",
    code: "0300-0300-0001-0001",
    status: "fail",
    evidence: { text: '"[{[{\\', deep: JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`) },
  };
  expect(parseReport(message)).toMatchObject(taken ? { ok: true } : { ok: false, reason: "evidence: nested deeper than 32 levels" });
});
