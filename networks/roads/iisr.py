"""Codes of road signs: their names in French and in English, their families, and how they are read.

Source: Instruction interministérielle sur la signalisation routière (IISR), parts 1 to 9. The codes most used along
roads are here; a code that is not is kept as it is written, and said.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple

type Family = Literal[
    "danger", "priority", "prohibition", "obligation", "end", "zone", "information", "service", "direction", "place",
    "panel", "marker", "works", "crossing", "light", "unknown",
]  # fmt: skip

SIGNS: Final[Mapping[str, tuple[str, str]]] = {
    "A1a": ("Virage à droite", "Bend to the right"),
    "A1b": ("Virage à gauche", "Bend to the left"),
    "A1c": ("Succession de virages dont le premier est à droite", "Bends, the first to the right"),
    "A1d": ("Succession de virages dont le premier est à gauche", "Bends, the first to the left"),
    "A2a": ("Cassis ou dos-d’âne", "Bump or dip"),
    "A2b": ("Ralentisseur de type dos-d’âne", "Speed hump"),
    "A3": ("Chaussée rétrécie", "Road narrows"),
    "A3a": ("Chaussée rétrécie par la droite", "Road narrows on the right"),
    "A3b": ("Chaussée rétrécie par la gauche", "Road narrows on the left"),
    "A4": ("Chaussée particulièrement glissante", "Slippery road"),
    "A6": ("Pont mobile", "Opening bridge"),
    "A7": ("Passage à niveau muni de barrières", "Level crossing with barriers"),
    "A8": ("Passage à niveau sans barrière", "Level crossing without barrier"),
    "A9": ("Traversée de voies de tramway", "Tramway crossing"),
    "A13a": ("Endroit fréquenté par les enfants", "Children"),
    "A13b": ("Passage pour piétons", "Pedestrian crossing ahead"),
    "A14": ("Autres dangers", "Other danger"),
    "A15a1": ("Passage d’animaux domestiques", "Domestic animals"),
    "A15a2": ("Passage d’animaux domestiques", "Domestic animals"),
    "A15b": ("Passage d’animaux sauvages", "Wild animals"),
    "A15c": ("Passage de cavaliers", "Riders"),
    "A16": ("Descente dangereuse", "Steep descent"),
    "A17": ("Annonce de feux tricolores", "Traffic signals ahead"),
    "A18": ("Circulation dans les deux sens", "Two-way traffic"),
    "A19": ("Risque de chute de pierres", "Falling rocks"),
    "A20": ("Débouché sur un quai ou une berge", "Quayside or river bank"),
    "A21": ("Débouché de cyclistes", "Cyclists"),
    "A23": ("Traversée d’une aire de danger aérien", "Low-flying aircraft"),
    "A24": ("Vent latéral", "Side winds"),
    "AB1": ("Intersection où cède le passage le conducteur venant de gauche", "Crossroads, priority to the right"),
    "AB2": ("Intersection avec une route dont les usagers cèdent le passage", "Crossroads with a minor road"),
    "AB3a": ("Cédez le passage", "Give way"),
    "AB3b": ("Cédez le passage (signal avancé)", "Give way ahead"),
    "AB4": ("Arrêt à l’intersection (stop)", "Stop"),
    "AB5": ("Arrêt à l’intersection (signal avancé)", "Stop ahead"),
    "AB6": ("Route à caractère prioritaire", "Priority road"),
    "AB7": ("Fin du caractère prioritaire d’une route", "End of priority road"),
    "AB25": ("Carrefour à sens giratoire", "Roundabout"),
    "AK2": ("Cassis, dos-d’âne (temporaire)", "Bump (temporary)"),
    "AK3": ("Chaussée rétrécie (temporaire)", "Road narrows (temporary)"),
    "AK4": ("Chaussée glissante (temporaire)", "Slippery road (temporary)"),
    "AK5": ("Travaux", "Road works"),
    "AK14": ("Autres dangers (temporaire)", "Other danger (temporary)"),
    "AK17": ("Annonce de signaux lumineux (temporaire)", "Traffic signals (temporary)"),
    "AK22": ("Projection de gravillons", "Loose chippings"),
    "AK30": ("Bouchon", "Queue"),
    "AK31": ("Accident", "Accident"),
    "AK32": ("Nappes de brouillard ou de fumée", "Fog or smoke"),
    "B0": ("Circulation interdite à tout véhicule dans les deux sens", "Closed to vehicles both ways"),
    "B1": ("Sens interdit", "No entry"),
    "B2a": ("Interdiction de tourner à gauche", "No left turn"),
    "B2b": ("Interdiction de tourner à droite", "No right turn"),
    "B2c": ("Interdiction de faire demi-tour", "No U-turn"),
    "B3": ("Interdiction de dépasser", "No overtaking"),
    "B3a": ("Interdiction de dépasser aux poids lourds", "No overtaking by lorries"),
    "B4": ("Arrêt au poste de douane", "Stop at customs"),
    "B5a": ("Arrêt au poste de gendarmerie", "Stop: gendarmerie"),
    "B5b": ("Arrêt au poste de police", "Stop: police"),
    "B5c": ("Arrêt au poste de péage", "Stop at toll"),
    "B6a1": ("Stationnement interdit", "No parking"),
    "B6a2": ("Stationnement interdit du 1er au 15 du mois", "No parking from the 1st to the 15th"),
    "B6a3": ("Stationnement interdit du 16 à la fin du mois", "No parking from the 16th"),
    "B6b1": ("Entrée d’une zone à stationnement interdit", "No-parking zone"),
    "B6b2": ("Entrée d’une zone à stationnement unilatéral à alternance", "Zone with alternate parking"),
    "B6b3": ("Entrée d’une zone à stationnement de durée limitée", "Zone with limited parking"),
    "B6b4": ("Entrée d’une zone à stationnement payant", "Zone with paid parking"),
    "B6b5": ("Entrée d’une zone à stationnement alterné et limité", "Zone with alternate limited parking"),
    "B6d": ("Arrêt et stationnement interdits", "No stopping"),
    "B7a": ("Accès interdit aux véhicules à moteur, sauf cyclomoteurs", "No motor vehicles but mopeds"),
    "B7b": ("Accès interdit à tous les véhicules à moteur", "No motor vehicles"),
    "B8": ("Accès interdit aux véhicules de transport de marchandises", "No goods vehicles"),
    "B9a": ("Accès interdit aux piétons", "No pedestrians"),
    "B9b": ("Accès interdit aux cycles", "No cycles"),
    "B9c": ("Accès interdit aux véhicules à traction animale", "No animal-drawn vehicles"),
    "B9d": ("Accès interdit aux véhicules agricoles à moteur", "No agricultural vehicles"),
    "B9e": ("Accès interdit aux voitures à bras", "No handcarts"),
    "B9f": ("Accès interdit aux véhicules de transport en commun", "No buses"),
    "B9g": ("Accès interdit aux cyclomoteurs", "No mopeds"),
    "B9h": ("Accès interdit aux motocyclettes", "No motorcycles"),
    "B9i": ("Accès interdit aux véhicules tractant une caravane ou remorque", "No trailers"),
    "B10a": ("Longueur limitée", "Length limit"),
    "B11": ("Largeur limitée", "Width limit"),
    "B12": ("Hauteur limitée", "Height limit"),
    "B13": ("Poids total limité", "Weight limit"),
    "B13a": ("Poids par essieu limité", "Axle weight limit"),
    "B14": ("Limitation de vitesse", "Speed limit"),
    "B15": ("Cédez le passage à la circulation venant en sens inverse", "Give way to oncoming traffic"),
    "B16": ("Signaux sonores interdits", "No horns"),
    "B17": ("Distance minimale entre véhicules", "Minimum distance"),
    "B18a": ("Accès interdit aux véhicules transportant des explosifs", "No explosives"),
    "B18b": ("Accès interdit aux véhicules pouvant polluer les eaux", "No water pollutants"),
    "B18c": ("Accès interdit aux véhicules de matières dangereuses", "No dangerous goods"),
    "B19": ("Autre interdiction, dite par le panneau", "Other prohibition"),
    "B21-1": ("Obligation de tourner à droite avant le panneau", "Turn right"),
    "B21-2": ("Obligation de tourner à gauche avant le panneau", "Turn left"),
    "B21a1": ("Contournement obligatoire par la droite", "Keep right"),
    "B21a2": ("Contournement obligatoire par la gauche", "Keep left"),
    "B21b": ("Direction obligatoire : tout droit", "Straight ahead only"),
    "B21c1": ("Direction obligatoire à la prochaine intersection : à droite", "Right turn ahead"),
    "B21c2": ("Direction obligatoire à la prochaine intersection : à gauche", "Left turn ahead"),
    "B21d1": ("Direction obligatoire : tout droit ou à droite", "Straight ahead or right"),
    "B21d2": ("Direction obligatoire : tout droit ou à gauche", "Straight ahead or left"),
    "B21e": ("Direction obligatoire : à droite ou à gauche", "Right or left"),
    "B22a": ("Piste ou bande obligatoire pour les cycles", "Cycle path"),
    "B22b": ("Chemin obligatoire pour piétons", "Footpath"),
    "B22c": ("Chemin obligatoire pour cavaliers", "Bridle path"),
    "B25": ("Vitesse minimale obligatoire", "Minimum speed"),
    "B26": ("Chaînes à neige obligatoires", "Snow chains"),
    "B27a": ("Voie réservée aux véhicules de transport en commun", "Bus lane"),
    "B27b": ("Voie réservée aux tramways", "Tram lane"),
    "B29": ("Autre obligation, dite par le panneau", "Other obligation"),
    "B30": ("Entrée d’une zone à vitesse limitée à 30 km/h", "30 km/h zone"),
    "B31": ("Fin de toutes les interdictions", "End of all prohibitions"),
    "B33": ("Fin de limitation de vitesse", "End of speed limit"),
    "B34": ("Fin d’interdiction de dépasser", "End of no overtaking"),
    "B34a": ("Fin d’interdiction de dépasser aux poids lourds", "End of no overtaking by lorries"),
    "B35": ("Fin d’interdiction de signaux sonores", "End of no horns"),
    "B39": ("Fin d’interdiction", "End of prohibition"),
    "B40": ("Fin de piste ou bande obligatoire pour les cycles", "End of cycle path"),
    "B41": ("Fin de chemin obligatoire pour piétons", "End of footpath"),
    "B42": ("Fin de chemin obligatoire pour cavaliers", "End of bridle path"),
    "B43": ("Fin de vitesse minimale obligatoire", "End of minimum speed"),
    "B44": ("Fin d’obligation de chaînes à neige", "End of snow chains"),
    "B45a": ("Fin de voie réservée aux transports en commun", "End of bus lane"),
    "B49": ("Fin d’obligation", "End of obligation"),
    "B50a": ("Sortie d’une zone à stationnement interdit", "End of no-parking zone"),
    "B50c": ("Sortie d’une zone à stationnement de durée limitée", "End of limited parking"),
    "B50d": ("Sortie d’une zone à stationnement payant", "End of paid parking"),
    "B51": ("Sortie d’une zone à vitesse limitée à 30 km/h", "End of 30 km/h zone"),
    "B52": ("Entrée d’une zone de rencontre", "Shared zone"),
    "B53": ("Sortie d’une zone de rencontre", "End of shared zone"),
    "B54": ("Entrée d’une aire piétonne", "Pedestrian zone"),
    "B55": ("Sortie d’une aire piétonne", "End of pedestrian zone"),
    "B56": ("Entrée d’une zone à circulation restreinte", "Low-emission zone"),
    "B57": ("Sortie d’une zone à circulation restreinte", "End of low-emission zone"),
    "B58": ("Entrée d’une zone d’équipements hivernaux obligatoires", "Winter equipment zone"),
    "B59": ("Sortie d’une zone d’équipements hivernaux obligatoires", "End of winter equipment zone"),
    "C1a": ("Lieu aménagé pour le stationnement", "Parking"),
    "C1b": ("Lieu aménagé pour le stationnement gratuit à durée limitée", "Limited free parking"),
    "C1c": ("Lieu aménagé pour le stationnement payant", "Paid parking"),
    "C3": ("Risque d’incendie", "Fire risk"),
    "C4a": ("Vitesse conseillée", "Advised speed"),
    "C4b": ("Fin de vitesse conseillée", "End of advised speed"),
    "C5": ("Station de taxis", "Taxi rank"),
    "C6": ("Arrêt d’autobus", "Bus stop"),
    "C7": ("Arrêt de tramway", "Tram stop"),
    "C8": ("Emplacement d’arrêt d’urgence", "Emergency lay-by"),
    "C12": ("Circulation à sens unique", "One-way street"),
    "C13a": ("Impasse", "Dead end"),
    "C13b": ("Présignalisation d’une impasse", "Dead end ahead"),
    "C13d": ("Impasse comportant une issue pour piétons et cyclistes", "Dead end but for people on foot and cycles"),
    "C14": ("Présignalisation de la praticabilité d’une section de route", "State of a road ahead"),
    "C18": ("Priorité par rapport à la circulation venant en sens inverse", "Priority over oncoming traffic"),
    "C20a": ("Passage pour piétons", "Pedestrian crossing"),
    "C20c": ("Traversée de tramways", "Tramway crossing"),
    "C23": ("Stationnement réglementé pour les caravanes", "Caravans"),
    "C24a": ("Conditions particulières de circulation par voie", "Traffic by lane"),
    "C25a": ("Limites de vitesse en France", "Speed limits in France"),
    "C26a": ("Voie de détresse à droite", "Escape lane on the right"),
    "C27": ("Surélévation de chaussée", "Raised crossing"),
    "C28": ("Réduction du nombre de voies", "Lanes reduced"),
    "C29a": ("Présignalisation d’un créneau de dépassement", "Overtaking lane ahead"),
    "C30": ("Fin de créneau de dépassement", "End of overtaking lane"),
    "C50": ("Indications diverses", "Other indication"),
    "C107": ("Route à accès réglementé", "Controlled-access road"),
    "C108": ("Fin de route à accès réglementé", "End of controlled-access road"),
    "C109": ("Fin de section d’autoroute", "End of motorway rules"),
    "C113": ("Piste ou bande cyclable conseillée", "Advised cycle path"),
    "C114": ("Fin de piste ou bande cyclable conseillée", "End of advised cycle path"),
    "C115": ("Voie verte", "Greenway"),
    "C116": ("Fin de voie verte", "End of greenway"),
    "C207": ("Début d’autoroute", "Motorway"),
    "C208": ("Fin d’autoroute", "End of motorway"),
    "CE1": ("Poste de secours", "First aid"),
    "CE2a": ("Poste d’appel d’urgence", "Emergency telephone"),
    "CE3a": ("Informations relatives aux services", "Information"),
    "CE14": ("Installations accessibles aux personnes handicapées", "Accessible to disabled people"),
    "CE15a": ("Poste de distribution de carburant", "Fuel"),
    "D21": ("Panneau de position", "Direction sign"),
    "D29": ("Panneau de position de service", "Direction sign to a service"),
    "D42": ("Panneau de présignalisation", "Advance direction sign"),
    "D43": ("Panneau de présignalisation d’une intersection", "Advance direction sign of an intersection"),
    "E31": ("Localisation d’un lieu-dit ou d’un cours d’eau", "Name of a place or river"),
    "E32": ("Localisation d’un cours d’eau", "Name of a river"),
    "E36": ("Localisation d’une région ou d’un département", "Name of a region"),
    "EB10": ("Entrée d’agglomération", "Entry of a built-up area"),
    "EB20": ("Sortie d’agglomération", "Exit of a built-up area"),
    "E42": ("Cartouche de route nationale ou d’autoroute", "Number of a national road"),
    "E43": ("Cartouche de route départementale", "Number of a departmental road"),
    "E44": ("Cartouche de voie communale", "Number of a municipal road"),
    "E52": ("Borne ou plaquette de route nationale", "Marker of a national road"),
    "E53": ("Borne ou plaquette de route départementale", "Marker of a departmental road"),
    "E54": ("Borne ou plaquette de voie communale", "Marker of a municipal road"),
    "E57": ("Borne ou plaquette de route métropolitaine", "Marker of a metropolitan road"),
    "G1": ("Passage à niveau à une voie sans barrière", "Level crossing, one track"),
    "G1a": ("Passage à niveau à plusieurs voies sans barrière", "Level crossing, several tracks"),
    "G2": ("Signal automatique de passage à niveau", "Level crossing signal"),
    "J1": ("Balise de virage", "Delineator of a bend"),
    "J3": ("Balise d’intersection", "Delineator of an intersection"),
    "J4": ("Balise de virage (chevrons)", "Chevron"),
    "J5": ("Balise de tête d’îlot", "Island bollard"),
    "J6": ("Balise de délinéation", "Delineator"),
    "J10": ("Balise de passage à niveau", "Countdown of a level crossing"),
    "J11": ("Balise de renforcement", "Reinforcing bollard"),
    "J12": ("Balise renforçant une voie", "Reinforcing bollard of a lane"),
    "J13": ("Balise d’obstacle", "Obstacle marker"),
    "J14a": ("Balise de divergent", "Diverging marker"),
    "K2": ("Barrage", "Barrier"),
    "K5a": ("Cône", "Cone"),
    "K5c": ("Balise d’alignement", "Alignment marker"),
    "K8": ("Signal de position d’une déviation ou d’un rétrécissement", "Temporary chevron"),
    "K10": ("Signal pour alternat (piquet mobile)", "Stop-go sign"),
    "KC1": ("Indication de chantier important ou de situation diverse", "Works information"),
    "KD22": ("Direction de déviation", "Diversion"),
    "KM1": ("Panonceau de distance (temporaire)", "Distance (temporary)"),
    "M1": ("Panonceau de distance", "Distance"),
    "M2": ("Panonceau d’étendue", "Extent"),
    "M3a": ("Panonceau de position : sur la voie", "Position on the lane"),
    "M3b": ("Panonceau directionnel", "Direction"),
    "M4d1": ("Panonceau de catégorie : cycles", "Category: cycles"),
    "M4f": ("Panonceau de catégorie : poids", "Category: weight"),
    "M4g": ("Panonceau de catégorie : véhicules de marchandises", "Category: goods vehicles"),
    "M5": ("Panonceau « stop » à une distance", "Stop at a distance"),
    "M6a": ("Panonceau : stationnement gênant, mise en fourrière", "Vehicles towed away"),
    "M6c": ("Panonceau : durée limitée de stationnement", "Limited parking"),
    "M6d": ("Panonceau : stationnement payant", "Paid parking"),
    "M6f": ("Panonceau : stationnement interdit sauf", "Except"),
    "M6h": ("Panonceau : réservé aux personnes handicapées", "Disabled people only"),
    "M7": ("Panonceau schéma", "Diagram"),
    "M8a": ("Panonceau : début d’interdiction", "Begin"),
    "M8b": ("Panonceau : fin d’interdiction", "End"),
    "M8c": ("Panonceau : rappel d’interdiction", "Reminder"),
    "M8d": ("Panonceau : début à droite", "Begin on the right"),
    "M8f": ("Panonceau : de part et d’autre", "Both sides"),
    "M9d": ("Panonceau : passage surélevé", "Raised crossing"),
    "M9v2": ("Panonceau : sauf cycles", "Except cycles"),
    "M9z": ("Panonceau d’indications diverses", "Other indication"),
    "M11": ("Panonceau de dérogation", "Exception"),
    "M12": ("Panonceau : cycles autorisés à passer le feu", "Cycles may pass"),
    "R1": ("Signal lumineux d’intervention", "Warning light"),
    "R11v": ("Signal tricolore circulaire", "Traffic light"),
    "R12": ("Signal pour piétons", "Pedestrian light"),
    "R13c": ("Signal tricolore pour cycles", "Cycle light"),
    "R14": ("Signal tricolore directionnel", "Directional light"),
    "R17": ("Signal pour transports en commun", "Public transport light"),
    "R22": ("Signal d’affectation de voies", "Lane signal"),
    "R24": ("Signal d’arrêt clignotant", "Flashing stop light"),
}
FAMILIES: Final[Mapping[Family, tuple[str, str]]] = {
    "danger": ("Danger", "Danger"),
    "priority": ("Intersection et priorité", "Priority"),
    "prohibition": ("Interdiction", "Prohibition"),
    "obligation": ("Obligation", "Obligation"),
    "end": ("Fin de prescription", "End"),
    "zone": ("Zone", "Zone"),
    "information": ("Indication", "Information"),
    "service": ("Service", "Service"),
    "direction": ("Direction", "Direction"),
    "place": ("Localisation", "Place"),
    "panel": ("Panonceau", "Panel"),
    "marker": ("Balise", "Marker"),
    "works": ("Signalisation temporaire", "Temporary sign"),
    "crossing": ("Passage à niveau", "Level crossing"),
    "light": ("Feu", "Light"),
    "unknown": ("Code inconnu", "Unknown code"),
}
PATTERNS: Final[Mapping[Family, str]] = {
    # In this order; for PostgreSQL and for Python alike.
    "danger": r"^(A|AK)[0-9]",
    "priority": r"^AB[0-9]",
    "zone": r"^B(30|5[0-9]|6b)",
    "prohibition": r"^B(0|1|1[0-9]|[2-9])([^0-9]|$)",
    "obligation": r"^B2[0-9]",
    "end": r"^B[0-9]",
    "information": r"^(C|H|SR|SC|SE)[0-9]",
    "service": r"^(CE|ID|SI)[0-9]",
    "direction": r"^(D|DA|DP|DV|DC)[0-9]",
    "place": r"^(E|EB)[0-9]",
    "panel": r"^M[0-9]",
    "marker": r"^J[0-9]",
    "light": r"^(R|KR)[0-9]",
    "works": r"^K[A-Z]{0,2}[0-9]",
    "crossing": r"^G[0-9]",
}
WRITTEN: Final = re.compile(r"^([A-Za-z]{1,3})\s?(\d{1,3})(?:-(\d))?\s?([A-Za-z]?\d?[A-Za-z]?)$")
TOLD: Final = re.compile(r"^([A-Za-z]{1,3}\s?\d{1,3}[A-Za-z]?\d?)\s*(?:-+|\s|\[|\(|:)\s*(.+?)[\])]?$")
LONGEST: Final = 12
LETTERS: Final = re.compile(r"^([A-Z]{1,3})(\d*)")


class Sign(NamedTuple):
    """A sign as it was written: its code in the form of the IISR, what is written on it, whether its code is known."""

    code: str
    inscription: str = ""
    known: bool = True


def normal(text: str) -> str:
    """A code as the IISR writes it: “ab3A” is “AB3a”; a text that is no code stays."""
    plain = text.strip()
    match = WRITTEN.match(" ".join(plain.split()))
    if match is None:
        return plain
    letters, number, variant, rest = match.groups()
    return f"{letters.upper()}{number}{f'-{variant}' if variant else ''}{rest.lower()}"


def read_sign(text: str) -> Sign:
    """One sign: “B14”, “b14 (50)”, “B14-30km/h”, “B13 3,5t”."""
    code = normal(text)
    # Of “B14-50” the number is what is written on the sign; “B21-1” is a code.
    if code in SIGNS or ("-" not in code and WRITTEN.match(text.strip())):
        return Sign(code[:LONGEST], "", is_known(code))
    if match := TOLD.match(text.strip()):
        code, rest = normal(match[1]), match[2].strip()
        # “B14-B14-30km/h”: the code twice.
        rest = rest.removeprefix(f"{match[1]}-")
        return Sign(code[:LONGEST], rest[:200], is_known(code))
    return Sign(text.strip()[:LONGEST], "", False)


def read_signs(text: str) -> list[Sign]:
    """All signs of a support: one, several apart by commas or pluses, or an object {"B14": "50", "M9z": "rappel"}."""
    plain = text.strip()
    if plain.startswith("{"):
        try:
            told = json.loads(plain)
        except ValueError:
            return [Sign(plain[:LONGEST], "", False)]
        return [read_sign(str(code))._replace(inscription=str(words or "")[:200]) for code, words in told.items()]
    return list(each(plain))


def each(text: str) -> Iterator[Sign]:
    # A comma inside a number ("3,5t") does not part signs.
    for part in re.split(r"\s*(?:[;+|/](?=\s*[A-Za-z]{1,3}\d)|,(?!\d))\s*", text):
        if part:
            yield read_sign(part)


def is_known(code: str) -> bool:
    """Whether the code, or the sign of which it is a variant, is in the list."""
    return code in SIGNS or base_of(code) in SIGNS


def base_of(code: str) -> str:
    """The sign of which a code is a variant: “B13a2” of “B13a”, “C115b” of “C115”; itself where there is none."""
    shorter = code
    while shorter and shorter not in SIGNS:
        shorter = shorter[:-1]
    return shorter if shorter and not shorter.isalpha() and same_number(shorter, code) else code


def same_number(shorter: str, code: str) -> bool:
    one, other = LETTERS.match(shorter), LETTERS.match(code)
    return one is not None and other is not None and one.groups() == other.groups()


def name_of(code: str, *, english: bool = False) -> str:
    """What a sign says; "" where its code is not known."""
    found = SIGNS.get(code) or SIGNS.get(base_of(code))
    return found[english] if found else ""


def family_of(code: str) -> Family:
    return next((family for family, pattern in PATTERNS.items() if re.match(pattern, code)), "unknown")
