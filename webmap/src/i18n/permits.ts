import { type KeyOf, texts } from "./texts";

/** Texts of planning applications: fetched with their panel. */
export const permitWords = texts({
  "days.in": ["dans {count} jours", "in {count} days"],
  "days.late": ["en retard de {count} jours", "{count} days late"],
  "days.lateOne": ["en retard d’un jour", "one day late"],
  "days.today": ["aujourd’hui", "today"],
  "days.tomorrow": ["demain", "tomorrow"],
  "link.apply": ["Déposer un dossier", "File an application"],
  "link.dashboard": ["Tous les dossiers", "All files"],
  "link.fileOf": ["Ouvrir le dossier {number}", "Open the file {number}"],
  more: [
    "Les {count} premières échéances : les suivantes sont dans le tableau de bord.",
    "The first {count} deadlines: the others are in the dashboard.",
  ],
  none: ["Aucune échéance", "No deadline"],
  noneAdvice: [
    "Aucun dossier en cours ne vous attend. Les dossiers terminés sont dans le tableau de bord.",
    "No open file waits for you. Those that have ended are in the dashboard.",
  ],
  nowhere: ["pas sur le plan", "not on the plan"],
  "whose.members": ["Prochaines échéances de votre collectivité", "Next deadlines of your authority"],
  "whose.mine": ["Vos prochaines échéances", "Your next deadlines"],
});

export type PermitWords = ReturnType<typeof permitWords>;
export type PermitKey = KeyOf<typeof permitWords>;
