"""Layers of roads: everybody sees them, each member's people change what their member keeps."""

from collections.abc import Iterator
from typing import Any

from gis_core.members.rights import Role
from layers.cadastre.layers import symbol
from layers.catalogue.columns import Column, code_column, column
from layers.catalogue.models import Layer
from layers.catalogue.services import LayerDeclaration, ThemeDeclaration
from networks.roads import code_lists
from networks.roads.asset_layers import asset_declarations
from networks.roads.models import RoadMarker, RoadSection

ROADS = ThemeDeclaration(slug="routes", title="Routes", title_en="Roads", order=28)
EDITORS = (Role.NETWORK_TECHNICIAN, Role.GIS_ADMINISTRATOR)
ATTRIBUTION = "Service des routes"
ORANGE, GREY, RED, WHITE = "#d97706", "#8d8d8d", "#b0353b", "#ffffff"

REFERENCE = column("reference", "Référence", "Reference", in_tiles=True, maximum_length=60)
ROUTE = column("route", "Route", "Road", in_tiles=True, maximum_length=12)
DEPARTMENT = column("department", "Département", "Département", maximum_length=3, default="")
CARRIAGEWAY = code_column("carriageway", "Chaussée", "Carriageway", code_lists.CARRIAGEWAYS, in_tiles=True, default="U")
ORIGIN = (
    column("source", "Source", "Source", maximum_length=100),
    column("updated_date", "Mis à jour le", "Updated on", "date"),
    column("comment", "Remarque publique", "Public remark", maximum_length=1000),
)


def section_columns() -> list[Column]:
    limit: dict[str, Any] = {"minimum": 0, "maximum": 1000}
    return [
        REFERENCE,
        ROUTE,
        DEPARTMENT,
        CARRIAGEWAY,
        code_column("nature", "Nature", "Kind", code_lists.NATURES, in_tiles=True),
        code_column("status", "Statut juridique", "Legal status", code_lists.STATUSES, in_tiles=True),
        code_column("importance", "Importance", "Importance", code_lists.IMPORTANCES, in_tiles=True),
        code_column("manager", "Gestionnaire", "Manager", code_lists.MANAGERS),
        column("manager_name", "Nom du gestionnaire", "Name of the manager", maximum_length=100),
        column("name_left", "Nom à gauche", "Name on the left", in_tiles=True, maximum_length=120),
        column("name_right", "Nom à droite", "Name on the right", maximum_length=120),
        column("insee_left", "Commune à gauche", "Commune on the left", maximum_length=5),
        column("insee_right", "Commune à droite", "Commune on the right", maximum_length=5),
        code_column("traffic_way", "Sens de circulation", "Direction of traffic", code_lists.TRAFFIC, default="both"),
        column("lanes", "Voies", "Lanes", "integer", minimum=0, maximum=12),
        column("width_m", "Largeur de chaussée", "Width of the carriageway", "length_m", minimum=0, maximum=60),
        code_column("surface", "Revêtement", "Surface", code_lists.SURFACES),
        column("traffic", "Véhicules par jour", "Vehicles a day", "integer", minimum=0, maximum=500_000),
        column("traffic_year", "Année du comptage", "Year of the count", "integer", minimum=1950, maximum=2100),
        column("heavy_percent", "Poids lourds", "Lorries", "number", unit="%", minimum=0, maximum=100),
        code_column(
            "condition", "État de la chaussée", "Condition of the carriageway", code_lists.CONDITIONS, in_tiles=True
        ),
        column("condition_date", "État relevé le", "Condition surveyed on", "date"),
        code_column("winter", "Service hivernal", "Winter service", code_lists.WINTER),
        column("speed_kmh", "Vitesse autorisée", "Speed limit", "integer", unit="km/h", minimum=0, maximum=130),
        column("built_up", "En agglomération", "In a built-up area", "boolean"),
        column("level", "Niveau", "Level", "integer", minimum=-5, maximum=5, default=0),
        column("max_height_m", "Hauteur limitée à", "Height limit", "length_m", **limit),
        column("max_width_m", "Largeur limitée à", "Width limit", "length_m", **limit),
        column("max_length_m", "Longueur limitée à", "Length limit", "length_m", **limit),
        column("max_weight_t", "Poids limité à", "Weight limit", "number", unit="t", **limit),
        column("max_axle_t", "Poids par essieu limité à", "Axle weight limit", "number", unit="t", **limit),
        column("start_node_id", "Nœud de départ", "Node at its start", "integer", read_only=True),
        column("end_node_id", "Nœud d’arrivée", "Node at its end", "integer", read_only=True),
        *ORIGIN,
    ]


def declarations() -> Iterator[LayerDeclaration]:
    usual: dict[str, Any] = {
        "rows": Layer.Rows.OWNER,
        "theme": ROADS,
        "attribution": ATTRIBUTION,
        "visible_at_first": False,
        "editor_roles": EDITORS,
    }
    yield LayerDeclaration(
        slug="road-markers",
        title="Points de repère (PR)",
        title_en="Road markers",
        order=10,
        table=RoadMarker._meta.db_table,
        geometry_type=Layer.Geometry.POINT,
        title_field="number",
        columns=[
            ROUTE | {"required": True},
            column("number", "Numéro", "Number", "integer", in_tiles=True, required=True, minimum=0, maximum=999),
            DEPARTMENT,
            CARRIAGEWAY,
            REFERENCE,
            *ORIGIN,
        ],
        legend=[
            symbol("Point de repère", "Road marker", "circle", fill=ORANGE, stroke=WHITE, stroke_width=2, radius=5)
        ],
        abstract="Plaquettes et bornes des routes numérotées.",
        min_zoom=11,
        **usual,
    )
    yield LayerDeclaration(
        slug="road-sections",
        title="Tronçons de route",
        title_en="Road sections",
        order=20,
        table=RoadSection._meta.db_table,
        geometry_type=Layer.Geometry.LINE,
        title_field="name_left",
        key_column="reference",
        columns=section_columns(),
        legend=[
            symbol("Route nationale, autoroute", "National road, motorway", "line",
                   where={"status": {"in": ["01", "02"]}}, stroke=RED, stroke_width=4),
            symbol("Route départementale", "Departmental road", "line",
                   where={"status": "03"}, stroke=ORANGE, stroke_width=3.5),
            symbol("Voie communale ou communautaire", "Municipal road", "line",
                   where={"status": {"in": ["04", "05"]}}, stroke=GREY, stroke_width=2.5),
            symbol("Autre voie", "Other road", "line", stroke=GREY, stroke_width=1.5),
        ],
        abstract="Tronçons du référentiel routier, avec leur statut, leur gestionnaire et leurs limites.",
        min_zoom=10,
        **usual,
    )  # fmt: skip
    yield from asset_declarations(usual, ORIGIN, REFERENCE)
