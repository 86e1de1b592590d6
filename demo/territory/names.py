"""Invented names: communes, members, places and streets of the demo territory."""

from __future__ import annotations

COMMUNES: tuple[tuple[str, str, str], ...] = (
    # (name, short name on road signs, slug of the EPCI), INSEE codes run from 45901
    ("Saint-Aubin-du-Lys", "Saint-Aubin", "cc-lys"),
    ("Corvilliers-sur-Lys", "Corvilliers", "cc-lys"),
    ("Vaudreilles", "Vaudreilles", "cc-lys"),
    ("Nancelles-sur-Rimarde", "Nancelles", "cc-val-de-rimarde"),
    ("Boisrimard", "Boisrimard", "cc-val-de-rimarde"),
    ("Escreville-la-Plaine", "Escreville", "cc-val-de-rimarde"),
)

MEMBERS: tuple[tuple[str, str, str, str], ...] = (
    # (slug, name, kind, SIREN with a right check digit, in a range that is not given out)
    ("cc-lys", "Communauté de communes du Lys", "epci", "999000011"),
    ("cc-val-de-rimarde", "Communauté de communes du Val de Rimarde", "epci", "999000029"),
    ("departement-demo", "Département du Loiret (démonstration)", "departement", "999000037"),
)

POSTCODES = {"cc-lys": "45998", "cc-val-de-rimarde": "45999"}

CORE_STREETS = (
    "Rue des Tanneurs",
    "Rue de l'Église",
    "Rue du Four",
    "Rue du Grenier",
    "Rue du Marché",
    "Rue aux Ours",
    "Rue du Puits",
    "Rue de la Poste",
    "Rue Basse",
    "Rue Haute",
    "Rue du Château",
    "Rue des Forges",
    "Rue de la Halle",
    "Rue Saint-Roch",
    "Rue du Pressoir",
    "Rue du Bourg Neuf",
    "Rue des Remparts",
    "Rue de la Mairie",
    "Ruelle aux Moines",
    "Rue du Lavoir",
    "Rue de l'Abreuvoir",
    "Rue Sainte-Anne",
    "Rue des Écoles",
    "Rue du Presbytère",
    "Rue Jeanne d'Arc",
    "Rue du Safran",
    "Rue de la Fontaine",
    "Rue des Vignerons",
    "Rue du Moulin",
    "Rue de la Gare",
    "Rue du Général Leclerc",
    "Rue Victor Hugo",
    "Rue Pasteur",
    "Rue du 11 Novembre",
    "Rue du 8 Mai 1945",
    "Rue Jules Ferry",
    "Rue de Verdun",
    "Rue du Clos",
    "Rue de la Croix Blanche",
    "Rue des Quatre Vents",
    "Rue du Colombier",
    "Rue de la Cave",
    "Rue des Sœurs",
    "Rue du Mail",
    "Rue de la Ronce",
    "Rue Neuve",
)

ESTATE_STREETS = (
    "Allée des Tilleuls",
    "Allée des Érables",
    "Rue des Acacias",
    "Allée des Charmes",
    "Rue des Merisiers",
    "Allée des Noisetiers",
    "Rue des Bleuets",
    "Rue des Coquelicots",
    "Allée des Mésanges",
    "Rue des Alouettes",
    "Allée du Verger",
    "Rue des Lilas",
    "Rue du Clos Saint-Jean",
    "Allée des Vignes",
    "Rue des Glycines",
    "Rue de la Pièce du Bourg",
    "Allée des Rosiers",
    "Rue des Cerisiers",
    "Allée des Fauvettes",
    "Rue des Jonquilles",
    "Rue du Champ de Foire",
    "Allée des Pommiers",
    "Rue des Ormes",
    "Rue de la Vallée",
    "Rue de Beauregard",
    "Rue du Stade",
    "Allée du Parc",
    "Rue de la Plaine",
    "Rue du Gué",
    "Allée des Cytises",
)

CLOSES = (
    "Impasse des Chardonnerets",
    "Impasse du Clos",
    "Impasse des Fougères",
    "Impasse des Bruyères",
    "Impasse du Puits",
    "Impasse des Violettes",
    "Impasse de la Treille",
    "Impasse des Hirondelles",
    "Impasse des Genêts",
    "Impasse du Lavoir",
    "Impasse des Sureaux",
    "Impasse de la Source",
    "Impasse des Pervenches",
    "Impasse du Levant",
    "Impasse des Cormiers",
    "Impasse de la Sente",
    "Impasse des Hêtres",
    "Impasse du Couchant",
)

PLACES = (
    "la Garenne",
    "la Croix Rouge",
    "Bel-Air",
    "la Brosse",
    "les Grands Champs",
    "la Fosse aux Loups",
    "les Marnières",
    "le Buisson",
    "la Justice",
    "les Bordes",
    "la Chênaie",
    "le Moulin Brûlé",
    "les Épinettes",
    "la Haute Borne",
    "le Chêne Rond",
    "la Vallée Mallet",
    "les Poiriers",
    "la Mare aux Canes",
    "Beauvoir",
    "le Petit Bois",
    "la Sablonnière",
    "les Ajoncs",
    "Villemorin",
    "la Tuilerie",
    "le Gros Orme",
    "les Murgers",
    "la Folie",
    "Montécu",
    "les Hautes Vignes",
    "la Couture",
    "le Clos Guillaume",
    "Rougemare",
    "la Borde Neuve",
    "l'Ormeteau",
    "la Métairie",
    "les Noues",
    "le Poirier Fourchu",
    "la Grenouillère",
    "Champ Doux",
    "la Queue de l'Étang",
    "les Terres Noires",
    "le Noyer",
    "la Remise",
    "les Sables",
    "l'Aumône",
    "la Pierre Percée",
    "Vaucouleurs-le-Bas",
    "les Quartiers",
    "la Plaine du Gué",
    "le Bois Girard",
    "la Loge",
    "les Trois Ormes",
    "la Rabotière",
    "Malassis",
)


def of(place: str) -> str:
    """The French "de" before a place: "du Buisson", "des Bordes", "de l'Ormeteau", "d'Orléans", "de Bel-Air"."""
    if place.startswith("le "):
        return "du " + place[3:]
    if place.startswith("les "):
        return "des " + place[4:]
    if place.startswith(("la ", "l'")):
        return "de " + place
    return ("d'" if place[0] in "AEIOUÉÈH" else "de ") + place


def luhn_holds(siren: str) -> bool:
    """Whether the check digit of a SIREN is right."""
    digits = [int(c) * (2 if i % 2 else 1) for i, c in enumerate(reversed(siren))]
    return sum(d - 9 if d > 9 else d for d in digits) % 10 == 0
