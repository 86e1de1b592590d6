import type { Language } from "../format/format";
import { written } from "./written";

const fr = {
  heading: "Ce qui concerne cette parcelle",
  headingMany: "Ce qui concerne ces parcelles",
  headingZone: "Ce qui concerne cette zone",
  uncertain: "Limite à vérifier",
  uncertainBelow: "Limite à vérifier : {below}",
  uncertainHelp: "La part commune est si petite que les limites, dessinées séparément, peuvent ne pas se toucher.",
  failed: "N’a pas pu être lu",
  retry: "Réessayer",
  contact: "limite commune",
  data: "Données : {names}",
  unknownDate: "date inconnue",
  pdf: "Fiche PDF",
  printing: "Le PDF se prépare…",
  file: "fiche.pdf",
  oneByOne: "Les {count} parcelles, une à une",
  freeze: "Figer la fiche",
  freezing: "La fiche se prépare…",
  frozen: "Fiche {number} figée.",
  open: "Ouvrir le PDF",
  kept: "Fiches figées",
  day: "Règles du",
  dayWrong: "Un jour de 1900 à aujourd’hui.",
  apply: "Déposer un dossier",
};

export type ParcelMessages = typeof fr;
export type ParcelKey = keyof ParcelMessages;
export type ParcelWords = (key: ParcelKey, parameters?: Record<string, string | number>) => string;

const en: ParcelMessages = {
  heading: "What concerns this parcel",
  headingMany: "What concerns these parcels",
  headingZone: "What concerns this zone",
  uncertain: "Limit to be checked",
  uncertainBelow: "Limit to be checked: {below}",
  uncertainHelp: "So little is shared that the limits, drawn apart from one another, may not meet.",
  failed: "Could not be read",
  retry: "Try again",
  contact: "common limit",
  data: "Data: {names}",
  unknownDate: "date not known",
  pdf: "Sheet as PDF",
  printing: "The PDF is being made…",
  file: "sheet.pdf",
  oneByOne: "The {count} parcels, one by one",
  freeze: "Freeze the sheet",
  freezing: "The sheet is being made…",
  frozen: "Sheet {number} is frozen.",
  open: "Open the PDF",
  kept: "Frozen sheets",
  day: "Rules of",
  dayWrong: "A day from 1900 to today.",
  apply: "File an application",
};

const MESSAGES: Record<Language, ParcelMessages> = { fr, en };

/** Texts of parcel sheets in a language. */
export function parcelWords(language: Language): ParcelWords {
  return (key, parameters = {}) => written(MESSAGES[language][key], parameters);
}
