"""A file whose geometries cannot come in: the one reason that holds."""

from typing import Any

import pytest

from layers.intake.choices import LONGEST_LABEL, label_of
from layers.intake.geometry_reasons import why_no_geometry


def found(**changes: Any) -> dict[str, Any]:
    geometry = {"nulls": 0, "empty": 0, "unreadable": 0} | changes.pop("geometry", {})
    return {"has_geometry": True, "complete": True, "read": 3, "geometry_types": {}, "geometry": geometry} | changes


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (found(has_geometry=False, geometry={}), "pas de géométrie"),
        (found(geometry={"nulls": 3}), "vide sur toutes les lignes"),
        (found(geometry={"empty": 3}), "aucune coordonnée"),
        (found(geometry={"unreadable": 3}), "illisibles"),
        (found(geometry_types={"GeometryCollection": 3}), "collections"),
        (found(geometry_types={"PolyhedralSurface": 3}), "PolyhedralSurface"),
        (found(geometry_types={"LineString": 2, "MultiPolygon": 1}), "2 lignes, 1 polygone"),
        (found(complete=False, read=3), "3 premières lignes"),
        (found(first_refused={"index": 2, "code": "no_geometry", "params": {}}), "Ligne 2"),
    ],
)
def test_each_cause_has_its_own_sentence(layer: dict[str, Any], said: str) -> None:
    assert said in why_no_geometry(layer, "point")


def test_a_name_that_is_too_long_gives_a_label_that_is_not() -> None:
    label = label_of("nom_" * 40)
    assert len(label) <= LONGEST_LABEL
    assert label.endswith("…")
