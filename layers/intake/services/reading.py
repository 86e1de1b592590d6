"""What the restricted reader finds in a delivery, as plain values that are kept with it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from gis_core.files.reader import LayerInfo, Reading, ReadRefused, RestrictedReader
from layers.intake.choices import Opening
from layers.intake.models import FileImport
from layers.intake.services.imports import folder_of, paths_of

# What opens a data set; every other file is a companion of the one whose name it begins with.
MAIN = (
    *(".gpkg", ".shp", ".geojson", ".json", ".fgb", ".gml", ".tab", ".mif", ".kml"),
    *(".csv", ".tsv", ".txt", ".ods", ".xlsx", ".xls", ".zip", ".gz"),
)


def data_sets(files: Sequence[str]) -> list[tuple[str, list[str]]]:
    """(main file, companions) of each data set among the names of a delivery; a lone companion is one of its own."""
    main = [name for name in files if Path(name).suffix.lower() in MAIN]
    sets: dict[str, list[str]] = {name: [] for name in main}
    for name in files:
        if name in sets:
            continue
        owner = next((one for one in main if belongs(name, one)), None)
        sets.setdefault(owner or name, [])
        if owner:
            sets[owner].append(name)
    return list(sets.items())


def belongs(companion: str, main: str) -> bool:
    """Whether a file is part of another's data set: `voies.dbf` and `voies.shp.xml` are of `voies.shp`."""
    return companion.lower().startswith(Path(main).stem.lower() + ".")


@contextmanager
def open_data_set(delivery: FileImport, file: str, companions: Sequence[str]) -> Iterator[tuple[RestrictedReader, str]]:
    """A reader with one data set of the delivery in it, and its name there. Raises ReadRefused, ReaderUnavailable."""
    folder = folder_of(delivery)
    with RestrictedReader() as reader:
        yield reader, reader.admit(folder / file, *(folder / name for name in companions), link=True)


def contents_of(delivery: FileImport) -> list[dict[str, Any]]:
    """What every data set of a delivery holds; one that is refused says why. Raises Invalid when the files are gone.

    Of each `{"file", "companions", "format", "notes", "unread", "problem", "layers"}`; `layers` are the reader's
    `LayerInfo` as JSON, each with the `opening` (CRS, encoding, coordinate columns) that somebody chose.
    """
    paths_of(delivery)
    return [
        data_set_of(delivery, file, companions)
        for file, companions in data_sets([one["name"] for one in delivery.files])
    ]


def data_set_of(delivery: FileImport, file: str, companions: Sequence[str]) -> dict[str, Any]:
    """One data set, its layers with the opening that somebody chose for them before."""
    openings = delivery.choices.get("openings", {}).get(file, {})
    chosen = {name: Opening(**one) for name, one in openings.items()}
    reading = next((opening.reading() for opening in chosen.values()), Reading())
    described: dict[str, Any] = {"file": file, "companions": list(companions), "format": "", "notes": [], "unread": []}
    try:
        with open_data_set(delivery, file, companions) as (reader, name):
            content = reader.inspect(name, reading=reading)
    except ReadRefused as refused:
        return described | {"problem": {"code": refused.problem.code, "words": refused.message}, "layers": []}
    layers = [layer_as_json(layer, chosen.get(layer.name or "", Opening())) for layer in content.layers]
    described |= {"format": content.format, "notes": list(content.notes), "problem": None, "layers": layers}
    return described | {"unread": [{"name": name, "words": problem.message} for name, problem in content.unread]}


def layers_in(contents: Sequence[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every layer that can be read, with the data set that it is in: numbered from 1 through all data sets."""
    for data_set in contents:
        for layer in data_set["layers"]:
            yield data_set, layer


def layer_as_json(layer: LayerInfo, opening: Opening) -> dict[str, Any]:
    """What was found in one layer, and how it is to be read."""
    described = asdict(layer)
    described["fields"] = described.pop("columns")
    return described | {"opening": asdict(opening)}


def crs_of(layer: Mapping[str, Any]) -> int | None:
    """The EPSG code of a layer's coordinates: what somebody chose, else what was found; None while nobody knows."""
    known: int | None = layer["opening"]["crs"] or layer["crs"]
    return known


def nothing_to_read(contents: Sequence[Mapping[str, Any]]) -> str:
    """Why a delivery as a whole is refused, "" when there is a layer in it."""
    if any(one["layers"] for one in contents):
        return ""
    problems = [f"{one['file']} : {one['problem']['words']}" for one in contents if one["problem"]]
    return " ".join(problems) or _("There is no layer in these files.")
