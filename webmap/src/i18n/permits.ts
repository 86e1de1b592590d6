import type { Language } from "../format/format";
import { written } from "./written";

const fr = {
  "days.in": "dans {count} jours",
  "days.late": "en retard de {count} jours",
  "days.lateOne": "en retard d’un jour",
  "days.today": "aujourd’hui",
  "days.tomorrow": "demain",
  "link.apply": "Déposer un dossier",
  "link.dashboard": "Tous les dossiers",
  "link.fileOf": "Ouvrir le dossier {number}",
  more: "Les {count} premières échéances : les suivantes sont dans le tableau de bord.",
  none: "Aucune échéance",
  noneAdvice: "Aucun dossier en cours ne vous attend. Les dossiers terminés sont dans le tableau de bord.",
  nowhere: "pas sur le plan",
  "whose.members": "Prochaines échéances de votre collectivité",
  "whose.mine": "Vos prochaines échéances",
};

export type PermitMessages = Record<keyof typeof fr, string>;
export type PermitKey = keyof PermitMessages;
export type PermitWords = (key: PermitKey, parameters?: Record<string, string | number>) => string;

const en: PermitMessages = {
  "days.in": "in {count} days",
  "days.late": "{count} days late",
  "days.lateOne": "one day late",
  "days.today": "today",
  "days.tomorrow": "tomorrow",
  "link.apply": "File an application",
  "link.dashboard": "All files",
  "link.fileOf": "Open the file {number}",
  more: "The first {count} deadlines: the others are in the dashboard.",
  none: "No deadline",
  noneAdvice: "No open file waits for you. Those that have ended are in the dashboard.",
  nowhere: "not on the plan",
  "whose.members": "Next deadlines of your authority",
  "whose.mine": "Your next deadlines",
};

export const permitMessages: Record<Language, PermitMessages> = { fr, en };

/** Texts of planning applications in a language: fetched with their panel. */
export function permitWords(language: Language): PermitWords {
  return (key, parameters = {}) => written(permitMessages[language][key], parameters);
}
