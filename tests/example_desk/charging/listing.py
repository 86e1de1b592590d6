"""The list of charging points: what is asked of it, its columns."""

from dataclasses import dataclass
from typing import Any

from gis_core.codes import code_list
from gis_core.desk.list_query import ListQuery, choice, decimal, text
from gis_core.desk.listing import Column, Listing
from gis_core.members.rights import Rights
from tests.example_desk.charging.models import ChargingPoint

LOCATIONS = {code: labels[0] for code, labels in code_list("tests.example_desk.charging", "locations").items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargingQuery(ListQuery):
    """Points of an operator or a station, somewhere, of a power (kW) or more."""

    text: str = text("Chercher", name="q", placeholder="station, opérateur")
    location: str = choice("Implantation", list(LOCATIONS.items()), every="Toutes", allowed=lambda: LOCATIONS)
    power: float | None = decimal("Puissance au moins (kW)", low=0, high=1000)


def points(query: ChargingQuery, rights: Rights) -> Any:
    rows = ChargingPoint.objects.visible_to(rights).select_related("owner").order_by("reference")
    if query.text:
        rows = rows.filter(station__icontains=query.text) | rows.filter(operator__icontains=query.text)
    if query.location:
        rows = rows.filter(location=query.location)
    return rows.filter(power_kw__gte=query.power) if query.power is not None else rows


LISTING = Listing(
    name="charging_points",
    title="Bornes de recharge",
    query=ChargingQuery,
    rows=points,
    columns=(
        Column("reference", "Identifiant", sort="reference"),
        Column("station", "Station", sort="station"),
        Column("operator", "Opérateur", sort="operator"),
        Column("location", "Implantation", labels=LOCATIONS),
        Column("power_kw", "Puissance", "number", unit="kW", sort="power_kw"),
        Column("opened_date", "Mise en service", "date", sort="opened_date"),
        Column("member", "Membre", value="owner.name"),
    ),
    nothing="Aucune borne encore : importez un fichier du schéma national.",
    files=("csv", "xlsx", "ods", "gpkg", "geojson"),
    file_name="bornes",
    geometry="geom",
)
