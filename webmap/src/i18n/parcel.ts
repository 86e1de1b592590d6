import { type KeyOf, texts } from "./texts";

/** Texts of parcel sheets: fetched with their sections. */
export const parcelWords = texts({
  heading: ["Ce qui concerne cette parcelle", "What concerns this parcel"],
  headingMany: ["Ce qui concerne ces parcelles", "What concerns these parcels"],
  headingZone: ["Ce qui concerne cette zone", "What concerns this zone"],
  uncertain: ["Limite à vérifier", "Limit to be checked"],
  uncertainBelow: ["Limite à vérifier : {below}", "Limit to be checked: {below}"],
  uncertainHelp: [
    "La part commune est si petite que les limites, dessinées séparément, peuvent ne pas se toucher.",
    "So little is shared that the limits, drawn apart from one another, may not meet.",
  ],
  failed: ["N’a pas pu être lu", "Could not be read"],
  retry: ["Réessayer", "Try again"],
  contact: ["limite commune", "common limit"],
  data: ["Données : {names}", "Data: {names}"],
  unknownDate: ["date inconnue", "date not known"],
  pdf: ["Fiche PDF", "Sheet as PDF"],
  printing: ["Le PDF se prépare…", "The PDF is being made…"],
  file: ["fiche.pdf", "sheet.pdf"],
  oneByOne: ["Les {count} parcelles, une à une", "The {count} parcels, one by one"],
  freeze: ["Figer la fiche", "Freeze the sheet"],
  freezing: ["La fiche se prépare…", "The sheet is being made…"],
  frozen: ["Fiche {number} figée.", "Sheet {number} is frozen."],
  open: ["Ouvrir le PDF", "Open the PDF"],
  printed: ["Le PDF est dans vos téléchargements.", "The PDF is among your downloads."],
  kept: ["Fiches figées", "Frozen sheets"],
  day: ["Règles du", "Rules of"],
  dayWrong: ["Un jour de 1900 à aujourd’hui.", "A day from 1900 to today."],
});

export type ParcelWords = ReturnType<typeof parcelWords>;
export type ParcelKey = KeyOf<typeof parcelWords>;
