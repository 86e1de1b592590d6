"""How a layer of a file becomes assets: which of its fields is which column, what its words mean. Suggested by
likeness, changed by people, kept for the next file of the same shape. Pure.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from layers.intake.cells import bare
from layers.intake.feature_table import mapping
from layers.intake.feature_table.source import XY, FeatureTable, FeatureTables
from layers.intake.layer_mapping import LayerMapping, Target, columns_of, likely_columns
from networks.roads import asset_code_lists
from networks.roads.iisr import read_sign
from networks.roads.references import NotAReferenceError, reference_of, road_of

MORE_PANELS: Final = tuple(f"panels_{number}" for number in range(2, 7))
SIGN_FIELDS: Final = ("code", "panels", *MORE_PANELS)
SYNONYMS: Final[Mapping[str, tuple[str, ...]]] = {
    "reference": ("id", "identifiant", "ident", "ref", "numero", "num", "n", "gid", "fid", "id panneau", "id objet",
                  "idpanneau", "matricule"),
    "kind": ("type", "nature", "categorie", "type objet", "famille"),
    "subtype": ("modele", "sous type", "type"),
    "code": ("type 1", "code panneau", "code iisr", "iisr", "panneau", "type panneau", "code", "signal", "code signal"),
    "inscription": ("texte", "inscription", "valeur", "mention", "libelle"),
    "panels": ("type 2", "panonceau", "panonceaux", "panonceau 1"),
    "panels_2": ("type 3", "panonceau 2"),
    "panels_3": ("type 4", "panonceau 3"),
    "panels_4": ("type 5",),
    "panels_5": ("type 6",),
    "panels_6": ("type 7",),
    "orientation": ("azimuth", "azimut", "angle", "rotation", "cap"),
    "size": ("gamme", "taille", "dimension"),
    "state": ("etat", "etat 1", "condition", "etat panneau", "note"),
    "material": ("materiau", "matiere", "support"),
    "installed_date": ("date pose", "pose", "annee pose", "date installation", "annee", "mise en service", "date",
                       "car annee"),
    "width_m": ("largeur",),
    "height_m": ("hauteur",),
    # Remarks are public, and those of the field may name people: whoever wants them chooses them (`REMARKS`).
    "comment": ("lieu", "car lieu", "localisation"),
    "source": ("producteur", "source", "origine"),
    "updated_date": ("date releve", "date de releve", "date du releve", "releve le", "date etat", "date de l etat",
                     "date visite", "date de visite", "date maj", "maj", "mise a jour", "date de mise a jour"),
    "place_at": ("pr abscisse", "pr abs", "repere", "point de repere", "reference routiere", "localisation pr", "pra"),
    "place_route": ("route", "rd", "axe", "voie", "numero route", "num route", "numero de route", "nom route", "road"),
    "place_marker": ("pr", "pr debut", "pr deb", "prd", "pr d", "num pr", "numero pr", "plo", "borne"),
    "place_metres": ("abscisse", "abs", "abscisse debut", "abscisse deb", "abs debut", "abs deb", "absd", "abd"),
    "place_end": ("fin", "repere fin", "repere de fin", "pr abscisse fin"),
    "place_end_marker": ("pr fin", "prf", "pr f", "plo fin"),
    "place_end_metres": ("abscisse fin", "abs fin", "absf", "abf"),
    "place_side": ("cote", "cote de la route", "cote route", "cote chaussee", "rive"),
    "place_distance": ("distance", "distance axe", "distance a l axe", "dist axe", "deport", "ecart"),
    "place_department": ("departement", "dept", "dep", "code departement"),
}  # fmt: skip
REMARKS: Final = frozenset(
    {"remarque", "remarques", "commentaire", "commentaires", "observation", "observations", "obs", "notes"}
)
SPOKEN: Final[Mapping[str, Mapping[str, str]]] = {
    "state": {"neuf": "1", "tres bon": "1", "bon": "2", "bonne": "2", "correct": "2", "moyen": "3", "passable": "3",
              "use": "3", "mauvais": "4", "mauvaise": "4", "degrade": "4", "tres mauvais": "5", "hs": "5",
              "hors service": "5", "a remplacer": "5", "detruit": "5", "absent": "5", "vetuste": "4", "abime": "4"},
    "kind": {"panneau": "sign", "panneaux": "sign", "police": "sign", "signalisation": "sign", "feu": "signal",
             "feux": "signal", "carrefour": "signal", "lampadaire": "lighting", "luminaire": "lighting",
             "candelabre": "lighting", "eclairage": "lighting", "buse": "culvert", "aqueduc": "culvert",
             "pont": "structure", "ouvrage": "structure", "barriere": "barrier", "potelet": "barrier",
             "glissiere": "barrier", "balise": "marker", "borne": "marker", "grille": "drain", "avaloir": "drain",
             "banc": "furniture", "bordure": "kerb", "fosse": "ditch", "mur": "wall", "trottoir": "pavement",
             "passage pieton": "marking", "marquage": "marking", "haie": "hedge"},
    "size": {"mini": "miniature", "petit": "petite", "normal": "normale", "grand": "grande",
             "tres grand": "tres_grande"},
    "place_side": {"d": "right", "droit": "right", "droite": "right", "g": "left", "gauche": "left", "axe": "on",
                   "centre": "on", "c": "on", "u": "on", "a": "on"},
}  # fmt: skip
PLACES: Final[tuple[tuple[str, Any, Mapping[str, Any]], ...]] = (
    *XY,
    ("place_at", _("Place in one field (D 2020 PR 12+350)"), {}),
    ("place_route", pgettext_lazy("of a PR", "Road"), {}),
    ("place_marker", _("PR"), {}),
    ("place_metres", _("Metres after the PR"), {}),
    ("place_end", _("End, in one field"), {}),
    ("place_end_marker", _("PR of the end"), {}),
    ("place_end_metres", _("Metres after the PR of the end"), {}),
    ("place_side", _("Side of the road"), asset_code_lists.SIDES),
    ("place_distance", _("Metres from the axis"), {}),
    ("place_department", pgettext_lazy("of a PR", "Département of the road"), {}),
)
"""Where a row of a table lies: x and y, or a reference on a road (`asset_places`)."""
IN_NAMES: Final = (
    ("carrefour|feux|tricolore", "signal"), ("pann|sign|pano|police", "sign"),
    ("eclair|lamp|lumin|candel", "lighting"), ("buse|aqueduc", "culvert"), ("pont|ouvrage", "structure"),
    ("glissiere|barriere|potelet", "barrier"), ("marqu", "marking"), ("bordure", "kerb"), ("fosse", "ditch"),
    ("balise|borne", "marker"), ("mur", "wall"), ("trottoir", "pavement"), ("haie|arbre", "hedge"),
    ("grille|avaloir", "drain"), ("banc|mobilier", "furniture"),
)  # fmt: skip
MOST_SIGNS_TESTED: Final = 20
IS_MARKER: Final = re.compile(r"\s*(?:P\.?\s?R\.?\s*)?\d{1,3}(?:\s*\+\s*\d+|[.,]\d+)?\s*", re.IGNORECASE)


def targets_of(slug: str, *, ends: bool) -> list[Target]:
    """What a field of a file may be in a layer of assets: (name, label, its code list); of stretches both `ends`."""
    targets: list[Target] = []
    for one in columns_of(slug):
        targets.append((one["name"], one["label"], one.get("values") or {}))
        if one["name"] == "panels":
            targets += [(name, _("Panels below, another field"), {}) for name in MORE_PANELS]
    return targets + [one for one in PLACES if ends or not one[0].startswith("place_end")]


def suggest(tables: FeatureTables, layer: Mapping[str, Any], slug: str = "") -> LayerMapping:
    """How a layer (`layers.intake.looking.Seen` as JSON) is likely read: as rows of the layer of that slug where
    somebody says so. Of a table without places, or where it has others than its layer, references may tell them.
    """
    drawn, fields = str(layer["geometry"]), layer["fields"]
    wanted = tables.get(slug)
    placed = not layer.get("table") or (drawn != "" and (wanted is None or wanted.geometry == drawn))
    places = {} if placed else likely_places(fields)
    table = mapping.table_for(tables, layer, slug) or tables.get(likely_table(places))
    if table is None:
        return LayerMapping()
    suggested = suggest_columns(table, str(layer["label"]), fields, places)
    xy = mapping.xy_columns(layer) if placed else {}
    return replace(suggested, columns={**xy, **suggested.columns})


def suggest_columns(
    table: FeatureTable, label: str, fields: Mapping[str, Mapping[str, int]], places: Mapping[str, str]
) -> LayerMapping:
    """Columns by their names; the code of a sign by what its field holds, the kind by the name of the layer."""
    names = {name for name, _label, _codes in table.all_targets()}
    suggested = mapping.suggest_columns(table, fields, {name: one for name, one in places.items() if name in names})
    columns, values, fixed = dict(suggested.columns), dict(suggested.values), {}
    if "code" not in columns and "code" in names and (signs := field_of_signs(fields)):
        columns["code"] = signs
    if not any(values.get("kind", {}).values()):
        columns.pop("kind", None)
        values.pop("kind", None)
        fixed["kind"] = likely_kind(table, label, has_code="code" in columns)
    return replace(suggested, columns=columns, values=values, fixed=fixed)


def likely_table(places: Mapping[str, str]) -> str:
    """Of a table without coordinates: stretches where it tells ends, nothing where it tells no places."""
    if "place_at" not in places and not {"place_route", "place_marker"} <= set(places):
        return ""
    return "road-stretches" if any(name.startswith("place_end") for name in places) else "road-assets"


def likely_places(fields: Mapping[str, Mapping[str, int]]) -> dict[str, str]:
    """The fields that tell a road, a PR, metres, a side: by their names, where most of their words are such."""
    fitting = {name: [one for one, texts in fields.items() if most(READ_AS.get(name, bool), texts)]
               for name, _label, _codes in PLACES if name not in ("place_x", "place_y")}  # fmt: skip
    likely: dict[str, str] = {}
    for name, allowed in fitting.items():
        free = [one for one in allowed if one not in likely.values()]
        likely |= likely_columns([name], free, SYNONYMS)
    whole = next((one for one in fitting["place_at"] if one not in likely.values()), "")
    if whole and "place_marker" not in likely:
        likely.setdefault("place_at", whole)
    return likely


def most(reads: Callable[[str], Any], texts: Mapping[str, int]) -> bool:
    sample = list(texts)[:MOST_SIGNS_TESTED]
    return bool(sample) and sum(bool(reads(one)) for one in sample) * 2 > len(sample)


def is_reference(text: str) -> bool:
    try:
        return bool(reference_of(text))
    except NotAReferenceError:
        return False


def is_road(text: str) -> bool:
    try:
        return bool(road_of(text))
    except NotAReferenceError:
        return False


READ_AS: Final[Mapping[str, Callable[[str], Any]]] = {
    "place_at": is_reference,
    "place_end": is_reference,
    "place_route": is_road,
    "place_marker": IS_MARKER.fullmatch,
    "place_end_marker": IS_MARKER.fullmatch,
    "place_side": lambda text: mapping.likely_code(SPOKEN, "place_side", text, asset_code_lists.SIDES),
}


def field_of_signs(fields: Mapping[str, Mapping[str, int]]) -> str:
    """The field most of whose words are codes of signs."""
    for name, texts in fields.items():
        sample = list(texts)[:MOST_SIGNS_TESTED]
        if sample and sum(read_sign(one).known for one in sample) * 2 > len(sample):
            return name
    return ""


def likely_kind(table: FeatureTable, label: str, *, has_code: bool) -> str:
    """What a layer holds, by its name; signs where it has their codes."""
    codes = next(codes for name, _label, codes in table.all_targets() if name == "kind")
    if has_code and "sign" in codes:
        return "sign"
    return next((kind for pattern, kind in IN_NAMES if re.search(pattern, bare(label)) and kind in codes), "other")
