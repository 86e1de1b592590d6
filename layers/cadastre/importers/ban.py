"""The national address base (BAN) as it is published: one CSV line per address, semicolons, UTF-8, Lambert-93.

Source: adresse.data.gouv.fr, files `adresses-….csv` and `.csv.gz`.
"""

from collections.abc import Iterator
from pathlib import Path

from gis_core.reader import Chunk, Column, CopyPlan, GeometryColumn, Reading, RestrictedReader
from layers.imports.rows import FileRefused

COLUMNS = (
    "id",
    "numero",
    "rep",
    "nom_voie",
    "code_postal",
    "code_insee",
    "nom_commune",
    "x",
    "y",
    "cad_parcelles",
)
# Columns of the file that the chunks give, in this order, after the rank and before the place.
TAKEN = ("id", "numero", "rep", "nom_voie", "code_postal", "code_insee", "nom_commune", "cad_parcelles")
READING = Reading(encoding="utf-8", separator=";", header=True, x="x", y="y")
PLACE = GeometryColumn(family="point", multi=False, epsg=2154, required=False)
PLAN = CopyPlan(tuple(Column(name, "text") for name in TAKEN), PLACE, READING, identifier="id")


def read(reader: RestrictedReader, path: Path) -> tuple[int, Iterator[Chunk]]:
    """How many lines the file has, and the lines as COPY text. Raises ReadRefused and FileRefused."""
    name = reader.admit(path)
    looked = reader.inspect(name, reading=Reading(encoding="utf-8", separator=";", header=True))
    missing = [column for column in COLUMNS if column not in {one.name for one in looked.layers[0].columns}]
    if missing:
        raise FileRefused("ban_columns", missing=", ".join(missing))
    return looked.layers[0].features, reader.copy(name, plan=PLAN)
