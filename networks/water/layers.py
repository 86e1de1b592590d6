"""Layers of the networks: each member's people see and edit their own objects on them.

Their columns are also those of exports (`layers.exports.services.reading.columns_for`) and, but for those that are
only read, those that a file may fill (`networks.water.importers.mapping.targets_of`).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gis_core.codes import CodeList
from gis_core.members.rights import Role
from layers.cadastre.layers import symbol
from layers.catalogue.columns import THIS_YEAR, Column, code_column, column
from layers.catalogue.models import Layer
from layers.catalogue.services import LayerDeclaration, ThemeDeclaration
from networks.water import code_lists, thematic_legends
from networks.water.models import Repair, SewerConnection, SewerNode, SewerPipe, WaterConnection, WaterNode, WaterPipe

WATER = ThemeDeclaration(slug="eau-potable", title="Eau potable", title_en="Drinking water", order=24)
SEWER = ThemeDeclaration(slug="assainissement", title="Assainissement", title_en="Sewer networks", order=26)
EDITORS = (Role.NETWORK_TECHNICIAN, Role.GIS_ADMINISTRATOR)
FOR_EDITORS: dict[str, Any] = {"roles": [str(role) for role in EDITORS]}
"""Health is told of some users: those who work on networks alone see who is sensitive."""
BLUE, BROWN, GREEN, PURPLE, GREY, RED = "#1F6FB2", "#7A4A21", "#2E7D32", "#6b4a8c", "#7d8590", "#b0353b"
WHITE = "#ffffff"
ATTRIBUTION = "Service des eaux"

type Line = dict[str, Any]


# What an edit may write: narrower than what the columns hold, so that a slip of the hand is told at its field.
LIMITS: dict[str, dict[str, Any]] = {
    "diameter": {"minimum": 1, "maximum": 10_000},
    "year": {"minimum": 1700, "maximum": THIS_YEAR},
    "dwellings": {"minimum": 0, "maximum": 10_000},
    "measure": {"minimum": 0},
}


def of_kinds(*kinds: str) -> dict[str, Any]:
    """A column that is asked of nodes of these kinds alone; of `other`, about which nobody knows, each is."""
    return {"when": {"kind": [*kinds, "other"]}}


# Which equipment has what: the form of a tank has no position of a valve.
VALVES = of_kinds("valve", "drain", "regulator", "air_valve")
VOLUMES = of_kinds("tank", "treatment", "catchment", "chamber")
FLOWS = of_kinds("hydrant", "meter", "sensor", "pump", "catchment", "import", "treatment", "drain")
PRESSURES = of_kinds("hydrant", "meter", "sensor", "pump", "regulator", "import")
OPEN_STRUCTURES = of_kinds(
    *("manhole", "inlet", "overflow", "pump", "treatment", "basin", "grit", "flush", "valve", "air_valve", "sensor")
)
SEWER_VOLUMES = of_kinds("overflow", "pump", "treatment", "basin", "grit", "flush")
REFERENCE = column("reference", "Référence", "Reference", in_tiles=True, maximum_length=254)
STATE = code_column(
    "service_state",
    "État de service",
    "State of service",
    code_lists.SERVICE_STATES,
    in_tiles=True,
    required=True,
    default=code_lists.IN_SERVICE,
)
MATERIAL = code_column(
    "material", "Matériau", "Material", code_lists.MATERIALS, in_tiles=True, short=code_lists.SHORT_MATERIALS
)
DIAMETER = column(
    "diameter_mm", "Diamètre", "Diameter", "integer", unit="mm", prefix="Ø", in_tiles=True, **LIMITS["diameter"]
)
SYSTEM = code_column("system", "Réseau", "Network", code_lists.SYSTEMS, in_tiles=True, required=True)
GROUND = column("ground_z", "Cote du terrain", "Height of the ground", "number", unit="m NGF")
SUBTYPE = column("subtype", "Type", "Type", maximum_length=40)
NAME = column("name", "Nom usuel", "Usual name", maximum_length=120)
LIFE = (
    column("laid_from_year", "Posé à partir de", "Laid from", "integer", **LIMITS["year"]),
    column("laid_to_year", "Posé au plus tard en", "Laid until", "integer", **LIMITS["year"]),
    code_column("year_quality", "Certitude de l’année", "Certainty of the year", code_lists.YEAR_QUALITIES),
    column("rehabilitated_year", "Réhabilité en", "Rehabilitated in", "integer", **LIMITS["year"]),
    column("abandoned_year", "Abandonné en", "Abandoned in", "integer", **LIMITS["year"]),
)
ORIGIN = (
    code_column(
        "precision_xy", "Précision en plan (XY)", "Accuracy in plan (XY)", code_lists.ACCURACIES, in_tiles=True
    ),
    code_column("precision_z", "Précision en altitude (Z)", "Accuracy in height (Z)", code_lists.ACCURACIES),
    column("project_owner", "Maître d’ouvrage", "Project owner", maximum_length=100),
    column("operator", "Exploitant", "Operator", maximum_length=100),
    column("surveyed_date", "Géolocalisé le", "Surveyed on", "date"),
    column("survey_source", "Géolocalisé par", "Surveyed by", maximum_length=100),
    column("source", "Source", "Source", maximum_length=100),
    column("updated_date", "Mis à jour le", "Updated on", "date"),
    column("comment", "Remarque", "Remark", maximum_length=1000),
)


def pipe_columns(functions: CodeList, contents: CodeList, start: str, end: str) -> list[Column]:
    return [
        MATERIAL,
        DIAMETER,
        STATE,
        code_column("function", "Fonction", "Function", functions),
        code_column("content", "Contenu", "Content", contents),
        code_column("flow_mode", "Circulation", "How it flows", code_lists.FLOW_MODES),
        column("depth_m", "Profondeur", "Depth", "number", unit="m", **LIMITS["measure"]),
        column("start_z", start, "Height at its start", "number", unit="m NGF"),
        column("end_z", end, "Height at its end", "number", unit="m NGF"),
        column(
            "declared_length_m", "Longueur au registre", "Length on record", "length_m", unit="m", **LIMITS["measure"]
        ),
        column("start_node_id", "Nœud de départ", "Node at its start", "integer", read_only=True),
        column("end_node_id", "Nœud d’arrivée", "Node at its end", "integer", read_only=True),
        *(one | {"in_tiles": one["name"] in ("laid_from_year", "laid_to_year")} for one in LIFE),
        *ORIGIN,
    ]


def connection_columns() -> list[Column]:
    return [
        column("address", "Adresse desservie", "Address served", maximum_length=200, suggest="addresses"),
        code_column("sensitive", "Usager sensible", "Sensitive user", code_lists.SENSITIVE, **FOR_EDITORS),
        column("sensitive_name", "Nom de l’usager sensible", "Who it is", maximum_length=120, **FOR_EDITORS),
        column("dwellings", "Logements desservis", "Dwellings served", "integer", **LIMITS["dwellings"]),
        column("meter", "Compteur", "Meter", maximum_length=40),
        MATERIAL | {"in_tiles": False},
        DIAMETER | {"in_tiles": False},
        STATE,
        column("pipe_id", "Canalisation", "Pipe", "integer", read_only=True),
        *LIFE,
        *ORIGIN,
    ]


def circle(
    label: str, label_en: str, where: Mapping[str, Any], fill: str, stroke: str, radius: float, shape: str = "circle"
) -> Line:
    style = {"fill": fill, "stroke": stroke, "stroke_width": 2, "radius": radius, "shape": shape}
    return symbol(label, label_en, "circle", where=dict(where), **style)


def line(
    label: str, label_en: str, where: Mapping[str, Any], stroke: str, width: float, dash: list[int] | None = None
) -> Line:
    return symbol(label, label_en, "line", where=dict(where), stroke=stroke, stroke_width=width, dash=dash)


OUT_OF_SERVICE = {
    "service_state": {"in": [code for code in code_lists.SERVICE_STATES if code != code_lists.IN_SERVICE]}
}
WATER_PIPE_LINES = (
    line("Hors service", "Out of service", OUT_OF_SERVICE, GREY, 2, [2, 4]),
    line("Classe C (position incertaine)", "Class C (position not sure)", {"precision_xy": "C"}, BLUE, 2.5, [8, 4]),
    line("En service, 150 mm et plus", "In service, 150 mm and more", {"diameter_mm": {"from": 150}}, BLUE, 4),
    line("En service", "In service", {}, BLUE, 2.5),
)
WATER_NODE_LINES = (
    circle("Vanne fermée", "Closed valve", {"kind": "valve", "position": "closed"}, BLUE, BLUE, 5.5, "square"),
    circle(
        "Vanne inutilisable",
        "Valve that cannot be used",
        {"kind": "valve", "condition": {"in": ["broken", "buried"]}},
        WHITE,
        RED,
        5.5,
        "cross",
    ),
    circle("Vanne ouverte", "Open valve", {"kind": "valve"}, WHITE, BLUE, 5, "square"),
    circle("Poteau ou bouche d’incendie", "Hydrant", {"kind": "hydrant"}, "#d62828", WHITE, 6),
    circle("Réservoir", "Tank", {"kind": "tank"}, BLUE, WHITE, 9, "triangle"),
    circle(
        "Captage, traitement, achat d’eau",
        "Catchment, treatment, bulk purchase",
        {"kind": {"in": ["catchment", "treatment", "import"]}},
        BLUE,
        WHITE,
        8,
        "star",
    ),
    circle("Pompage", "Pumping station", {"kind": "pump"}, WHITE, BLUE, 7, "triangle"),
    circle("Compteur, mesure", "Meter, sensor", {"kind": {"in": ["meter", "sensor"]}}, "#9ecae1", BLUE, 4.5, "diamond"),
    circle("Jonction", "Junction", {"kind": {"in": ["junction", "fitting"]}}, BLUE, WHITE, 2.5),
    circle("Autre équipement", "Other equipment", {}, "#9ecae1", BLUE, 4),
)
SEWER_PIPE_LINES = (
    line("Hors service", "Out of service", OUT_OF_SERVICE, GREY, 2, [2, 4]),
    line("Pluvial, classe C", "Stormwater, class C", {"system": "01", "precision_xy": "C"}, GREEN, 2.5, [8, 4]),
    line("Pluvial", "Stormwater", {"system": "01"}, GREEN, 3),
    line("Unitaire, classe C", "Combined, class C", {"system": "03", "precision_xy": "C"}, PURPLE, 2.5, [8, 4]),
    line("Unitaire", "Combined", {"system": "03"}, PURPLE, 3),
    line("Eaux usées, classe C", "Wastewater, class C", {"precision_xy": "C"}, BROWN, 2.5, [8, 4]),
    line("Eaux usées", "Wastewater", {}, BROWN, 3),
)
SEWER_NODE_LINES = (
    circle("Regard pluvial", "Stormwater manhole", {"kind": "manhole", "system": "01"}, WHITE, GREEN, 5),
    circle("Regard", "Manhole", {"kind": "manhole"}, WHITE, BROWN, 5),
    circle("Avaloir", "Inlet", {"kind": "inlet"}, GREEN, WHITE, 4.5, "square"),
    circle("Exutoire", "Outlet", {"kind": "outlet"}, GREEN, WHITE, 8, "triangle"),
    circle("Déversoir d’orage", "Storm overflow", {"kind": "overflow"}, "#e07b39", WHITE, 7, "diamond"),
    circle("Station d’épuration", "Treatment plant", {"kind": "treatment"}, BROWN, WHITE, 9, "star"),
    circle("Poste de pompage", "Pumping station", {"kind": "pump"}, WHITE, BROWN, 7, "triangle"),
    circle("Bassin", "Basin", {"kind": "basin"}, "#9ecae1", GREEN, 7, "square"),
    circle("Jonction", "Junction", {"kind": {"in": ["junction", "fitting"]}}, BROWN, WHITE, 2.5),
    circle("Autre ouvrage", "Other structure", {}, "#c9b29b", BROWN, 4),
)


def connection_legend(colour: str) -> list[Line]:
    return [circle("Branchement", "Connection", {}, colour, WHITE, 2.5)]


# What a technician's map opens with.
SEEN_FROM: Final = 13.5
"""The zoom of the map from which the pipes of a village are told apart."""
OPENED: Final = ("water-nodes", "water-pipes", "sewer-nodes", "sewer-pipes")
USUAL: dict[str, Any] = {
    "rows": Layer.Rows.OWNER,
    "title_field": "reference",
    "key_column": "reference",
    "attribution": ATTRIBUTION,
    "visibility": Layer.Visibility.SIGNED_IN,
    "visible_at_first": False,
    "editor_roles": EDITORS,
}
LABELS: dict[str, Any] = {"column": "reference", "size": 11, "from_scale": 1_000}
"""Written from 1:1,000; nodes before pipes, both before what lies around them."""
PIPE_LABELS = LABELS | {"also": ["material", "diameter_mm"], "priority": 7}
NODE_LABELS = LABELS | {"bold": True, "priority": 8}
CONNECTION_LABELS = LABELS | {"from_scale": 500, "priority": 6}
WATER_LAYER = USUAL | {"theme": WATER}
SEWER_LAYER = USUAL | {"theme": SEWER}


def water_nodes() -> LayerDeclaration:
    return LayerDeclaration(
        slug="water-nodes",
        title="Équipements d’eau potable",
        title_en="Equipment of drinking water",
        order=10,
        table=WaterNode._meta.db_table,
        geometry_type=Layer.Geometry.POINT,
        columns=[
            REFERENCE,
            code_column("kind", "Nature", "Kind", code_lists.WATER_NODES, in_tiles=True, required=True),
            SUBTYPE,
            NAME,
            code_column(
                "position",
                "Position de la vanne",
                "Position of the valve",
                code_lists.POSITIONS,
                in_tiles=True,
                **VALVES,
            ),
            code_column(
                "condition",
                "État de la vanne",
                "Condition of the valve",
                code_lists.CONDITIONS,
                in_tiles=True,
                **VALVES,
            ),
            DIAMETER | {"in_tiles": False},
            STATE,
            GROUND,
            column("z", "Cote", "Height", "number", unit="m NGF"),
            column("capacity_m3", "Volume utile", "Volume", "number", unit="m³", **LIMITS["measure"], **VOLUMES),
            column("flow_m3h", "Débit mesuré", "Flow measured", "number", unit="m³/h", **LIMITS["measure"], **FLOWS),
            column(
                "pressure_bar",
                "Pression mesurée",
                "Pressure measured",
                "number",
                unit="bar",
                **LIMITS["measure"],
                **PRESSURES,
            ),
            *LIFE,
            *ORIGIN,
        ],
        legend=WATER_NODE_LINES,
        labels=NODE_LABELS | {"colour": BLUE},
        abstract="Vannes, poteaux d’incendie, réservoirs et autres équipements du réseau d’eau potable.",
        min_zoom=14,
        **WATER_LAYER,
    )


def water_connections() -> LayerDeclaration:
    return LayerDeclaration(
        slug="water-connections",
        title="Branchements d’eau potable",
        title_en="Water connections",
        order=20,
        table=WaterConnection._meta.db_table,
        geometry_type=Layer.Geometry.POINT,
        columns=[REFERENCE, *connection_columns()],
        legend=connection_legend(BLUE),
        labels=CONNECTION_LABELS | {"colour": BLUE},
        abstract="Points de livraison, adresses desservies et usagers sensibles.",
        min_zoom=16,
        **WATER_LAYER,
    )


def water_pipes() -> LayerDeclaration:
    return LayerDeclaration(
        slug="water-pipes",
        title="Canalisations d’eau potable",
        title_en="Pipes of drinking water",
        order=30,
        table=WaterPipe._meta.db_table,
        geometry_type=Layer.Geometry.LINE,
        columns=[
            REFERENCE,
            *pipe_columns(
                code_lists.WATER_FUNCTIONS,
                code_lists.WATER_CONTENTS,
                "Cote de la génératrice au départ",
                "Cote de la génératrice à l’arrivée",
            ),
        ],
        legend=WATER_PIPE_LINES,
        labels=PIPE_LABELS | {"colour": BLUE},
        legends=thematic_legends.legends("water"),
        abstract="Canalisations d’eau potable, découpées à chaque nœud du réseau.",
        min_zoom=12,
        **WATER_LAYER,
    )


def sewer_nodes() -> LayerDeclaration:
    return LayerDeclaration(
        slug="sewer-nodes",
        title="Ouvrages d’assainissement",
        title_en="Structures of sewer networks",
        order=10,
        table=SewerNode._meta.db_table,
        geometry_type=Layer.Geometry.POINT,
        columns=[
            REFERENCE,
            code_column("kind", "Nature", "Kind", code_lists.SEWER_NODES, in_tiles=True, required=True),
            SUBTYPE,
            SYSTEM,
            NAME,
            column("cover_z", "Cote du tampon", "Height of the cover", "number", unit="m NGF", **OPEN_STRUCTURES),
            column("invert_z", "Cote du radier", "Height of the invert", "number", unit="m NGF"),
            column("depth_m", "Profondeur", "Depth", "number", unit="m", **LIMITS["measure"], **OPEN_STRUCTURES),
            GROUND,
            MATERIAL | {"in_tiles": False},
            DIAMETER | {"in_tiles": False},
            column("capacity_m3", "Volume utile", "Volume", "number", unit="m³", **LIMITS["measure"], **SEWER_VOLUMES),
            STATE,
            *LIFE,
            *ORIGIN,
        ],
        legend=SEWER_NODE_LINES,
        labels=NODE_LABELS | {"colour": BROWN},
        abstract="Regards, avaloirs, exutoires, postes et stations des réseaux d’assainissement.",
        min_zoom=14,
        **SEWER_LAYER,
    )


def sewer_connections() -> LayerDeclaration:
    return LayerDeclaration(
        slug="sewer-connections",
        title="Branchements d’assainissement",
        title_en="Sewer connections",
        order=20,
        table=SewerConnection._meta.db_table,
        geometry_type=Layer.Geometry.POINT,
        columns=[REFERENCE, SYSTEM, *connection_columns()],
        legend=connection_legend(BROWN),
        labels=CONNECTION_LABELS | {"colour": BROWN},
        abstract="Points de collecte et adresses raccordées.",
        min_zoom=16,
        **SEWER_LAYER,
    )


def sewer_pipes() -> LayerDeclaration:
    return LayerDeclaration(
        slug="sewer-pipes",
        title="Canalisations d’assainissement",
        title_en="Sewers",
        order=30,
        table=SewerPipe._meta.db_table,
        geometry_type=Layer.Geometry.LINE,
        columns=[
            REFERENCE,
            SYSTEM,
            *pipe_columns(
                code_lists.SEWER_FUNCTIONS,
                code_lists.SEWER_CONTENTS,
                "Cote du fil d’eau amont",
                "Cote du fil d’eau aval",
            ),
        ],
        legend=SEWER_PIPE_LINES,
        labels=PIPE_LABELS | {"colour": BROWN},
        legends=thematic_legends.legends("sewer"),
        abstract="Collecteurs d’eaux usées, pluviaux et unitaires, de l’amont vers l’aval.",
        min_zoom=12,
        **SEWER_LAYER,
    )


def water_repairs() -> LayerDeclaration:
    return LayerDeclaration(
        slug="water-repairs",
        title="Réparations",
        title_en="Repairs",
        order=40,
        table=Repair._meta.db_table,
        geometry_type=Layer.Geometry.POINT,
        columns=[
            REFERENCE,
            code_column(
                "network",
                "Réseau",
                "Network",
                {"water": ("Eau potable", "Drinking water"), "sewer": ("Assainissement", "Sewer")},
                in_tiles=True,
                required=True,
            ),
            column("repaired_date", "Réparé le", "Repaired on", "date", in_tiles=True),
            code_column("repaired", "Élément réparé", "What was repaired", code_lists.REPAIRED),
            code_column("defect", "Défaillance", "Defect", code_lists.DEFECTS, in_tiles=True),
            code_column("cause", "Cause", "Cause", code_lists.CAUSES),
            column("object_reference", "Référence de l’élément", "Object repaired", maximum_length=254),
            MATERIAL | {"in_tiles": False},
            DIAMETER | {"in_tiles": False},
            column("laid_year", "Posé en", "Laid in", "integer", **LIMITS["year"]),
            column("cost_eur", "Coût", "Cost", "number", unit="€", **LIMITS["measure"]),
            *ORIGIN,
        ],
        legend=[
            circle(
                "Réparation, eau potable", "Repair, drinking water", {"network": "water"}, "#f2c14e", BLUE, 5, "cross"
            ),
            circle("Réparation, assainissement", "Repair, sewer", {}, "#f2c14e", BROWN, 5, "cross"),
        ],
        abstract="Casses et réparations, avec leur cause.",
        min_zoom=12,
        **WATER_LAYER,
    )


def declarations() -> Iterator[LayerDeclaration]:
    """Points lie above lines, connections below nodes."""
    for declared in (
        water_nodes,
        water_connections,
        water_pipes,
        sewer_nodes,
        sewer_connections,
        sewer_pipes,
        water_repairs,
    ):
        yield declared()
