import { type KeyOf, texts } from "./texts";

/** Texts of the profile of the terrain and of altitudes: fetched with them. */
export const terrainWords = texts({
  above: ["au-dessus du sol", "above the ground"],
  altitude: ["Altitude : {height}", "Altitude: {height}"],
  "altitude.none": ["Altitude inconnue ici", "Altitude not known here"],
  again: ["Réessayer", "Try again"],
  at: ["À {distance}", "At {distance}"],
  caption: ["Altitudes le long du tracé, en mètres", "Altitudes along the line, in metres"],
  chart: ["Curseur du profil", "Cursor of the profile"],
  climb: ["Du point bas au point haut", "From lowest to highest"],
  distance: ["Distance", "Distance"],
  files: ["Télécharger", "Download"],
  ground: ["Sol", "Ground"],
  hint: [
    "Promenez le curseur sur le graphique, aux flèches du clavier ou le long du tracé sur la carte.",
    "Move the cursor over the chart, with the arrow keys, or along the line on the map.",
  ],
  "length.ground": ["Longueur au sol", "Length along the ground"],
  loading: ["Lecture des altitudes…", "Reading heights…"],
  none: ["inconnue", "not known"],
  open: ["Profil du terrain", "Profile of the terrain"],
  slope: ["Pente moyenne", "Mean slope"],
  source: ["{title}, {date}", "{title}, {date}"],
  style: ["Dessin des altitudes", "How heights are drawn"],
  "style.pente": ["Pente", "Slope"],
  "style.relief": ["Relief", "Relief"],
  "style.teintes": ["Teintes", "Tints"],
  surface: ["Surface", "Surface"],
  table: ["Le profil en tableau", "The profile as a table"],
});

export type TerrainWords = ReturnType<typeof terrainWords>;
export type TerrainKey = KeyOf<typeof terrainWords>;
