"""The list of charging points."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from gis_core.desk.list_query import ListQuery, choice, decimal, text
from gis_core.desk.listing import Column, Listing
from gis_core.members.rights import Rights
from tests.example_desk.charging.layers import LOCATIONS
from tests.example_desk.charging.models import ChargingPoint

LABELS = {code: french for code, (french, _english) in LOCATIONS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class PointQuery(ListQuery):
    """Which charging points; empty: all."""

    words: str = text("Station ou identifiant", name="q")
    power: float | None = decimal("Puissance minimale (kW)", low=0, high=1000)
    location: str = choice("Implantation", LABELS.items(), every="Toutes", allowed=LABELS.keys)


def points(query: PointQuery, rights: Rights) -> QuerySet[ChargingPoint]:
    rows = ChargingPoint.objects.visible_to(rights).order_by("reference")
    if query.words:
        rows = rows.filter(Q(station__icontains=query.words) | Q(reference__icontains=query.words))
    rows = rows.filter(location=query.location) if query.location else rows
    return rows if query.power is None else rows.filter(power_kw__gte=query.power)


POINTS = Listing(
    name="charging_list",
    title="Bornes de recharge",
    query=PointQuery,
    rows=points,
    columns=(
        Column("reference", "Identifiant", sort="reference"),
        Column("station", "Station", sort="station"),
        Column("location", "Implantation", labels=LABELS),
        Column("power_kw", "Puissance", "number", unit="kW", sort="power_kw"),
        Column("opened_date", "Mise en service", "date", sort="opened_date"),
    ),
    caption="Bornes de recharge, par identifiant",
    nothing="Aucune borne : importez un fichier au schéma national IRVE.",
    files=("csv", "xlsx", "ods", "gpkg", "geojson"),
    file_name="bornes",
    geometry="geom",
    layer="charging-points",
    saved=True,
)
