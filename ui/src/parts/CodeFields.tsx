/** The fields of a code, byte by byte, with what each of them means. */
import type { CodeInfo } from "../data/contract.ts";
import { levelWords, place } from "../show/words.ts";
import { t } from "../words/language.ts";

const hex = (value: number, digits: number): string => `0x${value.toString(16).toUpperCase().padStart(digits, "0")}`;

export function CodeFields({ info }: { readonly info: CodeInfo }) {
  const device = info.kind === "device";
  const rows: readonly (readonly [string, string])[] = [
    [t("fields.kind"), device ? [t("fields.device"), info.class ?? ""].join(" ") : t("fields.hms")],
    [t("fields.module"), `${hex(info.module, 2)} ${info.moduleName}`],
    [t("fields.unit"), [hex(info.unit, 2), place(info)].join(" ")],
    ...(info.part === null ? [] : [[t("fields.part"), `${hex(info.part, 2)} ${info.partName ?? ""}`] as const]),
    ...(info.partNumber === null ? [] : [[t("fields.partNumber"), hex(info.partNumber, 2)] as const]),
    [t("fields.level"), levelWords(info.level)],
    [t("fields.number"), hex(info.number, 4)],
    [t("fields.wire"), info.codeNumber === null ? String(info.attr) : `attr ${info.attr}, code ${info.codeNumber}`],
    [t("fields.forms"), info.forms.join("   ")],
  ];
  return (
    <section className="panel" aria-labelledby="fields-title">
      <h2 id="fields-title">{t("fields.title")}</h2>
      <table className="table">
        <caption>{t("fields.caption")}</caption>
        <tbody>
          {rows.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td style={{ overflowWrap: "anywhere" }}>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
