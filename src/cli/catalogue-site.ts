/**
 * `openhms catalogue site`: the help pages of every code as a folder that any web server, or a browser without one, can show. Hides how
 * the folder is laid out and how an earlier export is known and replaced. A folder with other files in it is never touched.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Catalogue, Explanation } from "../catalogue/catalogue.ts";
import { codeListScript, renderContents } from "../catalogue/page/contents.ts";
import { groupCodes } from "../catalogue/page/groups.ts";
import { renderHelp } from "../catalogue/page/help.ts";
import { trusted } from "../catalogue/page/html.ts";
import type { Surroundings } from "../catalogue/page/surroundings.ts";
import { wordsFor } from "../catalogue/page/words.ts";
import { ConfigError, StartError } from "../lib/errors.ts";
import { qrSvg } from "../lib/qr.ts";
import { VERSION } from "../lib/version.ts";
import type { HmsCode } from "../model/code.ts";
import type { Terminal } from "./commands.ts";

export interface SiteOptions {
  readonly out: string;
  /** The first is shown where no language stands in the address. */
  readonly languages: readonly string[];
  /** Where it will be reached: then printed pages carry QR codes. */
  readonly url?: string | undefined;
  /** The built style and scripts; undefined from a checkout that was not built. */
  readonly uiDir: string | undefined;
}

/** Names the folder as ours, and what in it is. */
const MARKER = "openhms-site.json";
/** Of the built web app, and what it is called in the site. */
const FILES = { "help/page.css": "page.css", "help/page.js": "page.js", "help/search.js": "search.js", "favicon.svg": "icon.svg" } as const;

interface Writer {
  write(path: string, text: string): void;
  copy(from: string, path: string): void;
  readonly bytes: number;
}

function createWriter(out: string): Writer {
  const folders = new Set<string>();
  let bytes = 0;
  const at = (path: string): string => {
    const full = join(out, path);
    const folder = join(full, "..");
    if (!folders.has(folder)) mkdirSync(folder, { recursive: true });
    folders.add(folder);
    return full;
  };
  return {
    get bytes() {
      return bytes;
    },
    write: (path, text) => {
      const data = Buffer.from(text);
      bytes += data.length;
      writeFileSync(at(path), data);
    },
    copy: (from, path) => {
      bytes += statSync(from).size;
      copyFileSync(from, at(path));
    },
  };
}

/** Empties a folder of an earlier export; refuses one that holds anything of somebody else's in our place. */
function clear(out: string): void {
  if (!existsSync(out)) return;
  const refuse = (why: string): never => {
    throw new StartError(`${out} ${why}; name a new or an empty folder with --out`);
  };
  if (!statSync(out).isDirectory()) refuse("is no folder");
  if (readdirSync(out).length === 0) return;
  const names = existsSync(join(out, MARKER)) ? earlierNames(readFileSync(join(out, MARKER), "utf8")) : undefined;
  for (const name of names ?? refuse("is not empty, and no earlier export of this command"))
    rmSync(join(out, name), { recursive: true, force: true });
}

/** What an earlier export wrote into its top folder; undefined when the marker is not ours. Names alone: nothing outside is ever removed. */
function earlierNames(marker: string): readonly string[] | undefined {
  const [, list] = /"languages":\[([^\]]*)\]/.exec(marker) ?? [];
  const tags = list?.match(/(?<=")[a-z]{2,3}(-[A-Z]{2})?(?=")/g) ?? [];
  return list === undefined ? undefined : ["codes", "codes.js", "index.html", ...Object.values(FILES), ...tags];
}

/** Folders from a page up to the top. */
const up = (depth: number): string => "../".repeat(depth);

/** The folder of a language under the top one: none for the first. */
const folderOf = (language: string, languages: readonly string[]): string => (language === languages[0] ? "" : `${language}/`);

/** `page`: the page's path inside its language's folder. Links name the file, since a browser without a server lists folders. */
function aroundPage(page: string, language: string, { languages, url }: SiteOptions): Surroundings {
  const depth = page.split("/").length - 1;
  const own = folderOf(language, languages);
  const top = up(depth + (own === "" ? 0 : 1));
  const address = url === undefined ? undefined : new URL(own + page.replace(/index\.html$/, ""), url.replace(/\/*$/, "/")).href;
  return {
    files: top === "" ? "./" : top,
    icon: `${top}icon.svg`,
    home: `${up(depth)}index.html`,
    search: `${up(depth)}index.html`,
    code: (code) => `${up(depth)}codes/${code}/index.html`,
    languages: languages
      .filter((other) => other !== language)
      .map((other) => ({ language: other, name: wordsFor(other).words.name, href: top + folderOf(other, languages) + page })),
    ...(address === undefined || depth === 0 ? {} : { qr: trusted(qrSvg(address)) }),
  };
}

/** Every known code, and those of OpenHMS itself and of packs. */
function allCodes(catalogue: Catalogue): readonly HmsCode[] {
  const codes = [...catalogue.known(), ...catalogue.list().map(({ code }) => code as HmsCode)];
  return [...new Set(codes)].toSorted();
}

function writeLanguage(catalogue: Catalogue, language: string, options: SiteOptions, writer: Writer, onPage: () => void): void {
  const folder = folderOf(language, options.languages);
  const infos: Explanation[] = [];
  for (const code of allCodes(catalogue)) {
    const info = catalogue.explain(code, language);
    infos.push(info);
    const page = `codes/${code}/index.html`;
    const drawing = catalogue.drawing(code, { language });
    writer.write(folder + page, renderHelp({ info, language, drawing, around: aroundPage(page, language, options) }));
    onPage();
  }
  const groups = groupCodes(infos, language);
  writer.write(`${folder}codes.js`, codeListScript(groups, language));
  writer.write(`${folder}index.html`, renderContents(groups, language, aroundPage("index.html", language, options)));
}

/** A QR code must hold it with the page's path, and a phone must read that. */
const MAX_URL = 500;

function check(catalogue: Catalogue, { languages, url }: SiteOptions): void {
  const wrong = languages.filter((language) => catalogue.language([language]) !== language);
  const problems = wrong.map((language) => ({
    file: "--languages",
    path: "",
    message: `the catalogue has no ${JSON.stringify(language)}`,
  }));
  if (url !== undefined && (!/^https?:\/\//.test(url) || !URL.canParse(url) || url.length > MAX_URL))
    problems.push({ file: "--url", path: "", message: `an address with http:// or https:// is needed, of at most ${MAX_URL} characters` });
  if (problems.length > 0) throw new ConfigError(problems);
}

const PROGRESS_EVERY = 1_000;

/** @throws {StartError} when the folder must not be written to, or the style and scripts are not built. */
export function exportSite(catalogue: Catalogue, options: SiteOptions, terminal: Terminal): void {
  const { out, languages, uiDir } = options;
  const began = terminal.nowMs();
  check(catalogue, options);
  const missing = Object.keys(FILES).find((name) => uiDir === undefined || !existsSync(join(uiDir, name)));
  if (uiDir === undefined || missing !== undefined)
    throw new StartError("the style and the scripts of the pages are not built; run npm run build, then this command again");
  clear(out);
  const writer = createWriter(out);
  // first of all, so that an export that was broken off can be done again
  writer.write(MARKER, `${JSON.stringify({ version: VERSION, languages })}\n`);
  for (const [from, to] of Object.entries(FILES)) writer.copy(join(uiDir, from), to);
  const total = allCodes(catalogue).length * languages.length;
  let done = 0;
  const onPage = (): void => {
    done++;
    if (done % PROGRESS_EVERY === 0 && done < total) terminal.print(`${done} of ${total} pages…`);
  };
  for (const language of languages) writeLanguage(catalogue, language, options, writer, onPage);
  const seconds = ((terminal.nowMs() - began) / 1_000).toFixed(1);
  terminal.print(
    `${total} pages (${languages.join(", ")}) in ${out}: ${(writer.bytes / 1e6).toFixed(1)} MB in ${seconds} s. Open ${join(out, "index.html")}`,
  );
}
