"""What everybody is told of the way around works and of their orders: on their page and in the feeds."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from lxml import etree

from networks.roadworks.gauges import GAUGES
from networks.roadworks.models import Work, WorkDetour, WorkRequest
from networks.roadworks.services import keeping
from networks.roadworks.services import works as work_services
from tests import factories
from tests.networks.conftest import Network
from tests.networks.roadworks.road_orders import Desk, made_desk, this_day

FEEDS = ["/travaux/travaux.geojson", "/travaux/flux.xml", "/travaux/calendrier.ics"]
WAY = "rue du Pont"


@pytest.fixture
def desk(network: Network) -> Desk:
    return made_desk(network)


@pytest.fixture
def closed(desk: Desk) -> WorkRequest:
    """A request whose announced works close a street, with the way around them."""
    one = desk.work(desk.enter())
    keep(desk, one)
    return one


def keep(desk: Desk, one: WorkRequest, code: str = "44", label: str = "") -> None:
    assert one.work is not None
    with desk.as_():
        gauge = GAUGES[code][1]
        keeping.keep_detours(
            one.work, gauge, label or {"44": "Tous véhicules, jusqu’à 44 t"}[code], rights=desk.rights()
        )


def got(path: str) -> str:
    """As whoever is not signed in reads it; folded lines of a calendar are whole."""
    answer = Client().get(path, headers={"accept": "*/*" if "." in path else "text/html"})
    assert answer.status_code == 200, answer.content
    return answer.content.decode().replace("\r\n ", "").replace("\xa0", " ").replace("\u202f", " ")


def page(one: WorkRequest) -> str:
    return got(f"/travaux/{one.work_id}/")


def test_the_page_tells_the_way_around_and_for_whom(closed: WorkRequest) -> None:
    told = page(closed)
    for words in ("Dans les deux sens", WAY, "800 m", "Tous véhicules, jusqu’à 44 t"):
        assert words in told


def test_the_map_of_the_page_draws_the_way_around(closed: WorkRequest) -> None:
    config = json.loads(
        page(closed).partition('<script id="work-map-config" type="application/json">')[2].partition("<")[0]
    )
    assert [one["properties"]["measure"] for one in config["features"]] == ["detour-1", "closed"]


@pytest.mark.parametrize("path", FEEDS)
def test_feeds_tell_the_way_around(closed: WorkRequest, path: str) -> None:
    assert "rendre la rue du Pont sur 800 m" in got(path)


def test_geojson_has_the_line_of_a_detour(closed: WorkRequest) -> None:
    (feature,) = json.loads(got(FEEDS[0]))["features"]
    (detour,) = feature["properties"]["detours"]
    assert (detour["direction"], detour["geometry"]["type"]) == ("dans les deux sens", "LineString")


@pytest.mark.parametrize("path", [*FEEDS, "page"])
def test_a_detour_to_be_computed_again_is_told_to_nobody(closed: WorkRequest, path: str) -> None:
    with factories.as_worker():
        WorkDetour.objects.update(starts_on=None, ends_on=None)
    assert WAY not in (page(closed) if path == "page" else got(path))


def test_the_detour_of_works_that_are_over_is_told_no_more(desk: Desk, closed: WorkRequest) -> None:
    ago = this_day() - timedelta(days=30)
    with desk.as_():
        Work.objects.filter(pk=closed.work_id).update(starts_on=ago, ends_on=ago)
    assert WAY not in page(closed)


def test_a_detour_changed_by_hand_is_told_without_its_former_roads(closed: WorkRequest) -> None:
    with factories.as_worker():
        WorkDetour.objects.update(computed_m=1, comment="Par le pont")
    told = got(FEEDS[1])
    assert "Suivre les panneaux. Par le pont" in told
    assert WAY not in told


def test_the_page_leads_to_the_published_order(desk: Desk, closed: WorkRequest) -> None:
    order = desk.published(closed)
    told = page(closed)
    assert f'href="/travaux/arretes/{order.pk}.pdf"' in told
    assert "Exemple" not in told


@pytest.mark.parametrize("path", FEEDS)
def test_feeds_lead_to_the_published_order(desk: Desk, closed: WorkRequest, path: str) -> None:
    order = desk.published(closed)
    assert f"http://testserver/travaux/arretes/{order.pk}.pdf" in got(path)


@pytest.mark.parametrize("path", [*FEEDS, "page"])
def test_an_order_that_is_no_longer_published_is_not_led_to(desk: Desk, closed: WorkRequest, path: str) -> None:
    order = desk.published(closed)
    desk.unpublish(closed, order)
    assert f"arretes/{order.pk}.pdf" not in (page(closed) if path == "page" else got(path))


def test_the_draft_of_an_order_is_led_to_by_nobody(desk: Desk, closed: WorkRequest) -> None:
    desk.final(closed, desk.begin(closed))
    assert "arretes/" not in page(closed)


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_is_sent_again_once_a_detour_is_kept(desk: Desk, closed: WorkRequest, path: str) -> None:
    known = Client().get(path)["ETag"]
    assert Client().get(path, headers={"if-none-match": known}).status_code == 304
    keep(desk, closed)
    assert Client().get(path, headers={"if-none-match": known}).status_code == 200


def test_an_order_makes_the_entry_of_its_works_a_new_one(desk: Desk, closed: WorkRequest) -> None:
    def updated() -> Any:
        return etree.fromstring(got(FEEDS[1]).encode()).findtext("{*}entry/{*}updated")

    before = updated()
    desk.published(closed)
    assert updated() > before


def test_cancelled_works_lead_nobody_around(desk: Desk, closed: WorkRequest) -> None:
    with desk.as_():
        work = Work.objects.get(pk=closed.work_id)
        work_services.cancel(work=work, version=work.version, rights=desk.rights())
    assert WAY not in page(closed)
