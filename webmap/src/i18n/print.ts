import { type KeyOf, texts } from "./texts";

/** Texts of printing: fetched with its panel. */
export const printWords = texts({
  "background.left": [
    "Le fond « {name} » vient d’un autre serveur : il n’est pas imprimé.",
    "The background “{name}” comes from another server: it is not printed.",
  ],
  "compare.right": [
    "En comparaison, c’est la photo de droite qui est imprimée.",
    "While comparing, the photo on the right is printed.",
  ],
  "frame.east": ["E (m)", "E (m)"],
  "frame.hint": [
    "Le cadre sur la carte montre ce qui sera imprimé. Tirez-le par son bord ou par sa poignée.",
    "The frame on the map shows what will be printed. Drag it by its edge or its handle.",
  ],
  "frame.keys": [
    "Déplacer le cadre avec les flèches ; Maj : par petits pas",
    "Move the frame with the arrow keys; Shift: in small steps",
  ],
  "frame.keysShort": ["Aux flèches", "With arrow keys"],
  "frame.north": ["N (m)", "N (m)"],
  "frame.place": ["Centre du cadre, en Lambert-93", "Middle of the frame, in Lambert-93"],
  "frame.show": ["Voir le cadre", "Show the frame"],
  "frame.toView": ["Au centre de la vue", "To the middle of the view"],
  "layers.far": ["Masquées à cette échelle : {names}", "Hidden at this scale: {names}"],
  "layers.many": ["{count} couches : {names}", "{count} layers: {names}"],
  "layers.most": [
    "Au plus {most} couches à la fois : éteignez-en {over}.",
    "At most {most} layers at once: turn {over} off.",
  ],
  "layers.none": ["Aucune couche ni photo à imprimer", "No layer or photo to print"],
  "layers.noneAdvice": [
    "Allumez une couche ou une photo, ou choisissez une échelle plus grande.",
    "Turn on a layer or a photo, or choose a larger scale.",
  ],
  "layers.one": ["1 couche : {names}", "1 layer: {names}"],
  "layers.title": ["Ce qui est imprimé", "What is printed"],
  "options.author": ["Auteur", "Author"],
  "options.grid": ["Quadrillage et coordonnées Lambert-93", "Lambert-93 grid and coordinates"],
  "options.note": ["Note sous le titre", "Note under the title"],
  "options.title": ["Note, auteur, coordonnées", "Note, author, coordinates"],
  "order.go": ["Imprimer en PDF", "Print as PDF"],
  "order.refused": ["Le plan n’est pas parti à l’impression", "The map was not sent to be printed"],
  "order.sending": ["Envoi…", "Sending…"],
  "paper.landscape": ["Paysage", "Landscape"],
  "paper.orientation": ["Orientation", "Orientation"],
  "paper.portrait": ["Portrait", "Portrait"],
  "paper.size": ["Format", "Paper"],
  "photo.dpi": ["Finesse de l’image", "Fineness of the image"],
  "photo.dpiOption": ["{dpi} ppp", "{dpi} dpi"],
  "photo.heavy": [
    "Trop de pixels à {dpi} ppp sur ce format : {fitting} ppp au plus.",
    "Too many pixels at {dpi} dpi on this paper: {fitting} dpi at most.",
  ],
  "photo.usual": ["{dpi} ppp, l’usage", "{dpi} dpi, as usual"],
  "photo.weight": ["fichier d’environ {size}", "file of about {size}"],
  "prints.download": ["Télécharger", "Download"],
  "prints.failed": ["Rien n’a été imprimé", "Nothing was printed"],
  "prints.gone": ["Effacé depuis : réimprimez-le", "Gone since: print it again"],
  "prints.kept": ["Gardés {days} jours, pour vous seul.", "Kept for {days} days, for you alone."],
  "prints.ready": ["{size}, {time}", "{size}, {time}"],
  "prints.title": ["Mes plans", "My maps"],
  "prints.waiting": ["En attente", "Waiting"],
  "scale.label": ["Échelle", "Scale"],
  "scale.other": ["Autre échelle", "Another scale"],
  "scale.otherLabel": ["1 : n, de {low} à {high}", "1 : n, from {low} to {high}"],
  "scale.wrong": ["Un nombre entier de {low} à {high}", "A whole number from {low} to {high}"],
  "signIn.action": ["Se connecter", "Sign in"],
  "signIn.advice": [
    "Un plan imprimé est fait pour quelqu’un : lui seul le télécharge, avec ce qu’il a le droit de voir.",
    "A printed map is made for somebody: they alone download it, with what they may see.",
  ],
  "signIn.title": ["Connectez-vous pour imprimer", "Sign in to print"],
  "title.label": ["Titre", "Title"],
  "title.missing": ["Donnez un titre au plan.", "Give the map a title."],
  "title.placeholder": ["Plan de situation", "Location map"],
});

export type PrintWords = ReturnType<typeof printWords>;
export type PrintKey = KeyOf<typeof printWords>;
