"""What a file's page offers next and what it says of it: by the clock, and by what the law knows of such a file."""

from datetime import date
from typing import Any

import pytest

from gis_core.members.rights import Role
from permits.models import Event, Permit
from permits.pages.procedure import LIKELY
from permits.procedure import What
from permits.services.offers import Offers, offers_of
from permits.services.reading import derive
from permits.services.recording import may_record
from tests.permits.conftest import World
from tests.permits.test_file_page import HAND, page_of

MONTH_OVER = "Le premier mois s’est achevé le 5 février 2026"


def offered(world: World, permit: Permit, day: date, who: str = Role.PERMIT_INSTRUCTOR) -> Offers:
    with world.as_(who):
        rows = list(Event.objects.filter(permit=permit))
        derive(permit, rows, day)
        usual = LIKELY.get(permit.next_what or permit.state, ())
        return offers_of(permit, rows, may_record(permit, world.rights(who)), usual, day)


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


# -- certificates -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["CUa", "CUb"])
def test_a_certificate_is_offered_neither_a_longer_delay_nor_a_request_for_pieces(
    world: World, on_day: Any, kind: str
) -> None:
    on_day(date(2026, 1, 10))
    permit = world.file(kind=kind)
    text = plain(page_of(world, permit))
    assert "/evenements/longer_notified/" not in text
    assert "/evenements/pieces_asked/" not in text
    assert "Certificat : aucun article ne lui donne de délai majoré" in text


@pytest.mark.parametrize(("kind", "due"), [("CUa", "5 février 2026"), ("CUb", "5 mars 2026")])
def test_the_decision_comes_next_of_a_certificate(world: World, on_day: Any, kind: str, due: str) -> None:
    on_day(date(2026, 1, 10))
    permit = world.file(kind=kind)
    assert permit.next_what == "due"
    assert f"La décision est à notifier au plus tard le {due}" in plain(page_of(world, permit))


def test_a_granted_certificate_is_extended_and_has_no_works(world: World, on_day: Any) -> None:
    on_day(date(2026, 1, 20))
    permit = world.record(world.file(kind="CUb"), "decided", date(2026, 1, 20), outcome="granted", **HAND)
    offers = offered(world, permit, date(2026, 1, 20))
    assert list(offers.likely) == [What.EXTENDED]
    assert not {What.WORKS_STARTED, What.WORKS_FINISHED} & set(offers.others)


# -- the first month --------------------------------------------------------------------------------------------------


def test_a_longer_delay_is_still_offered_once_pieces_are_asked_for(world: World, on_day: Any) -> None:
    on_day(date(2026, 1, 20))
    permit = world.record(world.file(), "pieces_asked", date(2026, 1, 20), pieces=["PC2"], **HAND)
    offers = offered(world, permit, date(2026, 1, 20))
    assert list(offers.likely) == [What.DOCUMENTS_RECEIVED, What.LONGER_NOTIFIED, What.DECIDED]
    text = plain(page_of(world, permit))
    assert "Jusqu’au 5 février 2026 (dans 16 jours), une majoration de délai peut encore être notifiée." in text


def test_a_longer_delay_is_still_offered_once_the_pieces_came_in_the_first_month(world: World, on_day: Any) -> None:
    on_day(date(2026, 1, 22))
    permit = world.record(world.file(), "pieces_asked", date(2026, 1, 12), pieces=["PC2"], **HAND)
    permit = world.record(permit, "pieces_came", date(2026, 1, 20), pieces=["PC2"])
    assert What.LONGER_NOTIFIED in offered(world, permit, date(2026, 1, 22)).likely


def test_pieces_may_still_be_asked_for_once_a_longer_delay_is_notified(world: World, on_day: Any) -> None:
    on_day(date(2026, 1, 20))
    permit = world.record(world.file(), "longer_notified", date(2026, 1, 20), grounds=["commission"], **HAND)
    offers = offered(world, permit, date(2026, 1, 20))
    assert What.DOCUMENTS_REQUESTED in offers.likely
    assert What.LONGER_NOTIFIED not in offers.likely
    assert "des pièces manquantes peuvent encore être demandées" in plain(page_of(world, permit))


def test_a_declaration_of_a_month_is_offered_the_notices_of_its_month(world: World, on_day: Any) -> None:
    on_day(date(2026, 1, 10))
    permit = world.file(kind="DP")
    offers = offered(world, permit, date(2026, 1, 10))
    assert {What.DOCUMENTS_REQUESTED, What.LONGER_NOTIFIED} <= set(offers.likely)
    assert "Jusqu’au 5 février 2026 (dans 26 jours), des pièces manquantes peuvent" in plain(page_of(world, permit))


@pytest.mark.parametrize(("day", "still"), [(date(2026, 2, 5), True), (date(2026, 2, 6), False)])
def test_notices_are_offered_until_the_last_day_of_the_first_month(world: World, day: date, still: bool) -> None:
    offers = offered(world, world.file(), day)
    assert (What.LONGER_NOTIFIED in offers.likely) == still
    assert (What.DOCUMENTS_REQUESTED in offers.likely) == still


def test_after_the_first_month_the_page_says_so_and_a_late_record_is_one_step_away(world: World, on_day: Any) -> None:
    on_day(date(2026, 2, 10))
    permit = world.file()
    offers = offered(world, permit, date(2026, 2, 10))
    assert {What.LONGER_NOTIFIED, What.DOCUMENTS_REQUESTED} <= set(offers.others)
    assert MONTH_OVER in plain(page_of(world, permit))


def test_who_may_not_notify_is_told_nothing_of_notices(world: World, on_day: Any) -> None:
    on_day(date(2026, 2, 10))
    assert MONTH_OVER not in plain(page_of(world, world.file(), Role.TOWN_HALL))


def test_the_report_is_awaited_where_an_inquiry_was_notified(world: World, on_day: Any) -> None:
    on_day(date(2026, 1, 20))
    permit = world.record(world.file(), "longer_notified", date(2026, 1, 20), grounds=["public_inquiry"], **HAND)
    assert list(offered(world, permit, date(2026, 1, 20)).likely) == [What.REPORTED]


# -- the end of a validity --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "still"), [(date(2028, 12, 1), True), (date(2028, 12, 2), False)])
def test_an_extension_is_offered_until_two_months_before_the_end(
    world: World, on_day: Any, day: date, still: bool
) -> None:
    on_day(date(2026, 2, 1))
    permit = world.record(world.file(), "decided", date(2026, 2, 1), outcome="granted", **HAND)
    on_day(day)
    offers = offered(world, permit, day)
    assert (What.EXTENDED in offers.likely) == still
    assert ("1er décembre 2028" in " ".join(offers.notes)) != still


# -- the timeline -----------------------------------------------------------------------------------------------------


def test_deadlines_of_a_file_that_was_decided_are_without_object(world: World, on_day: Any) -> None:
    on_day(date(2026, 1, 20))
    permit = world.record(world.file(), "decided", date(2026, 1, 20), outcome="refused", **HAND)
    text = plain(page_of(world, permit))
    assert '<s>Dernier jour pour notifier la décision</s> <span class="tag">sans objet</span>' in text
    assert "Le dossier s’est terminé le 20 janvier 2026, avant cette date." in text


def test_the_first_month_of_a_certificate_is_without_object(world: World, on_day: Any) -> None:
    on_day(date(2026, 1, 10))
    text = plain(page_of(world, world.file(kind="CUb")))
    assert text.count('<span class="tag">sans objet</span>') == 1
    assert "Le délai d’un certificat court du jour de son dépôt." in text
    assert "Une demande de pièces ou une majoration" not in text


def test_a_deadline_that_is_over_is_said_to_be_past(world: World, on_day: Any) -> None:
    on_day(date(2026, 2, 10))
    text = plain(page_of(world, world.file()))
    assert text.count('<span class="tag">passée</span>') == 1
    assert 'class="past passed"' in text


def test_on_its_last_day_a_deadline_is_not_past(world: World, on_day: Any) -> None:
    on_day(date(2026, 2, 5))
    assert '<span class="tag">passée</span>' not in page_of(world, world.file())


def test_a_request_that_another_one_replaced_is_said_to_be_replaced(world: World, on_day: Any) -> None:
    on_day(date(2026, 1, 22))
    permit = world.record(world.file(), "pieces_asked", date(2026, 1, 12), pieces=["PC2"], **HAND)
    permit = world.record(permit, "pieces_asked", date(2026, 1, 20), pieces=["PC3"], **HAND)
    assert '<span class="tag">remplacée</span>' in page_of(world, permit)
