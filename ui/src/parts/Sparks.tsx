/** Every known signal of a printer: its present value and the line of the last minutes. */
import { Suspense, lazy } from "react";
import type { Printer, SiteInfo, Telemetry } from "../data/contract.ts";
import { reading, signalWords } from "../show/words.ts";
import { t } from "../words/language.ts";

const Plot = lazy(() => import("./Plot.tsx").then((module) => ({ default: module.Plot })));
const SPARK_PX = 44;

export function spanOf(values: readonly (number | null)[]): { min: number; max: number } | undefined {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? undefined : { min: Math.min(...known), max: Math.max(...known) };
}

interface Props {
  readonly printer: Printer;
  readonly series: Telemetry | undefined;
  readonly signals: SiteInfo["signals"];
}

export function Sparks({ printer, series, signals }: Props) {
  const shown = signals.filter((signal) => printer.readings[signal.name] !== undefined && !signal.name.endsWith("TargetC"));
  if (shown.length === 0) return <p className="quiet">{t("readings.none")}</p>;
  return (
    <div className="sparks">
      {shown.map((signal) => {
        const values = series?.signals[signal.name as keyof Telemetry["signals"]] ?? [];
        const span = spanOf(values);
        const now = reading(printer.readings[signal.name], signal.unit);
        const words =
          span === undefined
            ? t("readings.noCourse")
            : t("readings.between", { min: reading(span.min, signal.unit), max: reading(span.max, signal.unit) });
        return (
          <div key={signal.name} className="spark">
            <div className="spark-head">
              <span>{signalWords(signal)}</span>
              <b>{now}</b>
            </div>
            <div style={{ height: SPARK_PX }}>
              {series === undefined || span === undefined ? null : (
                <Suspense fallback={null}>
                  <Plot
                    atMs={series.at}
                    lines={[{ label: signalWords(signal), values }]}
                    heightPx={SPARK_PX}
                    axes={false}
                    label={`${signalWords(signal)}: ${words}`}
                  />
                </Suspense>
              )}
            </div>
            <div className="small quiet">
              {span === undefined ? "–" : `${reading(span.min, signal.unit)} … ${reading(span.max, signal.unit)}`}
            </div>
          </div>
        );
      })}
    </div>
  );
}
