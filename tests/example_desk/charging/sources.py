"""Files of charging points: which of their columns is which (schema-irve-statique 2.3.1, and what spreadsheets say)."""

from gis_core.members.technicians import TECHNICIANS, members_working
from gis_core.wiring.points import Later
from layers.intake.feature_table.source import FeatureTable, FeatureTables, feature_source

TABLES = FeatureTables(
    slug="charging-points",
    tables=(
        FeatureTable(
            slug="charging-points",
            label="Bornes de recharge",
            model=Later("tests.example_desk.charging.models.ChargingPoint"),
            headers={
                "reference": ("id pdc itinerance", "id pdc", "identifiant", "id"),
                "station": ("nom station", "nom"),
                "operator": ("nom operateur", "exploitant"),
                "location": ("implantation station", "type d implantation"),
                "power_kw": ("puissance nominale", "puissance max", "puissance", "kw"),
                "pay_per_use": ("paiement acte",),
                "opened_date": ("date mise en service", "mise en service"),
            },
            first=("reference", "power_kw"),
        ),
    ),
)
SOURCE = feature_source(
    TABLES,
    label="Bornes de recharge",
    members=members_working,
    roles=TECHNICIANS,
)
