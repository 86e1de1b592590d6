"""The timeline of a feature, what was deleted, what was done to a layer; former versions again; splits and merges."""

from typing import Any

import pytest
from django.contrib.gis.geos import GEOSGeometry, LineString, Point, Polygon
from django.db import connection

from gis_core.errors import Forbidden, Invalid, NotFound, Stale
from gis_core.members.rights import Rights, acting_as, rights_of
from gis_core.models import User
from layers.catalogue.models import Layer
from layers.features.errors import GeometryRefused, Missing, NotEditable, VersionRequired
from layers.features.services import history
from layers.features.services.geojson import exact_features
from layers.features.services.history import HistoryPage, Stretch
from layers.features.services.origin import Origin
from layers.features.services.reshape import merge, split
from layers.features.services.restore import restore
from layers.features.services.write import Edit, EditResult, apply_edits
from tests import factories

pytestmark = pytest.mark.django_db
WEB = Origin("web", "Firefox")
X, Y = factories.ORIGIN
ALL = Stretch(10**18, 50)


@pytest.fixture
def layer() -> Layer:
    return factories.editable_layer()


@pytest.fixture
def by(layer: Layer) -> User:
    return factories.user(layer.owner, "network_technician", first_name="Ada", last_name="Perrin")


def apply(layer: Layer, by: User, **edit: Any) -> EditResult:
    rights = rights_of(by)
    with acting_as(rights):
        (written,) = apply_edits(layer, [Edit(**edit)], rights=rights, origin=WEB)
    return written


def create(layer: Layer, by: User, geometry: GEOSGeometry | None = None, **properties: Any) -> int:
    place = geometry or factories.PLACES[layer.geometry_type]
    return apply(layer, by, action="create", properties={"name": "Lampe"} | properties, geometry=place).id


def change(layer: Layer, by: User, pk: int, version: int, **properties: Any) -> None:
    apply(layer, by, action="update", id=pk, version=version, properties=properties)


def delete(layer: Layer, by: User, pk: int, version: int) -> None:
    apply(layer, by, action="delete", id=pk, version=version)


def timeline(layer: Layer, pk: int, by: User, stretch: Stretch = ALL) -> HistoryPage:
    rights = rights_of(by)
    with acting_as(rights):
        return history.feature_history(layer, pk, stretch, rights)


def now(layer: Layer, pk: int) -> dict[str, Any]:
    rights = Rights(agency=True)
    with acting_as(rights):
        return exact_features(layer, [pk], rights)[pk]


def again(layer: Layer, pk: int, version: int, current: int | None, by: User) -> EditResult:
    rights = rights_of(by)
    with acting_as(rights):
        return restore(layer, pk, version=version, current_version=current, rights=rights, origin=WEB)


# -- timelines --------------------------------------------------------------------------------------------------------


def test_a_timeline_says_who_changed_what_from_where_the_latest_first(layer: Layer, by: User) -> None:
    pk = create(layer, by, lamps=1)
    change(layer, by, pk, 1, lamps=2)
    apply(layer, by, action="update", id=pk, version=2, geometry=Point(X + 5, Y, srid=2154))
    moved, changed, made = timeline(layer, pk, by).entries
    assert [entry["version"] for entry in (moved, changed, made)] == [3, 2, 1]
    assert [entry["action"] for entry in (moved, changed, made)] == ["update", "update", "create"]
    assert (moved["by"], moved["from"]) == ("Ada Perrin", "Carte · Firefox")
    assert changed["changes"] == [{"name": "lamps", "label": "Lampes", "before": 1, "after": 2}]
    assert (changed["geometry_changed"], changed["geometry"]) == (False, None)
    assert (moved["changes"], moved["geometry_changed"]) == ([], True)
    assert {one["name"]: one["after"] for one in made["changes"]} == {"name": "Lampe", "lamps": 1}


def test_each_version_shows_where_the_object_lay_then(layer: Layer, by: User) -> None:
    pk = create(layer, by)
    apply(layer, by, action="update", id=pk, version=1, geometry=Point(X + 500, Y, srid=2154))
    change(layer, by, pk, 2, lamps=2)
    _changed, moved, made = timeline(layer, pk, by).entries
    assert moved["geometry"]["coordinates"][0] > made["geometry"]["coordinates"][0] + 0.005


def test_a_deleted_object_has_a_timeline(layer: Layer, by: User) -> None:
    pk = create(layer, by, lamps=1)
    delete(layer, by, pk, 1)
    gone, _made = timeline(layer, pk, by).entries
    assert (gone["action"], gone["version"]) == ("delete", 2)
    assert {"name": "lamps", "label": "Lampes", "before": 1, "after": None} in gone["changes"]
    assert gone["geometry"] is not None


def test_a_long_timeline_comes_by_the_page(layer: Layer, by: User) -> None:
    pk = create(layer, by)
    for version in range(1, 6):
        change(layer, by, pk, version, lamps=version)
    first = timeline(layer, pk, by, Stretch(10**18, 4))
    assert first.before is not None
    second = timeline(layer, pk, by, Stretch(first.before, 4))
    assert [one["version"] for one in (*first.entries, *second.entries)] == [6, 5, 4, 3, 2, 1]
    assert second.before is None
    assert first.entries[-1]["changes"] == [{"name": "lamps", "label": "Lampes", "before": 1, "after": 2}]


def test_raw_sql_is_in_the_timeline(layer: Layer, by: User) -> None:
    pk = factories.feature(layer)
    with factories.as_worker(), connection.cursor() as cursor:
        cursor.execute("select set_config('arpent.user_id', '', true)")
        cursor.execute(f"update {layer.table} set lamps = 9 where id = %s", [pk])
    latest = timeline(layer, pk, by).entries[0]
    assert (latest["by"], latest["from"], latest["changes"][0]["after"]) == ("", "Base de données", 9)


def test_a_field_of_other_roles_is_in_nobody_elses_timeline(layer: Layer, by: User) -> None:
    administrator = factories.user(layer.owner, "gis_administrator")
    pk = create(layer, by)
    change(layer, administrator, pk, 1, price=3)
    assert timeline(layer, pk, by).entries[0]["changes"] == []
    assert timeline(layer, pk, administrator).entries[0]["changes"][0]["name"] == "price"


@pytest.mark.parametrize("role", ["town_hall", None])
def test_history_is_for_people_of_the_owner(layer: Layer, by: User, role: str | None) -> None:
    pk = create(layer, by)
    asker = factories.user(layer.owner, role) if role else factories.user(factories.member(), "gis_administrator")
    with pytest.raises(Forbidden):
        timeline(layer, pk, asker)


def test_an_object_that_never_was_has_no_timeline(layer: Layer, by: User) -> None:
    for pk in (999, 2**70):
        with pytest.raises(Missing):
            timeline(layer, pk, by)


def test_the_timeline_of_another_members_object_is_a_missing_one() -> None:
    layer, ours, theirs = factories.editable_layer(rows="owner"), factories.member(), factories.member()
    with factories.as_owner():
        Layer.objects.filter(pk=layer.pk).update(owner=None)
    layer.owner = None
    pk = create(layer, factories.user(theirs, "network_technician"))
    mine = factories.user(ours, "network_technician")
    with pytest.raises(Missing):
        timeline(layer, pk, mine)
    delete(layer, factories.user(theirs, "network_technician"), pk, 1)
    with pytest.raises(Missing):
        timeline(layer, pk, mine)
    with acting_as(rights_of(mine)):
        assert history.list_deleted_features(layer, ALL, rights_of(mine)).entries == []


def test_deleted_objects_are_listed_until_they_are_back(layer: Layer, by: User) -> None:
    first, second = create(layer, by, name="Une"), create(layer, by, name="Deux")
    delete(layer, by, first, 1)
    delete(layer, by, second, 1)
    with acting_as(rights_of(by)):
        listed = history.list_deleted_features(layer, ALL, rights_of(by)).entries
    assert [(one["id"], one["title"], one["version"], one["by"]) for one in listed] == [
        (second, "Deux", 1, "Ada Perrin"),
        (first, "Une", 1, "Ada Perrin"),
    ]
    again(layer, second, 1, None, by)
    with acting_as(rights_of(by)):
        assert [one["id"] for one in history.list_deleted_features(layer, ALL, rights_of(by)).entries] == [first]


def test_a_field_of_other_roles_names_no_deleted_object_for_anybody_else(layer: Layer, by: User) -> None:
    layer.title_field = "price"
    administrator = factories.user(layer.owner, "gis_administrator")
    delete(layer, by, create(layer, administrator, price=3), 1)
    titles = []
    for person in (administrator, by):
        with acting_as(rights_of(person)):
            (listed,) = history.list_deleted_features(layer, ALL, rights_of(person)).entries
        titles.append(listed["title"].startswith("3"))
    assert titles == [True, False]


def test_what_was_done_to_a_layer_is_listed_the_latest_first(layer: Layer, by: User) -> None:
    pk = create(layer, by)
    delete(layer, by, pk, 1)
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute(f"truncate {layer.table}")
    with acting_as(rights_of(by)):
        events = history.layer_events(layer, ALL, rights_of(by)).entries
    assert [(one["kind"], one["rows"]) for one in events][-2:] == [("edit", 1), ("edit", 1)]


# -- former versions --------------------------------------------------------------------------------------------------


def test_a_former_version_is_restored_as_an_edit(layer: Layer, by: User) -> None:
    pk = create(layer, by, lamps=1)
    edit = {"properties": {"lamps": 2}, "geometry": Point(X + 5, Y, srid=2154)}
    apply(layer, by, action="update", id=pk, version=1, **edit)
    written = again(layer, pk, 1, 2, by)
    found = now(layer, pk)
    assert (written.version, found["version"]) == (3, 3)
    assert (found["properties"]["lamps"], found["geometry"]["coordinates"]) == (1, [X, Y])
    latest = timeline(layer, pk, by).entries[0]
    assert (latest["kind"], latest["lineage"]) == ("restore", {"restored": {"id": pk, "version": 1}})


def test_a_version_between_moves_has_its_own_place(layer: Layer, by: User) -> None:
    pk = create(layer, by)
    apply(layer, by, action="update", id=pk, version=1, geometry=Point(X + 5, Y, srid=2154))
    change(layer, by, pk, 2, lamps=2)
    apply(layer, by, action="update", id=pk, version=3, geometry=Point(X + 9, Y, srid=2154))
    again(layer, pk, 2, 4, by)
    assert now(layer, pk)["geometry"]["coordinates"] == [X + 5, Y]


def test_a_deleted_object_comes_back_under_its_id_with_all_its_values(layer: Layer, by: User) -> None:
    pk = create(layer, by, lamps=1, installed_date="2024-05-01")
    change(layer, factories.user(layer.owner, "gis_administrator"), pk, 1, price=3)
    delete(layer, by, pk, 2)
    written = again(layer, pk, 2, None, by)
    found = now(layer, pk)
    assert (written.id, written.version, found["version"]) == (pk, 3, 3)
    assert (found["properties"]["price"], found["properties"]["installed_date"]) == (3.0, "2024-05-01")


def test_restoring_over_a_version_that_was_not_seen_is_refused(layer: Layer, by: User) -> None:
    pk = create(layer, by)
    change(layer, by, pk, 1, lamps=1)
    change(layer, by, pk, 2, lamps=2)
    for seen in (2, None):
        with pytest.raises(Stale):
            again(layer, pk, 1, seen, by)


def test_a_version_that_never_was_is_missing(layer: Layer, by: User) -> None:
    pk = create(layer, by)
    for version in (0, 7):
        with pytest.raises(NotFound):
            again(layer, pk, version, 1, by)


def test_a_reader_restores_nothing(layer: Layer, by: User) -> None:
    pk = create(layer, by)
    with pytest.raises(NotEditable):
        again(layer, pk, 1, 1, factories.user(layer.owner, "reader"))


# -- splitting and merging --------------------------------------------------------------------------------------------


@pytest.fixture
def areas() -> Layer:
    return factories.editable_layer(geometry="polygon")


def surveyor(layer: Layer) -> User:
    return factories.user(layer.owner, "network_technician")


def cut(layer: Layer, pk: int, *places: tuple[float, float], version: int | None = 1) -> list[EditResult]:
    rights = rights_of(surveyor(layer))
    line = LineString(*[(X + x, Y + y) for x, y in places], srid=2154)
    with acting_as(rights):
        return split(layer, pk, line, version=version, rights=rights, origin=WEB)


def united(layer: Layer, *ids: int, **more: Any) -> list[EditResult]:
    rights = rights_of(surveyor(layer))
    with acting_as(rights):
        return merge(layer, [(pk, 1) for pk in ids], rights=rights, origin=WEB, **more)


def area(layer: Layer, pk: int) -> float:
    return float(Polygon(*now(layer, pk)["geometry"]["coordinates"]).area)


def test_the_largest_piece_keeps_the_id_and_the_pieces_make_the_whole(areas: Layer) -> None:
    pk = factories.feature(areas)
    kept, new = cut(areas, pk, (30, -10), (30, 110))
    assert (kept.id, kept.version, new.version) == (pk, 2, 1)
    assert (area(areas, kept.id), area(areas, new.id)) == (7000, 3000)


def test_a_piece_says_where_it_comes_from(areas: Layer) -> None:
    pk = factories.feature(areas)
    _kept, new = cut(areas, pk, (30, -10), (30, 110))
    (made,) = timeline(areas, new.id, surveyor(areas)).entries
    assert (made["kind"], made["lineage"]) == ("split", {"split": {"from": pk, "into": [pk, new.id]}})


def test_a_line_that_crosses_twice_makes_three_pieces(areas: Layer) -> None:
    assert len(cut(areas, factories.feature(areas), (-10, 50), (110, 50), (110, 80), (-10, 80))) == 3


def test_a_reference_stays_with_the_piece_that_keeps_the_id() -> None:
    areas = factories.editable_layer(geometry="polygon", key_column="name")
    pk = factories.feature(areas, name="P1")
    _kept, new = cut(areas, pk, (30, -10), (30, 110))
    assert (now(areas, pk)["properties"]["name"], now(areas, new.id)["properties"]["name"]) == ("P1", None)


@pytest.mark.parametrize("places", [((30, 10), (30, 90)), ((200, 0), (200, 10)), ((0, 0), (100, 0))])
def test_a_line_that_does_not_cut_is_refused(areas: Layer, places: Any) -> None:
    with pytest.raises(GeometryRefused):
        cut(areas, factories.feature(areas), *places)


def test_a_line_is_split_where_it_is_crossed() -> None:
    paths = factories.editable_layer(geometry="line")
    kept, new = cut(paths, factories.feature(paths), (30, -10), (30, 10))
    assert [now(paths, one.id)["geometry"]["coordinates"] for one in (kept, new)] == [
        [[X + 30, Y], [X + 100, Y]],
        [[X, Y], [X + 30, Y]],
    ]


def test_a_split_needs_the_version_that_was_seen(areas: Layer) -> None:
    pk = factories.feature(areas)
    with pytest.raises(VersionRequired):
        cut(areas, pk, (30, -10), (30, 110), version=None)
    with pytest.raises(Stale):
        cut(areas, pk, (30, -10), (30, 110), version=2)


def test_a_point_is_neither_split_nor_merged(layer: Layer) -> None:
    first, second = factories.feature(layer), factories.feature(layer)
    with pytest.raises(Invalid):
        cut(layer, first, (0, 0), (1, 1))
    with pytest.raises(Invalid):
        united(layer, first, second)


def test_merged_features_leave_one_and_their_lineage(areas: Layer) -> None:
    first = factories.feature(areas, name="Ouest")
    second = factories.feature(areas, factories.square(X + 100)[0], name="Est")
    kept, gone = united(areas, first, second)
    assert (kept.id, kept.version, gone.id, gone.action) == (first, 2, second, "delete")
    assert area(areas, first) == 20_000
    latest = timeline(areas, second, surveyor(areas)).entries[0]
    assert (latest["action"], latest["lineage"]) == ("delete", {"merge": {"into": first, "from": [second]}})


def test_lines_that_meet_become_one() -> None:
    paths = factories.editable_layer(geometry="line")
    first = factories.feature(paths)
    second = factories.feature(paths, LineString((X + 100, Y), (X + 100, Y + 50), srid=2154))
    kept, _gone = united(paths, first, second)
    assert now(paths, kept.id)["geometry"]["coordinates"] == [[X, Y], [X + 100, Y], [X + 100, Y + 50]]


def test_features_apart_are_not_merged(areas: Layer) -> None:
    first = factories.feature(areas)
    second = factories.feature(areas, factories.square(X + 500)[0])
    with pytest.raises(GeometryRefused, match="se toucher"):
        united(areas, first, second)
    assert now(areas, second)["version"] == 1


def test_one_feature_alone_is_not_merged(areas: Layer) -> None:
    with pytest.raises(Invalid):
        united(areas, factories.feature(areas))
