"""Codes of roads with their words, (French, English).

Legal status, manager and hierarchy are those of the referential of roads of Rennes Métropole (RVA), which local
authorities share; natures are those of BD TOPO v3 (TRONCON_DE_ROUTE.NATURE).
"""

from collections.abc import Mapping
from typing import Final

type Words = Mapping[str, tuple[str, str]]

STATUSES: Final[Words] = {
    "01": ("Autoroute", "Motorway"),
    "02": ("Route nationale", "National road"),
    "03": ("Route départementale", "Departmental road"),
    "04": ("Voie d’intérêt communautaire", "Road of community interest"),
    "05": ("Voie communale", "Municipal road"),
    "06": ("Chemin rural", "Rural way"),
    "07": ("Voie privée", "Private road"),
    "00": ("Indéterminé", "Not known"),
}
MANAGERS: Final[Words] = {
    "01": ("État", "State"),
    "02": ("Région", "Region"),
    "03": ("Département", "Department"),
    "04": ("EPCI", "Inter-communal body"),
    "05": ("Commune", "Commune"),
    "06": ("Bailleur social", "Social landlord"),
    "07": ("Privé", "Private"),
    "00": ("Indéterminé", "Not known"),
}
NATURES: Final[Words] = {
    "autoroute": ("Type autoroutier", "Motorway"),
    "2chaussees": ("Route à 2 chaussées", "Dual carriageway"),
    "1chaussee": ("Route à 1 chaussée", "Single carriageway"),
    "bretelle": ("Bretelle", "Slip road"),
    "rond_point": ("Rond-point", "Roundabout"),
    "empierree": ("Route empierrée", "Gravel road"),
    "chemin": ("Chemin", "Track"),
    "sentier": ("Sentier", "Path"),
    "escalier": ("Escalier", "Steps"),
    "bac": ("Bac ou liaison maritime", "Ferry"),
    "cyclable": ("Piste cyclable", "Cycle path"),
}
PATHS: Final = ("sentier", "escalier", "bac", "cyclable")
"""What no car drives on: no road of a study, of lengths where somebody asks."""
CARRIAGEWAYS: Final[Words] = {
    "U": ("Chaussée unique", "Single"),
    "D": ("Droite", "Right"),
    "G": ("Gauche", "Left"),
}
TRAFFIC: Final[Words] = {
    "both": ("Double sens", "Both ways"),
    "forward": ("Sens direct", "Along the line"),
    "backward": ("Sens inverse", "Against the line"),
    "none": ("Sans circulation", "No traffic"),
}
SURFACES: Final[Words] = {
    "bb": ("Béton bitumineux", "Asphalt concrete"),
    "esu": ("Enduit superficiel", "Surface dressing"),
    "ecf": ("Enrobé coulé à froid", "Microsurfacing"),
    "paves": ("Pavés", "Setts"),
    "beton": ("Béton de ciment", "Concrete"),
    "gnt": ("Grave, empierrement", "Gravel"),
    "terre": ("Terre", "Earth"),
    "autre": ("Autre", "Other"),
}
WINTER: Final[Words] = {
    "1": ("Niveau 1 : traité jour et nuit", "Level 1: treated day and night"),
    "2": ("Niveau 2 : traité le jour", "Level 2: treated by day"),
    "3": ("Niveau 3 : traité si possible", "Level 3: treated if possible"),
    "4": ("Non traité", "Not treated"),
}
CONDITIONS: Final[Words] = {
    "1": ("Très bon", "Very good"),
    "2": ("Bon", "Good"),
    "3": ("Moyen", "Fair"),
    "4": ("Mauvais", "Poor"),
    "5": ("Très mauvais", "Very poor"),
}
IMPORTANCES: Final[Words] = {
    "1": ("1 : liaison entre métropoles", "1: between metropolises"),
    "2": ("2 : liaison entre départements", "2: between departments"),
    "3": ("3 : liaison entre communes", "3: between communes"),
    "4": ("4 : voie rapide, traversée", "4: fast or through road"),
    "5": ("5 : desserte", "5: access road"),
    "6": ("6 : chemin", "6: way"),
}


def word(words: Words, code: str | None, *, english: bool = False) -> str:
    """What a code means; itself where the list does not have it."""
    return words[code][english] if code is not None and code in words else code or ""
