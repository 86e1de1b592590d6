"""Writing features: rights, values, geometries, versions, retries, as one event of the history."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.gis.geos import GEOSGeometry, LineString, MultiPolygon, Point, Polygon
from django.db import connection

from gis_core.errors import Conflict, Invalid
from gis_core.members.rights import Rights, acting_as, rights_of
from gis_core.models import HistoryEvent, Membership, RowHistory, User
from layers.catalogue.models import Layer
from layers.features.errors import FieldRefused, GeometryRefused, Missing, NotEditable, Stale, VersionRequired
from layers.features.models import Notice
from layers.features.services.geojson import exact_features
from layers.features.services.origin import Origin
from layers.features.services.write import UNSET, Edit, EditResult, apply_edits
from tests import factories

pytestmark = pytest.mark.django_db
WEB, QGIS = Origin("web", "Firefox"), Origin("qgis", "bureau")
X, Y = factories.ORIGIN
PLACE = factories.PLACES["point"]


@pytest.fixture
def layer() -> Layer:
    return factories.editable_layer()


def technician(layer: Layer) -> User:
    return factories.user(layer.owner, "network_technician")


def apply(layer: Layer, *edits: Edit, by: User, origin: Origin = WEB, **more: Any) -> list[EditResult]:
    rights = rights_of(by)
    with acting_as(rights):
        return apply_edits(layer, edits, rights=rights, origin=origin, **more)


def create(
    layer: Layer, geometry: GEOSGeometry | None = PLACE, by: User | None = None, **properties: Any
) -> EditResult:
    edit = Edit(action="create", properties={"name": "Lampe"} | properties, geometry=geometry)
    (written,) = apply(layer, edit, by=by or technician(layer))
    return written


def change(layer: Layer, pk: int, version: int | None, by: User, origin: Origin = WEB, **properties: Any) -> EditResult:
    edit = Edit(action="update", id=pk, version=version, properties=properties)
    (written,) = apply(layer, edit, by=by, origin=origin)
    return written


def now(layer: Layer, pk: int) -> dict[str, Any]:
    rights = Rights(agency=True)
    with acting_as(rights):
        return exact_features(layer, [pk], rights)[pk]


def read_again(layer: Layer) -> Layer:
    with acting_as(Rights(agency=True)):
        return Layer.objects.get(pk=layer.pk)


def recorded(layer: Layer) -> list[tuple[str, int, int]]:
    with factories.as_owner():
        found = RowHistory.objects.filter(event__layer=layer.pk).order_by("id")
        return list(found.values_list("operation", "pk_value", "event_id"))


# -- what is written ---------------------------------------------------------------------------------------------------


def test_a_new_object_has_its_values_and_its_place_to_the_last_bit(layer: Layer) -> None:
    given = {"kind": "b", "height_m": 8.5, "lamps": 2, "lit": True, "installed_date": "2024-02-29"}
    place = Point(X + 0.1234567891, Y + 1 / 3, srid=2154)
    written = create(layer, place, **given)
    found = now(layer, written.id)
    assert (written.version, found["version"]) == (1, 1)
    assert found["properties"] == {"name": "Lampe", "seen_at": None, "price": None} | given
    assert found["geometry"]["coordinates"] == [place.x, place.y]


def test_an_edit_changes_what_it_names_and_gives_the_next_version(layer: Layer) -> None:
    by, pk = technician(layer), create(layer, lamps=2).id
    written = change(layer, pk, 1, by, height_m=9)
    assert written.version == 2
    assert now(layer, pk)["properties"] == now(layer, pk)["properties"] | {"lamps": 2, "height_m": 9.0}


def test_a_moved_object_keeps_its_values(layer: Layer) -> None:
    pk = create(layer, lamps=2).id
    apply(layer, Edit(action="update", id=pk, version=1, geometry=Point(X + 5, Y, srid=2154)), by=technician(layer))
    found = now(layer, pk)
    assert (found["geometry"]["coordinates"], found["properties"]["lamps"]) == ([X + 5, Y], 2)


def test_a_deleted_object_is_gone(layer: Layer) -> None:
    pk = create(layer).id
    apply(layer, Edit(action="delete", id=pk, version=1), by=technician(layer))
    with pytest.raises(KeyError):
        now(layer, pk)


def test_several_edits_are_one_event_with_who_and_where_from(layer: Layer) -> None:
    by = technician(layer)
    first, second = create(layer).id, create(layer).id
    apply(
        layer,
        Edit(action="update", id=first, version=1, properties={"lamps": 3}),
        Edit(action="delete", id=second, version=1),
        Edit(action="create", properties={"name": "Neuf"}, geometry=PLACE),
        by=by,
    )
    *_before, update, delete, insert = recorded(layer)
    assert [one[0] for one in (update, delete, insert)] == ["UPDATE", "DELETE", "INSERT"]
    assert len({one[2] for one in (update, delete, insert)}) == 1
    with factories.as_owner():
        event = HistoryEvent.objects.get(pk=update[2])
    assert (event.kind, event.by_user, event.rows, event.detail) == (
        "edit",
        by.pk,
        3,
        {"from": "web", "label": "Firefox"},
    )


def test_an_edit_gives_the_layer_its_next_version_and_a_wide_enough_extent(layer: Layer) -> None:
    create(layer)
    before = read_again(layer)
    create(layer, Point(X + 1000, Y, srid=2154))
    after = read_again(layer)
    assert after.version == before.version + 1
    assert before.extent_4326 is not None
    assert after.extent_4326 is not None
    assert after.extent_4326[2] > before.extent_4326[2]


def test_an_edit_that_changes_nothing_writes_nothing(layer: Layer) -> None:
    by, pk = technician(layer), create(layer, lamps=2).id
    version = read_again(layer).version
    edit = Edit(action="update", id=pk, version=1, properties={"lamps": 2}, geometry=PLACE)
    (written,) = apply(layer, edit, by=by)
    assert (written.version, len(recorded(layer))) == (1, 1)
    assert read_again(layer).version == version


def test_one_refused_edit_undoes_the_others(layer: Layer) -> None:
    by, pk = technician(layer), create(layer).id
    good = Edit(action="update", id=pk, version=1, properties={"lamps": 3})
    bad = Edit(action="create", properties={"name": "Neuf", "lamps": "beaucoup"}, geometry=PLACE)
    with pytest.raises(FieldRefused) as refused:
        apply(layer, good, bad, by=by)
    assert [(one["index"], one["field"]) for one in refused.value.extra["errors"]] == [(1, "lamps")]
    assert now(layer, pk)["version"] == 1


# -- who may -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["reader", "town_hall", "permit_instructor"])
def test_other_roles_of_the_owner_do_not_edit(layer: Layer, role: str) -> None:
    with pytest.raises(NotEditable):
        create(layer, by=factories.user(layer.owner, role))


def test_an_editor_of_another_member_does_not_edit(layer: Layer) -> None:
    with pytest.raises(NotEditable):
        create(layer, by=factories.user(factories.member(), "gis_administrator"))


def test_reference_data_are_edited_by_nobody() -> None:
    layer = factories.layer(editor_roles=["agency_administrator"])
    with pytest.raises(NotEditable):
        create(layer, by=factories.user(factories.member(), "agency_administrator"))


@pytest.mark.parametrize("pk", [0, 999, 2**63, 2**70])
def test_a_missing_object_is_missing(layer: Layer, pk: int) -> None:
    with pytest.raises(Missing):
        change(layer, pk, 1, technician(layer), lamps=1)


def shared_layer() -> Layer:
    """A layer without an owner, whose rows belong to members."""
    layer = factories.editable_layer(rows="owner", visibility="signed_in")
    with factories.as_owner():
        Layer.objects.filter(pk=layer.pk).update(owner=None)
    layer.owner = None
    return layer


def test_another_members_object_answers_as_a_missing_one() -> None:
    layer, ours, theirs = shared_layer(), factories.member(), factories.member()
    pk = create(layer, by=factories.user(theirs, "network_technician")).id
    mine = factories.user(ours, "network_technician")
    with pytest.raises(Missing) as hidden:
        change(layer, pk, 1, mine, lamps=1)
    with pytest.raises(Missing) as absent:
        change(layer, pk + 1, 1, mine, lamps=1)
    assert (hidden.value.message, hidden.value.extra) == (absent.value.message, absent.value.extra)


def test_a_shared_object_is_seen_and_not_edited() -> None:
    layer, ours, theirs = shared_layer(), factories.member(), factories.member()
    pk = factories.feature(layer, owner_id=theirs.pk, shared_with=[ours.pk])
    with pytest.raises(NotEditable):
        change(layer, pk, 1, factories.user(ours, "network_technician"), lamps=1)


@pytest.mark.parametrize("action", ["update", "delete"])
def test_who_edits_for_one_member_and_instructs_at_another_leaves_the_others_objects_alone(action: Any) -> None:
    layer, ours, theirs = shared_layer(), factories.member(), factories.member()
    pk = create(layer, by=factories.user(theirs, "network_technician")).id
    both = factories.user(ours, "network_technician")
    with factories.as_owner():
        Membership.objects.create(user=both, member=theirs, role="permit_instructor")
    with pytest.raises(NotEditable):
        apply(layer, Edit(action=action, id=pk, version=1, properties={"lamps": 1}), by=both)
    assert now(layer, pk)["version"] == 1


def test_a_new_object_of_a_shared_layer_belongs_to_the_writers_member() -> None:
    layer, ours = shared_layer(), factories.member()
    pk = create(layer, by=factories.user(ours, "network_technician")).id
    with factories.as_worker(), connection.cursor() as cursor:
        cursor.execute(f"select owner_id from {layer.table} where id = %s", [pk])
        assert cursor.fetchone() == (ours.pk,)


# -- values ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("properties", "words"),
    [
        ({"name": ""}, "rempli"),
        ({"name": None}, "rempli"),
        ({"name": 12}, "un texte"),
        ({"name": "a\0b"}, "NUL"),
        ({"name": "a\ud800"}, "NUL"),
        ({"name": "x" * 81}, "81 caractères"),
        ({"kind": "z"}, "a, b, c"),
        ({"lamps": 1.5}, "nombre entier"),
        ({"lamps": True}, "nombre entier"),
        ({"lamps": "2"}, "nombre entier"),
        ({"lamps": 2**63}, "trop grand"),
        ({"height_m": "8"}, "un nombre"),
        ({"height_m": float("nan")}, "fini"),
        ({"height_m": float("inf")}, "fini"),
        ({"height_m": 10**400}, "trop grand"),
        ({"height_m": [1]}, "un nombre"),
        ({"lit": 1}, "true ou false"),
        ({"lit": "oui"}, "true ou false"),
        ({"installed_date": "29/02/2024"}, "2026-11-24"),
        ({"installed_date": "2023-02-29"}, "calendrier"),
        ({"installed_date": 20240229}, "2026-11-24"),
        ({"seen_at": "2024-05-01T10:00:00Z"}, "lecture seule"),
        ({"id": 5}, "aucun champ"),
        ({"owner_id": 5}, "aucun champ"),
        ({"geom": None}, "aucun champ"),
        ({"inconnu": 1}, "aucun champ"),
    ],
)
def test_a_value_that_the_column_does_not_take_is_refused_in_words(
    layer: Layer, properties: dict[str, Any], words: str
) -> None:
    by, pk = technician(layer), create(layer).id
    with pytest.raises(FieldRefused) as refused:
        change(layer, pk, 1, by, **properties)
    (error,) = refused.value.extra["errors"]
    assert (error["index"], error["field"]) == (0, next(iter(properties)))
    assert words in error["message"]
    assert now(layer, pk)["version"] == 1


def test_a_required_field_is_asked_for_in_a_new_object_only(layer: Layer) -> None:
    by, pk = technician(layer), create(layer).id
    with pytest.raises(FieldRefused):
        apply(layer, Edit(action="create", properties={"lamps": 1}, geometry=PLACE), by=by)
    assert change(layer, pk, 1, by, lamps=1).version == 2


def test_a_read_only_field_may_come_back_as_it_is(layer: Layer) -> None:
    pk = factories.feature(layer, seen_at=datetime(2024, 5, 1, 10, tzinfo=UTC))
    written = change(layer, pk, 1, technician(layer), seen_at="2024-05-01T12:00:00+02:00", lamps=4)
    assert written.version == 2


def test_a_field_of_other_roles_is_written_by_them_alone_and_unknown_to_the_others(layer: Layer) -> None:
    by, pk = technician(layer), create(layer).id
    with pytest.raises(FieldRefused) as refused:
        change(layer, pk, 1, by, price=3)
    with pytest.raises(FieldRefused) as unknown:
        change(layer, pk, 1, by, nothing=3)
    assert refused.value.message == unknown.value.message
    change(layer, pk, 1, factories.user(layer.owner, "gis_administrator"), price=3)
    assert now(layer, pk)["properties"]["price"] == 3.0


def test_a_date_and_time_without_an_offset_is_the_platforms_own() -> None:
    layer = factories.editable_layer(
        columns=[{"name": "name", "label": "Nom", "type": "text"}, {"name": "at", "label": "Le", "type": "datetime"}]
    )
    pk = create(layer, at="2024-07-01T12:00:00").id
    assert datetime.fromisoformat(now(layer, pk)["properties"]["at"]) == datetime(2024, 7, 1, 10, tzinfo=UTC)


def test_values_come_back_typed(layer: Layer) -> None:
    pk = create(layer, installed_date="9999-12-31", lamps=2.0).id
    found = now(layer, pk)["properties"]
    assert (date.fromisoformat(found["installed_date"]), found["lamps"]) == (date(9999, 12, 31), 2)


# -- geometries --------------------------------------------------------------------------------------------------------

BOW_TIE = Polygon(((X, Y), (X + 10, Y + 10), (X + 10, Y), (X, Y + 10), (X, Y)), srid=2154)


def ring(*places: tuple[float, float]) -> Polygon:
    return Polygon([(X + x, Y + y) for x, y in (*places, places[0])], srid=2154)


@pytest.mark.parametrize(
    ("kind", "geometry", "words"),
    [
        ("polygon", BOW_TIE, "se croise en 617\u202f005 ; 6\u202f717\u202f005"),
        ("polygon", ring((0, 0), (10, 0), (0, 0)), "coins"),
        ("polygon", Point(X, Y, srid=2154), "un seul polygone"),
        ("polygon", MultiPolygon(ring((0, 0), (1, 0), (1, 1)), ring((5, 5), (6, 5), (6, 6)), srid=2154), "2 parties"),
        ("line", LineString((X, Y), (X, Y), srid=2154), "deux positions"),
        ("point", LineString((X, Y), (X + 1, Y), srid=2154), "un seul point"),
        ("point", Point(X, Y, 3, srid=2154), "altitudes"),
        ("point", Point(srid=2154), "dessinez"),
        ("point", None, "dessinez"),
        ("point", Point(2.0, 47.0, srid=2154), "Lambert-93"),
        ("point", Point(float("nan"), Y, srid=2154), "coordonnée"),
        ("point", Point(X, float("inf"), srid=2154), "coordonnée"),
        ("point", Point(X + 50_000, Y, srid=2154), "46\u202f000 m en dehors du territoire"),
        ("line", LineString((X, Y), (X + 6000, Y), srid=2154), "partie de l’objet est en dehors du territoire"),
    ],
)
def test_a_geometry_that_cannot_be_kept_is_refused_in_words(
    kind: str, geometry: GEOSGeometry | None, words: str
) -> None:
    layer = factories.editable_layer(geometry=kind)
    with pytest.raises(GeometryRefused) as refused:
        create(layer, geometry)
    (error,) = refused.value.extra["errors"]
    assert error["field"] == "geometry"
    assert words in error["message"]
    assert recorded(layer) == []


def test_one_part_is_kept_as_the_table_wants_it() -> None:
    layer = factories.editable_layer(geometry="polygon")
    square = factories.PLACES["polygon"]
    pk = create(layer, MultiPolygon(square, srid=2154)).id
    assert now(layer, pk)["geometry"]["type"] == "Polygon"


def test_a_boundary_is_drawn_to_the_metre(layer: Layer) -> None:
    create(layer, Point(X - 0.9, Y, srid=2154))
    with pytest.raises(GeometryRefused):
        create(layer, Point(X - 1.1, Y, srid=2154))


def test_a_rule_widens_the_territory() -> None:
    layer = factories.editable_layer(rules=[{"kind": "inside_territory", "tolerance_m": 50}])
    assert create(layer, Point(X - 40, Y, srid=2154)).version == 1


# -- versions ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["update", "delete"])
def test_the_map_says_which_version_it_saw(layer: Layer, action: Any) -> None:
    with pytest.raises(VersionRequired):
        apply(layer, Edit(action=action, id=create(layer).id), by=technician(layer))


def test_a_stale_version_is_refused_with_the_object_as_it_is_now(layer: Layer) -> None:
    by, pk = technician(layer), create(layer).id
    change(layer, pk, 1, by, lamps=1)
    with pytest.raises(Stale) as stale:
        change(layer, pk, 1, by, lamps=2)
    (conflict,) = stale.value.extra["conflicts"]
    assert (conflict["index"], conflict["id"], conflict["version"]) == (0, pk, 2)
    assert conflict["current"]["properties"]["lamps"] == 1
    assert now(layer, pk)["properties"]["lamps"] == 1


def test_an_object_that_somebody_deleted_is_a_conflict_with_nothing(layer: Layer) -> None:
    by, pk = technician(layer), create(layer).id
    change(layer, pk, 1, by, lamps=1)
    apply(layer, Edit(action="delete", id=pk, version=2), by=technician(layer))
    with pytest.raises(Stale) as stale:
        change(layer, pk, 2, by, lamps=2)
    assert stale.value.extra["conflicts"] == [{"index": 0, "id": pk, "version": 2, "current": None}]
    with pytest.raises(Missing):
        change(layer, pk, None, by, QGIS, lamps=2)


def test_a_stale_version_sent_by_a_program_is_refused_too(layer: Layer) -> None:
    by, pk = technician(layer), create(layer).id
    change(layer, pk, 1, by, lamps=1)
    with pytest.raises(Stale):
        change(layer, pk, 1, by, QGIS, lamps=2)


def test_a_conflict_shows_no_field_of_other_roles(layer: Layer) -> None:
    by, pk = technician(layer), create(layer).id
    change(layer, pk, 1, factories.user(layer.owner, "gis_administrator"), price=3)
    with pytest.raises(Stale) as stale:
        change(layer, pk, 1, by, lamps=2)
    assert "price" not in stale.value.extra["current"]["properties"]


def test_a_program_that_saw_no_version_changes_only_what_differs(layer: Layer) -> None:
    by, pk = technician(layer), create(layer, lamps=2, height_m=8).id
    written = change(layer, pk, None, by, QGIS, name="Lampe", lamps=2, height_m=9)
    assert (written.version, now(layer, pk)["properties"]["height_m"]) == (2, 9.0)
    assert change(layer, pk, None, by, QGIS, name="Lampe", lamps=2, height_m=9).version == 2


def test_a_strict_layer_asks_programs_for_the_version_too() -> None:
    layer = factories.editable_layer(strict_locking=True)
    pk = create(layer).id
    with pytest.raises(VersionRequired):
        change(layer, pk, None, technician(layer), QGIS, lamps=1)


# -- who was overwritten -----------------------------------------------------------------------------------------------


def notices(person: User) -> list[Notice]:
    with acting_as(rights_of(person)):
        return list(Notice.objects.filter(person=person))


def test_whoever_was_overwritten_is_told(layer: Layer) -> None:
    first, second = technician(layer), technician(layer)
    pk = factories.feature(layer, name="Lampe")
    change(layer, pk, 1, first, lamps=3, height_m=8)
    written = change(layer, pk, None, second, QGIS, lamps=4, kind="a")
    (notice,) = notices(first)
    assert written.overwritten == ("lamps",)
    assert (notice.layer_id, notice.feature, notice.fields, notice.by_id) == (layer.pk, pk, ["lamps"], second.pk)
    assert notice.action == "update"


def test_whoever_made_the_object_lately_is_told(layer: Layer) -> None:
    first, second = technician(layer), technician(layer)
    pk = create(layer, by=first, lamps=3).id
    assert change(layer, pk, None, second, QGIS, lamps=4).overwritten == ("lamps",)
    assert len(notices(first)) == 1


def test_whoever_moved_the_object_is_told(layer: Layer) -> None:
    first, second = technician(layer), technician(layer)
    pk = factories.feature(layer)
    apply(layer, Edit(action="update", id=pk, version=1, geometry=Point(X + 5, Y, srid=2154)), by=first)
    edit = Edit(action="update", id=pk, geometry=Point(X + 9, Y, srid=2154))
    (written,) = apply(layer, edit, by=second, origin=QGIS)
    assert written.overwritten == ("geometry",)
    assert notices(first)[0].fields == ["geometry"]


def test_whoever_wrote_an_object_that_a_program_deletes_is_told(layer: Layer) -> None:
    first, second = technician(layer), technician(layer)
    pk = factories.feature(layer)
    change(layer, pk, 1, first, lamps=3)
    apply(layer, Edit(action="delete", id=pk), by=second, origin=QGIS)
    (notice,) = notices(first)
    assert (notice.action, notice.fields) == ("delete", ["lamps"])


def test_nobody_is_told_of_what_was_seen_or_is_ones_own(layer: Layer) -> None:
    first, second = technician(layer), technician(layer)
    pk = factories.feature(layer)
    change(layer, pk, 1, first, lamps=3)
    change(layer, pk, None, first, QGIS, lamps=4)
    change(layer, pk, 3, second, lamps=5)
    change(layer, pk, 4, second, QGIS, lamps=6)
    assert notices(first) == []


def test_a_notice_is_seen_by_its_person_alone(layer: Layer) -> None:
    first, second = technician(layer), technician(layer)
    pk = create(layer, by=first, lamps=3).id
    change(layer, pk, None, second, QGIS, lamps=4)
    with acting_as(rights_of(second)):
        assert not Notice.objects.exists()


# -- retries -----------------------------------------------------------------------------------------------------------


def test_the_same_write_sent_twice_is_applied_once(layer: Layer) -> None:
    by = technician(layer)
    edit = Edit(action="create", properties={"name": "Lampe"}, geometry=PLACE, client_id=uuid4())
    assert apply(layer, edit, by=by) == apply(layer, edit, by=by)
    assert len(recorded(layer)) == 1


def test_a_retried_edit_is_no_conflict_with_itself(layer: Layer) -> None:
    by, pk = technician(layer), create(layer).id
    edit = Edit(action="update", id=pk, version=1, properties={"lamps": 1}, client_id=uuid4())
    assert apply(layer, edit, by=by) == apply(layer, edit, by=by)
    assert now(layer, pk)["version"] == 2


def test_a_retried_deletion_is_done(layer: Layer) -> None:
    by, pk = technician(layer), create(layer).id
    edit = Edit(action="delete", id=pk, version=1, client_id=uuid4())
    assert apply(layer, edit, by=by) == apply(layer, edit, by=by)


def test_a_refused_write_may_be_sent_again_under_its_name(layer: Layer) -> None:
    by, name = technician(layer), uuid4()
    with pytest.raises(FieldRefused):
        apply(layer, Edit(action="create", properties={}, geometry=PLACE, client_id=name), by=by)
    good = Edit(action="create", properties={"name": "Lampe"}, geometry=PLACE, client_id=name)
    assert apply(layer, good, by=by)[0].version == 1


def test_client_ids_of_two_people_are_apart(layer: Layer) -> None:
    edit = Edit(action="create", properties={"name": "Lampe"}, geometry=PLACE, client_id=uuid4())
    written = [apply(layer, edit, by=technician(layer))[0].id for _ in range(2)]
    assert written[0] != written[1]


def test_a_client_id_belongs_to_one_layer(layer: Layer) -> None:
    by = technician(layer)
    edit = Edit(action="create", properties={"name": "Lampe"}, geometry=PLACE, client_id=uuid4())
    apply(layer, edit, by=by)
    with pytest.raises(Conflict):
        apply(factories.editable_layer(layer.owner), edit, by=by)


def test_one_object_is_edited_once_in_a_request(layer: Layer) -> None:
    by, pk = technician(layer), create(layer).id
    with pytest.raises(Invalid):
        apply(layer, *(Edit(action="update", id=pk, version=n, geometry=UNSET) for n in (1, 2)), by=by)


# -- references --------------------------------------------------------------------------------------------------------


def test_a_reference_that_another_object_has_is_refused_in_words() -> None:
    layer = factories.editable_layer(key_column="name")
    create(layer, name="L1")
    with pytest.raises(FieldRefused) as refused:
        create(layer, name="L1")
    (error,) = refused.value.extra["errors"]
    assert (error["field"], error["message"]) == ("name", "Un autre objet a déjà cette valeur.")


def test_a_reference_of_another_member_tells_nothing() -> None:
    layer = factories.editable_layer(rows="owner", key_column="name")
    factories.feature(layer, name="L1", owner_id=factories.member().pk)
    assert create(layer, name="L1").version == 1
