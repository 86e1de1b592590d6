"""The table of trees that members send: which columns it has, how they are read, where they go."""

from gis_core.members.rights import Role
from layers.intake import cells
from layers.intake.table import Field, Table, likely_by_headers, rows_into, table_source
from tests.example_desk.trees.models import StreetTree

SPECIES = {"tilia": "Tilleul", "platanus": "Platane", "acer": "Érable"}

TREES = Table(
    slug="street-trees",
    shape="point",
    fields=(
        Field(name="reference", label="Numéro", read=cells.limited(40), headers=("numero", "id"), required=True),
        Field(name="species", label="Essence", read=cells.coded(SPECIES), headers=("essence", "espece"), codes=SPECIES,
              required=True),
        Field(name="planted_year", label="Planté en", read=cells.year, headers=("annee", "plantation")),
        Field(name="height_m", label="Hauteur", read=cells.metres, headers=("hauteur", "haut"), units=("m", "cm")),
    ),
    key=("reference",),
    likely=likely_by_headers,
    check=lambda _row: (),
)  # fmt: skip

STREET_TREES = table_source(
    slug="street-trees",
    label="Arbres d’alignement",
    help="Un tableau CSV, XLSX ou ODS avec le numéro et l’essence de chaque arbre.",
    roles=frozenset({Role.GIS_ADMINISTRATOR, Role.NETWORK_TECHNICIAN}),
    tables=(TREES,),
    write=rows_into(StreetTree),
)
