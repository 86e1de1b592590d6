"""Assets made and moved by the references of roads, and the references that their sheets show."""

from typing import Any

import pytest
from django.contrib.gis.geos import LineString, Point
from django.test import Client

from gis_core.members.rights import Role
from networks.roads.models import RoadAsset, RoadMarker, RoadSection, RoadStretch
from networks.roads.services.calibrating import calibrate
from networks.roads.services.placing import place_asset, references_of
from tests import factories
from tests.networks.conftest import Network

X, Y = factories.ORIGIN
NEW = "/voirie/patrimoine/point/nouveau/"
NEW_STRETCH = "/voirie/patrimoine/troncon/nouveau/"
SIGN = {"kind": "sign", "code": "B14", "inscription": "50", "reference": "P1", "start": "D 2020 PR 1+20",
        "side": "left", "distance_m": "4"}  # fmt: skip
BARRIER = {"kind": "barrier", "start": "D 2020 PR 1+20", "end": "D 2020 PR 2+10", "side": "right", "distance_m": "3"}


@pytest.fixture
def road(network: Network) -> Network:
    """The D 2020: 90 m eastwards in two sections, one drawn against the markers, PR 1 at 0 m and PR 2 at 60 m."""
    with factories.as_worker():
        for start, end in ((0, 40), (90, 40)):
            line = LineString((X + start, Y + 50), (X + end, Y + 50), srid=2154)
            RoadSection.objects.create(owner=network.member, route="D2020", geom=line)
        for number, x in ((1, 0), (2, 60)):
            place = Point(X + x, Y + 50, srid=2154)
            RoadMarker.objects.create(owner=network.member, route="D2020", number=number, geom=place)
        calibrate("D2020")
    return network


def technician(road: Network, who: str = Role.NETWORK_TECHNICIAN) -> Client:
    client = road.client(who)
    client.defaults["HTTP_ACCEPT"] = "text/html"
    return client


def made(road: Network, **values: Any) -> RoadAsset:
    assert technician(road).post(NEW, SIGN | values).status_code == 302
    return RoadAsset.objects.get()


def where(asset: RoadAsset) -> tuple[float, float]:
    return round(asset.geom.x - X, 3), round(asset.geom.y - Y, 3)


def path(stretch: RoadStretch) -> list[tuple[float, float]]:
    return [(round(x - X, 2), round(y - Y, 2)) for x, y in stretch.geom.coords]


def test_a_sign_is_made_beside_the_reference_that_was_typed(road: Network) -> None:
    sign = made(road)
    assert (where(sign), sign.code, sign.inscription, sign.reference) == ((20, 54), "B14", "50", "P1")
    assert (sign.owner_id, sign.version) == (road.member.pk, 1)


def test_left_and_right_are_those_of_growing_markers_however_the_section_is_drawn(road: Network) -> None:
    assert where(made(road, start="D 2020 PR 2+10", side="left")) == (70, 54)


def test_a_stretch_runs_between_two_references_in_either_order(road: Network) -> None:
    client = technician(road)
    assert client.post(NEW_STRETCH, BARRIER).status_code == 302
    turned = BARRIER | {"start": BARRIER["end"], "end": BARRIER["start"], "side": "on", "distance_m": ""}
    assert client.post(NEW_STRETCH, turned).status_code == 302
    beside, on = RoadStretch.objects.order_by("pk")
    assert (path(beside)[0], path(beside)[-1], beside.kind) == ((20, 47), (70, 47), "barrier")
    assert (path(on)[0], path(on)[-1], on.geom.length) == ((20, 50), (70, 50), pytest.approx(50))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"start": "chez Anne"}, "start"),
        ({"start": "D 2020 PR 9+20"}, "start"),
        ({"start": "D 2020 PR 1+500"}, "start"),
        ({"start": ""}, "start"),
        ({"distance_m": ""}, "distance_m"),
        ({"distance_m": "80"}, "distance_m"),
        ({"side": "under"}, "side"),
        ({"kind": ""}, "kind"),
        ({"reference": "TAKEN"}, "reference"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(road: Network, given: dict[str, str], field: str) -> None:
    with factories.as_worker():
        RoadAsset.objects.create(owner=road.member, reference="TAKEN", geom=Point(X + 1, Y + 1, srid=2154))
    answer = technician(road).post(NEW, SIGN | given)
    assert answer.status_code in (400, 404)
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert RoadAsset.objects.count() == 1


@pytest.mark.parametrize("given", [{"end": "D 2020 PR 1+20"}, {"end": ""}, {"end": "D 7 PR 1+20"}])
def test_a_stretch_without_a_second_place_is_told_at_its_field(road: Network, given: dict[str, str]) -> None:
    answer = technician(road).post(NEW_STRETCH, BARRIER | given)
    assert answer.status_code in (400, 404)
    assert 'id="id_end_error"' in answer.content.decode()
    assert not RoadStretch.objects.exists()


def test_nothing_is_placed_on_a_road_that_is_being_measured_anew(road: Network) -> None:
    with factories.as_worker():
        RoadMarker.objects.filter(number=1).update(geom=Point(X + 5, Y + 50, srid=2154))
    answer = technician(road).post(NEW, SIGN)
    assert answer.status_code == 409
    assert "dans une minute" in answer.content.decode()


def test_an_asset_is_moved_by_another_reference(road: Network) -> None:
    sign = made(road)
    address = f"/voirie/patrimoine/point/{sign.pk}/deplacer/"
    shown = technician(road).get(address).content.decode()
    assert 'value="D 2020 PR 1+20"' in shown
    given = {"start": "D 2020 PR 2+5", "side": "right", "distance_m": "2", "version": "1"}
    assert technician(road).post(address, given).status_code == 302
    sign.refresh_from_db()
    assert (where(sign), sign.version, sign.side) == ((65, 48), 2, "left")


def test_what_comes_back_as_it_was_offered_is_where_the_asset_stands(road: Network) -> None:
    sign = made(road)
    with factories.as_worker():
        RoadAsset.objects.update(geom=Point(X + 20.42, Y + 54.03, srid=2154))
    sign.refresh_from_db()
    address = f"/voirie/patrimoine/point/{sign.pk}/deplacer/"
    given = {"start": "D 2020 PR 1+20", "side": "right", "distance_m": "4.0", "version": str(sign.version)}
    assert technician(road).post(address, given).status_code == 302
    sign.refresh_from_db()
    assert where(sign) == (20.42, 45.97)


def test_a_stretch_of_which_one_end_moves_keeps_the_other(road: Network) -> None:
    assert technician(road).post(NEW_STRETCH, BARRIER).status_code == 302
    with factories.as_worker():
        line = LineString((X + 20.42, Y + 47), (X + 70, Y + 47), srid=2154)
        RoadStretch.objects.update(geom=line)
    stretch = RoadStretch.objects.get()
    given = BARRIER | {"end": "D 2020 PR 2+25", "version": str(stretch.version)}
    assert technician(road).post(f"/voirie/patrimoine/troncon/{stretch.pk}/deplacer/", given).status_code == 302
    stretch.refresh_from_db()
    assert (path(stretch)[0], path(stretch)[-1]) == ((20.42, 47), (85, 47))


def test_an_asset_that_somebody_changed_meanwhile_is_not_moved(road: Network) -> None:
    sign = made(road)
    with factories.as_worker():
        RoadAsset.objects.update(comment="Penché")
    given = {"start": "D 2020 PR 2+5", "side": "on", "version": "1"}
    answer = technician(road).post(f"/voirie/patrimoine/point/{sign.pk}/deplacer/", given)
    assert answer.status_code in (409, 412)
    sign.refresh_from_db()
    assert where(sign) == (20, 54)


def test_who_may_not_edit_neither_adds_nor_moves(road: Network) -> None:
    sign = made(road)
    move = f"/voirie/patrimoine/point/{sign.pk}/deplacer/"
    assert technician(road, Role.READER).get(NEW).status_code == 403
    assert technician(road, Role.READER).post(NEW, SIGN).status_code == 403
    assert technician(road, Role.READER).post(move, {"start": "D 2020 PR 2+5", "side": "on"}).status_code == 403
    assert technician(road, "stranger").get(move).status_code == 404
    assert technician(road).get("/voirie/patrimoine/fleuve/nouveau/").status_code == 404
    assert technician(road).get("/voirie/patrimoine/point/999999/deplacer/").status_code == 404
    assert technician(road).put(NEW).status_code == 405
    assert Client().get(NEW).status_code == 302


def test_beside_a_reference_the_side_is_that_of_growing_markers(road: Network) -> None:
    sign = made(road, start="D 2020 PR 2+10", side="left")
    assert sign.side == "right"
    shown = technician(road).get(f"/voirie/patrimoine/point/{sign.pk}/").content.decode()
    assert "</strong> · À gauche" in shown


def test_pages_and_the_sheet_of_the_map_show_the_references(road: Network) -> None:
    sign = made(road)
    client = technician(road)
    assert client.post(NEW_STRETCH, BARRIER).status_code == 302
    stretch = RoadStretch.objects.get()
    assert "D 2020 PR 1+20" in client.get(f"/voirie/patrimoine/point/{sign.pk}/").content.decode()
    page = client.get(f"/voirie/patrimoine/troncon/{stretch.pk}/").content.decode()
    assert "D 2020 PR 1+20 → D 2020 PR 2+10" in page
    for layer, pk, place in (
        ("road-assets", sign.pk, "D 2020 PR 1+20, à gauche"),
        ("road-stretches", stretch.pk, "D 2020 PR 1+20 → D 2020 PR 2+10, à droite"),
    ):
        sheet = road.client().get(f"/api/v1/layers/{layer}/features/{pk}/").json()
        assert {"Place on the road", "Repère routier"} & {one["label"] for one in sheet["properties"]}
        assert place in [one["display"] for one in sheet["properties"]]
        picture = "/voirie/panneaux/B14.svg?texte=50" if layer == "road-assets" else None
        assert sheet["picture"] == picture


def test_references_on_a_road_that_just_changed_are_those_of_now(road: Network) -> None:
    sign = made(road)
    client = technician(road)
    assert client.post(NEW_STRETCH, BARRIER).status_code == 302
    stretch = RoadStretch.objects.get()
    with factories.as_worker():
        RoadMarker.objects.filter(number=1).update(geom=Point(X + 10, Y + 50, srid=2154))
    for what, layer, pk, place, side in (
        ("point", "road-assets", sign.pk, "D 2020 PR 1+10", "gauche"),
        ("troncon", "road-stretches", stretch.pk, "D 2020 PR 1+10 → D 2020 PR 2+10", "droite"),
    ):
        assert f"{place}</strong> · À {side}" in client.get(f"/voirie/patrimoine/{what}/{pk}/").content.decode()
        sheet = road.client().get(f"/api/v1/layers/{layer}/features/{pk}/").json()
        assert f"{place}, à {side}" in [one["display"] for one in sheet["properties"]]
        assert 'value="D 2020 PR 1+10"' in client.get(f"/voirie/patrimoine/{what}/{pk}/deplacer/").content.decode()


def test_a_stretch_that_begins_before_the_first_marker_has_no_reference(road: Network) -> None:
    with factories.as_worker():
        RoadMarker.objects.filter(number=1).update(geom=Point(X + 10, Y + 50, srid=2154))
        line = LineString((X + 5, Y + 53), (X + 30, Y + 53), srid=2154)
        stretch = RoadStretch.objects.create(owner=road.member, geom=line)
    assert references_of("troncon", [stretch.pk]) == {}
    with factories.as_worker():
        calibrate("D2020")
    assert references_of("troncon", [stretch.pk]) == {}


def test_a_sign_on_the_axis_lies_on_it_before_and_after_its_road_is_measured(road: Network) -> None:
    sign = made(road, side="on", distance_m="")
    with factories.as_worker():
        RoadAsset.objects.update(geom=Point(X + 20, Y + 50.04, srid=2154))
    assert [one.lies for one in references_of("point", [sign.pk])[sign.pk]] == ["on"]
    with factories.as_worker():
        RoadMarker.objects.filter(number=1).update(geom=Point(X + 10, Y + 50, srid=2154))
    assert [one.lies for one in references_of("point", [sign.pk])[sign.pk]] == ["on"]


@pytest.mark.parametrize("side", ["left", "right"])
def test_an_asset_as_far_from_the_axis_as_may_be_keeps_its_reference(road: Network, side: str) -> None:
    sign = made(road, side=side, distance_m="15")
    assert (sign.section_id is not None, round(sign.offset_m or 0, 3)) == (True, 15)
    assert "D 2020 PR 1+20" in technician(road).get(f"/voirie/patrimoine/point/{sign.pk}/").content.decode()


def test_an_asset_as_far_from_a_slanting_axis_as_may_be_is_bound_to_it(road: Network) -> None:
    with factories.as_worker():
        line = LineString((X + 5, Y + 5), (X + 42, Y + 16), (X + 95, Y + 40), srid=2154)
        RoadSection.objects.create(owner=road.member, route="D7", geom=line)
        for number, place in ((1, line[0]), (2, line[-1])):
            RoadMarker.objects.create(owner=road.member, route="D7", number=number, geom=Point(*place, srid=2154))
        calibrate("D7")
        section = RoadSection.objects.get(route="D7")
        for metres in range(2, 90, 4):
            place = place_asset("point", start=f"D 7 PR 1+{metres}", side="right", distance_m=15)
            RoadAsset.objects.create(owner=road.member, kind="sign", geom=place)
    assert set(RoadAsset.objects.values_list("section_id", flat=True)) == {section.pk}


def test_what_would_not_be_bound_to_its_road_is_not_placed(road: Network) -> None:
    assert technician(road).post(NEW, SIGN | {"distance_m": "15.1"}).status_code == 400
