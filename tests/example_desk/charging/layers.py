"""The layer of charging points, and what the parcel sheet says of them."""

from gis_core.codes import code_list
from gis_core.members.technicians import TECHNICIANS
from layers.cadastre.layers import symbol
from layers.catalogue.columns import code_column, column
from layers.catalogue.models import Layer
from layers.catalogue.services import LayerDeclaration, ThemeDeclaration
from layers.features.display import display_number, with_unit
from layers.parcels.nearby import nearby_section

LOCATIONS = code_list("tests.example_desk.charging", "locations")
LAYER = LayerDeclaration(
    slug="charging-points",
    title="Bornes de recharge",
    title_en="Charging points",
    theme=ThemeDeclaration(slug="mobilite", title="Mobilité", title_en="Mobility", order=29),
    order=10,
    table="charging_chargingpoint",
    rows=Layer.Rows.OWNER,
    geometry_type=Layer.Geometry.POINT,
    title_field="station",
    key_column="reference",
    editor_roles=sorted(TECHNICIANS),
    columns=[
        column("reference", "Identifiant", "Identifier", in_tiles=True, required=True, maximum_length=60),
        column("station", "Station", "Station", in_tiles=True, maximum_length=120),
        column("operator", "Opérateur", "Operator", maximum_length=120),
        code_column("location", "Implantation", "Location", LOCATIONS),
        column("power_kw", "Puissance", "Power", "number", unit="kW", in_tiles=True, required=True, minimum=0),
        column("pay_per_use", "Paiement à l’acte", "Pay per use", "boolean"),
        column("opened_date", "Mise en service", "Opened on", "date"),
    ],
    legend=[
        symbol("50 kW et plus", "50 kW and more", "circle", where={"power_kw": {"from": 50}}, fill="#0f766e", radius=7),
        symbol("Moins de 50 kW", "Below 50 kW", "circle", fill="#7fc8a9", stroke="#0f766e", radius=5),
    ],
    abstract="Points de charge des véhicules électriques, d’après le schéma national IRVE.",
    min_zoom=10,
)
SECTION = nearby_section(
    LAYER.slug,
    title=LAYER.title,
    order=65,
    table=LAYER.table,
    name="t.station",
    columns={"power_kw": "t.power_kw"},
    detail=lambda values: with_unit(display_number(values["power_kw"], 1), "kW"),
    around_m=300,
)
