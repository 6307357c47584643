/** What people say of alerts, and what it tells of the detectors: label, precision. */
import type { Alert, List } from "../model/api.ts";
import type { Precision, Verdict } from "../model/label.ts";
import type { Client } from "./client.ts";
import { alertPath, type Terminal } from "./commands.ts";
import { jsonLine, plain, table } from "./format.ts";

const WORDS: Readonly<Record<Verdict, string>> = { real: "it was real", false: "a false alert", unsure: "not sure" };

export interface Said {
  readonly verdict: Verdict;
  readonly note: string | undefined;
  /** The latest one that there is now, where none is named. */
  readonly episode: number | undefined;
}

export async function label(client: Client, id: string, said: Said, terminal: Terminal): Promise<void> {
  const path = alertPath(id);
  const episode = said.episode ?? (await client.get<Alert>(path)).episode;
  const alert = await client.post<Alert>(`${path}/label`, {
    verdict: said.verdict,
    // 0: not raised yet, which central says in words
    ...(episode > 0 && { episode }),
    ...(said.note !== undefined && { note: said.note }),
  });
  terminal.print(plain(`Episode ${episode} of ${alert.id}: ${WORDS[said.verdict]}. ${alert.title}.`));
}

export async function listPrecision(
  client: Client,
  query: { readonly printer: string | undefined; readonly since: string | undefined },
  terminal: Terminal,
  json: boolean,
): Promise<void> {
  const { items } = await client.get<List<Precision>>("/api/v1/precision", query);
  if (json) return items.forEach((item) => terminal.print(jsonLine(item)));
  if (items.length === 0) return terminal.print("Nobody has said yet of an alert whether it was real: openhms label ID real");
  terminal.print(
    table(items, [
      { title: "DETECTOR", value: (item) => item.detector },
      { title: "CODE", value: (item) => item.code },
      { title: "REAL", value: (item) => String(item.real) },
      { title: "FALSE", value: (item) => String(item.false) },
      { title: "UNSURE", value: (item) => String(item.unsure) },
      { title: "PRECISION", value: (item) => percent(item.precision) },
      { title: "95 % BETWEEN", value: (item) => (item.precision === null ? "" : `${percent(item.low)} and ${percent(item.high)}`) },
    ]),
  );
}

function percent(share: number | null): string {
  return share === null ? "" : `${Math.round(share * 100)} %`;
}
