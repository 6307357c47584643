/** Which paths are pages of the web app, and which of its files a help page or the login needs before anyone is known. */

const PAGE = /^\/(?:(?:printers|alerts|display)(?:\/[^/]+)?|codes(?:\/[^/]+\/site)?|history|settings|login)?\/?$/;

export function isPage(path: string): boolean {
  return PAGE.test(path);
}

/** Built files hold no data of a site. */
const FILE = /^\/(?:(?:assets|help)\/[^/]+|[^/]+\.(?:js|css|svg|png|ico|webmanifest|woff2|txt|json))$/;
const OPEN_PAGE = /^\/(?:codes|login)\/?$/;

export function isOpenFile(path: string): boolean {
  return OPEN_PAGE.test(path) || FILE.test(path);
}

/** Named by their content, so a browser may keep them for ever. */
export function isHashed(path: string): boolean {
  return path.startsWith("/assets/");
}
