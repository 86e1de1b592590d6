"""The layer of detours: everybody sees those of announced works; each member's people change theirs by hand."""

from typing import Any

from django.apps import AppConfig
from django.db import connections, transaction

from layers.cadastre.layers import symbol
from layers.catalogue.models import Layer
from layers.catalogue.services import LayerDeclaration, declare_layer
from networks.roads.layers import EDITORS, ROADS, column
from networks.works.models import WorkDetour
from networks.works.services.keeping import SLUG

TEAL = "#0f766e"


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
            column("comment", "Remarque publique", "Public remark", maximum_length=1000),
        ],
        legend=[symbol("Déviation", "Detour", "line", stroke=TEAL, stroke_width=4, dash=[8, 4])],
        abstract="Itinéraires de déviation des travaux, par sens de circulation et par véhicule.",
        min_zoom=9,
        rows=Layer.Rows.OWNER,
        theme=ROADS,
        attribution="Service des routes",
        visible_at_first=False,
        editor_roles=EDITORS,
    )


def declare_detour_layer(sender: AppConfig, using: str = "default", **_signal: Any) -> None:
    """After migrations (and after a test's flush): the layer exists in every database."""
    if "catalogue_layer" not in connections[using].introspection.table_names():
        return
    with transaction.atomic(using=using):
        declare_layer(declaration())
