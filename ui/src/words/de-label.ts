/** What people say of alerts, in German. */
import type { enLabel } from "./en-label.ts";

export const deLabel: Record<keyof typeof enLabel, string> = {
  "event.label": "Beurteilt",
  "label.ask": "War die Meldung berechtigt?",
  "label.askOf": "War Auftreten {{n}} berechtigt?",
  "label.real": "Ja",
  "label.false": "Nein",
  "label.unsure": "Unsicher",
  "label.hint": "Das bleibt bei der Meldung und zeigt, wie weit ihrem Detektor zu trauen ist.",
  "label.was.real": "die Meldung war berechtigt",
  "label.was.false": "es war ein Fehlalarm",
  "label.was.unsure": "unsicher, ob die Meldung berechtigt war",
  "label.was.none": "zurückgenommen",
  "label.said": "{{by}}, {{time}}: {{verdict}}",
  "label.note": "Notiz, wenn es mehr zu sagen gibt",
  "label.save": "Speichern",
  "label.takeBack": "Zurücknehmen",
  "label.saved": "Gespeichert. Danke.",
  "label.tookBack": "Zurückgenommen.",
};
