"""Filters: what they compile to, and how bad ones are refused."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import cql2
import pytest
from django.db import connection
from psycopg import sql

from gis_core.errors import Invalid
from layers.features.cql2 import Queryable, compile_filter, parse
from layers.features.cql2.guard import DEEPEST_CALLS, LONGEST
from layers.features.crs import BY_URI, CRS84, STORAGE, epsg
from tests import factories
from tests.counting import calls

EXAMPLES = json.loads((Path(__file__).parents[1] / "data" / "cql2" / "examples.json").read_text())
BOTH = [name for name, forms in EXAMPLES.items() if len(forms) == 2]
QUERYABLES = {
    name: Queryable(name, name, kind)  # type: ignore[arg-type]
    for name, kind in {
        "name": "text",
        "number": "number",
        "day": "date",
        "at": "timestamp",
        "open": "boolean",
        "geometry": "geometry",
    }.items()
}
WGS84, CC47 = BY_URI[epsg(4326)], BY_URI[epsg(3947)]


def compiled(text: str, crs: Any = CRS84) -> tuple[str, list[Any]]:
    """The condition's text with its placeholders, and the bound values in order."""
    condition = compile_filter(parse(text), QUERYABLES, crs)
    return condition.sql.as_string(), list(condition.values.values())


def refused(text: str, language: str = "cql2-text") -> str:
    with pytest.raises(Invalid) as caught:
        compile_filter(parse(text, language), QUERYABLES)
    assert caught.value.extra == {"parameter": "filter"}
    return str(caught.value)


@pytest.mark.parametrize("name", BOTH)
def test_an_example_of_the_standard_means_the_same_as_text_and_as_json(name: str) -> None:
    example = EXAMPLES[name]
    assert parse(example["text"]) == parse(json.dumps(example["json"]), "cql2-json")


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_of_the_standard_can_be_read(name: str) -> None:
    assert parse(EXAMPLES[name]["text"]) is not None


# -- what is compiled -------------------------------------------------------------------------------------------------


def test_a_value_is_bound_and_never_in_the_text() -> None:
    text, values = compiled("name = 'x''; drop table parcels; --'")
    assert text == '("name" = %(f0)s::text)'
    assert values == ["x'; drop table parcels; --"]


def test_a_spatial_predicate_asks_for_the_box_first() -> None:
    text, _values = compiled("S_INTERSECTS(geometry, POINT(617050 6717050))", STORAGE)
    assert text == '("geometry" && %(f0)s::geometry and st_intersects("geometry", %(f0)s::geometry))'


def test_a_list_of_values_is_one_array() -> None:
    text, values = compiled("name IN ('a', 'b')")
    assert (text, values) == ('("name" = any(%(f0)s::text[]))', [["a", "b"]])


def test_a_whole_number_is_compared_as_one() -> None:
    assert compiled("number = 3")[1] == [3]
    assert compiled("number = 3.5")[1] == [3.5]


def test_a_text_is_a_date_where_the_column_is() -> None:
    assert compiled("day >= '2026-11-24'")[0] == '("day" >= %(f0)s::date)'


def test_a_day_of_an_interval_ends_with_its_last_instant() -> None:
    _text, values = compiled("T_INTERSECTS(at, INTERVAL('2026-11-24', '2026-11-24'))")
    assert [str(value) for value in values] == ["2026-11-24 00:00:00+00:00", "2026-11-24 23:59:59.999999+00:00"]


def test_backslashes_escape_in_literals() -> None:
    assert compiled(r"name = 'l\'eau\n' AND name LIKE '10\%'")[1] == ["l'eau\n", "10\\%"]


def test_groups_keep_their_meaning() -> None:
    text, _values = compiled("(number = 1 OR number = 2) AND NOT (open AND (name = 'a'))")
    expected = (
        '((("number" = %(f0)s::bigint) or ("number" = %(f1)s::bigint)) and (not ("open" and ("name" = %(f2)s::text))))'
    )
    assert text == expected


def test_what_is_left_of_a_hundred_conditions_of_a_client_is_read() -> None:
    text = "(" * 99 + "number = 0" + "".join(f" AND number <> {rank})" for rank in range(99))
    assert len(compiled(text)[1]) == 100


# -- geometries -------------------------------------------------------------------------------------------------------


def selects(text: str, crs: Any) -> bool:
    """Whether a square of 100 m, whose south-west corner is the origin, is selected."""
    condition = compile_filter(parse(text), QUERYABLES, crs)
    square = sql.SQL("(select st_makeenvelope(617000, 6717000, 617100, 6717100, 2154) as geometry) square")
    table = sql.SQL("(select geometry, st_transform(geometry, 3857) as geom_3857 from {}) kept").format(square)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("select count(*) from {} where {}").format(table, condition.sql), condition.values)
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "crs"),
    [
        ("S_INTERSECTS(geometry, POINT(617050 6717050))", STORAGE),
        ("S_INTERSECTS(geometry, POINT(1.89712 47.54861))", CRS84),
        ("S_INTERSECTS(geometry, POINT(47.54861 1.89712))", WGS84),
        ("S_INTERSECTS(geometry, BBOX(47.5, 1.85, 47.6, 1.95))", WGS84),
        ("S_INTERSECTS(geometry, BBOX(-180, -90, 180, 90))", CRS84),
        ("S_INTERSECTS(geometry, BBOX(1.8, 40, -170, 50))", CRS84),
        ("S_INTERSECTS(geometry, BBOX(2, 40, 1.95, 50))", CRS84),
        ("S_INTERSECTS(geometry, BBOX(1.89712, 47.54861, 1.89712, 47.54861))", CRS84),
        ("S_INTERSECTS(geometry, BBOX(1.8, 47.54861, 2, 47.54861))", CRS84),
        ("NOT S_INTERSECTS(geometry, BBOX(3, 40, 1.5, 50))", CRS84),
        ("NOT S_INTERSECTS(geometry, BBOX(170, 40, 1, 50))", CRS84),
        ("NOT S_INTERSECTS(geometry, BBOX(1.9, 47.54861, 2, 47.6))", CRS84),
        ("NOT S_INTERSECTS(geometry, BBOX(50, 40, 60, 50))", CRS84),
        ("S_INTERSECTS(geometry, BBOX(617100, 6717100, 617200, 6717200))", STORAGE),
        ("S_INTERSECTS(geometry, BBOX(617050, 6717050, 617060, 6717060))", STORAGE),
        ("NOT S_INTERSECTS(geometry, BBOX(617100.001, 6717000, 617200, 6717200))", STORAGE),
        ("S_WITHIN(geometry, POLYGON((47.5 1.85, 47.6 1.85, 47.6 1.95, 47.5 1.95, 47.5 1.85)))", WGS84),
        ("S_INTERSECTS(geometry, BBOX(1600000, 6200000, 1650000, 6300000))", CC47),
        ("S_WITHIN(geometry, BBOX(-180, -90, 180, 90))", CRS84),
        ("S_WITHIN(geometry, BBOX(170, -90, 160, 90))", CRS84),
        ("S_CONTAINS(geometry, POINT(617050 6717050))", STORAGE),
        ("S_DISJOINT(geometry, POINT(-120 40))", CRS84),
        ("S_TOUCHES(geometry, LINESTRING(617100 6717000, 617100 6717100))", STORAGE),
        ("S_EQUALS(geometry, BBOX(617000, 6717000, 617100, 6717100))", STORAGE),
    ],
)
def test_a_shape_is_understood_in_its_system(db: None, text: str, crs: Any) -> None:
    assert selects(text, crs)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "S_INTERSECTS(geometry, POINT(47.54861 1.89712))",
        "S_CONTAINS(geometry, BBOX(-180, -90, 180, 90))",
        "S_EQUALS(geometry, LINESTRING(-100 40, 100 40))",
        "S_INTERSECTS(geometry, BBOX(100, 0, 110, 10))",
        "S_INTERSECTS(geometry, BBOX(160, -90, -160, 90))",
    ],
)
def test_a_shape_that_lies_elsewhere_selects_nothing(db: None, text: str) -> None:
    assert not selects(text, CRS84)


# -- bad filters ------------------------------------------------------------------------------------------------------

BAD = {
    "unknown property": ("secret = 1", "secret"),
    "property of the table, not of the layer": ("owner_id = 1", "owner_id"),
    "unknown function": ("pg_sleep(10) = 1", "pg_sleep"),
    "no filter": ("THIS IS NOT A FILTER", "IS NOT"),
    "empty": ("", "vide"),
    "unfinished": ("name =", "trop tôt"),
    "open parenthesis": ("(name = 'a'", "parenthèses"),
    "thirty open parentheses": ("(" * 30, "parenthèses"),
    "no condition": ("number + 1", "condition"),
    "text for a number": ("number = 'a'", "un texte"),
    "number for a text": ("name = 1", "un nombre"),
    "geometry as a value": ("geometry = 1", "géométrie"),
    "value as a geometry": ("S_INTERSECTS(name, POINT(1 2))", "géométrie"),
    "null": ("name = NULL", "IS NULL"),
    "no date": ("day = DATE('2026-02-30')", "2026-02-30"),
    "instants for intervals": ("T_DURING(day, INTERVAL('2026-01-01', '2026-12-31'))", "intervalles"),
    "latitude beyond the pole": ("S_INTERSECTS(geometry, POINT(90 180))", "degrés"),
    "box of three numbers": ("S_INTERSECTS(geometry, BBOX(1, 2, 3))", "emprise"),
    "polygon that crosses itself": ("S_WITHIN(geometry, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))", "se croise"),
    "pattern with nothing escaped": (r"name LIKE 'a\\'", "barre oblique"),
    "array": ("A_CONTAINS(name, ('a', 'b'))", "fonction"),
    "nul": ("name = 'a\0'", "NUL"),
    "depth of 10,000": ("(" * 10_000 + "number = 1" + ")" * 10_000, "imbriqué"),
    "deep and wrong inside": ("(" * 100 + "number = 1 $" + ")" * 100, "illisible"),
    "10,000 negations": ("NOT " * 10_000 + "open", "opérateurs"),
    "10,000 operators": ("number = " + "+".join(["1"] * 10_000), "opérateurs"),
    "calls in calls": ("CASEI(" * 5_000 + "name" + ")" * 5_000 + " = 'a'", "imbriqué"),
    "a megabyte": (f"name = '{'x' * 1_000_000}'", "caractères"),
    "list of 100,000": (f"number IN ({','.join(map(str, range(100_000)))})", "caractères"),
    "list of 11,000": (f"number IN ({','.join(['1'] * 11_000)})", "valeurs"),
}
BAD_JSON = {
    "no json": ("{", "JSON"),
    "no operator": ("{}", "JSON"),
    "nul": (r'{"op": "=", "args": [{"property": "name"}, "\u0000"]}', "NUL"),
    "half a character": (r'{"op": "=", "args": [{"property": "name"}, "\ud800"]}', "JSON"),
    "endless number": ('{"op": "=", "args": [{"property": "number"}, 1e999]}', "JSON"),
    "depth of 2,000": ('{"op":"not","args":[' * 2_000 + "true" + "]}" * 2_000, "imbriqué"),
    "depth of 60": ('{"op":"not","args":[' * 60 + "true" + "]}" * 60, "imbriqué"),
    "too few arguments": ('{"op": "=", "args": [{"property": "name"}]}', "arguments"),
    "list": ("[1, 2]", "liste"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_text_is_refused_in_words_with_little_work(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The work of the native parser doubles with each parenthesis in another: what it is given has few."""
    text, word = BAD[name]
    given, told, native = [], [], cql2.parse_text
    monkeypatch.setattr(cql2, "parse_text", lambda piece: given.append(piece) or native(piece))  # type: ignore[func-returns-value]
    assert calls(lambda: told.append(refused(text))) < 5_000 + 50 * min(len(text), LONGEST)
    assert word in told[0]
    assert all(depth(piece) <= DEEPEST_CALLS and len(piece) <= 2 * LONGEST for piece in given)


def depth(text: str) -> int:
    """How many parentheses stand in each other."""
    deep = [text[:end].count("(") - text[:end].count(")") for end in range(min(len(text), 2_000) + 1)]
    return max(deep)


@pytest.mark.parametrize("name", BAD_JSON)
def test_a_bad_json_is_refused_in_words(name: str) -> None:
    text, word = BAD_JSON[name]
    assert word in refused(text, "cql2-json")


CUT_AND_READ = """
import json, sys, threading
import cql2, django
django.setup()
from layers.features.cql2.guard import cut

def run():
    for text in json.load(sys.stdin):
        for piece in cut(text):
            cql2.parse_text(piece)
    print("alive")

threading.stack_size(512 * 1024)
thread = threading.Thread(target=run)
thread.start()
thread.join()
"""


def test_the_parser_survives_what_the_guard_lets_through() -> None:
    """In a process of its own: a native stack that overflows takes the whole process with it."""
    texts = [
        "(" * 99 + "a = 1" + ")" * 99,
        " AND ".join(["a = 1"] * 100),
        "a = " + "-" * 199 + "1",
        "NOT " * 199 + "a",
        "a" + "=1" * 199,
        "a IN (" * 9 + "1" + ")" * 9,
        "(" * 90 + "a = " + "+".join(["1"] * 190) + ")" * 90,
    ]
    ran = subprocess.run(
        [sys.executable, "-c", CUT_AND_READ],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "gis_core.settings"},
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.stdout == "alive\n", ran.stderr[-500:]


@pytest.mark.django_db
def test_only_what_the_asker_sees_can_be_named(db: None) -> None:
    from gis_core.members.rights import rights_of
    from layers.features.cql2 import queryables_of

    owner = factories.member(factories.commune())
    layer = factories.editable_layer(owner)
    reader, manager = factories.user(owner, "reader"), factories.user(owner, "gis_administrator")
    assert "price" in queryables_of(layer, rights_of(manager))
    assert "price" not in queryables_of(layer, rights_of(reader))
