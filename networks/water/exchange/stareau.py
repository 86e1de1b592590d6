"""StaR-Eau v2024 (CNIG, ASTEE): a network in the tables of the standard's own GeoPackage templates.

A list that we have no value for gets `non_renseigne`; what has no column of its own is told in `commentaire`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import shapely
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.members.technicians import TECHNICIANS
from networks.water import code_lists
from networks.water.exchange.geopackage import TableTemplate, TemplateGeoPackage, table_templates
from networks.water.exchange.network import OneNetwork, Row, RowProgress

UNRECORDED: Final = "non_renseigne"
UNKNOWN_YEAR: Final = "-9999"
LEAST_ACCURATE: Final = "C"
UNKNOWN_MATERIAL: Final = "nr"
NOWHERE: Final = "00000"
FAMILIES: Final = {"water": "aep", "sewer": "ass"}
SYSTEMS: Final = {"01": "assaep", "02": "assaeu", "03": "assaru"}
FLOWS: Final = {"01": "gravitaire", "02": "refoulement", "03": "sous_vide", "99": "autre"}
WATER_FUNCTIONS: Final = {"01": "transport", "02": "distribution", "99": "autre"}
SEWER_FUNCTIONS: Final = {"01": "transport", "02": "collecte", "99": "autre"}
WATER_CONTENTS: Final = {"01": "eau_brute", "02": "eau_potable", "99": "autre"}
SEWER_CONTENTS: Final = {"02": "eru", "03": "eru", "99": "autre"}
OPENINGS: Final = {"open": "ouverte", "closed": "fermee"}
STUCK: Final = {"working": "non", "broken": "oui"}
USERS: Final = {"hospital": "medical", "care_home": "medical", "industry": "industriel"}
NODE_TABLES: Final[Mapping[str, Mapping[str, str]]] = {
    "water": {
        "valve": "aep_vanne",
        "drain": "aep_vanne",
        "hydrant": "aep_point_livraison",
        "meter": "aep_point_mesure",
        "sensor": "aep_point_mesure",
        "import": "aep_point_mesure",
        "regulator": "aep_regulation",
        "air_valve": "aep_appareillage",
        "tank": "aep_reservoir",
        "pump": "aep_pompage",
        "treatment": "aep_traitement",
        "catchment": "aep_captage",
    },
    "sewer": {
        "manhole": "ass_regard",
        "inlet": "ass_engouffrement_point",
        "outlet": "ass_exutoire",
        "overflow": "ass_ouvrage_special_point",
        "pump": "ass_pompage",
        "treatment": "ass_traitement",
        "basin": "ass_bassin",
        "grit": "ass_chambre_depollution",
        "flush": "ass_equipement",
        "valve": "ass_equipement",
        "air_valve": "ass_equipement",
    },
}
"""By kind; the others are pieces, which every network may have at a node."""
FITTING_TABLES: Final = {"water": "aep_piece", "sewer": "ass_piece"}
SAID_BY_TABLE: Final = frozenset(
    {
        *("valve", "meter", "regulator", "tank", "pump", "treatment", "catchment", "hydrant", "air_valve", "drain"),
        *("manhole", "inlet", "outlet", "basin", "grit", "junction", "fitting"),
    }
)
"""Kinds that their table, or a code in it, says in full (pieces: of a kind that nobody told)."""

type Values = dict[str, Any]


def write_stareau(
    networks: Sequence[OneNetwork], path: Path, progress: RowProgress
) -> tuple[dict[str, int], list[str]]:
    """The file; how many rows each table has, and what could not be said."""
    losses: Counter[str] = Counter()
    prefixes = tuple(f"{FAMILIES[network.family]}_" for network in networks)
    tables = [table for name, table in table_templates().items() if name.removeprefix("mm_").startswith(prefixes)]
    with TemplateGeoPackage(path, tables) as file:
        for network in networks:
            Writer(network, file, losses).write(progress)
    counts = {name: count for name, count in file.counts.items() if count}
    return counts, [label % {"count": count} for label, count in losses.items()]


class Writer:
    """One network into its tables."""

    def __init__(self, network: OneNetwork, file: TemplateGeoPackage, losses: Counter[str]) -> None:
        self.network = network
        self.file = file
        self.losses = losses
        self.sewer = network.family == "sewer"
        self.short = FAMILIES[network.family]
        self.now = f"{database_clock.today().isoformat()}T00:00:00Z"
        self.taken: dict[str, set[str]] = {}

    def write(self, progress: RowProgress) -> None:
        for row in self.network.pipes():
            self.file.write(f"{self.short}_canalisation", self.pipe(row), row["shape"])
            progress(1)
        for row in self.network.nodes():
            self.node(row)
            progress(1)
        for row in self.network.connections():
            self.connection(row)
            progress(1)
        if repairs := self.network.counts["repairs"]:
            message = _("%(count)s repairs left out: StaR-Eau has no table for them (RAEPA has).")
            self.losses[message] += repairs
            progress(repairs)

    def common(self, row: Row) -> Values:
        """What every table has."""
        return {
            "type_reseau": SYSTEMS[row["system"]] if self.sewer else "aep",
            "fictif": 0,
            "etat_service": row["service_state"],
            "insee_commune": row["insee"] or self.nowhere(),
            "localisation": row.get("address"),
            "maitre_ouvrage": row["project_owner"],
            "exploitant": row["operator"],
            "precision_xy": row["precision_xy"] or LEAST_ACCURATE,
            "precision_z": row["precision_z"] or LEAST_ACCURATE,
            "an_pose_sup": year(row["laid_to_year"]) or UNKNOWN_YEAR,
            "an_pose_inf": year(row["laid_from_year"]),
            "an_abandon_sup": year(row["abandoned_year"]),
            "an_rehab_sup": year(row["rehabilitated_year"]),
            "date_creation": moment(row["surveyed_date"]) or self.now,
            "date_maj": moment(row["updated_date"]) or self.now,
            "commentaire": row["comment"],
        }

    def nowhere(self) -> str:
        self.losses[_("%(count)s objects lie in no commune that is known here: insee_commune is 00000.")] += 1
        return NOWHERE

    def along(self, row: Row, key: str, start: str, end: str) -> Values:
        """What pipes have, those of connections too."""
        return self.common(row) | {
            "id_canalisation": key,
            f"id_{self.short}_canalisation": row["reference"],
            "materiau": row["material"] or UNKNOWN_MATERIAL,
            "diametre_equivalent": row["diameter_mm"] or 0,
            "noeudinitial": start,
            "noeudterminal": end,
        }

    def pipe(self, row: Row) -> Values:
        nodes = self.network.node_keys
        ends = (nodes.get(row["start_node_id"], UNRECORDED), nodes.get(row["end_node_id"], UNRECORDED))
        values = self.along(row, self.network.pipe_keys[row["id"]], *ends) | {
            "mode_circulation": FLOWS.get(row["flow_mode"]),
            "longueur_terrain": row["declared_length_m"],
        }
        if row["depth_m"] is not None:
            values["commentaire"] = append_remark(values["commentaire"], f"Profondeur : {row['depth_m']:g} m")
        if self.sewer:
            return values | {
                "fonction_canalisation": SEWER_FUNCTIONS.get(row["function"]),
                "contenu_canalisation": SEWER_CONTENTS.get(row["content"]),
                "cote_fil_eau_amont": row["start_z"],
                "cote_fil_eau_aval": row["end_z"],
            }
        return values | {
            "fonction_canalisation": WATER_FUNCTIONS.get(row["function"]),
            "contenu_canalisation": WATER_CONTENTS.get(row["content"]),
            "cote_debut": row["start_z"],
            "cote_fin": row["end_z"],
        }

    def node(self, row: Row) -> None:
        kind, key = row["kind"], self.network.node_keys[row["id"]]
        if self.sewer and kind == "sensor":
            # It has no identifier of a node there: a piece carries the pipes.
            point = {"id_ass_point_mesure": key, "nom_usuel": row["name"], "ref_ouvrage": key}
            self.file.write("ass_point_mesure", self.common(row) | point, row["shape"])
        table = NODE_TABLES[self.network.family].get(kind, FITTING_TABLES[self.network.family])
        values = self.common(row) | {
            "id_noeud_reseau": self.own(table, key),
            business_key(self.file.tables[table]): row["reference"],
            **self.about(row),
        }
        names = code_lists.SEWER_NODES if self.sewer else code_lists.WATER_NODES
        parts = [] if kind in SAID_BY_TABLE else [names[kind][0]]
        parts += [text for text in (row["subtype"], None if "nom_usuel" in columns(table) else row["name"]) if text]
        for text in parts:
            values["commentaire"] = append_remark(values["commentaire"], text)
        self.file.write(table, values, row["shape"])

    def about(self, row: Row) -> Values:
        return sewer_node(row) if self.sewer else water_node(row)

    def connection(self, row: Row) -> None:
        """The point of a user, its pipe, and the piece where that leaves the network's."""
        if not self.network.rights.has_role(self.network.member.pk, TECHNICIANS):
            row = row | {"sensitive": None, "sensitive_name": None}
        water = not self.sewer
        key = self.network.connection_keys[row["id"]]
        table = "aep_point_livraison" if water else "ass_point_collecte"
        point = self.own(table, key)
        values = self.common(row) | {
            "id_noeud_reseau": point,
            "id_point_livraison" if water else "id_point_collecte": row["reference"],
            "type_usager": USERS.get(row["sensitive"]),
            "ref_externe": row["meter"],
        }
        for text in about_user(row):
            values["commentaire"] = append_remark(values["commentaire"], text)
        self.file.write(table, values, row["shape"])
        if row["line"] is None:
            return
        joint = self.joint(row, key)
        ends = (joint, point) if water else (point, joint)
        branch = f"{self.short}_canalisation_branchement"
        along = self.along(row, self.own(branch, key), *ends) | {"commentaire": None}
        along |= {f"id_{branch}": row["reference"], "fonction_canalisation": "fourniture" if water else "collecte"}
        if water:
            along["contenu_canalisation"] = "eau_potable"
        self.file.write(branch, along, row["line"])

    def joint(self, row: Row, key: str) -> str:
        """Where a connection meets the network's pipe: its end that is not the user's."""
        table = f"{self.short}_raccord"
        joint = self.own(table, f"{key}-raccord")
        ends = shapely.get_point(row["line"], [0, -1])
        far = ends[int(shapely.distance(ends, row["shape"]).argmax())]
        values = self.common(row) | {
            "id_noeud_reseau": joint,
            "commentaire": None,
            "ref_canalisation": self.network.pipe_keys.get(row["pipe_id"]),
        }
        self.file.write(table, values, far)
        return joint

    def own(self, table: str, key: str) -> str:
        """A key that no other row of the table has: hydrants and users share one."""
        taken = self.taken.setdefault(table, set())
        free, number = key, 1
        while free in taken:
            number += 1
            free = f"{key}-{number}"
        taken.add(free)
        return free


def water_node(row: Row) -> Values:
    """What the tables of drinking water have beyond the common."""
    match row["kind"]:
        case "valve":
            stuck = {"etat_ouverture": OPENINGS.get(row["position"]), "blocage": STUCK.get(row["condition"])}
            buried = (
                append_remark(row["comment"], "Enterrée, introuvable")
                if row["condition"] == "buried"
                else row["comment"]
            )
            return {"diametre": row["diameter_mm"], **stuck, "fonction_vanne": "coupure", "commentaire": buried}
        case "drain":
            return {"diametre": row["diameter_mm"], "fonction_vanne": "purge"}
        case "hydrant":
            measured = [
                f"Débit : {row['flow_m3h']:g} m³/h" if row["flow_m3h"] is not None else "",
                f"Pression : {row['pressure_bar']:g} bar" if row["pressure_bar"] is not None else "",
            ]
            described = row["comment"]
            for text in filter(None, measured):
                described = append_remark(described, text)
            return {"type_point_livraison": "incendie", "commentaire": described}
        case "import":
            return {"nom_usuel": row["name"], "fonction_point_mesure": "achat"}
        case "meter" | "sensor":
            return {"nom_usuel": row["name"], "calibre": row["diameter_mm"]}
        case "air_valve":
            return {"type_appareillage": "ventouse", "diametre": row["diameter_mm"]}
        case "tank":
            heights = {"cote_sol": row["ground_z"], "cote_radier": row["z"]}
            return {"nom_usuel": row["name"], "volume_utile": whole(row["capacity_m3"]), **heights}
        case _:
            return {"nom_usuel": row["name"], "diametre": row["diameter_mm"]}


def sewer_node(row: Row) -> Values:
    """What the tables of sewers have beyond the common."""
    heights = {"z_tampon": row["cover_z"], "z_radier": row["invert_z"], "cote_radier": row["invert_z"]}
    capacity = row["capacity_m3"]
    return heights | {
        "profondeur_mesure": row["depth_m"],
        "materiau": row["material"] or UNKNOWN_MATERIAL,
        "nom_usuel": row["name"],
        "capacite": None if capacity is None else f"{capacity:g}",
        "volume_chambre": capacity,
        "volume_bache": capacity,
    }


def about_user(row: Row) -> list[str]:
    parts = []
    if row["sensitive"] and row["sensitive"] != code_lists.PATIENT:
        name = f" : {row['sensitive_name']}" if row["sensitive_name"] else ""
        parts.append(code_lists.SENSITIVE[row["sensitive"]][0] + name)
    if row["dwellings"]:
        parts.append(f"{row['dwellings']} logements")
    return parts


def columns(table: str) -> list[str]:
    return table_templates()[table].names


def business_key(table: TableTemplate) -> str:
    """The column of the owner's own identifier: `id_aep_vanne`."""
    own = [name for name in table.names if name.startswith("id_") and name != "id_noeud_reseau"]
    return own[0]


def append_remark(comment: str | None, text: str) -> str:
    return f"{comment} ; {text}" if comment else text


def year(value: int | None) -> str | None:
    return None if value is None else str(value)


def whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def moment(value: date | None) -> str | None:
    return None if value is None else f"{value.isoformat()}T00:00:00Z"
