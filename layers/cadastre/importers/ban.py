"""The national address base (BAN) as it is published: one CSV line per address, semicolons, UTF-8, Lambert-93.

Source: adresse.data.gouv.fr, files `adresses-….csv` and `.csv.gz`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gis_core.files.reader import Chunk, Column, CopyPlan, GeometryColumn, Reading, RestrictedReader
from layers.intake.rows import FileRefused

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
READING = Reading(separator=";", header=True, x="x", y="y", ended=True)
PLACE = GeometryColumn(family="point", multi=False, epsg=2154, required=False)
PLAN = CopyPlan(tuple(Column(name, "text") for name in TAKEN), PLACE, READING, identifier="id")


@dataclass(frozen=True, slots=True)
class BanFile:
    """A file that is being read: how many lines it has, the lines as COPY text; `encoding` where it is not UTF-8."""

    lines: int
    chunks: Iterator[Chunk]
    encoding: str | None


def open_ban(reader: RestrictedReader, path: Path) -> BanFile:
    """Begin to read a file. Raises ReadRefused and FileRefused."""
    name = reader.admit(path)
    looked = reader.inspect(name, reading=Reading(separator=";", header=True))
    missing = [column for column in COLUMNS if column not in {one.name for one in looked.layers[0].columns}]
    if missing:
        raise FileRefused("ban_columns", missing=", ".join(missing))
    encoding = looked.layers[0].encoding
    encoding_name = (encoding and encoding.name) or "utf-8"
    other = None if encoding_name.startswith("utf-8") else encoding_name
    return BanFile(looked.layers[0].features, reader.copy(name, plan=PLAN), other)
