/** One of the threads that play the bench: a run comes, what the detectors made of it goes back. */
import { parentPort } from "node:worker_threads";
import { detectors } from "../../detectors/index.ts";
import { faultNamed } from "../../sim/faults/index.ts";
import { openCatalogue } from "../catalogue.ts";
import { play } from "./play.ts";
import { type Trial, trialOf, variantsOf } from "./roc.ts";
import type { Run } from "./runs.ts";
import { type Outcome, outcomeOf } from "./score.ts";
import { createWatcher } from "./watch.ts";

export interface Order {
  readonly run: Run;
  /** Also tries other settings of these detectors; all of them in a healthy run. */
  readonly variantsOf: readonly string[];
}

export interface Answer {
  readonly outcome: Outcome;
  readonly trials: readonly Trial[];
}

const catalogue = await openCatalogue({}, () => undefined);

function answer({ run, variantsOf: wanted }: Order): Answer {
  const isHealthy = run.fault === undefined || faultNamed(run.fault.name)?.mustNotAlert === true;
  const watchers = detectors.map((detector) => createWatcher(detector));
  const variants = detectors.filter(({ id }) => wanted.includes(id)).flatMap(variantsOf);
  const tried = variants.map((variant) => ({ variant, watcher: createWatcher(variant.detector, variant.values) }));
  const played = play(run, [...watchers, ...tried.map(({ watcher }) => watcher)], (text) => catalogue.fromMessage(text)?.code);
  return {
    outcome: outcomeOf(run, played, watchers),
    trials: tried.map(({ variant, watcher }) => trialOf(variant, watcher, run, isHealthy)),
  };
}

parentPort?.on("message", (order: Order) => parentPort?.postMessage(answer(order)));
