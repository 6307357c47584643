/** The help pages as central serves them: open to all, in the reader's language, at one address, without a word about any alert. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadCatalogue } from "../catalogue/load.ts";
import { qrSvg } from "../lib/qr.ts";
import type { HmsCode } from "../model/code.ts";
import { createFakeCentral } from "./central.fixture.ts";
import { type Harness, startServer } from "./harness.fixture.ts";

const CODE = "0300-0100-0001-0001";
const PATH = `/codes/${CODE}`;

describe("help pages", () => {
  let harness: Harness;
  beforeAll(async () => {
    const catalogue = await loadCatalogue();
    const central = createFakeCentral();
    const code = (one: HmsCode, language?: string) => ({ ...central.code(one), ...catalogue.explain(one, language) });
    harness = await startServer({
      // a stranger's phone: everything else asks for a token
      required: true,
      central: { ...createFakeCentral(), code, drawing: catalogue.drawing, language: (tags) => (tags[0]?.startsWith("de") ? "de" : "en") },
    });
  });
  afterAll(async () => harness.server.close());
  const open = (url: string, headers: Record<string, string> = {}) => harness.server.app.inject({ url, headers });

  test("a page is there without login, script or web app", async () => {
    const answer = await open(PATH);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(answer.headers["content-security-policy"]).toContain("script-src 'self';");
    expect(answer.body).toContain("Heatbed heater has a short circuit");
    expect(answer.body).toContain('class="lit"');
    expect(answer.body).toContain(`href="/codes/${CODE}/site"`);
    expect(answer.body).toContain(`src="/codes/${CODE}/qr.svg"`);
  });

  test.each([
    ["/codes/hms_0300_0100_0001_0001", PATH],
    ["/codes/50331904:65537?alert=x1~a%26b&lang=de", `${PATH}?lang=de&alert=x1%7Ea%26b`],
    ["/codes/0300010000010001?other=1&model=A1", `${PATH}?model=A1`],
  ])("%s leads to %s", async (url, location) => {
    const answer = await open(url);
    expect([answer.statusCode, answer.headers["location"]]).toEqual([302, location]);
  });

  test("what is no code says so, with a search", async () => {
    const answer = await open(`/codes/${encodeURIComponent('<script>alert("x")')}`, { accept: "text/html" });
    expect(answer.statusCode).toBe(404);
    expect(answer.body).toContain("&lt;script&gt;alert(&quot;x&quot;)");
    expect(answer.body).toContain('action="/codes"');
    expect(answer.body).not.toContain("<script>");
  });

  test.each([
    [{}, "", "en", "What to do"],
    [{ "accept-language": "de-AT,en;q=0.5" }, "", "de", "Was zu tun ist"],
    [{ "accept-language": "de" }, "?lang=en", "en", "What to do"],
    [{}, "?lang=de", "de", "Was zu tun ist"],
    [{}, "?lang=de&lang=en", "en", "What to do"],
    [{}, "?lang=", "en", "What to do"],
  ])("%o %s is %s", async (headers, query, language, words) => {
    const answer = await open(PATH + query, headers);
    expect(answer.headers["content-language"]).toBe(language);
    expect(answer.headers["vary"]).toContain("accept-language");
    expect(answer.body).toContain(`<html lang="${language}">`);
    expect(answer.body).toContain(words);
  });

  test("a language that was chosen stays when one goes on", async () => {
    const { body } = await open(`${PATH}?lang=de&alert=a1`);
    expect(body).toContain('href="/codes/0300-8009?lang=de"');
    expect(body).toContain(`href="${PATH}?lang=en&amp;alert=a1" hreflang="en"`);
  });

  test("is sent once, and again when it has changed", async () => {
    const first = await open(PATH);
    const { etag } = first.headers;
    expect(first.headers["cache-control"]).toBe("no-cache");
    const second = await open(PATH, { "if-none-match": String(etag) });
    expect([second.statusCode, second.body]).toEqual([304, ""]);
    expect((await open(PATH, { "if-none-match": `"other", W/${String(etag)}` })).statusCode).toBe(304);
    expect((await open(PATH, { "if-none-match": String(etag), "accept-language": "de" })).statusCode).toBe(200);
  });

  test("an alert's page has a box without its data, and a QR code that carries it", async () => {
    const { body } = await open(`${PATH}?alert=a1`);
    expect(body).toContain('data-alert="a1"');
    expect(body).toContain(`src="/codes/${CODE}/qr.svg?alert=a1"`);
    // the alert a1 of this central is on printer One
    expect(body).not.toMatch(/\bOne\b|\bp1\b/);
    expect((await open(PATH)).body).not.toContain('id="alert"');
  });

  test("a QR code from an alert leads to the page with the alert", async () => {
    const url = "http://127.0.0.1:4670/codes/0300-8003";
    const svg = async (query: string): Promise<string> => (await open(`/codes/0300-8003/qr.svg${query}`)).body;
    const title = "QR code: opens the help page of 0300-8003";
    expect(await svg("?alert=x1~a%26b")).toBe(qrSvg(`${url}?alert=x1~a%26b`, title));
    expect(await svg("")).toBe(qrSvg(url, title));
    expect((await open(`/codes/0300-8003/qr.svg?alert=${"x".repeat(300)}`)).statusCode).toBe(400);
  });

  test("a printer's model gives its drawing", async () => {
    expect((await open(`${PATH}?model=A1`)).body).not.toBe((await open(PATH)).body);
  });

  test.each([`?alert=${"x".repeat(3_000)}`, "?alert=a&alert=b", "?model[]=x", "?__proto__=x", "?alert=%00%ff"])(
    "a broken address %# shows the page all the same",
    async (query) => {
      const answer = await open(PATH + query);
      expect(answer.statusCode).toBe(200);
      expect(answer.body).not.toMatch(/data-alert="(?:ab|xxx)/);
    },
  );
});
