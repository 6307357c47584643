/**
 * Bundles the server into dist/: one file starts three times as fast as hundreds. The store's writer and the bench's
 * players are workers, so files of their own; the catalogue's YAML becomes one JSON file that loads in a moment. V8 keeps the text of what it runs, so the text is made small.
 */
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { build } from "rolldown";
import { COMPILED_NAME, compileKnowledge } from "../src/catalogue/files/compiled.ts";
import { readSoundWithPacks } from "../src/catalogue/files/sound.ts";

const dist = new URL("../dist/", import.meta.url);
if (existsSync(dist)) for (const name of readdirSync(dist)) if (name.endsWith(".js")) rmSync(new URL(name, dist));

const { output } = await build({
  input: { main: "src/cli/main.ts", writer: "src/store/writer.ts", "bench-worker": "src/app/bench/worker.ts" },
  platform: "node",
  logLevel: "warn",
  output: {
    dir: "dist",
    format: "esm",
    entryFileNames: "[name].js",
    // flat, so that files are found from any chunk in the same way
    chunkFileNames: "[name]-[hash].js",
    // names stay, for the stack traces
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
    // packages in CommonJS still ask for these
    banner: `import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);`,
  },
});
/** One character beyond Latin-1 and the whole text takes two bytes a character in memory. */
const inAscii = (text: string): string =>
  text.replace(/[^\0-\x7f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
for (const file of output) if (file.type === "chunk") writeFileSync(new URL(file.fileName, dist), inAscii(file.code));
const { knowledge, packs } = await readSoundWithPacks();
writeFileSync(new URL(COMPILED_NAME, dist), inAscii(compileKnowledge(knowledge, packs)));
