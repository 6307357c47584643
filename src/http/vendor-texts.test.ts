/** The maker's own texts on their way to a reader: beside ours, in the reader's languages, the one for the printer first. */
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import type { Reader } from "../catalogue/vendor/choose.ts";
import { ERROR, message, openBed } from "../central/testbed.ts";
import { silentLog } from "../lib/log.ts";
import type { VendorText } from "../model/api.ts";
import { createAccess } from "./access.ts";
import { memorySettings } from "./harness.fixture.ts";
import { createServer } from "./server.ts";

test("a code and an alert carry the maker's text, and our own stays what it is", async () => {
  const asked: Reader[] = [];
  const text: VendorText = { language: "de", text: "Es ist heiß.", models: ["H2D"], source: "answer_de_094", version: 7 };
  const vendorTexts = {
    of: (_code: string, reader: Reader = {}) => {
      asked.push(reader);
      return [text];
    },
  };
  const bed = await openBed({ vendorTexts });
  const access = await createAccess({ settings: memorySettings(), clock: bed.clock, randomBytes, required: false });
  const server = await createServer({
    central: bed.central(),
    access,
    site: { version: "0", demo: false, publicUrl: "http://127.0.0.1:4670", phoneHint: null, signals: [] },
    host: "127.0.0.1",
    port: 0,
    uiDir: undefined,
    log: silentLog,
    clock: bed.clock,
  });
  try {
    const get = async (url: string, languages = "") =>
      (await server.app.inject({ url, headers: languages === "" ? {} : { "accept-language": languages } })).json();
    const code = await get(`/api/v1/codes/${ERROR}?model=H2D&lang=pt-BR`, "ja,en;q=0.5");
    expect(code.vendorTexts).toEqual([text]);
    expect(code).toMatchObject({ summary: "Something is wrong.", steps: [{ text: "Look at it." }] });
    expect(asked.at(-1)).toEqual({ languages: ["pt-BR", "ja", "en"], model: "H2D" });

    bed.news("p1", true, { model: "A1 mini" });
    await server.app.inject({ method: "POST", url: "/api/v1/reports", payload: { reports: [message(ERROR, "fail", 1)] } });
    const { items } = await get("/api/v1/alerts");
    expect(items[0]).not.toHaveProperty("vendorTexts");
    expect((await get(`/api/v1/alerts/${items[0].id}`)).info.vendorTexts).toEqual([text]);
    expect(asked.at(-1)).toEqual({ languages: ["en"], model: "A1 mini" });
  } finally {
    await server.close();
    await bed.close();
  }
});
