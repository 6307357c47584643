/** The configuration file: every problem with its line, secrets resolved and kept out of logs. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Type } from "typebox";
import { describe, expect, test } from "vitest";
import { ConfigError } from "../lib/errors.ts";
import { createRedactor } from "../lib/log.ts";
import { defineChannel } from "../channels/channel.ts";
import { defineAdapter } from "../printers/adapter.ts";
import { loadConfig, parseConfig } from "./config.ts";
import { link } from "../detectors/link.ts";
import type { Detector } from "../detectors/detector.ts";

const adapter = defineAdapter({
  kind: "bambu",
  config: Type.Object(
    { host: Type.String(), serial: Type.String(), accessCode: Type.String({ minLength: 8 }), port: Type.Optional(Type.Integer()) },
    { additionalProperties: false },
  ),
  connect: () => ({ close: () => Promise.resolve() }),
});
const channel = defineChannel({
  kind: "webhook",
  config: Type.Object({ url: Type.String() }, { additionalProperties: false }),
  create: () => ({ send: () => Promise.resolve({ kind: "sent" as const }) }),
});

const detectors = [link] as readonly Detector<unknown>[];

function read(text: string, env: Record<string, string> = {}, file = "openhms.yaml") {
  const redactor = createRedactor();
  return { config: parseConfig(text, file, { role: "run", adapters: [adapter], channels: [channel], detectors, env, redactor }), redactor };
}

function problemsOf(text: string, env: Record<string, string> = {}): string[] {
  try {
    read(text, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((problem) => `${problem.line ?? "-"} ${problem.path}: ${problem.message}`);
    throw error;
  }
  return [];
}

describe("a good file", () => {
  test("an empty file gives the defaults, closed to the network", () => {
    const { config } = read("");
    expect(config.http).toEqual({ host: "127.0.0.1", port: 4670, publicUrl: undefined });
    expect(config.mqtt).toEqual({ host: undefined, port: 4671 });
    expect(config.printers).toEqual([]);
  });

  test("printers, channels and overrides", () => {
    const { config } = read(
      [
        "printers:",
        "  - { id: left, kind: bambu, host: 10.0.0.1, serial: S, accessCode: '12345678' }",
        "channels:",
        "  - { id: hook, kind: webhook, url: http://x, minPriority: high }",
        "overrides:",
        "  HMS_0300_A700_0003_0001: { priority: log, offDelay: 2m }",
      ].join("\n"),
    );
    expect(config.printers[0]).toMatchObject({
      id: "left",
      name: "left",
      config: { host: "10.0.0.1", serial: "S", accessCode: "12345678" },
    });
    expect(config.channels[0]).toMatchObject({ id: "hook", minPriority: "high", config: { url: "http://x" } });
    expect(config.channels[0]?.language).toBe("en");
    expect([...config.overrides]).toEqual([["0300-A700-0003-0001", { priority: "log", offDelayMs: 120_000 }]]);
  });

  test("the language of the file is every channel's that does not say its own", () => {
    const { config } = read(
      "language: de\nchannels:\n  - { id: a, kind: webhook, url: http://x }\n  - { id: b, kind: webhook, url: http://x, language: fr-CH }",
    );
    expect(config.channels.map(({ language }) => language)).toEqual(["de", "fr-CH"]);
  });

  test("a variable needs no quotes, in a flow map neither, and its value is redacted wherever it stands", () => {
    const text = "printers:\n  - { id: a, kind: bambu, host: h, serial: S${TAIL}, accessCode: ${CODE} } # ${NOT_READ}";
    const { config, redactor } = read(text, { CODE: "env{secret}", TAIL: "0042" });
    expect(config.printers[0]?.config).toEqual({ host: "h", serial: "S0042", accessCode: "env{secret}" });
    expect(redactor.clean("S0042 env{secret} 10042")).toBe("S*** *** 1***");
  });

  test("secrets come from the environment or a file and are redacted", () => {
    const file = join(mkdtempSync(join(tmpdir(), "openhms-config-")), "code");
    writeFileSync(file, "from-file-1\n");
    const { config, redactor } = read(
      `printers:\n  - { id: a, kind: bambu, host: h, serial: S, accessCode: "\${CODE}" }\n  - { id: b, kind: bambu, host: h, serial: S, accessCode: "file:${file}" }`,
      { CODE: "env-secret" },
    );
    expect(config.printers.map((printer) => (printer.config as { accessCode: string }).accessCode)).toEqual(["env-secret", "from-file-1"]);
    expect(redactor.clean("codes env-secret and from-file-1")).toBe("codes *** and ***");
  });
});

describe("problems name their line", () => {
  const cases: [string, string, string[]][] = [
    ["unknown key", "http:\n  port: 1\n  prot: 2", ['3 http: unknown key "prot"']],
    ["unknown key at the top", "log: info\nprinter: []", ['2 : unknown key "printer"']],
    ["port out of range", "http:\n  port: 70000", ["2 http.port: must be <= 65535"]],
    ["unknown kind", "printers:\n  - id: a\n    kind: prusa", ['3 printers.0.kind: there is no kind "prusa"; known: bambu']],
    [
      "missing and unknown keys of a plug-in",
      "printers:\n  - id: a\n    kind: bambu\n    host: h\n    serial: S\n    pin: 1",
      ['6 printers.0: unknown key "pin"', "2 printers.0: needs accessCode"],
    ],
    [
      "an id used twice",
      "printers:\n  - { id: a, kind: bambu, host: h, serial: S, accessCode: '12345678' }\n  - { id: a, kind: bambu, host: h, serial: S, accessCode: '12345678' }",
      ["3 printers.1.id: the id a is used twice"],
    ],
    [
      "a variable that is not set",
      "channels:\n  - { id: a, kind: webhook, url: '${NOPE}' }",
      ["2 channels.0.url: the environment variable NOPE is not set"],
    ],
    [
      "a bad priority",
      "channels:\n  - { id: a, kind: webhook, url: u, minPriority: loud }",
      ["2 channels.0.minPriority: must be one of urgent, high, normal, low, log"],
    ],
    [
      "a secret of digits without quotes",
      "printers:\n  - { id: a, kind: bambu, host: h, serial: S, accessCode: 01234567 }",
      ["2 printers.0.accessCode: must be a text; put it in quotes"],
    ],
    [
      "a variable in a flow map, after which lines still count",
      "printers:\n  - { id: a, kind: bambu, host: h, serial: ${NOPE}, accessCode: ${NOPE} }\nlgo: x",
      [
        "2 printers.0.serial: the environment variable NOPE is not set",
        "2 printers.0.accessCode: the environment variable NOPE is not set",
        '3 : unknown key "lgo"',
      ],
    ],
    ["what is no code", "overrides:\n  fan: { priority: low }", [expect.stringContaining('2 overrides.fan: "fan" is no HMS code')]],
    ["what is no language", "language: German!", [expect.stringContaining("1 language: ")]],
    ["a store that is not there yet", "storage: postgres://u@h/d", ["1 storage: PostgreSQL comes in a later version; use sqlite:PATH"]],
    ["a list where a map belongs", "http: []", ["1 http: must be object"]],
    ["broken YAML", "http: {port: 1", [expect.stringMatching(/^\d+ : /)]],
    ["a key twice", "log: info\nlog: warn", [expect.stringMatching(/^2 : .*unique/)]],
  ];
  test.each(cases)("%s", (_name, text, expected) => {
    const found = problemsOf(text);
    expect(found).toHaveLength(expected.length);
    expect(found).toEqual(expect.arrayContaining(expected));
  });

  test("all problems at once, in words, whatever else is wrong", () => {
    const text = [
      "htp: 1",
      "log: loud",
      "http:",
      "  port: x",
      "  publicUrl: printers.local",
      "storage: postgres",
      "bus: tcp://broker",
      "printers:",
      "  - { id: 'left one', kind: bambu, host: h, serial: S, accessCode: '12345678', pin: 1 }",
      "  - { id: right, kind: prusa }",
      "  - just a text",
      "  - { id: right, kind: bambu, host: h, serial: S, accessCode: short }",
      "channels:",
      "  - { id: hook, kind: webhook, minPriority: loud }",
      "overrides:",
      "  fan: { onDelay: soon }",
      "  0300-0300-0001-0001: { priority: top, offDelay: 2 m }",
      "log: info",
    ].join("\n");
    const id = "letters, digits, - _ . ; at most 64, the first a letter or digit";
    const found = problemsOf(text);
    expect(found).toEqual([
      '1 : unknown key "htp"',
      "4 http.port: must be integer",
      "5 http.publicUrl: write an address like http://192.168.1.5:4670",
      "6 storage: write sqlite:PATH",
      "7 bus: write embedded, mqtt://HOST:PORT",
      `9 printers.0.id: write ${id}`,
      '9 printers.0: unknown key "pin"',
      '10 printers.1.kind: there is no kind "prusa"; known: bambu',
      "11 printers.2: must be object",
      "12 printers.3.id: the id right is used twice",
      "12 printers.3.accessCode: must not have fewer than 8 characters",
      "14 channels.0.minPriority: must be one of urgent, high, normal, low, log",
      "14 channels.0: needs url",
      expect.stringContaining('16 overrides.fan: "fan" is no HMS code'),
      "16 overrides.fan.onDelay: write a time like 30s, 5m, 2h",
      "17 overrides.0300-0300-0001-0001.priority: must be one of urgent, high, normal, low, log",
      "17 overrides.0300-0300-0001-0001.offDelay: write a time like 30s, 5m, 2h",
      expect.stringMatching(/^18 : .*unique/),
    ]);
  });

  test.each([
    ["- a", "1 : must be a map of settings, like printers: and channels:"],
    ["printers: { id: a }", "1 printers: must be a list: its items start with -"],
    ["overrides: [fan]", "1 overrides: must be a map of codes, like 0300-0300-0001-0001: { priority: low }"],
  ])("a section of another kind: %s", (text, expected) => {
    expect(problemsOf(text)).toEqual([expected]);
  });

  const endless = join(mkdtempSync(join(tmpdir(), "openhms-config-")), "large.yaml");
  writeFileSync(endless, "#".repeat(1_000_001));
  test.each([endless, "/dev/zero"])("a file without end (%s) is not read for ever", (file) => {
    const load = () =>
      loadConfig(file, { role: "run", adapters: [adapter], channels: [channel], detectors, env: {}, redactor: createRedactor() });
    // where there is no such device the words are others
    expect(load).toThrow(/cannot be read \((it holds more than 1 MB|ENOENT.*)\); name another file with --config/);
  });
});

test.each(["edge", "status"])("no printer may be called %s, a word of the MQTT topics", (id) => {
  const text = `printers:\n  - { id: ${id}, kind: bambu, host: h, serial: S, accessCode: "12345678" }`;
  expect(problemsOf(text)).toEqual([expect.stringMatching(new RegExp(`^2 printers.*id: "${id}" is reserved`))]);
});
