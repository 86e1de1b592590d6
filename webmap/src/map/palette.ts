import type { Look } from "./model";

/** The font of whatever the map writes. */
export const FAMILY = '"Atkinson Hyperlegible Next Variable", "Atkinson Hyperlegible Next", system-ui, sans-serif';

/** Colours of the map itself: the canvas cannot read CSS tokens cheaply, so they stand here, beside the styles. */
export interface Palette {
  paper: string;
  parcel: string;
  parcelFar: string;
  parcelHalo: string | null;
  building: string | null;
  buildingLight: string;
  buildingLine: string;
  road: string;
  roadCasing: string;
  section: string;
  sectionSoft: string;
  commune: string;
  communeBand: string;
  address: string;
  label: string;
  labelSoft: string;
  halo: string;
  accent: string;
  accentFill: string;
  accentFillSoft: string;
  selectionHalo: string;
}

const LIGHT: Palette = {
  paper: "#F3F0E8",
  parcel: "#5C6B64",
  parcelFar: "rgba(92,107,100,0.26)",
  parcelHalo: null,
  building: "#DCD3C5",
  buildingLight: "#E8E1D6",
  buildingLine: "#B3A794",
  road: "#FFFFFF",
  roadCasing: "#CFC8BA",
  section: "#3E4F4A",
  sectionSoft: "rgba(62,79,74,0.42)",
  commune: "#6A5B73",
  communeBand: "rgba(106,91,115,0.13)",
  address: "#8A5A00",
  label: "#33413C",
  labelSoft: "#5A6761",
  halo: "rgba(248,246,240,0.92)",
  accent: "#0B5C6B",
  accentFill: "rgba(11,92,107,0.12)",
  accentFillSoft: "rgba(11,92,107,0.06)",
  selectionHalo: "rgba(255,255,255,0.95)",
};

const DARK: Palette = {
  paper: "#182529",
  parcel: "#71837D",
  parcelFar: "rgba(113,131,125,0.3)",
  parcelHalo: null,
  building: "#3A4A50",
  buildingLight: "#2A393E",
  buildingLine: "#55666A",
  road: "#2B3A40",
  roadCasing: "#0F191C",
  section: "#A9B8B2",
  sectionSoft: "rgba(169,184,178,0.42)",
  commune: "#B9A6C6",
  communeBand: "rgba(185,166,198,0.12)",
  address: "#E0A84A",
  label: "#D5DEDA",
  labelSoft: "#A3B1AC",
  halo: "rgba(20,32,36,0.9)",
  accent: "#5FB3C4",
  accentFill: "rgba(95,179,196,0.16)",
  accentFillSoft: "rgba(95,179,196,0.08)",
  selectionHalo: "rgba(10,18,20,0.85)",
};

const PHOTO: Palette = {
  ...LIGHT,
  paper: "#2A3230",
  parcel: "#FFFFFF",
  parcelFar: "rgba(255,255,255,0.6)",
  parcelHalo: "rgba(10,18,20,0.4)",
  building: null,
  buildingLine: "rgba(255,255,255,0.85)",
  road: "rgba(255,255,255,0.45)",
  roadCasing: "rgba(10,18,20,0.35)",
  section: "#FFFFFF",
  sectionSoft: "rgba(255,255,255,0.6)",
  commune: "#F3E6FA",
  communeBand: "rgba(10,18,20,0.35)",
  address: "#FFE2A6",
  label: "#FFFFFF",
  labelSoft: "#FFFFFF",
  halo: "rgba(10,18,20,0.75)",
};

export function palette(look: Look): Palette {
  if (look.photo) return PHOTO;
  return look.dark ? DARK : LIGHT;
}
