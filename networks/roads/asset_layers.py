"""Layers of what stands along roads."""

from collections.abc import Iterator
from typing import Any

from layers.cadastre.layers import symbol
from layers.catalogue.columns import Column, code_column, column
from layers.catalogue.models import Layer
from layers.catalogue.services import LayerDeclaration
from networks.roads import asset_code_lists, code_lists, iisr
from networks.roads.models import RoadAsset, RoadStretch

RED, BLUE, YELLOW, WHITE, GREY, BLACK = "#c1121f", "#1351a8", "#ffd400", "#ffffff", "#8d8d8d", "#1d1d1b"
ORANGE, GREEN, BROWN, TEAL = "#d97706", "#1b7f3b", "#7a5230", "#0f766e"


def of_all(origin: tuple[Column, ...], reference: Column) -> tuple[list[Column], list[Column]]:
    """What both layers begin and end with."""
    begin = [reference]
    end = [
        code_column("state", "État", "Condition", code_lists.CONDITIONS, in_tiles=True),
        column("material", "Matériau", "Material", maximum_length=60),
        column("installed_date", "Posé le", "Installed on", "date"),
        column("inspected_date", "Inspecté le", "Inspected on", "date", read_only=True),
        column("due_date", "Prochaine inspection", "Next inspection", "date", read_only=True),
        column("section_id", "Tronçon", "Section", "integer", read_only=True),
        column("from_m", "Abscisse sur le tronçon", "Metres along the section", "number", unit="m", read_only=True),
        column("offset_m", "Distance à l’axe", "Distance from the axis", "number", unit="m", read_only=True),
        code_column("side", "Côté", "Side", asset_code_lists.SIDES, read_only=True),
        *origin,
    ]
    return begin, end


def point_columns(origin: tuple[Column, ...], reference: Column) -> list[Column]:
    begin, end = of_all(origin, reference)
    return [
        *begin,
        code_column("kind", "Nature", "Kind", asset_code_lists.POINTS, in_tiles=True, required=True, default="other"),
        column("code", "Code IISR", "Code of the sign", in_tiles=True, maximum_length=12),
        column("inscription", "Inscription", "Inscription", in_tiles=True, maximum_length=200),
        column("panels", "Panonceaux", "Panels below", maximum_length=120),
        column("orientation", "Orientation", "Orientation", "number", unit="°", minimum=0, maximum=359.99),
        code_column("size", "Gamme", "Size range", asset_code_lists.SIZES),
        code_column("family", "Famille", "Family", families(), in_tiles=True, read_only=True),
        *end,
    ]


def stretch_columns(origin: tuple[Column, ...], reference: Column) -> list[Column]:
    begin, end = of_all(origin, reference)
    metres: dict[str, Any] = {"minimum": 0, "maximum": 1000}
    to_m = column("to_m", "Jusqu’à (m)", "To (m)", "number", unit="m", read_only=True)
    place = next(number for number, one in enumerate(end) if one["name"] == "offset_m")
    return [
        *begin,
        code_column(
            "kind", "Nature", "Kind", asset_code_lists.STRETCHES, in_tiles=True, required=True, default="other"
        ),
        column("subtype", "Modèle", "Type", maximum_length=60),
        column("width_m", "Largeur", "Width", "length_m", **metres),
        column("height_m", "Hauteur", "Height", "length_m", **metres),
        *end[:place],
        to_m,
        *end[place:],
    ]


def families() -> dict[str, tuple[str, str]]:
    """What draws an asset: its kind, or the family of its sign."""
    results = dict(asset_code_lists.POINTS)
    results.update({str(family): label for family, label in iisr.FAMILIES.items()})
    return results


def point_legend() -> list[dict[str, Any]]:
    def line(label: str, label_en: str, families: list[str], fill: str, stroke: str, shape: str) -> dict[str, Any]:
        style = {"fill": fill, "stroke": stroke, "stroke_width": 2, "radius": 7, "shape": shape}
        return symbol(label, label_en, "circle", where={"family": {"in": families}}, **style)

    return [
        line("Panneau de danger", "Danger sign", ["danger"], WHITE, RED, "triangle"),
        line("Panneau de priorité", "Priority sign", ["priority"], YELLOW, BLACK, "diamond"),
        line("Panneau d’interdiction", "Prohibition sign", ["prohibition"], WHITE, RED, "circle"),
        line("Panneau d’obligation", "Obligation sign", ["obligation"], BLUE, WHITE, "circle"),
        line("Fin de prescription, zone", "End, zone", ["end", "zone"], WHITE, BLACK, "circle"),
        line("Panneau d’indication, service", "Information sign", ["information", "service"], BLUE, WHITE, "square"),
        line("Direction, localisation, panonceau", "Direction, place, panel", ["direction", "place", "panel"],
             WHITE, BLACK, "square"),
        line("Balise, passage à niveau", "Marker, level crossing", ["marker", "crossing"], WHITE, RED, "square"),
        line("Signalisation temporaire", "Temporary sign", ["works"], YELLOW, BLACK, "square"),
        line("Feu, carrefour à feux", "Traffic signal", ["light", "signal"], GREEN, BLACK, "circle"),
        line("Panneau sans code connu", "Sign without a known code", ["unknown", "sign"], GREY, BLACK, "square"),
        line("Éclairage", "Lighting", ["lighting"], YELLOW, ORANGE, "star"),
        line("Ouvrage d’art, buse", "Structure, culvert", ["structure", "culvert"], BROWN, WHITE, "diamond"),
        line("Grille, avaloir", "Gully", ["drain"], TEAL, WHITE, "square"),
        symbol("Autre équipement", "Other equipment", "circle", fill=GREY, stroke=WHITE, stroke_width=1.5, radius=5),
    ]  # fmt: skip


def stretch_legend() -> list[dict[str, Any]]:
    def line(label: str, label_en: str, kinds: list[str], stroke: str, dash: list[int] | None = None) -> dict[str, Any]:
        return symbol(label, label_en, "line", where={"kind": {"in": kinds}}, stroke=stroke, stroke_width=3, dash=dash)

    return [
        line("Glissière, barrière", "Safety barrier", ["barrier", "fence"], BLACK, [8, 3]),
        line("Marquage", "Marking", ["marking"], ORANGE, [4, 4]),
        line("Bordure, trottoir", "Kerb, footway", ["kerb", "pavement"], GREY),
        line("Fossé", "Ditch", ["ditch"], TEAL),
        line("Pont, tunnel, mur", "Bridge, tunnel, wall", ["bridge", "tunnel", "wall"], BROWN),
        line("Arbres, haie", "Trees, hedge", ["hedge"], GREEN, [2, 4]),
        symbol("Autre", "Other", "line", stroke=GREY, stroke_width=2),
    ]


def asset_declarations(
    usual: dict[str, Any], origin: tuple[Column, ...], reference: Column
) -> Iterator[LayerDeclaration]:
    yield LayerDeclaration(
        slug="road-assets",
        title="Équipements de la route",
        title_en="Road assets",
        order=30,
        table=RoadAsset._meta.db_table,
        geometry_type=Layer.Geometry.POINT,
        title_field="reference",
        key_column="reference",
        columns=point_columns(origin, reference),
        legend=point_legend(),
        abstract="Panneaux, éclairage, ouvrages et autres équipements le long des routes.",
        min_zoom=14,
        **usual,
    )
    yield LayerDeclaration(
        slug="road-stretches",
        title="Équipements linéaires de la route",
        title_en="Linear road assets",
        order=40,
        table=RoadStretch._meta.db_table,
        geometry_type=Layer.Geometry.LINE,
        title_field="reference",
        key_column="reference",
        columns=stretch_columns(origin, reference),
        legend=stretch_legend(),
        abstract="Glissières, marquages, bordures, fossés et ponts le long des routes.",
        min_zoom=14,
        **usual,
    )
