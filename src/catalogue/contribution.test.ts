/** What leaves the site: the catalogue's own format, what is known of a code, and nothing that belongs to the site alone. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Compile } from "typebox/compile";
import { parseAllDocuments } from "yaml";
import type { HmsCode } from "../model/code.ts";
import type { SiteEntry } from "../model/site-entry.ts";
import { contributionText, type FieldRecord, type PrivateNames } from "./contribution.ts";
import { CheckFile, EntryFile } from "./files/shape.ts";

const NEW = "0300-7700-0002-1234" as HmsCode;
const NOBODY: PrivateNames = { names: [], serials: [] };
const entry: SiteEntry = {
  title: "Plug is loose",
  summary: "It works itself loose.",
  effect: null,
  steps: ["Press it in.", "Start again."],
  priority: "normal",
  notes: "",
  language: "en",
  updatedAt: "2026-11-22T06:00:00.000Z",
};
const record: FieldRecord = {
  code: NEW,
  lane: "undocumented",
  title: "Undocumented warning of the motion controller",
  summary: "Its numbers point there.",
  priority: "log",
  entry,
  seen: {
    raises: 12,
    firstSeenAt: "2026-11-02T06:00:00.000Z",
    lastSeenAt: "2026-11-20T06:00:00.000Z",
    machines: [
      { model: "X1C", firmware: "01.08.02.00", raises: 11, firstSeenAt: "", lastSeenAt: "" },
      { model: "", firmware: "", raises: 1, firstSeenAt: "", lastSeenAt: "" },
    ],
  },
};
const parsed = (text: string): unknown[] => parseAllDocuments(text).map((document) => document.toJS() as unknown);

describe("a contribution", () => {
  it("holds what is known: code, words, counts, days, models and firmware", async () => {
    const text = await contributionText([record], NOBODY);
    expect(text).toMatch(/^ {2}# raised 12 times, 2026-11-02 to 2026-11-20; not in the catalogue$/m);
    expect(text).toMatch(/^ {2}# X1C, firmware 01\.08\.02\.00: 11 times$/m);
    expect(text).toMatch(/^ {2}# model unknown, firmware unknown: once$/m);
    const steps = ["field-0300770000021234-1", "field-0300770000021234-2"];
    const { title, summary } = entry;
    expect(parsed(text)).toEqual([
      { entries: [{ codes: [NEW], title, summary, priority: "normal", causes: {}, steps }] },
      { [steps[0] ?? ""]: { text: "Press it in.", kind: "do" }, [steps[1] ?? ""]: { text: "Start again.", kind: "do" } },
    ]);
  });

  it("is in the catalogue's format, once somebody has named the condition and the minutes", async () => {
    const [entries, checks] = parsed(await contributionText([record], NOBODY)) as [{ entries: object[] }, Record<string, object>];
    expect(Compile(EntryFile).Check({ entries: entries.entries.map((one) => ({ ...one, condition: "loose" })) })).toBe(true);
    const timed = Object.entries(checks).map(([id, check]) => [id, { ...check, minutes: 1 }]);
    expect(Compile(CheckFile).Check(Object.fromEntries(timed))).toBe(true);
  });

  it("of a code that nobody described says so, and of a described one what the catalogue has", async () => {
    const plain = await contributionText([{ ...record, entry: undefined }], NOBODY);
    expect(plain).toContain("# nobody has described it yet");
    expect(parsed(plain)).toEqual([
      { entries: [{ codes: [NEW], title: record.title, summary: record.summary, priority: "log", causes: {} }] },
    ]);
    expect(await contributionText([{ ...record, lane: "documented" }], NOBODY)).toContain(
      `# raised 12 times, 2026-11-02 to 2026-11-20; in the catalogue as: ${record.title}`,
    );
    const once = { ...record.seen, raises: 1, firstSeenAt: record.seen.lastSeenAt };
    expect(await contributionText([{ ...record, seen: once }], NOBODY)).toContain("# raised once, on 2026-11-20; not in the catalogue");
    expect(await contributionText([{ ...record, entry: { ...entry, language: "de" } }], NOBODY)).toContain("in another language: de\n");
    expect(await contributionText([], NOBODY, 3)).toMatch(/^# 3 more codes were seen.*\nentries: \[\]\n$/m);
  });

  it.each([
    ["the printer Left Tower next to x1c-left", "the printer [printer] next to [printer]"],
    ["left tower", "left tower"],
    ["serial 00M09A350100123 and 01p00c591600777", "serial [serial] and [serial]"],
    ["write to ann@shop.example or 192.168.1.31 or fe80::1c:2ff", "write to [address] or [address] or [address]"],
    ["mac a0:b1:c2:d3:e4:f5 at printer-3.local", "mac [address] at [address]"],
    ["firmware 01.08.02.00, 12:30, code 0300-7700-0002-1234, a::b", "firmware 01.08.02.00, 12:30, code 0300-7700-0002-1234, [address]"],
    ["{part} of {unit}", "(part) of (unit)"],
  ])("%s → %s", async (given, left) => {
    const site = { names: ["Left Tower", "x1c-left", "x1c"], serials: ["01P00C591600777"] };
    const told = { ...record, entry: { ...entry, title: given, summary: given, effect: given, steps: [given], notes: given } };
    const text = await contributionText([told], site);
    const [entries, checks] = parsed(text) as [{ entries: Record<string, unknown>[] }, Record<string, { text: string }>];
    expect(entries.entries[0]).toMatchObject({ title: left, summary: left, effect: left });
    expect(Object.values(checks)[0]?.text).toBe(left);
    expect(text).toContain(`# note: ${left}\n`);
  });

  it("can be read whatever stands in it, and never names a printer", async () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("# x", "- a: b", "'", '"', "|", "\n---\n", "!!js", "&a *a", "%YAML"),
    );
    const secret = "Zelda-7";
    await fc.assert(
      fc.asyncProperty(text, text, fc.array(text, { maxLength: 3 }), async (one, two, steps) => {
        const written = { ...entry, title: `${one} ${secret} x`, summary: two, steps: [...steps, secret], notes: `${two}\n${secret}` };
        const machines = [{ model: `${one} ${secret}`, firmware: two, raises: 1, firstSeenAt: "", lastSeenAt: "" }];
        const found = await contributionText([{ ...record, entry: written, seen: { ...record.seen, machines } }], {
          names: [secret],
          serials: [],
        });
        expect(found).not.toContain(secret);
        const documents = parseAllDocuments(found);
        expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
        expect(documents).toHaveLength(2);
        expect(documents[0]?.toJS()).toMatchObject({ entries: [{ codes: [NEW] }] });
      }),
      { numRuns: 60 },
    );
  });
});
