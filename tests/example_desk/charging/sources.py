"""The files that bring charging points."""

from gis_core.members.technicians import TECHNICIANS, members_working
from gis_core.wiring.points import Later
from layers.intake.feature_table.source import FeatureTable, FeatureTables, feature_source

POINTS = FeatureTable(
    slug="charging-points",
    label="Bornes de recharge",
    model=Later("tests.example_desk.charging.models.ChargingPoint"),
    headers={
        "reference": ("id pdc itinerance", "id pdc local"),
        "station": ("nom station", "nom enseigne"),
        "operator": ("nom operateur",),
        "location": ("implantation station",),
        "power_kw": ("puissance nominale",),
        "pay_per_use": ("paiement acte",),
        "opened_date": ("date mise en service",),
    },
)
TABLES = FeatureTables(slug="charging-points", tables=(POINTS,))
SOURCE = feature_source(TABLES, label="Bornes de recharge", members=members_working, roles=TECHNICIANS)
