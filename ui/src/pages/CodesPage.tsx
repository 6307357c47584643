/**
 * Search of the catalogue: any written form of a code, or words; answers as one types. Beside it the codes that printers here have shown
 * and nobody has described. What is asked for stands in the address.
 */
import { TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { Link } from "wouter";
import { ApiError } from "../data/client.ts";
import type { CodeSummary } from "../data/contract.ts";
import { useCodeSearch, useUndescribed } from "../data/queries.ts";
import { Mark } from "../parts/Mark.tsx";
import { useTitle } from "../parts/useTitle.ts";
import { Failed, Waiting } from "../parts/Wait.tsx";
import { dayTime, priorityWord } from "../show/words.ts";
import { langOf, t } from "../words/language.ts";

const DEBOUNCE_MS = 180;

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), DEBOUNCE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

function Results({ items }: { readonly items: readonly CodeSummary[] }) {
  return (
    <ul className="plain" id="results">
      {items.map((item) => (
        <li key={item.code} className="alert-line">
          <Mark severity={item.severity} />
          <div>
            <a href={`/codes/${item.code}`} {...langOf(item.language ?? "en")}>
              {item.title}
            </a>
            <div className="small quiet">
              <span className="mono">{item.code}</span> · <span {...langOf(item.language ?? "en")}>{item.module}</span>
              {item.documented ? "" : ` · ${t("codes.undocumented")}`}
            </div>
          </div>
          <span className="small quiet">{priorityWord(item.priority)}</span>
        </li>
      ))}
    </ul>
  );
}

function holds({ code, title }: CodeSummary, text: string): boolean {
  const all = `${code} ${title}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

/** `text` narrows it. */
function Undescribed({ text }: { readonly text: string }) {
  const query = useUndescribed(true);
  const items = query.data?.items.filter((item) => holds(item, text));
  return (
    <section className="panel" aria-label={t("seen.list")}>
      {query.isError && query.error instanceof ApiError && query.error.status === 401 ? (
        <p>
          {t("seen.login")} <Link href={`/login?next=${encodeURIComponent(`/codes?${UNDESCRIBED}`)}`}>{t("login.button")}</Link>
        </p>
      ) : query.isError ? (
        <Failed error={query.error} retry={() => void query.refetch()} />
      ) : null}
      {query.isPending ? <Waiting heightPx={200} label={t("seen.loading")} /> : null}
      {items === undefined ? null : items.length === 0 ? (
        <p className="quiet">{t("seen.allDescribed")}</p>
      ) : (
        <ul className="plain" id="results">
          {items.map((item) => (
            <li key={item.code} className="alert-line">
              <Mark severity={item.severity} />
              <div>
                <Link href={`/codes/${item.code}/site`} {...langOf(item.language ?? "en")}>
                  {item.title}
                </Link>
                <div className="small quiet">
                  <span className="mono">{item.code}</span>
                  {item.lastSeenAt === undefined ? "" : ` · ${dayTime(item.lastSeenAt)}`}
                </div>
              </div>
              <span className="small quiet">{t("seen.times", { count: item.raises ?? 0 })}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const UNDESCRIBED = "lane=undocumented";

function addressOf(text: string, isFieldOnly: boolean): string {
  const query = [...(isFieldOnly ? [UNDESCRIBED] : []), ...(text === "" ? [] : [`q=${encodeURIComponent(text)}`])].join("&");
  return query === "" ? "/codes" : `/codes?${query}`;
}

export function CodesPage() {
  useTitle(t("page.codes"));
  const [text, setText] = useState(() => new URLSearchParams(window.location.search).get("q") ?? "");
  const [isFieldOnly, setFieldOnly] = useState(() => new URLSearchParams(window.location.search).has("lane"));
  const settled = useSettled(text.trim());
  const search = useCodeSearch(isFieldOnly ? "" : settled);
  useEffect(() => {
    window.history.replaceState(window.history.state, "", addressOf(settled, isFieldOnly));
  }, [settled, isFieldOnly]);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const items = search.data?.items;
  return (
    <div className="narrow stack">
      <h1 style={{ margin: 0 }}>{t("page.codes")}</h1>
      <search>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            document.querySelector<HTMLElement>("#results a")?.focus();
          }}
        >
          <TextInput
            ref={field}
            data-search
            type="search"
            size="md"
            label={t("codes.field")}
            description={t("codes.example")}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </form>
      </search>
      <label className="check">
        <input type="checkbox" checked={isFieldOnly} onChange={(event) => setFieldOnly(event.currentTarget.checked)} />
        <span>{t("seen.only")}</span>
      </label>
      {isFieldOnly ? <Undescribed text={settled} /> : null}
      {settled === "" || isFieldOnly ? null : (
        <section className="panel" aria-label={t("codes.results")}>
          <output className="small quiet">
            {items === undefined
              ? ""
              : t("codes.found", { count: items.length }) + (search.data?.next === null ? "" : ` ${t("codes.more")}`)}
          </output>
          {items === undefined && search.isError ? <Failed error={search.error} retry={() => void search.refetch()} /> : null}
          {search.isPending ? <Waiting heightPx={400} label={t("codes.searching")} /> : null}
          {items === undefined ? null : items.length === 0 ? <p className="quiet">{t("codes.nothing")}</p> : <Results items={items} />}
        </section>
      )}
    </div>
  );
}
