"""What the page of a file opens on: its ground, its zones, what it declares, what waits; never who applies."""

from datetime import date
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gis_core.members.rights import Role
from layers.planning.models import Document, Zone
from permits.models import ApplicantReading, Permit, Signatory
from permits.procedure import What
from tests import factories
from tests.permits.conftest import World
from tests.photos import photo


@pytest.fixture(autouse=True)
def winter(on_day: Any) -> None:
    on_day(date(2026, 1, 10))


def page_of(world: World, permit: Permit, who: str = Role.PERMIT_INSTRUCTOR) -> str:
    answer = world.client(who).get(f"/permis/{permit.number}/", headers={"accept": "text/html"})
    assert answer.status_code == 200, answer.content
    return unescape(answer.content.decode())


def zone(name: str, side: float = 90, **document: Any) -> None:
    """A zone from the south-west corner of parcel AB 1, of a plan in force since 2020."""
    of = Document.objects.filter(territory="45901").first() or factories.planning_document()
    since = {"approved_date": date(2020, 1, 15), "starts_date": date(2020, 1, 15), "published": True}
    with factories.as_owner():
        Document.objects.filter(pk=of.pk).update(**since | document)
        Zone.objects.create(document=of, libelle=name, libelong="Zone pavillonnaire", typezone="U",
                            idurba=of.idurba, geom=factories.square(side=side))  # fmt: skip


def test_the_parcels_are_said_in_short_with_their_geodesic_area(world: World) -> None:
    """Two squares of 100 m in Lambert-93 at this place measure 2 × 10 015.76 m² on the ellipsoid."""
    text = page_of(world, world.file(parcels=["AB 1", "AB 2"]))
    assert '<span class="number">AB 1</span>, <span class="number">AB 2</span>' in text
    assert "20 032 m² (2 ha)" in text.replace("\u202f", " ").replace("\xa0", " ")


def test_the_zones_in_force_are_said_with_their_share_of_the_ground(world: World) -> None:
    zone("Ub")
    text = page_of(world, world.file()).replace("\xa0", " ")
    assert "Ub" in text
    assert "81 % du terrain" in text
    assert "Zone pavillonnaire" in text


def test_a_decided_file_keeps_the_zones_of_the_day_of_its_decision(world: World, on_day: Any) -> None:
    zone("Ub", ends_date=date(2026, 1, 20))
    permit = world.file()
    world.record(permit, What.DECIDED, date(2026, 1, 10), outcome="granted", channel="hand")
    on_day(date(2026, 3, 1))
    text = page_of(world, permit)
    assert "Ub" in text
    assert "en vigueur le 10 janv. 2026" in text.replace("\xa0", " ")


def test_the_small_map_has_the_latest_photo_of_the_whole_ground(world: World) -> None:
    photo("ancienne", acquired_date=date(2020, 6, 1))
    photo("partielle", acquired_date=date(2025, 6, 1), geom=factories.square(side=50))
    text = page_of(world, world.file())
    assert "/wmts/ancienne/PM/" in text
    assert "/wmts/partielle/PM/" not in text


def test_a_private_photo_of_another_member_is_not_shown(world: World) -> None:
    photo("privee", owner=world.other, visibility="owner")
    assert "/wmts/privee/PM/" not in page_of(world, world.file())


def test_a_file_without_ground_has_no_map_and_says_so(world: World) -> None:
    text = page_of(world, world.file(parcels=["AB 9"]))
    assert 'id="ground-map"' not in text
    assert "n’est pas sur la carte" in text


def test_the_applicant_is_read_on_purpose_alone(world: World) -> None:
    permit = world.file()
    with factories.as_owner():
        before = ApplicantReading.objects.count()
        text = page_of(world, permit)
        assert ApplicantReading.objects.count() == before
    assert "Jeanne Martin" not in text
    assert f'href="/permis/{permit.number}/demandeur/">Lire le demandeur</a>' in text


def test_who_may_not_read_the_applicant_is_told_so(world: World) -> None:
    text = page_of(world, world.file(), Role.READER)
    assert "Lire le demandeur" not in text
    assert "Votre rôle ne permet pas de le lire." in text


def test_who_signs_is_who_may_today(world: World) -> None:
    permit = world.file()
    assert "Jeanne Dupuis, La maire" in page_of(world, permit)
    with factories.as_owner():
        Signatory.objects.update(until_date=date(2020, 7, 4))
    assert "Personne ne peut signer" in page_of(world, permit)


def test_opinions_and_pieces_that_wait_are_counted(world: World) -> None:
    permit = world.file()
    client = world.client()
    client.post(f"/permis/{permit.number}/consultations/", {"body": "roads", "asked": "2026-01-06"})
    text = page_of(world, permit)
    assert "1 avis est attendu, jusqu’au 6 février 2026" in text
    assert "Pièces reçues : 0 sur 8" in text


def test_nothing_waits_of_a_decided_file(world: World) -> None:
    permit = world.file()
    world.record(permit, What.DECIDED, date(2026, 1, 10), outcome="granted", channel="hand")
    assert "Pièces reçues :" not in page_of(world, permit)


def test_many_parcels_zones_and_photos_need_no_more_queries(world: World) -> None:
    def count(permit: Permit) -> int:
        with CaptureQueriesContext(connection) as asked:
            page_of(world, permit)
        return len(asked)

    few = world.file()
    zone("Ub")
    photo()
    counted = [count(few), count(few)][-1]
    for rank in range(5):
        zone(f"U{rank}", side=80 - rank)
        photo()
    assert count(world.file(parcels=["AB 1", "AB 2"])) <= counted


@pytest.mark.parametrize(("tab", "title"), [("", "PC"), ("pieces/", "Pièces · PC"),
                                            ("consultations/", "Consultations · PC"),
                                            ("courriers/", "Courriers · PC")])  # fmt: skip
def test_the_title_of_each_tab_says_which_it_is(world: World, tab: str, title: str) -> None:
    page = world.client().get(f"/permis/{world.file().number}/{tab}", headers={"accept": "text/html"})
    assert f"<title>{title}" in page.content.decode()
