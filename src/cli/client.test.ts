/** The commands' client: what it sends as a token, and what it says of refusals. */
import { describe, expect, it } from "vitest";
import { createClient } from "./client.ts";

const url = "http://127.0.0.1:4670";
const answering =
  (status: number, body: unknown, seen: Headers[] = []): typeof fetch =>
  async (_url: unknown, init?: RequestInit) => {
    seen.push(new Headers(init?.headers));
    return new Response(JSON.stringify(body), { status });
  };

describe("the token", () => {
  it.each(["secret", "secret\n", " secret\r\n"])("%j is sent without what a file adds", async (token) => {
    const seen: Headers[] = [];
    await createClient({ url, token }, answering(200, {}, seen)).get("/x");
    expect(seen[0]?.get("authorization")).toBe("Bearer secret");
  });

  it.each(["sec\nret", "sec ret", "geheim-ß"])("%j is refused without being shown", (token) => {
    expect(() => createClient({ url, token }, answering(200, {}))).toThrow(/OPENHMS_TOKEN/);
    expect(() => createClient({ url, token }, answering(200, {}))).not.toThrow(/sec|geheim/);
  });
});

describe("a refusal", () => {
  const problem = { type: "about:blank", title: "Bad Request", status: 400, instance: "/x" };
  it("says each field once", async () => {
    const client = createClient(
      { url, token: undefined },
      answering(400, { ...problem, detail: "limit must be >= 1", errors: [{ field: "limit", message: "must be >= 1" }] }),
    );
    await expect(client.get("/x")).rejects.toThrow(/^limit must be >= 1$/);
  });

  it("names the fields that the detail leaves out", async () => {
    const client = createClient(
      { url, token: undefined },
      answering(400, { ...problem, detail: "refused", errors: [{ field: "minutes", message: "is missing" }] }),
    );
    await expect(client.get("/x")).rejects.toThrow("refused — minutes: is missing");
  });
});
