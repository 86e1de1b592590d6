"""Rules of a layer: the hard ones refuse an edit in words, the soft ones make a list of work."""

from typing import Any

import pytest
from django.contrib.gis.geos import GEOSGeometry, LineString, Point, Polygon
from django.db import connection
from django.test import Client

from gis_core.errors import Conflict, Invalid
from gis_core.members.rights import Rights, acting_as, rights_of
from gis_core.models import Job, User
from gis_core.tasks import run
from layers.catalogue.models import Layer
from layers.features.errors import FieldRefused, GeometryRefused
from layers.features.services.origin import Origin
from layers.features.services.reshape import merge, split
from layers.features.services.rules import IssuesQuery, issues, set_rules
from layers.features.services.write import Edit, EditResult, apply_edits
from layers.features.tasks import put_rules_in_place
from tests import factories

pytestmark = pytest.mark.django_db
WEB = Origin("web")
X, Y = factories.ORIGIN
BOW_TIE = Polygon(((X, Y), (X + 10, Y + 10), (X + 10, Y), (X, Y + 10), (X, Y)), srid=2154)


def ruled(geometry: str, *rules: dict[str, Any]) -> Layer:
    layer = factories.editable_layer(geometry=geometry)
    give(layer, *rules)
    return layer


def give(layer: Layer, *rules: dict[str, Any]) -> None:
    with acting_as(Rights(agency=True)), factories.as_worker():
        set_rules(layer, list(rules))


def hard(kind: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "hard": True, **more}


def square(x: float = 0, y: float = 0, side: float = 100) -> GEOSGeometry:
    return factories.square(X + x, Y + y, side)[0]


def line(*places: tuple[float, float]) -> LineString:
    return LineString([(X + x, Y + y) for x, y in places], srid=2154)


def apply(layer: Layer, *edits: Edit) -> list[EditResult]:
    rights = rights_of(factories.user(layer.owner, "network_technician"))
    with acting_as(rights):
        return apply_edits(layer, edits, rights=rights, origin=WEB)


def create(layer: Layer, geometry: GEOSGeometry, **properties: Any) -> int:
    edit = Edit(action="create", properties={"name": "Objet"} | properties, geometry=geometry)
    return apply(layer, edit)[0].id


def problems(layer: Layer, bbox: Any = None, limit: int = 100) -> dict[str, Any]:
    rights = rights_of(factories.user(layer.owner, "network_technician"))
    with acting_as(rights):
        return issues(layer, IssuesQuery(bbox, limit), rights)


# -- hard ones ---------------------------------------------------------------------------------------------------------


def test_surfaces_that_may_not_overlap_are_refused_in_words() -> None:
    layer = ruled("polygon", hard("no_overlap"))
    first = create(layer, square())
    with pytest.raises(GeometryRefused) as refused:
        create(layer, square(50))
    assert f"recouvre l’objet {first} en 617\u202f07" in refused.value.message
    create(layer, square(100))


def test_a_sliver_thinner_than_the_tolerance_is_no_overlap() -> None:
    layer = ruled("polygon", hard("no_overlap", tolerance_m=0.5))
    create(layer, square())
    create(layer, square(99.6))
    with pytest.raises(GeometryRefused):
        create(layer, square(-99))


def test_two_neighbours_may_move_their_boundary_at_once() -> None:
    layer = ruled("polygon", hard("no_overlap"))
    west, east = create(layer, square()), create(layer, square(100))
    wider = Polygon.from_bbox((X, Y, X + 120, Y + 100))
    wider.srid = 2154
    narrower = Polygon.from_bbox((X + 120, Y, X + 200, Y + 100))
    narrower.srid = 2154
    written = apply(
        layer,
        Edit(action="update", id=west, version=1, geometry=wider),
        Edit(action="update", id=east, version=1, geometry=narrower),
    )
    assert [one.version for one in written] == [2, 2]


def test_the_edit_that_breaks_a_rule_is_named() -> None:
    layer = ruled("polygon", hard("no_overlap"))
    create(layer, square())
    edits = [Edit(action="create", properties={"name": "x"}, geometry=square(x)) for x in (200, 50)]
    with pytest.raises(GeometryRefused) as refused:
        apply(layer, *edits)
    assert refused.value.extra["errors"][0]["index"] == 1


def test_pieces_and_unions_keep_the_rules() -> None:
    layer = ruled("polygon", hard("no_overlap"))
    pk = create(layer, square())
    rights = rights_of(factories.user(layer.owner, "network_technician"))
    with acting_as(rights):
        kept, new = split(layer, pk, line((30, -1), (30, 101)), version=1, rights=rights, origin=WEB)
        whole, gone = merge(layer, [(kept.id, kept.version), (new.id, new.version)], rights=rights, origin=WEB)
    assert (whole.id, whole.version, gone.id) == (pk, 3, new.id)


def test_raw_sql_keeps_the_rules_too() -> None:
    layer = ruled("polygon", hard("valid"))
    factories.feature(layer, BOW_TIE)
    with pytest.raises(Exception, match="rule of the layer"), connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")


def test_an_attribute_of_an_object_that_broke_a_rule_before_is_written() -> None:
    layer = factories.editable_layer(geometry="polygon")
    first = factories.feature(layer)
    factories.feature(layer)
    give(layer, hard("no_overlap"))
    edit = Edit(action="update", id=first, version=1, properties={"name": "Autre"})
    assert apply(layer, edit)[0].version == 2


def test_a_unique_field_is_refused_by_its_name() -> None:
    layer = ruled("point", hard("unique", column="kind"))
    create(layer, factories.PLACES["point"], kind="a")
    with pytest.raises(FieldRefused) as refused:
        create(layer, factories.PLACES["point"], kind="a")
    assert refused.value.extra["errors"][0]["field"] == "kind"
    create(layer, factories.PLACES["point"])
    create(layer, factories.PLACES["point"])


def test_rows_of_two_members_never_meet() -> None:
    layer = factories.editable_layer(geometry="polygon", rows="owner")
    give(layer, hard("no_overlap"), hard("unique", column="name"))
    theirs = factories.feature(layer, name="Objet", owner_id=factories.member().pk)
    assert create(layer, square()) != theirs


def test_ends_that_almost_meet_are_refused() -> None:
    layer = ruled("line", hard("snapped_ends", tolerance_m=1))
    create(layer, line((0, 0), (100, 0)))
    create(layer, line((50, 0), (50, 50)))
    create(layer, line((70, 10), (70, 50)))
    with pytest.raises(GeometryRefused, match="presque"):
        create(layer, line((80, 0.4), (80, 50)))


def test_rules_that_were_taken_away_hold_no_more() -> None:
    layer = ruled("polygon", hard("no_overlap"), hard("unique", column="name"))
    create(layer, square())
    give(layer)
    assert create(layer, square())


def test_a_reference_that_is_there_twice_cannot_become_unique() -> None:
    layer = factories.editable_layer()
    for _ in range(2):
        factories.feature(layer, name="L1")
    with pytest.raises(Conflict):
        give(layer, hard("unique", column="name"))


@pytest.mark.parametrize("rules", [{"kind": "valid"}, [{"kind": "x"}], [hard("unique", column="nothing")], None])
def test_rules_that_the_layer_cannot_have_are_refused(rules: Any) -> None:
    layer = factories.editable_layer()
    with acting_as(Rights(agency=True)), factories.as_worker(), pytest.raises(Invalid):
        set_rules(layer, rules)


# -- soft ones ---------------------------------------------------------------------------------------------------------


def test_a_soft_rule_lists_what_breaks_it_and_where() -> None:
    layer = ruled("polygon", {"kind": "no_overlap"})
    first, second = create(layer, square(), name="Une"), create(layer, square(50), name="Deux")
    found = problems(layer)
    assert found["complete"]
    assert [(one["rule"], one["id"], one["other"], one["title"]) for one in found["results"]] == [
        ("no_overlap", first, second, "Une"),
        ("no_overlap", second, first, "Deux"),
    ]
    lon, lat = found["results"][0]["center_4326"]
    assert (round(lon, 1), round(lat, 1)) == (1.9, 47.5)


def test_every_kind_of_rule_has_its_list() -> None:
    surfaces = factories.editable_layer(geometry="polygon")
    factories.feature(surfaces, BOW_TIE)
    factories.feature(surfaces, square(9000))
    give(surfaces, {"kind": "valid"}, {"kind": "inside_territory"}, {"kind": "unique", "column": "name"})
    assert [one["rule"] for one in problems(surfaces)["results"]] == ["valid", "inside_territory", "unique", "unique"]
    paths = ruled("line", {"kind": "snapped_ends"}, {"kind": "no_overlap"})
    factories.feature(paths, line((0, 0), (100, 0)))
    factories.feature(paths, line((50, 0.2), (50, 50)))
    factories.feature(paths, line((90, 0), (120, 0)))
    assert [one["rule"] for one in problems(paths)["results"]] == ["snapped_ends", "no_overlap", "no_overlap"]
    points = ruled("point", {"kind": "no_overlap", "tolerance_m": 1})
    factories.feature(points)
    factories.feature(points, Point(X + 0.5, Y, srid=2154))
    assert len(problems(points)["results"]) == 2


def test_the_list_is_that_of_a_box_and_no_longer_than_asked() -> None:
    layer = ruled("polygon", {"kind": "no_overlap"})
    create(layer, square())
    create(layer, square(50))
    assert problems(layer, (2.5, 47.5, 2.6, 47.6)) == {"results": [], "complete": True}
    short = problems(layer, limit=1)
    assert (len(short["results"]), short["complete"]) == (1, False)


def test_a_member_does_not_see_problems_of_anothers_rows() -> None:
    layer = factories.editable_layer(geometry="polygon", rows="owner")
    give(layer, {"kind": "no_overlap"})
    theirs = factories.member()
    for _ in range(2):
        factories.feature(layer, owner_id=theirs.pk)
    assert problems(layer)["results"] == []


# -- over HTTP ---------------------------------------------------------------------------------------------------------


RULES = "/api/v1/layers/espaces/rules/"


def put_rules(client: Client, body: dict[str, Any], seen: str) -> Any:
    return client.put(RULES, body, content_type="application/json", headers={"If-Match": seen})


def administrator(layer: Layer) -> User:
    return factories.user(layer.owner, "gis_administrator")


def test_an_administrator_changes_the_rules_by_a_job(client: Client) -> None:
    layer = factories.editable_layer(slug="espaces", geometry="polygon")
    client.force_login(administrator(layer))
    body = {"rules": [hard("no_overlap")]}
    answer = put_rules(client, body, client.get(RULES).headers["ETag"])
    assert answer.status_code == 202
    with acting_as(Rights(agency=True)):
        job = Job.objects.select_related("started_by").get(pk=answer.json()["id"])
        with factories.as_worker():
            run(job, put_rules_in_place)
    assert client.get(RULES).json() == body
    create(layer, square())
    with pytest.raises(GeometryRefused):
        create(Layer(**{one.attname: getattr(layer, one.attname) for one in Layer._meta.fields} | body), square())


def test_rules_that_somebody_changed_meanwhile_are_not_overwritten(client: Client) -> None:
    """What the worker has not yet put in place counts."""
    layer = factories.editable_layer(slug="espaces", geometry="polygon")
    client.force_login(administrator(layer))
    seen = client.get(RULES).headers["ETag"]
    assert put_rules(client, {"rules": [hard("no_overlap")]}, seen).status_code == 202
    answer = put_rules(client, {"rules": [hard("valid")]}, seen)
    assert (answer.status_code, answer.json()["current"]) == (412, {"rules": [hard("no_overlap")]})
    assert put_rules(client, {"rules": [hard("valid")]}, client.get(RULES).headers["ETag"]).status_code == 202


def test_whoever_changes_rules_says_which_they_saw(client: Client) -> None:
    layer = factories.editable_layer(slug="espaces", geometry="polygon")
    client.force_login(administrator(layer))
    answer = client.put(RULES, {"rules": []}, content_type="application/json")
    assert (answer.status_code, "If-Match" in answer.json()["detail"]) == (428, True)


def test_problems_are_listed_over_http(client: Client) -> None:
    layer = factories.editable_layer(slug="espaces", geometry="polygon")
    give(layer, {"kind": "no_overlap"})
    factories.feature(layer)
    factories.feature(layer)
    client.force_login(administrator(layer))
    found = client.get("/api/v1/layers/espaces/issues/", {"bbox": "1.8,47.4,2,47.7"}).json()
    assert len(found["results"]) == 2
