"""The history that the database keeps of every editable table, those made at run time too."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.gis.geos import Point, Polygon
from django.db import DatabaseError, connection, transaction

from gis_core.members.rights import acting_as, rights_of
from gis_core.models import HistoryEvent, RowHistory
from layers.catalogue.models import Layer
from layers.catalogue.services import announce_changed
from layers.catalogue.tables import bulk, create_staging, create_table, drop_staging, drop_table, setting
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def layer() -> Layer:
    return factories.editable_layer(geometry="polygon")


@pytest.fixture(autouse=True)
def as_worker() -> Iterator[None]:
    """These tests write raw SQL; the worker may, on every table."""
    with factories.as_worker():
        yield
        setting("arpent.bulk", "")


def run(statement: str, layer: Layer, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("{}", layer.table), values)
        return cursor.fetchall() if cursor.description else []


def recorded(layer: Layer, **asked: Any) -> list[RowHistory]:
    with factories.as_owner():
        found = RowHistory.objects.filter(event__layer=layer.pk, **asked)
        return list(found.select_related("event").order_by("id"))


def test_an_update_keeps_the_former_values_and_not_an_untouched_geometry(layer: Layer) -> None:
    pk = factories.feature(layer, name="Avant")
    run("update {} set name = 'Après' where id = %s", layer, pk)
    (kept,) = recorded(layer, operation="UPDATE")
    assert kept.old is not None
    assert (kept.pk_value, kept.version, kept.old["name"], kept.old["lamps"]) == (pk, 1, "Avant", None)
    assert (kept.old_geom, kept.geom_changed) == (None, False)
    assert not {"geom", "geom_3857"} & set(kept.old)


def test_a_moved_row_keeps_its_former_place(layer: Layer) -> None:
    pk = factories.feature(layer)
    run("update {} set geom = st_translate(geom, 0.001, 0) where id = %s", layer, pk)
    (kept,) = recorded(layer, operation="UPDATE")
    assert kept.geom_changed
    assert kept.old_geom is not None
    assert kept.old_geom.equals_exact(factories.PLACES["polygon"])


def test_a_large_geometry_is_kept_only_when_it_moves(layer: Layer) -> None:
    pk = factories.feature(layer, Point(*factories.ORIGIN, srid=2154).buffer(500, 2500))
    run("update {} set name = 'Après' where id = %s", layer, pk)
    run("update {} set geom = st_translate(geom, 1, 0) where id = %s", layer, pk)
    assert [kept.geom_changed for kept in recorded(layer, operation="UPDATE")] == [False, True]


def test_a_deleted_row_is_kept_whole(layer: Layer) -> None:
    pk = factories.feature(layer, name="Perdu")
    run("delete from {} where id = %s", layer, pk)
    (kept,) = recorded(layer, operation="DELETE")
    assert kept.old is not None
    assert kept.old["name"] == "Perdu"
    assert kept.old_geom is not None


def test_an_insertion_is_recorded_under_its_first_version(layer: Layer) -> None:
    pk = factories.feature(layer)
    (kept,) = recorded(layer)
    assert (kept.operation, kept.pk_value, kept.version, kept.old) == ("INSERT", pk, 1, None)


def test_a_statement_that_touches_nothing_leaves_no_event(layer: Layer) -> None:
    run("update {} set name = 'x' where false", layer)
    run("delete from {} where false", layer)
    with factories.as_owner():
        assert not HistoryEvent.objects.filter(layer=layer.pk).exists()


def test_an_event_counts_the_rows_it_touched(layer: Layer) -> None:
    for _ in range(3):
        factories.feature(layer)
    run("update {} set name = 'x'", layer)
    assert {kept.event.rows for kept in recorded(layer)} == {6}


def test_rows_of_an_import_are_one_event_and_those_it_replaces_are_kept(layer: Layer) -> None:
    pk = factories.feature(layer, name="Avant")
    with bulk():
        run("insert into {} (name, import_id) select 'n' || n, 7 from generate_series(1, 5) n", layer)
        run("update {} set name = 'Après', import_id = 7 where id = %s", layer, pk)
    kept = recorded(layer)
    assert [one.operation for one in kept] == ["INSERT", "UPDATE"]
    assert kept[1].event.rows == 7


def test_the_web_role_cannot_insert_without_a_trace(layer: Layer) -> None:
    setting("arpent.bulk", "on")
    person = factories.user(layer.owner, "gis_administrator")
    with acting_as(rights_of(person)), factories.as_role("arpent_web"):
        run("insert into {} (name) values ('x')", layer)
    assert len(recorded(layer, operation="INSERT")) == 1


def test_an_event_says_who_and_where_from(layer: Layer) -> None:
    person = factories.user(layer.owner, "gis_administrator")
    setting("arpent.origin", '{"event": "edit", "from": "qgis", "label": "bureau"}')
    with acting_as(rights_of(person)):
        factories.feature(layer)
    (kept,) = recorded(layer)
    assert (kept.event.by_user, kept.event.kind) == (person.pk, "edit")
    assert (kept.event.detail, kept.event.by_role) == ({"from": "qgis", "label": "bureau"}, "arpent_worker")


def test_truncate_leaves_a_trace(layer: Layer) -> None:
    with factories.as_owner():
        run("truncate {}", layer)
        assert HistoryEvent.objects.filter(layer=layer.pk, kind="truncate").exists()


def test_a_restored_row_goes_on_where_it_was_deleted(layer: Layer) -> None:
    run("insert into {} (id, version, name) values (900, 4, 'x')", layer)
    assert run("select version from {} where id = 900", layer) == [(4,)]


def test_a_new_extent_of_a_layer_is_no_change_of_its_settings(layer: Layer) -> None:
    with factories.as_owner():
        announce_changed(layer)
        assert not RowHistory.objects.filter(event__table="catalogue_layer", operation="UPDATE").exists()


# -- tables made at run time -----------------------------------------------------------------------------------------


def test_a_new_table_takes_copied_rows_until_it_is_secured() -> None:
    create_table("layer_essai", [{"name": "name", "type": "text"}], "Polygon")
    square = Polygon.from_bbox((617_000, 6_717_000, 617_010, 6_717_010))
    square.srid = 2154
    with connection.cursor() as cursor:
        with cursor.copy("copy layer_essai (name, geom) from stdin") as copy:
            copy.write_row(["a", square.hexewkb.decode()])
        cursor.execute("select count(geom_3857) from layer_essai")
        assert cursor.fetchone() == (1,)


def test_the_web_role_sees_nothing_of_a_table_that_is_not_secured() -> None:
    create_table("layer_essai", [], "Point")
    with factories.as_role("arpent_web"), pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute("select from layer_essai")


def test_another_members_rows_are_invisible() -> None:
    layer = factories.editable_layer(rows="owner", visibility="signed_in", owner=factories.member())
    factories.feature(layer)
    stranger = factories.user(factories.member(), "gis_administrator")
    with acting_as(rights_of(stranger)), factories.as_role("arpent_web"):
        assert run("select count(*) from {}", layer) == [(0,)]


def test_a_key_is_unique_for_its_owner_alone() -> None:
    layer = factories.editable_layer(rows="owner", key_column="name")
    factories.feature(layer, name="A1")
    factories.feature(layer, name="A1", owner_id=factories.member().pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        factories.feature(layer, name="A1")


@pytest.mark.parametrize(
    ("name", "columns", "kind"),
    [
        ("gis_core_user", [], "Point"),
        ("layer_x; drop table gis_core_user", [], "Point"),
        ("layer_essai", [], "Point); drop table gis_core_user; --"),
        ("layer_essai", [], "GeometryCollection"),
        ("layer_essai", [{"name": "Nom", "type": "text"}], "Point"),
        ("layer_essai", [{"name": "geom", "type": "text"}], "Point"),
    ],
)
def test_an_absurd_table_is_refused(name: str, columns: list[dict[str, str]], kind: Any) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        create_table(name, columns, kind)


@pytest.mark.parametrize(
    "function", ["create_layer_table('layer_essai', '[]', 'Point')", "drop_layer_table('layer_x')"]
)
def test_the_web_role_makes_and_drops_no_table(function: str) -> None:
    refused = pytest.raises(DatabaseError, match="permission denied")
    with factories.as_role("arpent_web"), refused, transaction.atomic():
        connection.cursor().execute(f"select arpent.{function}")


def test_a_table_that_a_layer_names_is_not_dropped(layer: Layer) -> None:
    with pytest.raises(DatabaseError, match="still lies"), transaction.atomic():
        drop_table(layer.table)
    with factories.as_owner():
        layer.delete()
    drop_table(layer.table)
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass(%s)", [layer.table])
        assert cursor.fetchone() == (None,)


def test_staging_belongs_to_the_worker_alone() -> None:
    create_staging("essai", [{"name": "name", "type": "text"}], "Geometry")
    with connection.cursor() as cursor:
        with cursor.copy("copy arpent_staging.essai (name) from stdin") as copy:
            copy.write_row(["a"])
        cursor.execute("analyze arpent_staging.essai")
        with factories.as_role("arpent_web"), pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("select from arpent_staging.essai")
    drop_staging("essai")
