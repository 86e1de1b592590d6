"""The list of anomalies of a network: the serious ones first."""

from collections.abc import Sequence
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy

from gis_core.desk.cells import Cell, Line
from gis_core.desk.listing import Column, Listing, Pager
from gis_core.members.rights import Rights
from networks.water.models import Anomaly
from networks.water.services.anomalies.kinds import KINDS
from networks.water.services.anomalies.listing import (
    AnomalyQuery,
    Objects,
    cursor_after,
    objects_of,
    rows_after,
    sentence,
)

CONTEXT_LAYERS: Final = "parcels,roads,communes"


def load_related_objects(rows: Sequence[Anomaly], rights: Rights) -> Objects:
    return objects_of(rows, rights)


def label_of(row: Anomaly, _objects: Objects) -> str:
    return str(KINDS[row.kind].label)


def label_cell(row: Anomaly, objects: Objects) -> Cell:
    return Cell(label_of(row, objects), href=reverse("map") + map_link(row))


def map_link(row: Anomaly) -> str:
    """The fragment of the map's address that shows where it is, with the object chosen."""
    x, y = row.shape.coords  # type: ignore[attr-defined]
    layers = ",".join(f"{row.family}-{kind}" for kind in ("nodes", "pipes", "connections"))
    chosen = f"&s={row.family}-{row.object_kind}s.{row.object_id}"
    return f"#v=1&c={x:.6f},{y:.6f}&z=19&l={layers},{CONTEXT_LAYERS}{chosen}"


def severity_cell(row: Anomaly, _objects: Objects) -> Cell:
    return Cell(row.get_severity_display(), tone=f"severity severity-{row.severity}")


def state_cell(row: Anomaly, _objects: Objects) -> Cell:
    more = (row.reason, str(row.decided_by or ""))
    return Cell(row.get_state_display(), lines=tuple(Line(text) for text in more if text))


ANOMALIES: Final = Listing(
    name="anomalies",
    title=gettext_lazy("Anomalies of networks"),
    query=AnomalyQuery,
    rows=rows_after,
    columns=(
        Column("id", gettext_lazy("Number"), "integer", "pk"),
        Column("label", gettext_lazy("Anomaly"), value=label_of, cell=label_cell),
        Column("gravity", gettext_lazy("Gravity"), value=lambda one, _: one.get_severity_display(), cell=severity_cell),
        Column("what", gettext_lazy("What"), value=sentence),
        Column("state", gettext_lazy("State"), value=lambda one, _: one.get_state_display(), cell=state_cell),
        Column("reason", gettext_lazy("Why")),
        Column("member", gettext_lazy("Member"), value="owner.name"),
        Column("layer", gettext_lazy("Layer"), value=lambda one, _: f"{one.family}-{one.object_kind}s"),
        Column("object", gettext_lazy("Object"), "integer", "object_id"),
        Column("x", "X", "number", value=lambda one, _: round(one.geom.x, 2)),
        Column("y", "Y", "number", value=lambda one, _: round(one.geom.y, 2)),
        Column("found", gettext_lazy("Found on"), "date", lambda one, _: one.detected_at.date()),
    ),
    on_page=("label", "what", "gravity", "state", "found"),
    related=load_related_objects,
    pager=Pager(rows=100),
    cursor=cursor_after,
    caption=gettext_lazy("Anomalies of networks"),
    nothing=gettext_lazy("The scan found nothing of this kind."),
    none_match=gettext_lazy("The scan found nothing of this kind."),
    files=("csv", "xlsx", "ods", "geojson"),
    file_name="anomalies",
    most_in_files=100_000,
    geometry="geom",
)
