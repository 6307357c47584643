/** What people are told and shown in their language: notifications by channel, and views laid over in another language. */
import { afterEach, beforeAll, expect, test } from "vitest";
import type { Catalogue } from "../catalogue/catalogue.ts";
import { loadCatalogue } from "../catalogue/load.ts";
import { type Bed, openBed } from "./testbed.ts";

/** Translated into German, and not. */
const TRANSLATED = "0300-0100-0001-0001";
const ENGLISH_ONLY = "0300-9500-0001-0001";

let catalogue: Catalogue;
let bed: Bed;
beforeAll(async () => void (catalogue = await loadCatalogue({ packs: { paths: [], builtIn: false } })));
afterEach(() => bed.close());

async function open(): Promise<Bed> {
  bed = await openBed({ catalogue, channels: [{ id: "phone" }, { id: "telefon", language: "de" }] });
  bed.answer = () => ({ kind: "sent" });
  return bed;
}

test("each channel is told in its language, title, text, first step and fixed words", async () => {
  await open();
  await bed.report(TRANSLATED, "fail");
  await bed.pass(60_000);
  await bed.report(TRANSLATED, "pass");
  await bed.pass(60_000);
  const german = catalogue.explain(TRANSLATED as never, "de");
  const told = (channel: string) => bed.told.filter((one) => one.channel === channel).map(({ notification }) => notification);
  const [raise, clear] = told("telefon");
  expect(raise?.title).toBe(`p1: ${german.title}`);
  expect(raise?.body.split("\n")).toEqual([german.summary, german.danger, `Zuerst: ${german.steps[0]?.text}`, TRANSLATED]);
  expect(raise?.alert).toMatchObject({ title: german.title, summary: german.summary, language: "de" });
  expect(clear?.title).toBe(`Vorbei: p1: ${german.title}`);
  const [raised, cleared] = told("phone");
  expect(raised?.title).toBe("p1: Heatbed heater has a short circuit");
  expect(raised?.body).toContain("First: Pull the mains plug.");
  expect(raised?.alert.language).toBe("en");
  expect(cleared?.title).toMatch(/^Over: p1: /);
});

test("what is not translated is told whole in English, the fixed words too", async () => {
  expect(catalogue.explain(ENGLISH_ONLY as never, "de").language).toBe("en");
  await open();
  await bed.report(ENGLISH_ONLY, "fail");
  await bed.pass(60_000);
  const bodies = bed.told.map(({ notification }) => [notification.title, notification.body, notification.alert.language]);
  expect(bodies).toHaveLength(2);
  expect(bodies[0]).toEqual(bodies[1]);
  expect(bodies[0]?.[1]).toContain("First: ");
});

test("alerts, printers, history and changes are shown in the reader's language; only words differ", async () => {
  await open();
  bed.news("p1", true);
  await bed.report(TRANSLATED, "fail");
  await bed.report(ENGLISH_ONLY, "fail", { printer: "p1" });
  await bed.settle();
  const central = bed.central();
  const german = central.inLanguage("de");
  const { items } = await central.alerts({ limit: 10 });
  const [title, summary] = [catalogue.explain(TRANSLATED as never, "de").title, catalogue.explain(TRANSLATED as never, "de").summary];
  for (const alert of items) {
    const own = german.alert(alert);
    const isTranslated = alert.code === TRANSLATED;
    expect(own.language).toBe(isTranslated ? "de" : "en");
    expect(own).toEqual(isTranslated ? { ...alert, title, summary, language: "de" } : alert);
  }
  const alert = items.find(({ code }) => code === TRANSLATED);
  const detail = german.detail(await central.alert(alert?.id ?? ""));
  expect([detail.title, detail.info.title, detail.info.language, detail.transitions[0]?.title]).toEqual([title, title, "de", title]);
  const printer = central.printer("p1");
  expect(german.printer(printer).worst?.title).toBe(catalogue.explain(printer.worst?.code as never, "de").title);
  expect(german.printer({ ...printer, stage: "homing", linkReason: "nobody knows" })).toMatchObject({
    stage: "Referenzfahrt",
    linkReason: "nobody knows",
  });
  for (const change of bed.changes) {
    const told = german.change(change);
    expect(told.type).toBe(change.type);
    if (told.type === "alert" && told.alert.code === TRANSLATED) expect([told.alert.title, told.transition?.title]).toContain(title);
  }
  // nothing is laid over for those who read English
  for (const one of items) expect(central.inLanguage("en").alert(one)).toBe(one);
});
