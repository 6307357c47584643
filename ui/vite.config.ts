/**
 * The build of the web app, and of the help pages' style and scripts, whose names stay: pages that somebody saved name them. Pages that are rarely opened and the charts are chunks of their own, so that the first load stays
 * under the budget of 170 KB gzipped script; each text asset gets a `.gz` beside it, which the server sends as it is.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const outDir = join(import.meta.dirname, "../dist/ui");
const MIN_GZIP_BYTES = 1_024;

function gzipBesides(): Plugin {
  return {
    name: "gzip-besides",
    apply: "build",
    async closeBundle() {
      const names = await readdir(outDir, { recursive: true });
      const texts = names.filter((name) => /\.(js|css|html|svg)$/.test(name));
      await Promise.all(
        texts.map(async (name) => {
          const bytes = await readFile(join(outDir, name));
          if (bytes.length < MIN_GZIP_BYTES) return;
          await writeFile(join(outDir, `${name}.gz`), await promisify(gzip)(bytes, { level: 9 }));
        }),
      );
    },
  };
}

/** Without modules around them, their names would be the page's: each help script gets a scope of its own. */
function closedHelpScripts(): Plugin {
  return {
    name: "closed-help-scripts",
    apply: "build",
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle))
        if (file.type === "chunk" && file.name.startsWith("help/")) file.code = `(()=>{${file.code}})();\n`;
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), closedHelpScripts(), gzipBesides()],
  build: {
    outDir,
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        index: join(import.meta.dirname, "index.html"),
        "help/page": join(import.meta.dirname, "help/page.ts"),
        "help/search": join(import.meta.dirname, "help/search.ts"),
      },
      output: {
        entryFileNames: ({ name }) => (name.startsWith("help/") ? "[name].js" : "assets/[name]-[hash].js"),
        assetFileNames: ({ names }) =>
          names.some((name) => name.endsWith("page.css")) ? "help/page.css" : "assets/[name]-[hash][extname]",
      },
    },
  },
  server: { host: "127.0.0.1", proxy: { "/api": process.env["OPENHMS_URL"] ?? "http://127.0.0.1:4670" } },
});
