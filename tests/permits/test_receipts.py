"""The delay that a receipt announces: the usual one, the one that was notified, the one that may be."""

from datetime import date
from typing import Any

import pytest

from gis_core.letters.kinds import kind_of
from permits.letters import LetterRequest
from permits.models import Permit
from permits.services import letters
from permits.services.proposing import review_proposal
from tests import factories
from tests.permits import grounds
from tests.permits.conftest import World
from tests.permits.test_file_page import HAND

X, Y = factories.ORIGIN


@pytest.fixture(autouse=True)
def january(on_day: Any) -> None:
    on_day(date(2026, 1, 12))


def receipt(world: World, permit: Permit) -> str:
    with world.as_():
        return letters.begin_letter(permit, kind_of("permit-receipt"), LetterRequest(), world.rights()).body


def review(world: World, permit: Permit, verdict: str) -> None:
    with world.as_():
        review_proposal(permit, key="longer:protected_surroundings", verdict=verdict, note="", rights=world.rights())


def test_surroundings_over_the_land_announce_the_delay_that_may_be_notified(world: World) -> None:
    grounds.easement("AC1", factories.square(X - 50, Y - 50, 300))
    body = receipt(world, world.file())
    assert "de droit commun est de **3 mois**" in body
    assert "au plus tard le **5 avril 2026**" in body
    assert "peut ainsi être porté à **4 mois**, s’il vous est notifié jusqu’au 5 février 2026" in body
    assert "- Site patrimonial remarquable ou abords d’un monument historique (R.423-24)" in body
    assert "alors notifiée au plus tard le **5 mai 2026**" in body
    assert "[à compléter" not in body


def test_a_house_may_have_three_months(world: World) -> None:
    grounds.easement("AC1")
    body = receipt(world, world.file(kind="PCMI"))
    assert "de droit commun est de **2 mois**" in body
    assert "porté à **3 mois**" in body
    assert "**5 avril 2026**" in body


def test_nothing_more_is_announced_where_nothing_crosses(world: World) -> None:
    body = receipt(world, world.file())
    assert "porté à" not in body
    assert "R.423-5)" in body


def test_what_was_set_aside_is_not_announced(world: World) -> None:
    grounds.easement("AC1")
    permit = world.file()
    review(world, permit, "set_aside")
    assert "porté à" not in receipt(world, permit)


def test_a_doubtful_limit_is_announced_once_confirmed(world: World) -> None:
    grounds.easement("AC1", factories.square(X + 99.99, Y))
    permit = world.file()
    assert "porté à" not in receipt(world, permit)
    review(world, permit, "confirmed")
    assert "porté à **4 mois**" in receipt(world, permit)


def test_a_longer_delay_that_was_notified_is_the_delay(world: World) -> None:
    grounds.easement("AC1")
    permit = world.record(
        world.file(), "longer_notified", date(2026, 1, 10), grounds=["protected_surroundings"], **HAND
    )
    body = receipt(world, permit)
    assert "Il a été porté à **4 mois**" in body
    assert "au plus tard le **5 mai 2026**" in body
    assert "peut ainsi être porté" not in body


def test_a_delay_entered_by_hand_is_the_delay_with_its_reason(world: World) -> None:
    permit = world.record(
        world.file(), "by_hand", date(2026, 1, 10), article="R.423-31", months=8, reason="Site classé"
    )
    body = receipt(world, permit)
    assert "Il a été porté à **8 mois**" in body
    assert "- Site classé (R.423-31)" in body


def test_a_notice_that_came_too_late_announces_nothing(world: World, on_day: Any) -> None:
    on_day(date(2026, 2, 10))
    permit = world.record(world.file(), "longer_notified", date(2026, 2, 10), grounds=["commission"], **HAND)
    assert "porté à" not in receipt(world, permit)


def test_after_the_first_month_no_longer_delay_is_announced(world: World, on_day: Any) -> None:
    grounds.easement("AC1")
    permit = world.file()
    on_day(date(2026, 2, 6))
    assert "porté à" not in receipt(world, permit)


@pytest.mark.parametrize(("kind", "months", "article"), [("CUa", 1, "R.410-9"), ("CUb", 2, "R.410-10")])
def test_a_certificate_has_its_own_delay_and_no_other(world: World, kind: str, months: int, article: str) -> None:
    grounds.easement("AC1")
    body = receipt(world, world.file(kind=kind))
    assert f"est de **{months} mois** (article {article} " in body
    assert "porté à" not in body
    assert "R.423-" not in body
