import { type KeyOf, texts } from "./texts";

/** Texts of the desk of roads: fetched with its panel. */
export const roadWords = texts({
  "find.go": ["Aller", "Go"],
  "find.label": ["Route ou PR", "Road or PR"],
  "find.none": ["Rien de ce nom.", "Nothing of that name."],
  here: [
    "Touchez une route numérotée : sa fiche dit le PR et ce qu’on peut y commencer, des travaux par exemple.",
    "Press on a numbered road: its sheet tells the PR and what may be begun there, works for instance.",
  ],
  "layers.title": ["Sur la carte", "On the map"],
  "link.assets": ["Patrimoine", "Road assets"],
  "link.new": ["Saisir des travaux", "Enter works"],
  "link.requests": ["Demandes et arrêtés", "Requests and orders"],
  "link.roads": ["Voirie", "Roads"],
  "link.works": ["Travaux", "Works"],
  "links.title": ["Pages", "Pages"],
});

export type RoadWords = ReturnType<typeof roadWords>;
export type RoadKey = KeyOf<typeof roadWords>;
