/** Every adapter file of the folder is listed; the parts of an adapter stand in a folder of its name. */
import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { adapters } from "./index.ts";

const NOT_ADAPTERS = new Set(["adapter.ts", "index.ts"]);

it("lists every file of the folder under its own kind", () => {
  const files = readdirSync(new URL(".", import.meta.url)).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !NOT_ADAPTERS.has(file),
  );
  expect(adapters.map((adapter) => `${adapter.kind}.ts`).sort()).toEqual(files.sort());
});
