import { type KeyOf, texts } from "./texts";

/** Texts of exports: fetched with their dialog. */
export const exportWords = texts({
  "count.counting": ["Décompte…", "Counting…"],
  "count.many": ["{count} objets", "{count} objects"],
  "count.none": ["Aucun objet : il n’y a rien à exporter.", "No object: there is nothing to export."],
  "count.one": ["1 objet", "1 object"],
  "format.csv": ["CSV", "CSV"],
  "format.csv.hint": [
    "Un tableau pour tableur ou pour un programme : tout y est du texte.",
    "A table for spreadsheets or programs: everything in it is text.",
  ],
  "format.dxf": ["DXF", "DXF"],
  "format.dxf.hint": [
    "Pour les logiciels de dessin : les tracés et le nom des objets ; ni attributs, ni système de coordonnées.",
    "For drawing software: the shapes and the names of objects; neither attributes nor coordinate system.",
  ],
  "format.fgb": ["FlatGeobuf", "FlatGeobuf"],
  "format.fgb.hint": [
    "Pour les SIG récents : compact et rapide à lire. Les dates y deviennent des instants.",
    "For recent GIS: compact and fast to read. Dates become instants.",
  ],
  "format.geojson": ["GeoJSON", "GeoJSON"],
  "format.geojson.hint": [
    "Pour le web et les programmes. Dates et instants y sont des textes.",
    "For the web and for programs. Dates and instants are texts.",
  ],
  "format.gpkg": ["GeoPackage", "GeoPackage"],
  "format.gpkg.hint": ["Pour QGIS : tout y est, le style aussi.", "For QGIS: everything is in it, the style too."],
  "format.label": ["Format", "Format"],
  "format.parquet": ["GeoParquet", "GeoParquet"],
  "format.parquet.hint": [
    "Pour l’analyse de données et les SIG récents : rien ne se perd, sauf le style. Une couche par fichier.",
    "For data analysis and recent GIS: nothing is lost but the style. One layer a file.",
  ],
  "format.shp": ["Shapefile", "Shapefile"],
  "format.shp.hint": [
    "Pour les logiciels anciens : noms de champs et textes raccourcis, heures en texte, 2 Go au plus.",
    "For old software: field names and texts are shortened, times are texts, 2 GB at most.",
  ],
  "format.xlsx": ["Excel", "Excel"],
  "format.xlsx.hint": [
    "Un classeur où les codes gardent leurs zéros et les dates restent des dates ; un point par objet au plus.",
    "A workbook in which codes keep their zeros and dates stay dates; one point an object at most.",
  ],
  "go.cancel": ["Interrompre", "Stop"],
  "go.close": ["Fermer", "Close"],
  "go.export": ["Exporter", "Export"],
  "layers.others": ["Dans le même fichier", "In the same file"],
  "layers.othersHint": [
    "Ces couches sont prises entières, ou dans la vue si vous exportez la vue.",
    "These layers are taken whole, or within the view if you export the view.",
  ],
  "list.download": ["Télécharger", "Download"],
  "list.failed": ["Rien n’a été exporté", "Nothing was exported"],
  "list.gone": ["Effacé depuis : refaites l’export", "Removed since: export again"],
  "list.ready": ["{size}, {time}", "{size}, {time}"],
  "list.kept": ["Gardés 7 jours, pour vous seul.", "Kept for 7 days, for you alone."],
  "list.title": ["Mes exports", "My exports"],
  "list.waiting": ["En attente", "Waiting"],
  "options.labels": ["Libellés à la place des codes", "Words in place of codes"],
  "options.program": ["Pour un programme : virgules, points décimaux", "For a program: commas, decimal points"],
  "places.label": ["Position des objets", "Where the objects are"],
  "places.none": ["Aucune", "Left out"],
  "places.wkt": ["Géométrie entière (WKT)", "Whole geometry (WKT)"],
  "places.xy": ["Un point, x et y", "A point, x and y"],
  "state.cut": [
    "Le serveur n’a pas pu terminer ce fichier : il n’a pas été enregistré. Recommencez.",
    "The server could not finish this file: it was not saved. Start again.",
  ],
  "state.received": ["« {name} » est dans vos téléchargements.", "“{name}” is among your downloads."],
  "state.receiving": ["{size} reçus…", "{size} received…"],
  "state.refused": ["L’export n’a pas abouti", "The export did not work"],
  "state.saving": [
    "Votre navigateur enregistre le fichier. Si sa dernière ligne commence par ERREUR, recommencez.",
    "Your browser is saving the file. If its last line begins with ERROR, start again.",
  ],
  "state.sending": ["Envoi…", "Sending…"],
  "signIn.action": ["Se connecter", "Sign in"],
  "signIn.advice": [
    "Ce fichier est préparé pour quelqu’un : lui seul le télécharge.",
    "This file is made for somebody: nobody else downloads it.",
  ],
  "size.sheet": [
    "Une feuille Excel contient au plus {most} objets : restreignez l’export, ou choisissez un autre format.",
    "An Excel sheet holds at most {most} objects: export less, or choose another format.",
  ],
  "system.2154": ["Lambert-93 (EPSG:2154)", "Lambert-93 (EPSG:2154)"],
  "system.3857": ["Web Mercator (EPSG:3857)", "Web Mercator (EPSG:3857)"],
  "system.4258": ["Longitude, latitude ETRS89 (EPSG:4258)", "Longitude, latitude ETRS89 (EPSG:4258)"],
  "system.4326": ["Longitude, latitude WGS 84 (EPSG:4326)", "Longitude, latitude WGS 84 (EPSG:4326)"],
  "system.conic": ["Conique {zone} (EPSG:{code})", "Conic {zone} (EPSG:{code})"],
  "system.label": ["Coordonnées", "Coordinates"],
  title: ["Exporter « {name} »", "Export “{name}”"],
  "which.all": ["Toute la couche", "The whole layer"],
  "which.chosen": ["L’objet choisi", "The chosen object"],
  "which.label": ["Ce qui est exporté", "What is exported"],
  "which.table": ["Ce que le tableau montre", "What the table shows"],
  "which.view": ["Ce qui est dans la vue", "What is in the view"],
});

export type ExportWords = ReturnType<typeof exportWords>;
export type ExportKey = KeyOf<typeof exportWords>;
