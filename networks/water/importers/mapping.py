"""How the layers of a file become objects of a network: what each layer holds, which of its fields is which column,
what its words mean. Suggested by likeness, changed by people, kept for the next file. Pure.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from layers.intake.cells import bare, size_in
from layers.intake.layer_mapping import LayerMapping, Target, columns_of, fit, likely_values
from networks.water import code_lists
from networks.water.families import FamilyName
from networks.water.raepa import SPOKEN_MATERIALS

TABLES: Final[Mapping[str, tuple[FamilyName, str]]] = {
    "water-pipes": ("water", "pipes"),
    "water-nodes": ("water", "nodes"),
    "water-connections": ("water", "connections"),
    "sewer-pipes": ("sewer", "pipes"),
    "sewer-nodes": ("sewer", "nodes"),
    "sewer-connections": ("sewer", "connections"),
    "water-repairs": ("water", "repairs"),
}
KEYS: Final[Mapping[str, tuple[tuple[str, Any], ...]]] = {
    "pipes": (("start_key", _("Node at its start (its reference)")), ("end_key", _("Node at its end (its reference)"))),
    "connections": (
        ("pipe_key", _("Pipe it hangs on (its reference)")),
        ("address_2", _("Address, second part")),
        ("address_3", _("Address, third part")),
    ),
}
UNITS: Final = {"diameter_mm": ("mm", "cm", "m", "in"), "metres": ("m", "ft")}
LOOSELY: Final = ("kind", "material")
"""What is told by a word among others; a state is not: “hors service”."""
LONGEST_PHRASE: Final = 4
LETTERS: Final = re.compile("[a-z]+")
NUMBERED: Final = re.compile(r"\d.*$")
THREE_LETTERS: Final = re.compile("[a-z]{3}")
CATALOGUE: Final = re.compile("cat id$")
SYNONYMS: Final[Mapping[str, tuple[str, ...]]] = {
    "reference": ("id", "ident", "id objet", "identifiant", "ref", "code", "numero", "num", "name", "nom", "idcana",
                  "idouvrage", "idappareil", "idbranche", "gid", "fid"),
    "kind": ("type", "nature", "type objet", "type obj", "sys type", "nodetype id", "nodecat id", "fnappaep",
             "fnouvaep", "fnappass", "fnouvass", "categorie", "type ouvrage", "type appareil", "node type"),
    "subtype": ("sous type", "modele"),
    "material": ("materiau", "mat", "matcat id", "type materiau", "arccat id", "conneccat id", "nature materiau"),
    "diameter_mm": ("diametre", "diam", "dn", "diametre nominal", "diameter", "dnom", "d nominal", "arccat id",
                    "diametre mm", "conneccat id"),
    "service_state": ("etat", "enservice", "en service", "etat service", "statut", "state"),
    "laid_from_year": ("andebpose", "annee pose", "date pose", "annee", "an pose", "an pose inf", "builtdate",
                       "pose", "annee debut"),
    "laid_to_year": ("anfinpose", "annee fin pose", "an pose sup"),
    "project_owner": ("mouvrage", "maitre ouvrage", "moa", "proprietaire"),
    "operator": ("gexploit", "exploitant", "gestionnaire"),
    "address": ("adresse", "adresse desservie", "address", "rue", "postnumber", "numero voie", "n voie"),
    "address_2": ("voie", "nom voie", "street", "streetaxis id", "libelle voie"),
    "address_3": ("commune", "ville", "postcode", "code postal"),
    "meter": ("compteur", "numero compteur", "customer code", "n compteur"),
    "dwellings": ("logements", "nb logements", "nombre logements"),
    "start_key": ("idnini", "node 1", "start node name", "noeud debut", "noeud amont", "noeud initial", "from node",
                  "start node"),
    "end_key": ("idnterm", "node 2", "end node name", "noeud fin", "noeud aval", "noeud terminal", "to node",
                "end node"),
    "pipe_key": ("arc id", "idcanppale", "canalisation", "id canalisation", "pipe id", "troncon"),
    "name": ("nom", "nom usuel", "libelle"),
    "position": ("position vanne", "ouverture", "etat vanne", "ouvert ferme", "initial status"),
    "condition": ("manoeuvrable", "etat fonctionnement"),
    "ground_z": ("altitude terrain", "cote terrain", "z terrain", "top elev", "cote sol"),
    "z": ("altitude", "cote", "elevation"),
    "cover_z": ("cote tampon", "z tampon", "cote tn", "tampon"),
    "invert_z": ("radier", "cote radier", "fil eau", "z radier", "cote fe"),
    "depth_m": ("profondeur", "prof", "profgen", "depth"),
    "start_z": ("zamont", "fe amont", "cote amont", "z amont"),
    "end_z": ("zaval", "fe aval", "cote aval", "z aval"),
    "declared_length_m": ("longueur", "longcana", "long", "length", "lineaire"),
    "capacity_m3": ("volume", "capacite", "volume utile"),
    "flow_m3h": ("debit", "debit m3h"),
    "pressure_bar": ("pression", "pression bar", "pression statique"),
    "comment": ("observation", "observations", "remarque", "commentaire", "descript"),
    "system": ("typreseau", "type reseau", "reseau", "nature effluent"),
    "repaired_date": ("daterepar", "date reparation", "date intervention", "date"),
    "defect": ("defreparee", "defaillance", "type casse"),
    "object_reference": ("idsuprepar",),
}  # fmt: skip
OWN_IDENTIFIERS: Final[Mapping[str, str]] = {"nodes": "node id", "pipes": "arc id", "connections": "connec id"}
"""The field that other layers of the same source speak of; elsewhere it names another object."""
SPOKEN: Final[Mapping[str, Mapping[str, str]]] = {
    "material": SPOKEN_MATERIALS | {"fc": "fbro", "fd": "fd", "fib": "fbro", "cast iron": "fonte", "ftd": "fd",
                                    "ftg": "fg", "peld": "pebd", "pe ld": "pebd"},
    "kind": {
        "vanne": "valve", "valve": "valve", "robinet": "valve", "robinet vanne": "valve", "shutoff valve": "valve",
        "poteau": "hydrant", "hydrant": "hydrant", "bouche incendie": "hydrant", "pei": "hydrant", "pi": "hydrant",
        "bi": "hydrant", "compteur": "meter", "meter": "meter", "debitmetre": "meter", "ventouse": "air_valve",
        "air valve": "air_valve", "purge": "drain", "vidange": "drain", "outfall valve": "drain",
        "reducteur": "regulator", "regulateur": "regulator", "pr reduc valve": "regulator", "prv": "regulator",
        "reservoir": "tank", "tank": "tank", "chateau eau": "tank", "pompe": "pump", "pump": "pump",
        "poste": "pump", "surpresseur": "pump", "forage": "catchment", "captage": "catchment", "source": "catchment",
        "waterwell": "catchment", "station traitement": "treatment", "traitement": "treatment", "wtp": "treatment",
        "step": "treatment", "te": "fitting", "t": "fitting", "coude": "fitting", "curve": "fitting", "x": "fitting",
        "reduction": "fitting", "endline": "fitting", "bouchon": "fitting", "adaptation": "fitting",
        "jonction": "junction", "junction": "junction", "noeud": "junction", "regard": "manhole",
        "manhole": "manhole", "avaloir": "inlet", "grille": "inlet", "exutoire": "outlet", "rejet": "outlet",
        "outfall": "outlet", "deversoir": "overflow", "bassin": "basin", "chambre": "chamber",
        "register": "chamber", "pressure meter": "sensor", "flowmeter": "meter", "chk valve": "regulator",
        "check valve": "regulator", "green valve": "drain", "fl contr valve": "regulator", "expantank": "other",
        "gen purp valve": "valve", "filter": "other", "water connection": "other", "shtff valve": "valve",
        "pr break valve": "regulator", "pr susta valve": "regulator", "greenvalve": "drain", "clapet": "regulator",
        "reduc": "fitting", "flexunion": "fitting", "manchon": "fitting", "cone": "fitting", "etap": "treatment",
        "presmeter": "sensor", "netsamplepoint": "sensor", "samplepoint": "sensor", "netelement": "other",
        "stabilisateur": "regulator", "bouche a cle": "valve", "borne": "hydrant", "piquage": "fitting",
    },
    "service_state": {
        "o": "en_service", "oui": "en_service", "1": "en_service", "operative": "en_service", "actif": "en_service",
        "en service": "en_service", "n": "abandon", "non": "abandon", "0": "abandon", "abandonne": "abandon",
        "hs": "en_arret", "hors service": "en_arret", "obsolete": "abandon", "2": "en_projet", "projet": "en_projet",
    },
    "position": {"ouvert": "open", "open": "open", "o": "open", "ferme": "closed", "fermee": "closed",
                 "closed": "closed", "f": "closed"},
    "system": {"eu": "02", "ep": "01", "un": "03", "unitaire": "03", "eaux usees": "02", "eaux pluviales": "01"},
}  # fmt: skip
IN_NAMES: Final[Sequence[tuple[str, str, str]]] = (
    # Words in the name of a layer, the table, the kind of its nodes.
    ("repar|fuite|casse", "water-repairs", ""),
    ("branch|connec|abonn|prise", "connections", ""),
    ("vanne|valve|robinet", "nodes", "valve"),
    ("hydrant|poteau|pei|incendie|defense", "nodes", "hydrant"),
    ("reservoir|tank|chateau", "nodes", "tank"),
    ("regard|manhole", "nodes", "manhole"),
    ("avaloir|grille", "nodes", "inlet"),
    ("exutoire|rejet|outfall", "nodes", "outlet"),
    ("pomp|pump|poste|releve", "nodes", "pump"),
    ("compteur|meter", "nodes", "meter"),
    ("captage|forage", "nodes", "catchment"),
    ("step|station|traitement", "nodes", "treatment"),
    ("jonction|junction", "nodes", "junction"),
)
OF_A_NETWORK: Final = re.compile(
    "canal|condui|reseau|tron|pipe|arc|noeud|node|aep|ass|ouvr|appar|egout|collect|sewer|water"
)
BESIDE: Final = re.compile(
    r"(^|_)(adresses?|address(es)?|streets?|streetaxis|rues?|voies?|voirie|routes?|plots?|parcel\w*|cadastr\w*|"
    r"communes?|municip\w*|bati\w*|building\w*|lieux?_dits?|cat)(_|$)"
)
"""Layers of the ground that come along with a network."""
SEWER_NAMES: Final = re.compile(r"ass\b|assain|eaux_?us|pluv|unitaire|\beu\b|\bep\b|_eu|_ep|regard|avaloir|egout|sewer")


def reading_from(kept: Any) -> LayerMapping:
    """How a layer is read, from JSON; what is unknown by now is left out."""
    return LayerMapping.from_json(kept, targets_of)


def targets_of(table: str) -> list[Target]:
    """What a field of the file may be: (name, label, codes of its list)."""
    if table not in TABLES:
        return []
    own = [(one["name"], one["label"], one.get("values") or {}) for one in columns_of(table)]
    return [*own, *((name, label, {}) for name, label in KEYS.get(TABLES[table][1], ()))]


def suggest_mapping(label: str, geometry: str, fields: Mapping[str, Mapping[str, int]]) -> LayerMapping:
    """What a layer likely holds. `fields`: for each field how often its words come."""
    table, kind = likely_table(label, geometry)
    if not table:
        return LayerMapping()
    names = [name for name, _label, _codes in targets_of(table)]
    columns = likely_columns(list(fields), names, OWN_IDENTIFIERS.get(TABLES[table][1], ""))
    drop_silent_catalogues(columns, fields, table)
    drop_nameless_addresses(columns, fields)
    values = likely_values(targets_of(table), columns, fields, likely_code)
    fixed = {}
    if kind and "kind" not in columns:
        fixed["kind"] = kind
    elif kind and not any(values.get("kind", {}).values()):
        columns.pop("kind", None)
        fixed["kind"] = kind
    if table == "water-repairs":
        fixed["network"] = "water"
    elif table.startswith("sewer") and "system" not in columns:
        fixed["system"] = "01" if re.search(r"pluv|ep\b|_ep", label.lower()) else "02"
    values = {name: codes_by_value for name, codes_by_value in values.items() if codes_by_value}
    return LayerMapping(table=table, columns=columns, values=values, fixed=fixed)


def bare_label(label: str) -> str:
    """The name of a layer without that of its folder or archive."""
    return label.rsplit("/", 1)[-1]


def likely_table(label: str, geometry: str) -> tuple[str, str]:
    """A layer of ours and the kind of its nodes, by the name and the geometry of the file's layer."""
    name = bare(bare_label(label)).replace(" ", "_")
    family = "sewer" if SEWER_NAMES.search(name) else "water"
    if geometry == "line":
        return ("", "") if re.search("branch|link", name) or is_beside(name) else (f"{family}-pipes", "")
    if geometry != "point":
        return "", ""
    codes = code_lists.WATER_NODES if family == "water" else code_lists.SEWER_NODES
    for name_parts, table, kind in IN_NAMES:
        if re.search(name_parts, name):
            return table if "-" in table else f"{family}-{table}", kind if kind in codes else ""
    return ("", "") if is_beside(name) else (f"{family}-nodes", "")


def is_beside(name: str) -> bool:
    return BESIDE.search(name) is not None and OF_A_NETWORK.search(name) is None


def likely_columns(fields: Sequence[str], names: Sequence[str], identifier: str = "") -> dict[str, str]:
    """The field of each of our columns that is recognised. One field may serve two: a catalogue's name tells material
    and diameter.
    """
    columns = {}
    for name in names:
        fits = [(fit(text, name, SYNONYMS), -place, text) for place, text in enumerate(fields)]
        if name == "reference" and identifier:
            fits += [(95, -place, text) for place, text in enumerate(fields) if bare(text) == identifier]
        score, _place, text = max(fits, default=(0, 0, ""))
        if score:
            columns[name] = text
    # The same field is not both the reference and a name.
    if columns.get("name") == columns.get("reference"):
        columns.pop("name", None)
    return columns


def drop_silent_catalogues(columns: dict[str, str], fields: Mapping[str, Mapping[str, int]], table: str) -> None:
    """A catalogue's names that tell no material, or no diameter, are not read for it."""
    codes = {name: known for name, _label, known in targets_of(table)}
    for name in ("material", "diameter_mm"):
        source = columns.get(name, "")
        if not CATALOGUE.search(bare(source)):
            continue
        values = fields.get(source, {})
        readable = (size_in(word) if name == "diameter_mm" else likely_code(name, word, codes[name]) for word in values)
        if not any(readable):
            del columns[name]


def drop_nameless_addresses(columns: dict[str, str], fields: Mapping[str, Mapping[str, int]]) -> None:
    """Numbers of houses and of streets, of which none says a name, are no address."""
    parts = [name for name in ("address", "address_2", "address_3") if name in columns]
    if not any(THREE_LETTERS.search(bare(word)) for name in parts for word in fields.get(columns[name], {})):
        for name in parts:
            del columns[name]


def likely_code(name: str, word: str, codes: Iterable[str]) -> str:
    """The code that a word means; "" where it says too little."""
    known = dict(codes) if isinstance(codes, Mapping) else dict.fromkeys(codes, ())
    if word in known:
        return word
    spoken = SPOKEN.get(name, {})
    for text in (bare(word), bare(NUMBERED.sub("", word)), *(candidate_names(word) if name in LOOSELY else ())):
        if not text:
            continue
        if (code := spoken.get(text)) in known:
            return str(code)
        for code, labels in known.items():
            if text in {bare(label) for label in labels} or text == bare(code):
                return code
    return ""


def candidate_names(word: str) -> Iterator[str]:
    """The words of a name without its numbers (“SHTFF-VALVE110-PN16”: “shtff valve”), the longest run of them first."""
    letters = [re.sub(r"(?<=[a-z])dn$", "", one) for one in LETTERS.findall(bare(word))]
    held = [one for one in letters if one not in ("dn", "pn", "mm")]
    for length in range(min(len(held), LONGEST_PHRASE), 0, -1):
        for start in range(len(held) - length + 1):
            phrase = " ".join(held[start : start + length])
            if len(phrase) > 1 or len(held) == 1:
                yield phrase
