"""The layer of detours: everybody sees those of announced works; each member's people change theirs by hand."""

from datetime import date
from typing import Any

from gis_core.database import clock as database_clock
from layers.cadastre.layers import symbol
from layers.catalogue.columns import column
from layers.catalogue.models import Layer
from layers.catalogue.services import LayerDeclaration
from networks.roads.layers import EDITORS, ROADS
from networks.roadworks.models import WorkDetour
from networks.roadworks.services.keeping import SLUG

TEAL, PALE = "#0f766e", "#6aa8a2"


def legend_on(day: date) -> list[dict[str, Any]]:
    """Detours in place, and coming ones; those of works that are over are not drawn."""
    now = day.isoformat()
    in_place = {"starts_on": {"to": now}, "ends_on": {"from": now}}
    coming = {"starts_on": {"above": now}}
    return [
        symbol(
            "Déviation en place", "Detour in place", "line", where=in_place, stroke=TEAL, stroke_width=4, dash=[8, 4]
        ),
        symbol("Déviation à venir", "Coming detour", "line", where=coming, stroke=PALE, stroke_width=3, dash=[3, 5]),
    ]


def declaration() -> LayerDeclaration:
    return LayerDeclaration(
        slug=SLUG,
        title="Déviations",
        title_en="Detours",
        order=6,
        table=WorkDetour._meta.db_table,
        geometry_type=Layer.Geometry.LINE,
        title_field="direction",
        columns=[
            column("direction", "Sens", "Direction", in_tiles=True, maximum_length=120),
            column("gauge", "Pour", "For", in_tiles=True, maximum_length=80),
            column("work_id", "Chantier n°", "Works no.", "integer", required=True, minimum=1),
            column("starts_on", "Premier jour", "First day", "date", in_tiles=True, read_only=True),
            column("ends_on", "Dernier jour", "Last day", "date", in_tiles=True, read_only=True),
            column("comment", "Remarque publique", "Public remark", maximum_length=1000),
        ],
        legend=lambda: legend_on(database_clock.today()),
        abstract="Itinéraires de déviation des travaux, par sens de circulation et par véhicule.",
        min_zoom=9,
        rows=Layer.Rows.OWNER,
        theme=ROADS,
        attribution="Service des routes",
        visible_at_first=False,
        editor_roles=EDITORS,
    )
