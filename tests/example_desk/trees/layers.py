"""The layer of trees: everybody signed in finds it, each member sees its own trees."""

from layers.cadastre.layers import column, symbol
from layers.catalogue.models import Layer
from layers.catalogue.services import LayerDeclaration, ThemeDeclaration

STREET_TREES = LayerDeclaration(
    slug="street-trees",
    title="Arbres d’alignement",
    title_en="Street trees",
    theme=ThemeDeclaration(slug="arbres", title="Arbres", title_en="Trees", order=60),
    order=10,
    table="street_tree",
    rows=Layer.Rows.OWNER,
    geometry_type=Layer.Geometry.POINT,
    columns=[
        column("reference", "Numéro", "Number"),
        column("species", "Essence", "Species"),
        column("planted_year", "Planté en", "Planted in", "integer"),
        column("height_m", "Hauteur", "Height", "length_m"),
    ],
    title_field="reference",
    key_column="reference",
    legend=[symbol("Arbre", "Tree", "circle", fill="#3f7d3a")],
    visibility=Layer.Visibility.SIGNED_IN,
)
