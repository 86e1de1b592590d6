import { type KeyOf, texts } from "./texts";

/** Texts of anomalies: fetched with their tab. */
export const anomalyWords = texts({
  again: ["Analyser maintenant", "Scan now"],
  all: ["Toutes les anomalies", "All anomalies"],
  "batch.do": ["Réparer ces {count}", "Repair these {count}"],
  "batch.doMost": ["Réparer les 200 premières", "Repair the first 200"],
  "batch.done": ["{count} réparées.", "{count} repaired."],
  "batch.failed": ["{count} réparées, {failed} laissées : {why}", "{count} repaired, {failed} left: {why}"],
  "batch.one": ["Réparer celle-ci", "Repair this one"],
  "count.many": ["{count} anomalies à traiter", "{count} anomalies to be treated"],
  "count.one": ["1 anomalie à traiter", "1 anomaly to be treated"],
  first: ["Les 100 premières sur {count} :", "The first 100 of {count}:"],
  "gravity.1": ["Grave", "Serious"],
  "gravity.2": ["À vérifier", "To be checked"],
  "gravity.3": ["Indice", "Hint"],
  ignore: ["Ignorer", "Ignore"],
  "ignore.cancel": ["Annuler", "Cancel"],
  "ignore.do": ["Ignorer", "Ignore"],
  "ignore.missing": ["Dites pourquoi en quelques mots.", "Say why in a few words."],
  "ignore.why": ["Pourquoi la laisser ainsi ?", "Why leave it as it is?"],
  ignored: ["Ignorée.", "Ignored."],
  listed: ["Voir sur la carte : {words}", "Show on the map: {words}"],
  next: ["Suivante", "Next"],
  none: ["Rien à traiter", "Nothing to be treated"],
  noneAdvice: ["L’analyse n’a rien trouvé ici.", "The scan found nothing here."],
  noRepair: [
    "Aucune réparation automatique : corrigez l’objet avec l’outil Dessin, ou ignorez l’anomalie.",
    "No repair is offered: put the object right with the drawing desk, or ignore the anomaly.",
  ],
  notMine: [
    "Les techniciens réseaux de la collectivité traitent les anomalies.",
    "The network technicians of the authority treat anomalies.",
  ],
  notScanned: ["Jamais analysé", "Never scanned"],
  notScannedAdvice: [
    "Lancez une première analyse : elle dure moins d’une minute.",
    "Start a first scan: it takes less than a minute.",
  ],
  page: ["Tableau des anomalies", "Table of anomalies"],
  repair: ["Réparer", "Repair"],
  repaired: ["Réparée. L’historique garde l’état d’avant.", "Repaired. The history keeps what was before."],
  "scan.started": [
    "Analyse lancée : la liste se mettra à jour quand elle sera finie.",
    "The scan has started: the list follows when it has ended.",
  ],
  scanned: ["Analysé le {date}", "Scanned on {date}"],
  "scope.label": ["Où", "Where"],
  "scope.view": ["Dans la vue", "In the view"],
  "scope.whole": ["Tout le réseau", "Whole network"],
  ways: ["Réparation proposée", "Repair proposed"],
  within: ["Écart au plus", "Gap of at most"],
  "within.any": ["Tous les écarts", "Any gap"],
  "within.cm": ["{count} cm", "{count} cm"],
  "within.m": ["{count} m", "{count} m"],
});

export type AnomalyWords = ReturnType<typeof anomalyWords>;
export type AnomalyKey = KeyOf<typeof anomalyWords>;
