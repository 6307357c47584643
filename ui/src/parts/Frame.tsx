/** What stands around every page but the displays: skip link, navigation, the banner of what is wrong with OpenHMS itself, the live regions. */
import { type ReactNode, useEffect, useRef } from "react";
import { Link, useLocation } from "wouter";
import { useConnection, useTrouble } from "../data/queries.ts";
import { clockTime, troubleWords } from "../show/words.ts";
import { t } from "../words/language.ts";
import { Announcer } from "./Announcer.tsx";

const PAGES = [
  { to: "/", label: t("page.fleet") },
  { to: "/codes", label: t("page.codes") },
  { to: "/history", label: t("page.history") },
  { to: "/settings", label: t("settings.title") },
] as const;

function Banner() {
  const connection = useConnection();
  const trouble = useTrouble();
  if (connection.state !== "lost")
    return trouble === undefined ? null : (
      <output className="banner" data-testid="trouble">
        {troubleWords(trouble)}
      </output>
    );
  return (
    <output className="banner">{connection.refused ? t("frame.refused") : t("frame.lost", { time: clockTime(connection.sinceMs) })}</output>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** `/` goes to the page's search or filter field. */
function useSlashKey(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const field = document.querySelector<HTMLElement>("[data-search]");
      if (field === null) return;
      event.preventDefault();
      field.focus();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

/** After a change of page the keyboard and the reader go on at its beginning; not on the first load. */
function useFocusOnNavigation(location: string) {
  const main = useRef<HTMLElement>(null);
  const before = useRef(location);
  useEffect(() => {
    if (before.current === location) return;
    before.current = location;
    // a page whose first thing is its search field has taken the keyboard there already
    if (document.activeElement?.matches("#main [data-search]") !== true) main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [location]);
  return main;
}

export function Frame({ live, children }: { readonly live: boolean; readonly children: ReactNode }) {
  const [location] = useLocation();
  const main = useFocusOnNavigation(location);
  useSlashKey();
  return (
    <>
      <a className="skip" href="#main">
        {t("frame.skip")}
      </a>
      <header className="top">
        <nav className="top-row" aria-label={t("frame.main")}>
          <Link href="/" className="brand">
            <img src="/favicon.svg" alt="" width={24} height={24} />
            OpenHMS
          </Link>
          <ul className="nav">
            {PAGES.map((page) => {
              const here = page.to === "/" ? location === "/" : location.startsWith(page.to);
              return (
                <li key={page.to}>
                  <Link href={page.to} {...(here ? { "aria-current": "page" as const } : {})}>
                    {page.label}
                  </Link>
                </li>
              );
            })}
          </ul>
        </nav>
      </header>
      {live ? <Banner /> : null}
      <main id="main" className="main" tabIndex={-1} ref={main}>
        {children}
      </main>
      {live ? <Announcer /> : null}
    </>
  );
}
