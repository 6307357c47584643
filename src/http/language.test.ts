/** The language of an answer: asked for by the address or by the header, told in Content-Language, the same for a live stream. */
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Catalogue } from "../catalogue/catalogue.ts";
import { loadCatalogue } from "../catalogue/load.ts";
import { type Bed, openBed } from "../central/testbed.ts";
import { startServer } from "./harness.fixture.ts";
import type { Server } from "./server.ts";

const CODE = "0300-0100-0001-0001";
const ENGLISH = "Heatbed heater has a short circuit";
const GERMAN = "Heizbett: Heizung kurzgeschlossen";
const ENGLISH_ONLY = "0300-9500-0001-0001";

let catalogue: Catalogue;
beforeAll(async () => void (catalogue = await loadCatalogue({ packs: { paths: [], builtIn: false } })));

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function open(): Promise<{ server: Server; bed: Bed }> {
  const bed = await openBed({ catalogue });
  closers.push(() => bed.close());
  const { server } = await startServer({ central: bed.central() as never, clock: bed.clock });
  closers.push(() => server.close());
  await bed.report(CODE, "fail");
  await bed.settle();
  return { server, bed };
}

describe("a code", () => {
  test.each([
    ["", {}, "en", ENGLISH],
    ["?lang=de", {}, "de", GERMAN],
    ["?lang=de-AT", {}, "de", GERMAN],
    ["", { "accept-language": "de" }, "de", GERMAN],
    ["", { "accept-language": "fr, de-CH;q=0.8, en;q=0.7" }, "de", GERMAN],
    ["", { "accept-language": "de;q=0.2, en;q=0.9" }, "en", ENGLISH],
    ["", { "accept-language": "de;q=0, en" }, "en", ENGLISH],
    ["", { "accept-language": "*" }, "en", ENGLISH],
    ["", { "accept-language": ";;;q=,,\u0001" }, "en", ENGLISH],
    ["?lang=en", { "accept-language": "de" }, "en", ENGLISH],
    ["?lang=xx", { "accept-language": "de" }, "de", GERMAN],
  ])("%s %j is told in %s", async (query, headers, language, title) => {
    const { server } = await open();
    const answer = await server.app.inject({ url: `/api/v1/codes/${CODE}${query}`, headers });
    expect(answer.json()).toMatchObject({ code: CODE, language, title });
    expect(answer.headers["content-language"]).toBe(language);
    expect(answer.headers["vary"]).toMatch(/accept-language/i);
  });

  test("that is not translated says that it is English", async () => {
    const { server } = await open();
    const answer = await server.app.inject(`/api/v1/codes/${ENGLISH_ONLY}?lang=de`);
    expect([answer.json().language, answer.headers["content-language"]]).toEqual(["en", "en"]);
  });

  test("is found by words of both languages, under the title of the one that was asked for", async () => {
    const { server } = await open();
    const titles = async (query: string) =>
      (await server.app.inject(`/api/v1/codes?q=${query}`)).json().items.map((item: { title: string }) => item.title);
    expect(await titles("heizung+kurzgeschlossen+heizbett&lang=de")).toContain(GERMAN);
    expect(await titles("heatbed+short+circuit&lang=de")).toContain(GERMAN);
    expect(await titles("heizung+kurzgeschlossen+heizbett")).toContain(ENGLISH);
  });

  test.each(["/api/v1/codes/0300-8003?lang=de&lang=en", "/api/v1/alerts?lang=not_a_tag", `/api/v1/alerts?lang=${"a".repeat(99)}`])(
    "%s is refused in words",
    async (url) => {
      const { server } = await open();
      expect((await server.app.inject(url)).statusCode).toBe(400);
    },
  );
});

test("alerts, one alert, printers, history and the answer to a command follow the reader", async () => {
  const { server } = await open();
  const headers = { "accept-language": "de" };
  const get = async (url: string) => (await server.app.inject({ url, headers })).json();
  const { items } = await get("/api/v1/alerts");
  expect(items).toMatchObject([{ code: CODE, title: GERMAN, language: "de" }]);
  expect(await get(`/api/v1/alerts/${items[0].id}`)).toMatchObject({
    title: GERMAN,
    info: { language: "de", moduleName: "Bewegungssteuerung" },
  });
  expect((await get("/api/v1/history")).items).toMatchObject([{ title: GERMAN }]);
  expect((await get("/api/v1/printers")).items).toMatchObject([{ worst: { title: GERMAN } }]);
  const payload = { version: items[0].version };
  const acked = await server.app.inject({ method: "POST", url: `/api/v1/alerts/${items[0].id}/ack`, headers, payload });
  expect(acked.json()).toMatchObject({ acknowledged: true, title: GERMAN });
  expect((await server.app.inject("/api/v1/alerts")).json().items).toMatchObject([{ title: ENGLISH, language: "en" }]);
});

test("two streams tell one change, each in its language, and resume in it", async () => {
  const { server, bed } = await open();
  const url = await server.listen();
  const read = async (query: string, headers: Record<string, string> = {}) => {
    const abort = new AbortController();
    closers.push(() => abort.abort());
    const response = await fetch(`${url}/api/v1/events${query}`, { headers, signal: abort.signal });
    let text = "";
    const stream = (async () => {
      const decoder = new TextDecoder();
      for await (const chunk of response.body ?? []) text += decoder.decode(chunk as Uint8Array, { stream: true });
    })().catch((error: unknown) => {
      if (!abort.signal.aborted) throw error;
    });
    return { text: () => text, stop: () => (abort.abort(), stream) };
  };
  const english = await read("");
  const german = await read("?lang=de");
  await expect.poll(german.text).toContain("id: ");
  const firstId = /id: (\d+)/.exec(german.text())?.[1] ?? "";
  await bed.report(CODE, "pass");
  await bed.pass(60_000);
  await expect.poll(german.text).toContain(GERMAN);
  await expect.poll(english.text).toContain(ENGLISH);
  expect(german.text()).not.toContain(ENGLISH);
  expect(english.text()).not.toContain(GERMAN);
  await german.stop();
  const again = await read("", { "accept-language": "de", "last-event-id": firstId });
  await expect.poll(again.text).toContain(GERMAN);
  expect(again.text()).not.toContain(ENGLISH);
});
