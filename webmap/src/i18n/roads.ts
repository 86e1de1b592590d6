import type { Language } from "../format/format";
import { written } from "./written";

const fr = {
  "find.go": "Aller",
  "find.label": "Route ou PR",
  "find.none": "Rien de ce nom.",
  here: "Touchez une route numérotée : sa fiche dit le PR et ce qu’on peut y commencer, des travaux par exemple.",
  "layers.title": "Sur la carte",
  "link.assets": "Patrimoine",
  "link.new": "Saisir des travaux",
  "link.requests": "Demandes et arrêtés",
  "link.roads": "Voirie",
  "link.works": "Travaux",
  "links.title": "Pages",
};

export type RoadMessages = Record<keyof typeof fr, string>;
export type RoadWords = (key: keyof RoadMessages) => string;

const en: RoadMessages = {
  "find.go": "Go",
  "find.label": "Road or PR",
  "find.none": "Nothing of that name.",
  here: "Press on a numbered road: its sheet tells the PR and what may be begun there, works for instance.",
  "layers.title": "On the map",
  "link.assets": "Road assets",
  "link.new": "Enter works",
  "link.requests": "Requests and orders",
  "link.roads": "Roads",
  "link.works": "Works",
  "links.title": "Pages",
};

/** The words of the desk of roads, apart from the others: they come with it. */
export function roadWords(language: Language): RoadWords {
  const messages = language === "fr" ? fr : en;
  return (key) => written(messages[key], {});
}
