/** The site's own entries: a code nobody described is explained with them everywhere, durable, and as it was once they are gone. */
import * as fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { createDraft } from "./draft.ts";
import { alertId } from "./ledger.ts";
import { createSiteEntries, MAX_SITE_ENTRIES } from "./site-entries.ts";
import { ERROR, openBed, smallCatalogue, START, type Bed, type BedOptions } from "./testbed.ts";
import { at, createFakeClock } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import { cleanEntry, type SiteEntryBody } from "../model/site-entry.ts";

let bed: Bed | undefined;
afterEach(async () => {
  await bed?.close();
  bed = undefined;
});

const ann = { name: "ann" };
const bob = { name: "bob" };
const NEW = "0300-7700-0002-1234" as HmsCode;
const GHOST = "0500-0600-0002-0070" as HmsCode;
const QUIET = { priority: "log", autoAck: true } as const;
const FIELD: BedOptions = {
  lanes: { [NEW]: "undocumented", [GHOST]: "internal" },
  definitions: { [NEW]: { priority: "log" }, [GHOST]: QUIET },
};
const LOOSE: SiteEntryBody = {
  title: "Plug of the new board is loose",
  summary: "The plug at the back works itself loose.",
  effect: "The job is paused.",
  steps: ["Press the plug in.", "Start again."],
  priority: "high",
  notes: "Seen twice\nafter moving the printer.",
};

const open = async (options: BedOptions = FIELD): Promise<Bed> => (bed = await openBed(options));
const told = (b: Bed): string[] => b.told.map(({ notification: { title, body } }) => `${title}\n${body}`);

describe("a code that nobody described", () => {
  it("is explained with the site's words from then on: code, alert, list, message, open pages", async () => {
    const b = await open();
    await b.report(NEW, "fail");
    await b.pass(120_000);
    expect([told(b), b.central().code(NEW)]).toEqual([[], expect.objectContaining({ source: "catalogue", siteNote: null })]);
    b.changes.length = 0;
    const info = await b.central().describe(NEW, LOOSE, ann);
    expect(info).toMatchObject({ documented: true, lane: "documented", source: "site", priority: "high", ownPriority: null });
    expect(info).toMatchObject({ title: LOOSE.title, summary: LOOSE.summary, effect: LOOSE.effect });
    expect(info.steps).toEqual([
      { id: "site-1", kind: "do", text: "Press the plug in." },
      { id: "site-2", kind: "do", text: "Start again." },
    ]);
    expect(info.siteNote).toEqual({ ...LOOSE, language: "en", updatedAt: new Date(b.clock.now()).toISOString() });
    expect(await b.central().alert(alertId("p1", NEW))).toMatchObject({ title: LOOSE.title, priority: "high", lane: "documented" });
    expect(b.central().codes("plug LOOSE", 5)).toMatchObject([{ code: NEW, title: LOOSE.title, documented: true, priority: "high" }]);
    expect(b.central().codes("plug tight", 5)).toEqual([]);
    expect(b.changes).toContainEqual(expect.objectContaining({ alert: expect.objectContaining({ title: LOOSE.title }) }));
    await b.pass(120_000);
    expect(told(b)).toEqual([
      expect.stringContaining(`${LOOSE.title}\n${LOOSE.summary}\nFirst: Press the plug in.\nDescribed by this site.\n`),
    ]);
    expect((await b.central().alert(alertId("p1", NEW))).transitions[0]).toMatchObject({ actor: "ann", note: "described by this site" });
  });

  it("keeps its words over a restart, changes with them, and loses them with who did what kept", async () => {
    const b = await open();
    await b.central().describe(NEW, LOOSE, ann);
    await b.restart();
    expect(b.central().code(NEW)).toMatchObject({ source: "site", title: LOOSE.title });
    await b.pass(60_000);
    await b.central().describe(NEW, { title: "Board is dead", summary: "It does not answer.", language: "de-AT" }, bob);
    expect(b.central().code(NEW)).toMatchObject({
      title: "Board is dead",
      language: "de-AT",
      priority: "log",
      steps: [],
      siteNote: { effect: null, notes: "" },
    });
    const back = await b.central().describe(NEW, null, ann);
    await b.restart();
    expect(back).toEqual(b.central().code(NEW));
    expect(back).toMatchObject({ lane: "undocumented", title: `Fault ${NEW}`, siteNote: null, priority: "log" });
    expect(b.central().sightings(NEW).changes).toEqual([
      { at: new Date(START + 60_000).toISOString(), by: "ann", what: "removed" },
      { at: new Date(START + 60_000).toISOString(), by: "bob", what: "changed" },
      { at: new Date(START).toISOString(), by: "ann", what: "described" },
    ]);
    await expect(b.central().describe(NEW, null, ann)).rejects.toMatchObject({ reason: "not-found" });
  });

  it("of the maker's own comes out of the quiet on every printer, closes no gate, and goes back", async () => {
    const b = await open();
    const openCodes = async () =>
      (await b.central().alerts({ state: "open", limit: 9 })).items.map(({ printer, code }) => `${printer} ${code}`).sort();
    const gate = () => b.central().printer("p1").gate;
    const closed = { startBlocked: false, resumeBlocked: false };
    for (const printer of ["p1", "p2"]) await b.report(GHOST, "fail", { printer });
    expect([await openCodes(), gate()]).toEqual([[], closed]);
    const words = { title: "Fan test", summary: "It tests a fan." };
    const info = await b.central().describe(GHOST, { ...words, priority: "normal" }, ann);
    expect(info).toMatchObject({ ...words, lane: "internal", documented: true, source: "site" });
    expect([await openCodes(), gate()]).toEqual([[`p1 ${GHOST}`, `p2 ${GHOST}`], closed]);
    await b.restart();
    expect([await openCodes(), gate()]).toEqual([[`p1 ${GHOST}`, `p2 ${GHOST}`], closed]);
    expect(b.central().undescribed(9)).toEqual([]);
    b.changes.length = 0;
    await b.central().describe(GHOST, { title: "Fan test two", summary: "It tests a fan.", priority: "normal" }, ann);
    expect(b.changes.flatMap((change) => (change.type === "alert" ? [change.alert.title] : []))).toEqual(["Fan test two", "Fan test two"]);
    await b.central().describe(GHOST, null, ann);
    await b.restart();
    expect([await openCodes(), gate()]).toEqual([[], closed]);
  });

  it("stays as it was when its words cannot be written down", async () => {
    const b = await open();
    await b.central().describe(NEW, LOOSE, ann);
    b.diskFull = true;
    await expect(b.central().describe(NEW, { title: "Other", summary: "Other words." }, bob)).rejects.toMatchObject({
      reason: "unavailable",
    });
    b.diskFull = false;
    await b.pass(5_000);
    expect(b.central().unready()).toBeUndefined();
    expect(b.central().code(NEW)).toMatchObject({ title: LOOSE.title, siteNote: { title: LOOSE.title } });
    expect(b.central().sightings(NEW).changes).toHaveLength(1);
  });
});

describe("a code that the catalogue describes", () => {
  it("gets a note beside its own text, and keeps text, lane and priority", async () => {
    const b = await open();
    const before = b.central().code(ERROR);
    const { priority: _none, ...note } = LOOSE;
    const info = await b.central().describe(ERROR, note, ann);
    expect(info).toEqual({ ...before, siteNote: { ...note, priority: null, language: "en", updatedAt: new Date(START).toISOString() } });
  });

  it("refuses a priority there, and names the field", async () => {
    const b = await open();
    await expect(b.central().describe(ERROR, LOOSE, ann)).rejects.toMatchObject({ reason: "invalid", fields: [{ field: "priority" }] });
  });

  it("makes a note of an entry that was there before the catalogue knew the code", async () => {
    const options: { -readonly [K in keyof BedOptions]: BedOptions[K] } = { ...FIELD };
    const b = await open(options);
    await b.central().describe(NEW, LOOSE, ann);
    delete options.lanes;
    await b.restart();
    expect(b.central().code(NEW)).toMatchObject({ source: "catalogue", title: `Fault ${NEW}`, siteNote: { title: LOOSE.title } });
  });
});

describe("what is written", () => {
  it.each([
    ["0300-0001" as HmsCode, LOOSE, { reason: "invalid" }],
    [NEW, { ...LOOSE, title: "\u202e \u200b a \u0000" }, { fields: [{ field: "title" }] }],
    [NEW, { ...LOOSE, steps: ["Press it.", "\u2066\u2069  \u0007"] }, { fields: [{ field: "steps.1" }] }],
  ])("%s %j is refused", async (code, body, error) => {
    const b = await open();
    await expect(b.central().describe(code, body, ann)).rejects.toMatchObject(error);
    expect(b.central().sightings(code).changes).toEqual([]);
  });

  it("holds no sign that only steers a screen, whatever was sent", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.constantFrom("\u001b[31mred", "a\u202eb", "x\ny", "\ud800", "<b>&\"'", "{unit}"),
    );
    const body = fc.record({ title: text, summary: text, effect: text, steps: fc.array(text, { maxLength: 4 }), notes: text });
    fc.assert(
      fc.property(body, (given) => {
        const clean = cleanEntry(given);
        if (!clean.ok) return;
        const { title, summary, effect, steps, notes } = clean.entry;
        for (const line of [title, summary, effect ?? "", ...steps, ...notes.split("\n")]) {
          expect(line.isWellFormed()).toBe(true);
          expect(line).toMatch(/^[^\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/u);
          expect(line).toBe(line.trim());
        }
        // what was cleaned once stays as it is
        expect(cleanEntry({ title, summary, effect: effect ?? "none", steps: [...steps], notes })).toMatchObject({
          entry: { title, summary, steps, notes },
        });
      }),
    );
  });

  it("has an end, and what stands in it can be changed still", () => {
    const entries = createSiteEntries(smallCatalogue(FIELD), createFakeClock(at(START)));
    const codeOf = (n: number): HmsCode => `0300-0100-0002-${n.toString(16).toUpperCase().padStart(4, "0")}` as HmsCode;
    entries.load(Array.from({ length: MAX_SITE_ENTRIES }, (_, n) => ({ code: codeOf(n), entry: null, changes: [] })));
    expect(entries.refusal(NEW, LOOSE)).toMatchObject({ reason: "conflict" });
    expect(entries.refusal(codeOf(0), { title: "One", summary: "Only one." })).toBeUndefined();
    const draft = createDraft();
    for (let n = 0; n < 60; n++) entries.set(draft, codeOf(0), n % 2 === 0 ? LOOSE : null, "ann");
    expect(entries.changes(codeOf(0))).toHaveLength(50);
    expect(draft.changes().siteEntries).toHaveLength(1);
  });

  it("stands in the list of the catalogue once", () => {
    const clock = createFakeClock(at(START));
    const entries = createSiteEntries(smallCatalogue(FIELD), clock);
    entries.set(createDraft(), NEW, LOOSE, "ann");
    entries.set(createDraft(), ERROR, LOOSE, "ann");
    expect(entries.catalogue.list().map(({ code }) => code)).toEqual([NEW]);
  });
});
