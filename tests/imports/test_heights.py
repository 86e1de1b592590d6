"""Heights (Z) of lines and surfaces through every way in: new, appended, synchronised, replaced, taken back."""

from typing import Any

import pytest
import shapely
from django.db import connection

from layers.catalogue.models import Layer
from layers.features.services.shapes import kind_of_table
from layers.intake.models import FileImport
from layers.intake.outcome import word_result
from tests import factories
from tests.geopackages import Row
from tests.imports.conftest import Desk, rows_of

pytestmark = pytest.mark.django_db
X, Y = factories.ORIGIN


def line(ref: str, *heights: float | None, shift: float = 0) -> Row:
    """A line of a vertex each ten metres; flat where it has no heights."""
    places = [(X + 10 * rank + shift, Y, z) for rank, z in enumerate(heights)]
    shape = shapely.LineString(places) if None not in heights else shapely.LineString([place[:2] for place in places])
    return shape, {"ref": ref}


def published(desk: Desk, *rows: Row) -> Layer:
    made = desk.published(list(rows), key="ref")
    assert made.layer
    return made.layer


def brought(desk: Desk, mode: str, layer: Layer, *rows: Row) -> FileImport:
    return desk.apply(desk.brought(mode, layer, list(rows), key="ref"))


def heights_of(layer: Layer) -> dict[str, list[float]]:
    return {
        ref: shapely.get_coordinates(shapely.from_wkb(wkb), include_z=True)[:, 2].tolist()
        for ref, wkb in sorted(rows_of(layer, "ref", "geom"))
    }


def remarks(made: FileImport) -> list[str]:
    assert made.report is not None, made.message
    return [one for one in word_result(made.report)["remarks"] if "(Z)" in one]


def test_a_new_layer_has_the_heights_of_its_file(desk: Desk) -> None:
    layer = published(desk, line("A", 1, 2.5), line("B", 3, 4))
    assert kind_of_table(layer.table) == "MultiLineStringZ"
    assert heights_of(layer) == {"A": [1, 2.5], "B": [3, 4]}


def test_a_flat_file_makes_a_flat_layer(desk: Desk) -> None:
    assert kind_of_table(published(desk, line("A", None, None)).table) == "MultiLineString"


def test_a_line_without_heights_among_others_lies_at_zero(desk: Desk) -> None:
    assert heights_of(published(desk, line("A", 1, 2), line("B", None, None))) == {"A": [1, 2], "B": [0, 0]}


def test_appended_lines_bring_theirs(desk: Desk) -> None:
    layer = published(desk, line("A", 1, 2))
    made = brought(desk, "append", layer, line("B", 3, 4))
    assert (heights_of(layer), remarks(made)) == ({"A": [1, 2], "B": [3, 4]}, [])


def test_flat_lines_are_appended_at_zero_and_that_is_said(desk: Desk) -> None:
    layer = published(desk, line("A", 1, 2))
    made = brought(desk, "append", layer, line("B", None, None))
    assert heights_of(layer) == {"A": [1, 2], "B": [0, 0]}
    assert "Le fichier n’a pas d’altitudes (Z)" in remarks(made)[0]


def test_a_flat_layer_takes_no_heights_and_that_is_said(desk: Desk) -> None:
    layer = published(desk, line("A", None, None))
    made = brought(desk, "append", layer, line("B", 3, 4))
    assert "altitudes (Z) du fichier ne sont pas gardées" in remarks(made)[0]
    assert kind_of_table(layer.table) == "MultiLineString"


def difference(made: FileImport) -> dict[str, Any]:
    assert made.report is not None, made.message
    found: dict[str, Any] = made.report["difference"]
    return found


def test_a_height_that_changed_is_a_change_of_the_place(desk: Desk) -> None:
    layer = published(desk, line("A", 1, 2), line("B", 3, 4))
    made = brought(desk, "synchronise", layer, line("A", 1, 2.002), line("B", 3, 4.0004))
    assert (difference(made)["changed"], difference(made)["unchanged"]) == (1, 1)
    assert difference(made)["samples"]["changed"][0]["moved"]["heights"] is True
    assert heights_of(layer) == {"A": [1, 2.002], "B": [3, 4]}


def test_a_flat_file_changes_no_height(desk: Desk) -> None:
    layer = published(desk, line("A", 1, 2), line("B", 3, 4))
    made = brought(
        desk, "synchronise", layer, line("A", None, None), line("B", None, None, None), line("C", None, None)
    )
    assert (difference(made)["unchanged"], difference(made)["changed"]) == (1, 1)
    assert heights_of(layer) == {"A": [1, 2], "B": [3, 4, 4], "C": [0, 0]}


def test_a_replacement_follows_its_file_and_is_taken_back(desk: Desk) -> None:
    layer = published(desk, line("A", None, None))
    made = brought(desk, "replace", layer, line("A", 1, 2))
    assert made.layer
    assert heights_of(made.layer) == {"A": [1, 2]}
    layer = desk.take_back(made).layer or layer
    assert kind_of_table(layer.table) == "MultiLineString"


def test_a_synchronisation_taken_back_brings_the_heights_back(desk: Desk) -> None:
    layer = published(desk, line("A", 1, 2), line("B", 3, 4))
    made = brought(desk, "synchronise", layer, line("A", 1, 7), line("B", 3, 4, shift=1))
    assert heights_of(layer)["A"] == [1, 7]
    desk.take_back(made)
    assert heights_of(layer) == {"A": [1, 2], "B": [3, 4]}


def test_a_repaired_surface_has_numbers_for_heights(desk: Desk) -> None:
    bow = shapely.Polygon([(X, Y, 1), (X + 10, Y + 10, 2), (X + 10, Y, 3), (X, Y + 10, 4), (X, Y, 1)])
    layer = published(desk, (bow, {"ref": "A"}))
    with factories.as_worker(), connection.cursor() as cursor:
        cursor.execute(f'select st_astext(geom, 2) from "{layer.table}"')
        assert "NaN" not in cursor.fetchone()[0]
    assert {1.0, 2.0, 3.0, 4.0} <= set(heights_of(layer)["A"])
