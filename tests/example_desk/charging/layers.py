"""The layer of charging points, which everybody signed in finds, each member its own; what the parcel sheet says."""

from gis_core.codes import code_list
from layers.cadastre.layers import symbol
from layers.catalogue.columns import coded, column
from layers.catalogue.models import Layer
from layers.catalogue.services import LayerDeclaration, ThemeDeclaration
from layers.parcels.nearby import nearby_section

CHARGING_POINTS = LayerDeclaration(
    slug="charging-points",
    title="Bornes de recharge",
    title_en="Charging points",
    theme=ThemeDeclaration(slug="recharge", title="Recharge", title_en="Charging", order=61),
    order=10,
    table="charging_point",
    rows=Layer.Rows.OWNER,
    geometry_type=Layer.Geometry.POINT,
    columns=[
        column("reference", "Identifiant", "Identifier", maximum_length=60),
        column("station", "Station", "Station", maximum_length=200),
        column("operator", "Opérateur", "Operator", maximum_length=120),
        coded("location", "Implantation", "Location", code_list("tests.example_desk.charging", "locations")),
        column("power_kw", "Puissance", "Power", "number", unit="kW", minimum=0, maximum=1000, required=True),
        column("pay_per_use", "Paiement à l’acte", "Pay per use", "boolean"),
        column("opened_date", "Mise en service", "Opened on", "date"),
    ],
    title_field="reference",
    key_column="reference",
    legend=[symbol("Borne", "Charging point", "circle", fill="#1b7f3b")],
    visibility=Layer.Visibility.SIGNED_IN,
)
SECTION = nearby_section(
    "charging-points",
    title="Bornes de recharge",
    order=64,
    table="charging_point",
    name="coalesce(t.station, t.reference)",
    columns={"power": "t.power_kw"},
    detail=lambda values: f"{values['power']:g} kW",
    around_m=300,
)
