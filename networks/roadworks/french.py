"""French articles and prepositions before names of roads; before those of communes: `gis_core.french`."""

import re
from typing import Final

from networks.roads.references import NotAReferenceError, Road, reference_of

FEMININE: Final = re.compile(
    "allée|autoroute|avenue|chaussée|cité|corniche|côte|cour|descente|digue|esplanade|grande|impasse|levée|montée"
    "|passerelle|place|placette|promenade|résidence|rocade|route|rue|ruelle|sente|traverse|venelle|villa|voie"
)
MASCULINE: Final = re.compile(
    "boulevard|carrefour|chemin|clos|cours|faubourg|hameau|lotissement|mail|parc|parvis|passage|pont|port|quai"
    "|rond-point|sentier|square|tunnel|viaduc"
)
VOWELS: Final = tuple("aeiouyâàéèêëîïôûAEIOUYÂÀÉÈÊËÎÏÔÛ")
NUMBERED: Final = re.compile(r"[A-Z]+ ?\d")


def between(start: str, end: str) -> str:
    """« D 2020, du PR 12+350 au PR 13+020 »; what cannot be read as it was written."""
    given = [text for text in (start, end) if text]
    try:
        places = [reference_of(text) for text in given]
    except NotAReferenceError:
        return " à ".join(given)
    roads = {Road(one.route, one.department) for one in places}
    if len(roads) != 1:
        return " à ".join(f"{Road(one.route, one.department)}, {one.beside}" for one in places)
    stretch = f"du {places[0].beside} au {places[1].beside}" if len(places) > 1 else places[0].beside
    return f"{roads.pop()}, {stretch}"


def the(road: str) -> str:
    """« la rue du Pont », « le chemin Vert », « l’impasse des Lilas », « la D 2020 »; other names as they are."""
    first, _space, rest = road.partition(" ")
    if NUMBERED.match(road):
        return f"l’{road}" if road.startswith("A") else f"la {road}"
    kind = first.lower()
    feminine = FEMININE.fullmatch(kind)
    if not (feminine or MASCULINE.fullmatch(kind)):
        return road
    name = f"{kind} {rest}".rstrip()
    if name.startswith(VOWELS):
        return f"l’{name}"
    return f"la {name}" if feminine else f"le {name}"
