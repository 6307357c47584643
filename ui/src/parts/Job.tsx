/** The job of a printer: name, progress with its value, layer and time left. Keeps its height without a job. */
import { Progress } from "@mantine/core";
import type { Printer } from "../data/contract.ts";
import { duration } from "../show/words.ts";
import { t } from "../words/language.ts";

function layerWords({ layer, totalLayers }: Printer): string {
  if (layer === null) return "";
  return totalLayers === null ? t("job.layer", { layer }) : t("job.layerOf", { layer, total: totalLayers });
}

export function Job({ printer, size = "md" }: { readonly printer: Printer; readonly size?: "md" | "xl" }) {
  const pct = Math.min(100, Math.max(0, printer.progressPct ?? 0));
  const known = printer.progressPct !== null;
  const layer = layerWords(printer);
  const left =
    printer.remainingMin === null || printer.remainingMin <= 0 ? "" : t("job.left", { time: duration(printer.remainingMin * 60_000) });
  return (
    <div className="job">
      <div className="job-name" title={printer.job ?? undefined}>
        {printer.job ?? <span className="quiet">{t("job.none")}</span>}
      </div>
      <Progress.Root size={size} radius="xl">
        <Progress.Section
          value={pct}
          aria-label={t("job.progress", { name: printer.name })}
          aria-valuetext={known ? t("job.percent", { percent: pct.toFixed(0) }) : t("job.unknown")}
        />
      </Progress.Root>
      <div className="job-line small">
        <b>{known ? `${pct.toFixed(0)} %` : "–"}</b>
        <span>{layer}</span>
        <span>{left}</span>
      </div>
    </div>
  );
}
