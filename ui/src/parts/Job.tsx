/** The job of a printer: name, progress with its value, layer and time left. Keeps its height without a job. */
import { Progress } from "@mantine/core";
import type { Printer } from "../data/contract.ts";
import { duration } from "../show/words.ts";

export function Job({ printer, size = "md" }: { readonly printer: Printer; readonly size?: "md" | "xl" }) {
  const pct = Math.min(100, Math.max(0, printer.progressPct ?? 0));
  const known = printer.progressPct !== null;
  const layer = printer.layer === null ? "" : `Layer ${printer.layer}${printer.totalLayers === null ? "" : ` of ${printer.totalLayers}`}`;
  const left = printer.remainingMin === null || printer.remainingMin <= 0 ? "" : `${duration(printer.remainingMin * 60_000)} left`;
  return (
    <div className="job">
      <div className="job-name" title={printer.job ?? undefined}>
        {printer.job ?? <span className="quiet">No job</span>}
      </div>
      <Progress.Root size={size} radius="xl">
        <Progress.Section
          value={pct}
          aria-label={`Job progress of ${printer.name}`}
          aria-valuetext={known ? `${pct.toFixed(0)} percent` : "not known"}
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
