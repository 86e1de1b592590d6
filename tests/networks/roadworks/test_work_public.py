"""What everybody is told of works: the page, GeoJSON, Atom, iCalendar; nothing of drafts, remarks or people."""

import importlib
import json
import re
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils.formats import date_format
from django.utils.html import strip_tags
from lxml import etree

from gis_core.database.clock import today
from networks.roadworks.days import PARIS, span
from networks.roadworks.models import Work
from networks.roadworks.services import works
from tests import factories
from tests.networks.conftest import Network, X, Y
from tests.networks.roadworks.works import numbered_road, work

PAGE, GEOJSON, ATOM, ICS = "/travaux/", "/travaux/travaux.geojson", "/travaux/flux.xml", "/travaux/calendrier.ics"
NS = {"a": "http://www.w3.org/2005/Atom", "g": "http://www.georss.org/georss"}
SECRET = "Clé chez Mme Durand, 06 39 98 00 01"


@pytest.fixture
def told(network: Network) -> Network:
    numbered_road(network.member)
    return network


def soon(network: Network, **values: Any) -> Work:
    given = {"starts_on": today(), "ends_on": today() + timedelta(days=4), "comment": SECRET}
    return work(network, **(given | values))


def got(path: str, **headers: str) -> Any:
    return Client(raise_request_exception=False, headers={"accept": "*/*", **headers}).get(path)


def words(path: str, status: int = 200) -> str:
    answer = got(path, accept="text/html")
    assert answer.status_code == status
    return " ".join(strip_tags(answer.content.decode()).split())


def test_everybody_reads_current_and_coming_works(told: Network) -> None:
    made = soon(told, measure="closed", hours="de 8 h à 17 h", description="Accès riverains maintenu")
    listed = words(PAGE)
    for expected in ("Enrobés", "Route barrée", "En cours aujourd’hui", "Lorris", "Route d’Orléans", "de 8 h à 17 h"):
        assert expected in listed
    assert "Accès riverains maintenu" in words(f"{PAGE}{made.pk}/")


def test_the_page_is_in_english_too(told: Network) -> None:
    soon(told, measure="closed")
    client = Client(headers={"accept-language": "en"})
    assert "Road closed" in client.get(PAGE).content.decode()


@pytest.mark.parametrize("path", [PAGE, GEOJSON, ATOM, ICS])
def test_drafts_past_works_and_remarks_are_told_to_nobody(told: Network, path: str) -> None:
    one = soon(told)
    soon(told, state="draft", title="Projet secret")
    soon(told, title="Vieux", starts_on=today() - timedelta(days=9), ends_on=today() - timedelta(days=1))
    for client in (Client(), told.client(), told.client("reader")):
        content = client.get(path, headers={"accept": "*/*"}).content.decode()
        assert "Enrobés" in content
        for hidden in ("Projet secret", "Vieux", "Durand", "06 39"):
            assert hidden not in content
    assert "Durand" not in words(f"{PAGE}{one.pk}/")


def test_a_draft_has_no_public_page_even_for_its_own_people(told: Network) -> None:
    draft = soon(told, state="draft")
    assert told.client().get(f"{PAGE}{draft.pk}/", headers={"accept": "text/html"}).status_code == 404
    words(f"{PAGE}{10**25}/", 404)


def test_works_are_filtered_by_commune(told: Network) -> None:
    soon(told)
    factories.member(factories.commune("45904", "Bellegarde", factories.square(X + 9_000, Y)))
    assert "Enrobés" in words(f"{PAGE}?commune=45901")
    assert "Enrobés" not in words(f"{PAGE}?commune=45904")
    words(f"{PAGE}?commune=99999", 400)
    assert json.loads(got(f"{GEOJSON}?commune=45904").content)["features"] == []


@pytest.mark.parametrize(("text", "found"), [("orleans", False), ("orléans", True), ("enrobés route", True)])
@pytest.mark.parametrize("path", [PAGE, GEOJSON, ATOM, ICS])
def test_works_are_looked_for_by_their_words(told: Network, path: str, text: str, found: bool) -> None:
    soon(told)
    assert ("Enrobés" in got(f"{path}?text={text}", accept="text/html").content.decode()) is found


def test_works_of_today_come_first_then_week_by_week(told: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    at_hour(monkeypatch, 12)
    for days in (-1, 1, 6, 13, 29):
        soon(told, starts_on=NIGHT + timedelta(days=days), ends_on=NIGHT + timedelta(days=days + 2))
    titles = re.findall(r'<h2 id="group-\d+">(.*?) <span', got(PAGE, accept="text/html").content.decode())
    weeks = ["Semaine du 14 décembre", "Semaine du 21 décembre", "Semaine du 4 janvier 2027"]
    assert titles == ["En cours aujourd’hui", "Cette semaine", *weeks]


def test_the_way_to_it_stands_in_the_menu_of_whoever_is_not_signed_in(told: Network) -> None:
    assert 'href="/travaux/"' in got("/permis/registre/", accept="text/html").content.decode()


def test_geojson_has_degrees_and_words(told: Network) -> None:
    made = soon(told, measure="alternate", speed_kmh=30)
    answer = got(GEOJSON)
    assert answer["Content-Type"] == "application/geo+json"
    (feature,) = json.loads(answer.content)["features"]
    (lon, lat), *_rest = feature["geometry"]["coordinates"][0]
    assert (1 < lon < 4, 46 < lat < 49, feature["id"]) == (True, True, made.pk)
    assert feature["properties"]["traffic"] == "Circulation alternée, vitesse limitée à 30\xa0km/h"


def test_atom_is_well_formed_with_what_the_format_asks(told: Network) -> None:
    made = soon(told, title="Enrobés <A&B> \x0b", description="Déviation & accès")
    answer = got(ATOM)
    assert answer["Content-Type"].startswith("application/atom+xml")
    feed = etree.fromstring(answer.content)
    for name in ("id", "title", "updated", "author/a:name", "link[@rel='self']"):
        assert feed.find(f"a:{name}", NS) is not None
    (entry,) = feed.findall("a:entry", NS)
    assert entry.findtext("a:id", namespaces=NS) == f"http://testserver/travaux/{made.pk}/"
    assert "Enrobés <A&B>" in (entry.findtext("a:title", namespaces=NS) or "")
    assert "Déviation & accès" in (entry.findtext("a:summary", namespaces=NS) or "")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", entry.findtext("a:updated", namespaces=NS) or "")
    assert len((entry.findtext("g:point", namespaces=NS) or "").split()) == 2


def events(content: bytes) -> list[dict[str, str]]:
    """What RFC 5545 says: lines of 75 octets at most, ended by CRLF, unfolded; names without their parameters."""
    assert content.endswith(b"END:VCALENDAR\r\n")
    lines = content.split(b"\r\n")
    assert all(len(line) <= 75 and b"\n" not in line for line in lines)
    unfolded = content.replace(b"\r\n ", b"").decode().split("\r\n")
    assert (unfolded[0], unfolded[1]) == ("BEGIN:VCALENDAR", "VERSION:2.0")
    found: list[dict[str, str]] = []
    for line in unfolded:
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found and ":" in line:
            name, _colon, value = line.partition(":")
            found[-1].setdefault(name.partition(";")[0], value)
    return found


def test_a_calendar_holds_whole_days_and_escaped_words(told: Network) -> None:
    soon(told, title="Enrobés, phase 1; nuit", starts_on=today(), ends_on=today() + timedelta(days=2), measure="closed")
    answer = got(ICS)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    (event,) = events(answer.content)
    after = today() + timedelta(days=3)
    assert (event["DTSTART"], event["DTEND"]) == (f"{today():%Y%m%d}", f"{after:%Y%m%d}")
    assert event["SUMMARY"] == "Enrobés\\, phase 1\\; nuit (Route barrée)"
    assert event["STATUS"] == "CONFIRMED"
    assert re.fullmatch(r"\d{8}T\d{6}Z", event["DTSTAMP"])
    assert "\\nRoute barrée\\n" in event["DESCRIPTION"]


def test_no_character_of_a_title_ends_a_line_of_the_calendar(told: Network) -> None:
    made = soon(told)
    with factories.as_worker():
        Work.objects.filter(pk=made.pk).update(title="Enrobés\x0b\u2028ATTENDEE:x")
    lines = got(ICS).content.decode().splitlines()
    assert any("EnrobésATTENDEE" in one for one in lines)
    assert not any(one.startswith("ATTENDEE") for one in lines)


def test_calendars_that_hold_cancelled_works_are_told(told: Network) -> None:
    made = soon(told)
    with told.as_():
        works.cancel(work=made, version=made.version, rights=told.rights())
    (event,) = events(got(ICS).content)
    assert (event["STATUS"], int(event["SEQUENCE"])) == ("CANCELLED", made.version + 1)
    assert json.loads(got(GEOJSON).content)["features"] == []
    assert "annulés" in words(f"{PAGE}{made.pk}/")


def test_feeds_may_be_kept_for_a_while_and_are_not_sent_twice(told: Network) -> None:
    soon(told)
    for path in (GEOJSON, ATOM, ICS):
        answer = got(path)
        assert answer["Cache-Control"] == "public, max-age=300"
        assert not answer.cookies
        assert got(path, **{"if-none-match": answer["ETag"]}).status_code == 304


def test_feeds_speak_french_unless_asked_otherwise(told: Network) -> None:
    soon(told, measure="closed")
    assert "Route barrée" in got(ATOM, **{"accept-language": "en"}).content.decode()
    assert "Road closed" in got(f"{ATOM}?langue=en").content.decode()
    assert "Route barrée" in got(f"{ATOM}?langue=../..").content.decode()


def test_who_follows_by_atom_reads_that_works_are_cancelled(told: Network) -> None:
    made = soon(told)
    with told.as_():
        works.cancel(work=made, version=made.version, rights=told.rights())
    assert etree.fromstring(got(ATOM).content).findtext("a:entry/a:title", namespaces=NS) == "Annulé : Enrobés – Lorris"


def test_no_other_library_gives_the_feed_its_prefixes(told: Network) -> None:
    importlib.import_module("weasyprint")
    ElementTree.register_namespace("", "http://purl.org/dc/elements/1.1/")
    soon(told)
    content = got(ATOM).content.decode()
    assert "ns0" not in content
    assert '<feed xmlns="http://www.w3.org/2005/Atom"' in content


@pytest.mark.parametrize(
    ("site", "host"), [("http://localhost:8045", "testserver"), ("https://sig.example.fr", "sig.example.fr")]
)
def test_events_are_named_after_the_public_address(told: Network, settings: Any, site: str, host: str) -> None:
    settings.SITE_URL = site
    made = soon(told)
    assert events(got(ICS).content)[0]["UID"] == f"travaux-{made.pk}@{host}"


def test_an_empty_feed_is_one(told: Network) -> None:
    assert etree.fromstring(got(ATOM).content).findtext("a:updated", namespaces=NS) == f"{today()}T00:00:00+00:00"
    assert events(got(ICS).content) == []
    words("/travaux/autre.xml", 404)


def test_the_first_of_a_month_is_said_as_in_french(told: Network) -> None:
    # The page holds six months: the first of a year is not always among them.
    first = (today().replace(day=1) + timedelta(days=32)).replace(day=1)
    soon(told, starts_on=first, ends_on=first)
    assert f"Le 1er {date_format(first, 'F Y')}" in words(PAGE)


# -- nights -----------------------------------------------------------------------------------------------------------


def at_hour(monkeypatch: pytest.MonkeyPatch, hour: int) -> None:
    moment = datetime.combine(NIGHT, time(hour), tzinfo=PARIS)
    monkeypatch.setattr("gis_core.database.clock.now", lambda: moment)


NIGHT = date(2026, 12, 8)
"""The morning after."""


@pytest.mark.parametrize(("hour", "hours", "told_yet"), [(5, "21 h – 6 h", True), (7, "21 h – 6 h", False),
                                                       (5, "8 h – 17 h", False)])  # fmt: skip
@pytest.mark.parametrize("path", [PAGE, GEOJSON, ATOM, ICS])
def test_works_of_a_night_are_told_until_its_morning(
    told: Network, monkeypatch: pytest.MonkeyPatch, path: str, hour: int, hours: str, told_yet: bool
) -> None:
    eve = NIGHT - timedelta(days=1)
    work(told, starts_on=eve, ends_on=eve, hours=hours, title="Rabotage")
    at_hour(monkeypatch, hour)
    assert ("Rabotage" in got(path, accept="text/html").content.decode()) is told_yet


@pytest.mark.parametrize(
    ("hours", "start", "end"),
    [("21 h – 6 h", (7, 21), (9, 6)), ("8 h à 17 h", (7, 8), (8, 17)), ("la journée", (7, 8), (8, 17)),
     ("de 0 h à 0 h", (7, 0), (9, 0)), ("24h/24", (7, 0), (9, 0)), ("7 j/7, 24 h sur 24", (7, 0), (9, 0)),
     ("0h-24h", (7, 0), (9, 0)), ("21 h à minuit", (7, 21), (9, 0)), ("de minuit à 5 h", (7, 0), (8, 5)),
     ("8 H à midi", (7, 8), (8, 12)), ("pendant 24 h", (7, 8), (8, 17))],
)  # fmt: skip
def test_the_last_night_ends_the_day_after(hours: str, start: tuple[int, int], end: tuple[int, int]) -> None:
    found = span(date(2026, 12, 7), date(2026, 12, 8), hours)
    assert [(one.day, one.hour) for one in found] == [start, end]


# -- too many ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [PAGE, GEOJSON, ATOM, ICS])
def test_what_is_left_out_is_said(told: Network, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    soon(told)
    soon(told)
    words = "Seuls les 1 premiers"
    assert words not in got(path, accept="text/html").content.decode().replace("\xa0", " ")
    monkeypatch.setattr("networks.roadworks.services.current.MOST", 1)
    assert words in got(path, accept="text/html").content.decode().replace("\xa0", " ")


@pytest.mark.parametrize("path", [PAGE, GEOJSON, ATOM, ICS])
def test_who_chose_a_commune_is_not_told_to_choose_one(
    told: Network, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    soon(told)
    soon(told)
    monkeypatch.setattr("networks.roadworks.services.current.MOST", 1)
    said = got(f"{path}?commune=45901", accept="text/html").content.decode().replace("\xa0", " ")
    assert "Seuls les 1 premiers" in said
    assert "choisissez une commune" not in said
