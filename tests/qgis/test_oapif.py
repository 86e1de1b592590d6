"""QGIS without a screen opens, filters and edits layers through its OGC API Features provider."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import GEOSGeometry, Point
from django.db import connection
from psycopg.sql import SQL, Identifier

from gis_core.members.rights import Role
from gis_core.tokens.authentication import create_token
from layers.catalogue.models import Layer
from tests import factories
from tests.ogc.server import Served, served  # noqa: F401

EDITOR = Path(__file__).with_name("edit_oapif.py")
HERE, THERE = Point(617000, 6717000, srid=2154), Point(617500, 6717500, srid=2154)
COLUMNS = ["name", "kind", "height_m", "lamps", "lit", "installed_date", "seen_at"]

type Steps = Callable[..., list[Any]]


@pytest.fixture
def editable(db: None) -> Layer:
    return factories.editable_layer(factories.member(factories.commune()))


@pytest.fixture
def steps(served: Served, tmp_path: Path) -> Steps:  # noqa: F811
    """Steps of edit_oapif.py in a layer, by a technician of its owner; what each found."""

    def run(layer: Layer, *asked: Any, slash: str = "/") -> list[Any]:
        person = factories.user(layer.owner, Role.NETWORK_TECHNICIAN)
        _token, secret = create_token(user=person, name="QGIS")
        settings = {"url": served.url + slash, "layer": layer.slug, "steps": asked}
        return in_qgis(settings | {"username": person.username, "password": secret}, tmp_path)

    return run


def in_qgis(settings: dict[str, Any], home: Path) -> list[Any]:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home),
        "QT_QPA_PLATFORM": "offscreen",
        "no_proxy": "127.0.0.1",
        "LANG": "fr_FR.UTF-8",
    }
    command = ["/usr/bin/python3", str(EDITOR), json.dumps(settings)]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert ran.returncode == 0, ran.stderr
    version, *found = json.loads(ran.stdout.splitlines()[-1])
    assert version.startswith("3.40")
    return found


def rows(layer: Layer, *columns: str) -> list[tuple[Any, ...]]:
    """What the table holds, by identifier."""
    statement = SQL("select {} from {} order by id").format(
        SQL(", ").join(map(Identifier, columns)), Identifier(layer.table)
    )
    with factories.as_worker(), connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


# -- opening ----------------------------------------------------------------------------------------------------------


def test_opens_a_layer_in_the_system_in_which_it_is_kept(editable: Layer, steps: Steps) -> None:
    factories.feature(editable, THERE)
    (found,) = steps(editable, ["describe"])
    assert (found["valid"], found["crs"], found["geometry"], found["count"]) == (True, "EPSG:2154", "Point", 1)


@pytest.mark.parametrize(("kind", "name"), [("point", "Point"), ("line", "Line"), ("polygon", "Polygon")])
def test_an_empty_layer_has_its_fields_and_its_geometry(kind: str, name: str, db: None, steps: Steps) -> None:
    layer = factories.editable_layer(factories.member(factories.commune()), kind)
    (found,) = steps(layer, ["describe"])
    assert ([field[0] for field in found["fields"]], found["geometry"]) == (COLUMNS, name)
    assert (found["crs"], found["count"], found["editable"]) == ("EPSG:2154", 0, True)


def test_fields_have_the_types_of_their_columns_though_the_first_features_hold_nothing(
    editable: Layer, steps: Steps
) -> None:
    for _number in range(12):
        factories.feature(editable)
    (found,) = steps(editable, ["describe"])
    types = {name: kind for name, kind, _alias in found["fields"]}
    assert types == {
        "name": "String",
        "kind": "String",
        "height_m": "Real",
        "lamps": "Integer64",
        "lit": "Boolean",
        "installed_date": "Date",
        "seen_at": "DateTime",
    }


def test_the_feature_that_tells_the_fields_is_none_of_the_layer(editable: Layer, steps: Steps) -> None:
    factories.feature(editable)
    _described, read = steps(editable, ["describe"], ["read"])
    assert [one["name"] for one in read] == ["Objet"]


def test_opens_at_an_address_without_a_slash(editable: Layer, steps: Steps) -> None:
    (found,) = steps(editable, ["describe"], slash="")
    assert found["valid"]


def test_the_extent_is_right(editable: Layer, steps: Steps) -> None:
    factories.feature(editable, HERE)
    found, _read = steps(editable, ["describe"], ["read"])
    west, south, east, north = found["extent"]
    assert west <= HERE.x <= east
    assert south <= HERE.y <= north
    assert east - west < 200_000
    assert found["messages"] == []


@pytest.mark.parametrize("slug", ["communes", "sections", "parcels", "buildings", "roads", "addresses"])
def test_opens_every_layer_of_the_cadastre(slug: str, served: Served, tmp_path: Path) -> None:  # noqa: F811
    (found,) = in_qgis({"url": f"{served.url}/", "layer": slug, "steps": [["describe"]]}, tmp_path)
    assert (found["valid"], found["crs"]) == (True, "EPSG:2154")


# -- reading ----------------------------------------------------------------------------------------------------------


def test_reads_the_very_vertices_that_are_kept(editable: Layer, steps: Steps) -> None:
    kept = Point(617000.12345678, 6717000.87654321, srid=2154)
    factories.feature(editable, kept)
    (found,) = steps(editable, ["read_exact"])
    assert found == [[kept.x, kept.y]]


def test_a_filter_is_pushed_down(editable: Layer, steps: Steps, served: Served) -> None:  # noqa: F811
    factories.feature(editable, name="Un", lamps=1)
    factories.feature(editable, name="Deux", lamps=2)
    (found,) = steps(editable, ["read", "name = 'Deux' AND lamps > 1"])
    assert [one["name"] for one in found] == ["Deux"]
    assert served.asked_for("GET", "filter-lang=cql2-text")


def test_a_spatial_filter_is_pushed_down(editable: Layer, steps: Steps, served: Served) -> None:  # noqa: F811
    factories.feature(editable, HERE, name="Ici")
    factories.feature(editable, THERE, name="Là")
    box = "geom_from_wkt('POLYGON((617400 6717400, 617600 6717400, 617600 6717600, 617400 6717400))')"
    (found,) = steps(editable, ["read", f"intersects_bbox($geometry, {box})"])
    assert [one["name"] for one in found] == ["Là"]
    assert served.asked_for("GET", "S_INTERSECTS")


def test_the_map_asks_for_its_box(editable: Layer, steps: Steps) -> None:
    factories.feature(editable, HERE, name="Ici")
    factories.feature(editable, THERE, name="Là")
    (found,) = steps(editable, ["read_box", 617400, 6717400, 617600, 6717600])
    assert [one["name"] for one in found] == ["Là"]


def test_follows_the_pages_to_the_end(editable: Layer, steps: Steps, served: Served) -> None:  # noqa: F811
    for _number in range(1_001):
        factories.feature(editable)
    (found,) = steps(editable, ["read"])
    assert len(found) == 1_001
    assert served.asked_for("GET", "cursor=")


# -- writing ----------------------------------------------------------------------------------------------------------


def test_adds_a_feature_to_an_empty_layer(editable: Layer, steps: Steps) -> None:
    values = {"name": "Neuf", "lamps": 5, "height_m": 7.5, "lit": True, "installed_date": "2024-05-06"}
    (found,) = steps(editable, ["add", "POINT(617100.123 6717100.456)", values])
    assert found["saved"], found
    ((name, lamps, height, lit, date, x),) = with_x(editable, "name", "lamps", "height_m", "lit", "installed_date")
    assert (name, lamps, height, lit, date.isoformat(), x) == ("Neuf", 5, 7.5, True, "2024-05-06", 617100.123)


def with_x(layer: Layer, *columns: str) -> list[tuple[Any, ...]]:
    """Rows with the first coordinate of their point at the end."""
    found = rows(layer, *columns, "geom")
    return [(*values, GEOSGeometry(geom).x) for *values, geom in found]


def test_changes_values(editable: Layer, steps: Steps) -> None:
    factories.feature(editable, name="Un", lamps=1)
    (found,) = steps(editable, ["change", {"lamps": 9, "name": "Autre"}])
    assert found["saved"], found
    assert rows(editable, "name", "lamps") == [("Autre", 9)]


def test_moves_a_feature(editable: Layer, steps: Steps) -> None:
    factories.feature(editable, HERE)
    (found,) = steps(editable, ["move", 10.25, 0])
    assert found["saved"], found
    assert [x for (x,) in with_x(editable)] == [HERE.x + 10.25]


def test_deletes_features(editable: Layer, steps: Steps) -> None:
    factories.feature(editable)
    factories.feature(editable)
    (found,) = steps(editable, ["delete"])
    assert found["saved"], found
    assert rows(editable, "id") == []


def test_the_history_says_that_qgis_wrote(editable: Layer, steps: Steps) -> None:
    factories.feature(editable)
    steps(editable, ["change", {"lamps": 3}])
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "select detail ->> 'from', detail ->> 'label' from gis_core_historyevent order by id desc limit 1"
        )
        assert cursor.fetchone() == ("qgis", "QGIS")


def test_a_refused_addition_is_shown_in_words(editable: Layer, steps: Steps) -> None:
    (found,) = steps(editable, ["add", "POINT(617100 6717100)", {"name": None}])
    assert not found["saved"]
    assert "name : Ce champ doit être rempli" in " ".join(found["errors"])


def test_a_refused_change_is_shown_in_words(editable: Layer, steps: Steps) -> None:
    factories.feature(editable)
    (found,) = steps(editable, ["change", {"kind": "inconnu"}])
    assert not found["saved"]
    assert any("kind : " in message for message in found["messages"])


def test_who_may_not_write_is_offered_no_pencil(editable: Layer, served: Served, tmp_path: Path) -> None:  # noqa: F811
    person = factories.user(editable.owner, Role.READER)
    _token, secret = create_token(user=person, name="QGIS")
    settings = {"url": f"{served.url}/", "layer": editable.slug, "steps": [["describe"]]}
    (found,) = in_qgis(settings | {"username": person.username, "password": secret}, tmp_path)
    assert (found["valid"], found["editable"]) == (True, False)
