"""BD TOPO v3, TRONCON_DE_ROUTE: what a row says of a section of road. Pure; texts of the file in, values out.

Fields are known by their full names (GeoPackage) and by those of Shapefiles, which have ten letters.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from layers.intake.cells import bare, read_day
from networks.roads.code_lists import NATURES
from networks.roads.importers.departments import department_in
from networks.roads.references import NotAReferenceError, route_of

SOURCE: Final = "BD TOPO"
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "cleabs": ("cleabs", "id"),
    "nature": ("nature",),
    "name_left": ("nomcollaboratifgauche", "nom1gauche", "nomcollg", "nom1g", "nomvoiegauche"),
    "name_right": ("nomcollaboratifdroite", "nom1droite", "nomcolld", "nom1d", "nomvoiedroite"),
    "alias_left": ("aliasgauche", "aliasg"),
    "alias_right": ("aliasdroit", "aliasdroite", "aliasd"),
    "importance": ("importance",),
    "level": ("positionparrapportausol", "possol"),
    "state": ("etatdelobjet", "etat"),
    "created": ("datecreation", "datedecreation", "datecreat"),
    "modified": ("datemodification", "datedemodification", "datemaj"),
    "lanes": ("nombredevoies", "nbvoies"),
    "width": ("largeurdechaussee", "largeur"),
    "private": ("prive",),
    "way": ("sensdecirculation", "sens"),
    "urban": ("urbain",),
    "height": ("restrictiondehauteur", "restrh"),
    "weight": ("restrictiondepoidstotal", "restrp"),
    "axle": ("restrictiondepoidsparessieu", "restrppe"),
    "breadth": ("restrictiondelargeur", "restrlar"),
    "length": ("restrictiondelongueur", "restrlon"),
    "insee_left": ("inseecommunegauche", "inseecomg"),
    "insee_right": ("inseecommunedroite", "inseecomd"),
    "links": ("liensversroutenommee", "idrn"),
    "number": ("cpxnumero", "numero"),
    "class": ("cpxclassementadministratif", "cladmin"),
    "manager": ("cpxgestionnaire", "gestion"),
    "named": ("cpxtoponymeroutenommee", "toponyme"),
}
BESIDE: Final[Mapping[str, tuple[str, ...]]] = {
    "vitesse_moyenne_vl": ("vitessemoyennevl", "vitmoyvl"),
    "acces_vehicule_leger": ("accesvehiculeleger", "accesvl"),
    "acces_pieton": ("accespieton", "accesped"),
    "fictif": ("fictif",),
    "itineraire_vert": ("itinerairevert", "itvert"),
    "bande_cyclable": ("bandecyclable", "cyclable"),
    "reserve_aux_bus": ("reserveauxbus", "bus"),
    "nature_de_la_restriction": ("naturedelarestriction", "natrestr"),
    "periode_de_fermeture": ("periodedefermeture", "fermeture"),
    "matieres_dangereuses_interdites": ("matieresdangereusesinterdites", "restrmat"),
    "nom_2_gauche": ("nom2gauche", "nom2g"),
    "nom_2_droite": ("nom2droite", "nom2d"),
    "identifiant_voie_1_gauche": ("identifiantvoie1gauche", "idvoieg"),
    "identifiant_voie_1_droite": ("identifiantvoie1droite", "idvoied"),
    "cpx_numero_route_europeenne": ("cpxnumerorouteeuropeenne", "numeurop"),
    "precision_planimetrique": ("precisionplanimetrique", "precplani"),
    "date_de_mise_en_service": ("datedemiseenservice", "dateserv"),
}
"""What no column has: kept beside the row under its own name."""
COLUMNS: Final = (
    *("route", "department", "nature", "status", "importance", "manager", "manager_name"),
    *("name_left", "name_right", "insee_left", "insee_right", "lanes", "width_m", "traffic_way", "built_up", "level"),
    *("max_height_m", "max_width_m", "max_length_m", "max_weight_t", "max_axle_t", "updated_date"),
)
"""The columns of a section that BD TOPO fills; the others are our people's alone. Carriageways are told apart later."""
WAYS: Final = {"double sens": "both", "sens direct": "forward", "sens inverse": "backward", "sans objet": "none"}
KINDS: Final = {bare(labels[0]): code for code, labels in NATURES.items()} | {
    "quasi autoroute": "autoroute", "bretelle": "bretelle", "rond point": "rond_point", "escalier": "escalier",
}  # fmt: skip
CLASSES: Final = {
    "autoroute": "01", "nationale": "02", "route nationale": "02", "departementale": "03",
    "route departementale": "03", "route intercommunale": "04", "intercommunale": "04", "metropolitaine": "04",
    "route metropolitaine": "04", "voie communale": "05", "communale": "05", "route communale": "05",
    "chemin rural": "06",
}  # fmt: skip
BY_LETTER: Final = {"A": "01", "N": "02", "D": "03", "M": "04", "VC": "05", "C": "05", "CR": "06"}
MANAGERS: Final = {"01": "01", "02": "01", "03": "03", "04": "04", "05": "05", "06": "05", "07": "07"}
POOLED: Final = ("metropole", "communaut", "epci", "grand ", "agglomeration")
IN_SERVICE: Final = ("", "en service")
LONGEST: Final = {"name_left": 120, "name_right": 120, "manager_name": 100}


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedRoad:
    """A numbered road of another table: ROUTE_NUMEROTEE_OU_NOMMEE."""

    number: str
    status: str
    manager: str


@dataclass(slots=True)
class Read:
    """What a row says: values of `COLUMNS` by name, what is kept beside, what is not understood (field, text)."""

    cleabs: str
    in_service: bool
    values: dict[str, Any]
    beside: dict[str, str]
    unread: list[tuple[str, str]] = field(default_factory=list)


def plain_name(name: str) -> str:
    return bare(name).replace(" ", "")


def ranks_of(names: Sequence[str], wanted: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """Where each field that is wanted stands among those of a file."""
    at = {plain_name(name): rank for rank, name in reversed(list(enumerate(names)))}
    ranks = {target: next((at[one] for one in known if one in at), None) for target, known in wanted.items()}
    return {target: rank for target, rank in ranks.items() if rank is not None}


def is_sections(names: Sequence[str]) -> bool:
    """Whether a layer has the fields of TRONCON_DE_ROUTE."""
    ranks = ranks_of(names, FIELDS)
    return "cleabs" in ranks and "nature" in ranks and ("way" in ranks or "importance" in ranks)


class Reader:
    """Rows of a layer with these fields, in this order."""

    def __init__(self, names: Sequence[str], numbered_roads: Mapping[str, NumberedRoad]) -> None:
        self.at, self.beside_at, self.numbered_roads = ranks_of(names, FIELDS), ranks_of(names, BESIDE), numbered_roads

    @property
    def wanted(self) -> list[int]:
        """The fields that are read."""
        return sorted({*self.at.values(), *self.beside_at.values()})

    def read(self, row: Sequence[str | None]) -> Read:
        said = {name: (row[rank] or "").strip() for name, rank in self.at.items()}
        beside = {name: text for name, rank in self.beside_at.items() if (text := (row[rank] or "").strip())}
        section = Read(said.get("cleabs", ""), bare(said.get("state", "")) in IN_SERVICE, {}, beside)
        fill(section, said, self.numbered_roads)
        return section


def fill(section: Read, said: Mapping[str, str], numbered_roads: Mapping[str, NumberedRoad]) -> None:
    values = section.values
    route, status, manager = road_of(section, said, numbered_roads)
    values |= {"route": route, "status": status}
    values["nature"] = code_of(section, "nature", said.get("nature", ""), KINDS)
    importance = said.get("importance", "")[:1]
    values["importance"] = importance if importance in "123456" and importance else None
    values["manager"], values["manager_name"] = manager_of(status, manager)
    for side in ("left", "right"):
        name = said.get(f"name_{side}") or said.get(f"alias_{side}") or said.get("named")
        values[f"name_{side}"] = name or None
        insee = said.get(f"insee_{side}", "").upper()
        values[f"insee_{side}"] = insee if len(insee) == 5 else None
    values["department"] = department_in(manager, values["insee_left"], values["insee_right"]) if route else ""
    values["lanes"] = whole(number(section, "nombre_de_voies", said.get("lanes", "")), 12)
    values["width_m"] = number(section, "largeur_de_chaussee", said.get("width", ""), most=60)
    values["traffic_way"] = code_of(section, "sens_de_circulation", said.get("way", ""), WAYS) or "both"
    values["built_up"] = truth(said.get("urban", ""))
    values["level"] = level_of(said.get("level", ""))
    for column, name in (("max_height_m", "height"), ("max_width_m", "breadth"), ("max_length_m", "length"),
                         ("max_weight_t", "weight"), ("max_axle_t", "axle")):  # fmt: skip
        values[column] = number(section, f"restriction ({name})", said.get(name, ""), most=1000)
    values["updated_date"] = read_day(said.get("modified", "")) or read_day(said.get("created", ""))
    for column, most in LONGEST.items():
        if values[column] and len(values[column]) > most:
            section.beside[column] = values[column]
            values[column] = values[column][:most]


def road_of(
    section: Read, said: Mapping[str, str], numbered_roads: Mapping[str, NumberedRoad]
) -> tuple[str | None, str | None, str]:
    """The number of the road, its legal status, who keeps it; a section of several roads is of the first."""
    linked = next((numbered_roads[one] for one in parts(said.get("links", "")) if one in numbered_roads), None)
    numbers = parts(said.get("number", "")) or ([linked.number] if linked and linked.number else [])
    routes = [route for text in numbers if (route := number_of(text))]
    if len(numbers) > 1 or (numbers and not routes):
        section.beside["cpx_numero"] = "/".join(numbers)
    route = routes[0] if routes else None
    classes = parts(said.get("class", "")) or ([linked.status] if linked and linked.status else [])
    status = next((CLASSES[one] for text in classes if (one := bare(text)) in CLASSES), None)
    if status is None and route:
        status = BY_LETTER.get(route[:2]) or BY_LETTER.get(route[:1])
    if status is None and truth(said.get("private", "")):
        status = "07"
    managers = parts(said.get("manager", "")) or ([linked.manager] if linked and linked.manager else [])
    return route, status, managers[0] if managers else ""


def parts(text: str) -> list[str]:
    return [one for part in text.split("/") if (one := part.strip())]


def number_of(text: str) -> str | None:
    try:
        route = route_of(text)
    except NotAReferenceError:
        return None
    return route if len(route) <= 12 else None


def manager_of(status: str | None, name: str) -> tuple[str | None, str | None]:
    """Code and name of who keeps a road."""
    plain = bare(name)
    if any(one in f"{plain} " for one in POOLED):
        return "04", name
    if plain.startswith(("dir ", "etat")):
        return "01", name
    return MANAGERS.get(status or "") if status or not name else None, name or None


def code_of(section: Read, name: str, text: str, codes: Mapping[str, str]) -> str | None:
    if not text:
        return None
    code = codes.get(bare(text))
    if code is None:
        section.unread.append((name, text))
        section.beside[name] = text
    return code


def number(section: Read, name: str, text: str, most: float = 1e6) -> float | None:
    """A number above 0; nothing for 0 and for words such as “Sans restriction”."""
    if not text:
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        if not bare(text).startswith("sans"):
            section.unread.append((name, text))
            section.beside[name] = text
        return None
    if not 0 < value <= most:
        return None
    return value


def whole(value: float | None, most: int) -> int | None:
    return None if value is None or value > most else round(value)


def truth(text: str) -> bool | None:
    plain = bare(text)
    return True if plain in ("true", "oui", "1", "t", "vrai") else False if plain else None


def level_of(text: str) -> int:
    """On the ground where it is not said; a ford is on the ground."""
    try:
        return max(-5, min(5, int(float(text))))
    except (ValueError, OverflowError):
        return 0


NUMBERED_ROAD_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "cleabs": ("cleabs", "id"),
    "number": ("numero",),
    "type": ("typederoute", "typeroute"),
    "manager": ("gestionnaire", "gestion"),
}


def read_numbered_roads(names: Sequence[str], rows: Iterable[Sequence[str | None]]) -> dict[str, NumberedRoad]:
    """The roads of ROUTE_NUMEROTEE_OU_NOMMEE by their cleabs."""
    at = ranks_of(names, NUMBERED_ROAD_FIELDS)
    said = ({name: (row[rank] or "").strip() for name, rank in at.items()} for row in rows)
    return {
        one["cleabs"]: NumberedRoad(
            number=one.get("number", ""), status=one.get("type", ""), manager=one.get("manager", "")
        )
        for one in said
    }
