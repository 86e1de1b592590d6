"""Buildings too far from a hydrant along the roads: what counts, what is told apart, who computes and who reads."""

import csv
import io
from typing import Any

import pytest
from django.contrib.gis.geos import MultiLineString, MultiPolygon, Polygon

from gis_core.members.rights import Role
from gis_core.models import Job
from gis_core.tasks import run
from layers.cadastre.models import Address, Building, Road
from networks.water.models import FireCoverage
from networks.water.services import coverage
from networks.water.services import hydrant_inspecting as inspecting
from tests import factories
from tests.networks.conftest import Network, Place, along, at

X, Y = factories.ORIGIN
ROAD = [(0.0, 50.0), (90.0, 50.0)]


def road(*places: Place) -> None:
    with factories.as_owner():
        Road.objects.create(insee="45901", name="Rue", search_text="", kind="rue", geom=MultiLineString(along(*places)))


def building(x: float, y: float, side: float = 6, kind: str = "01", insee: str = "45901") -> int:
    ring = Polygon.from_bbox((X + x - side / 2, Y + y - side / 2, X + x + side / 2, Y + y + side / 2))
    with factories.as_owner():
        return Building.objects.create(insee=insee, kind=kind, geom=MultiPolygon(ring, srid=2154)).pk


def computed(network: Network, who: str = Role.NETWORK_TECHNICIAN, **asked: Any) -> FireCoverage:
    question = coverage.Question(member=network.member, **({"distance_m": 50} | asked))
    with network.as_(who):
        return coverage.compute(question, rights=network.rights(who))


def counts(cover: FireCoverage) -> tuple[int, ...]:
    (commune,) = cover.summary["communes"]
    return tuple(commune[name] for name in ("buildings", "covered", "far", "no_way", "no_road"))


def far(cover: FireCoverage) -> list[tuple[int, float | None, str]]:
    return [(pk, metres, why) for pk, _insee, _lon, _lat, metres, why, _hydrant in cover.far]


@pytest.fixture
def street(network: Network) -> Network:
    road(*ROAD)
    return network


def test_buildings_beyond_the_distance_are_listed_the_farthest_first(street: Network) -> None:
    street.node(10, 52, "hydrant", reference="PI-1")
    near, farther, farthest = building(40, 60), building(75, 60), building(88, 60)
    cover = computed(street)
    assert counts(cover) == (3, 1, 2, 0, 0)
    assert far(cover) == [(farthest, 87.0, "far"), (farther, 74.0, "far")]
    assert near not in [pk for pk, *_rest in far(cover)]


def test_the_way_goes_along_the_roads_not_straight(street: Network) -> None:
    road((0, 80), (90, 80))
    road((90, 80), (90, 50))
    street.node(10, 50, "hydrant")
    across = building(10, 86)
    ((pk, metres, _why),) = far(computed(street))
    assert (pk, metres) == (across, pytest.approx(80 + 30 + 80 + 3, abs=0.2))


def test_a_hydrant_that_may_not_be_used_does_not_count(street: Network) -> None:
    places = [street.node(10 * n, 50, "hydrant", reference=f"PI-{n}") for n in range(1, 4)]
    street.change("water-nodes", places[1], service_state="abandon")
    with street.as_():
        inspecting.make_unavailable(places[2], reason="Fuite", informed="", from_date=None, rights=street.rights())
    building(30, 55)
    cover = computed(street, distance_m=15)
    assert (counts(cover)[:3], cover.summary["hydrants"]["unavailable"]) == ((1, 0, 1), 2)


def test_only_hydrants_measured_at_the_flow_count(street: Network) -> None:
    street.node(10, 50, "hydrant", flow_m3h=80.0)
    street.node(40, 50, "hydrant", flow_m3h=25.0)
    street.node(42, 50, "hydrant")
    building(40, 55)
    assert counts(computed(street))[1] == 1
    weak = computed(street, flow_m3h=60, distance_m=20)
    assert (counts(weak)[1], weak.summary["hydrants"]) == (
        0,
        {"counted": 1, "off_road": [], "unavailable": 0, "weak": 1, "unknown": 1},
    )


def test_buildings_without_a_road_or_a_way_are_told_apart(street: Network) -> None:
    road((2000, 2000), (2050, 2000))
    street.node(10, 50, "hydrant")
    lonely, island = building(500, 500), building(2010, 2005)
    cover = computed(street)
    assert counts(cover) == (2, 0, 0, 1, 1)
    assert far(cover) == [(lonely, None, "no_road"), (island, None, "no_way")]


def test_a_hydrant_off_every_road_is_named_and_left_out(street: Network) -> None:
    street.node(10, 50, "hydrant")
    road((3000, 3000), (3010, 3000))
    with factories.as_owner():
        off = street.node(10, 99, "hydrant")
        Road.objects.filter(geom__intersects=at(10, 50)).delete()
    building(10, 55)
    assert off in computed(street).summary["hydrants"]["off_road"]


def test_roads_that_nearly_touch_are_one_way(street: Network) -> None:
    road((90.7, 50), (150, 50))
    street.node(85, 50, "hydrant")
    building(110, 55)
    assert counts(computed(street))[1] == 1


def test_light_and_small_buildings_count_on_request_alone(street: Network) -> None:
    street.node(10, 50, "hydrant")
    building(20, 55, kind="02")
    building(30, 55, side=3)
    assert counts(computed(street))[0] == 0
    assert counts(computed(street, light=True, least_m2=0))[0] == 2


def test_a_member_without_hydrants_has_no_way(street: Network) -> None:
    building(20, 55)
    assert counts(computed(street)) == (1, 0, 0, 1, 0)


def test_neighbours_hydrants_count_where_they_are_shared_alone(street: Network) -> None:
    pk = street.node(20, 50, "hydrant")
    with factories.as_owner():
        for_other = {"owner_id": street.other.pk}
        from networks.water.models import WaterNode

        WaterNode.objects.filter(pk=pk).update(**for_other)
    building(20, 55)
    assert counts(computed(street))[1] == 0
    with factories.as_owner():
        WaterNode.objects.filter(pk=pk).update(shared_with=[street.member.pk])
    assert counts(computed(street))[1] == 1


def test_readers_see_what_was_computed_and_compute_nothing(street: Network) -> None:
    street.node(10, 50, "hydrant", reference="PI-1")
    building(88, 60)
    cover = computed(street)
    client = street.client(Role.READER)
    text = client.get(f"/reseaux/hydrants/couverture/{cover.pk}/", headers={"accept": "text/html"}).content.decode()
    assert "PI-1" in text
    assert "Calculer</button>" not in client.get("/reseaux/hydrants/couverture/").content.decode()
    assert client.post("/reseaux/hydrants/couverture/", {}).status_code == 403
    assert street.client("stranger").get(f"/reseaux/hydrants/couverture/{cover.pk}/").status_code == 404


def test_it_is_computed_from_the_page_and_taken_away(street: Network) -> None:
    hydrant = street.node(10, 50, "hydrant", reference="PI-1", flow_m3h=70.0)
    pk = building(88, 60)
    with factories.as_owner():
        place = {"number": 3, "road_name": "Rue", "postcode": "45260", "commune_name": "Lorris"}
        Address.objects.create(insee="45901", **place, label="3 Rue", search_text="", geom=at(85, 58))
    client = street.client()
    asked = {"member": street.member.slug, "insee": "45901", "distance_m": 50, "flow_m3h": 60, "least_m2": 20}
    answer = client.post("/reseaux/hydrants/couverture/", asked)
    assert answer.status_code == 302
    text = client.get(f"{answer['location']}?format=csv").content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text), delimiter=";")
    assert (row["Adresse la plus proche"], row["Poteau le plus proche"], row["Bâtiment"]) == ("3 Rue", "PI-1", str(pk))
    shapes = client.get(f"{answer['location']}?format=geojson").json()
    told = {one["id"]: one["properties"]["kind"] for one in shapes["features"]}
    assert (told, shapes["more"]) == ({f"b{pk}": "far", f"h{hydrant}": "hydrant"}, False)
    assert client.post("/reseaux/hydrants/couverture/", asked | {"distance_m": 0}).status_code == 400
    assert client.post("/reseaux/hydrants/couverture/", asked | {"insee": "45903"}).status_code == 400
    assert client.get(f"{answer['location']}?format=pdf").status_code == 400


def test_many_buildings_are_measured_in_a_job(street: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "MOST_AT_ONCE", 0)
    street.node(10, 50, "hydrant")
    building(88, 60)
    asked = {"member": street.member.slug, "distance_m": 50, "flow_m3h": 0, "least_m2": 20}
    assert street.client().post("/reseaux/hydrants/couverture/", asked).status_code == 302
    with factories.as_owner():
        job = Job.objects.select_related("owner", "started_by").get(kind=coverage.KIND)
    with factories.as_worker():
        from networks.water.tasks import fire_coverage

        run(job, fire_coverage)
    with factories.as_owner():
        job.refresh_from_db()
        assert (job.state, job.report) == ("done", {"coverage": FireCoverage.objects.get().pk})


def test_the_last_ones_are_kept(street: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "KEPT", 2)
    made = [computed(street).pk for _n in range(4)]
    with factories.as_owner():
        assert sorted(FireCoverage.objects.values_list("pk", flat=True)) == made[2:]
