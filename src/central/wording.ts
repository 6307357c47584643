/**
 * What central shows, in the reader's language: laid over the English views, so that one view of an alert serves every reader. Hides
 * which words are the catalogue's; what is not translated stays English, and an alert says which it is.
 */
import type { Alert, AlertDetail, Printer, Transition } from "../model/api.ts";
import type { HmsCode } from "../model/code.ts";
import { ENGLISH } from "../catalogue/languages.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { Change, Wording } from "./central.ts";
import type { Views } from "./views.ts";

type Deps = { readonly catalogue: Pick<Catalogue, "say">; readonly views: Pick<Views, "explanation" | "code"> };

const same = <T>(shown: T): T => shown;
const IN_ENGLISH: Wording = { alert: same, detail: same, printer: same, transition: same, change: same };

export function createWording({ catalogue, views }: Deps, language: string): Wording {
  if (language === ENGLISH) return IN_ENGLISH;
  const explanation = (code: string) => views.explanation(code as HmsCode, language);

  function alert<T extends Alert>(shown: T): T {
    const words = explanation(shown.code);
    return { ...shown, title: words.title, summary: words.summary, language: words.language, unitName: words.unitName };
  }

  const transition = (shown: Transition): Transition => ({ ...shown, title: explanation(shown.code).title });

  const detail = (shown: AlertDetail): AlertDetail => ({
    ...alert(shown),
    info: views.code(shown.code as HmsCode, language, { printer: shown.printer }),
    transitions: shown.transitions.map(transition),
  });

  const printer = (shown: Printer): Printer => ({
    ...shown,
    stage: shown.stage === null ? null : catalogue.say(shown.stage, language),
    linkReason: shown.linkReason === null ? null : catalogue.say(shown.linkReason, language),
    worst: shown.worst === null ? null : { ...shown.worst, title: explanation(shown.worst.code).title },
  });

  function change(shown: Change): Change {
    if (shown.type === "printer") return { ...shown, printer: printer(shown.printer) };
    const told = shown.transition === undefined ? {} : { transition: transition(shown.transition) };
    return { ...shown, alert: alert(shown.alert), ...told };
  }

  return { alert, detail, printer, transition, change };
}
