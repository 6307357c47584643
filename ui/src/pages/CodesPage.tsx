/** Search of the catalogue: any written form of a code, or words; answers as one types. The text stands in the address. */
import { TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { Link } from "wouter";
import type { CodeSummary } from "../data/contract.ts";
import { useCodeSearch } from "../data/queries.ts";
import { Mark } from "../parts/Mark.tsx";
import { useTitle } from "../parts/useTitle.ts";
import { Failed, Waiting } from "../parts/Wait.tsx";

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
            <Link href={`/codes/${item.code}`}>{item.title}</Link>
            <div className="small quiet">
              <span className="mono">{item.code}</span> · {item.module}
              {item.documented ? "" : " · not documented yet"}
            </div>
          </div>
          <span className="small quiet">{item.priority}</span>
        </li>
      ))}
    </ul>
  );
}

export function CodesPage() {
  useTitle("Codes");
  const [text, setText] = useState(() => new URLSearchParams(window.location.search).get("q") ?? "");
  const settled = useSettled(text.trim());
  const search = useCodeSearch(settled);
  useEffect(() => {
    window.history.replaceState(window.history.state, "", settled === "" ? "/codes" : `/codes?q=${encodeURIComponent(settled)}`);
  }, [settled]);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const items = search.data?.items;
  return (
    <div className="narrow stack">
      <h1 style={{ margin: 0 }}>Codes</h1>
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
            label="A code in any form, or words"
            description="For example 0300-0100-0001-0001, 0300_8003, 50331904:65537 or “nozzle clogged”"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </form>
      </search>
      {settled === "" ? null : (
        <section className="panel" aria-label="Results">
          <output className="small quiet">
            {items === undefined
              ? ""
              : `${items.length === 1 ? "1 code" : `${items.length} codes`}${search.data?.next === null ? "" : " and more"}`}
          </output>
          {items === undefined && search.isError ? <Failed error={search.error} retry={() => void search.refetch()} /> : null}
          {search.isPending ? <Waiting heightPx={400} label="Searching" /> : null}
          {items === undefined ? null : items.length === 0 ? (
            <p className="quiet">Nothing found. Try fewer or other words.</p>
          ) : (
            <Results items={items} />
          )}
        </section>
      )}
    </div>
  );
}
