"""What acts and letters that follow a decision take from the file: an extension asked for, works declared finished."""

from datetime import date
from typing import Any

import pytest

from permits.models import Permit
from tests.permits.conftest import World
from tests.permits.test_signed_acts import begun

pytestmark = pytest.mark.django_db


def granted(world: World, on_day: Any, **given: Any) -> Permit:
    """A PC filed on 5 January 2026 and granted: signed on 2 February 2026, received on 4 February."""
    on_day(date(2026, 2, 5))
    permit = world.file(**given)
    return world.record(permit, "decided", date(2026, 2, 4), outcome="granted", signed="2026-02-02")


def test_an_extension_says_when_it_was_asked_for_and_its_new_end(world: World, on_day: Any) -> None:
    permit = granted(world, on_day)
    on_day(date(2028, 10, 15))
    world.record(permit, "extended", date(2028, 10, 10))
    body = begun(world, permit, "permit-extended").body
    assert "Vu la demande de prorogation reçue le 10 octobre 2028," in body
    assert "est prorogée d’un an, jusqu’au 4 février 2030." in body
    assert "[à compléter" not in body


def test_an_extension_that_was_asked_in_vain_has_its_end_to_complete(world: World, on_day: Any) -> None:
    permit = granted(world, on_day)
    on_day(date(2029, 1, 5))
    world.record(permit, "extended", date(2029, 1, 4))
    body = begun(world, permit, "permit-extended").body
    assert "reçue le 4 janvier 2029," in body
    assert "jusqu’au [à compléter : nouveau_terme]." in body


@pytest.mark.parametrize(("code", "said"), [("permit-contested", "reçue"), ("permit-attested", "été reçue")])
def test_a_letter_about_finished_works_says_when_they_were_declared(
    world: World, on_day: Any, code: str, said: str
) -> None:
    permit = granted(world, on_day)
    assert f"{said} en mairie le [à compléter : date_achevement]" in begun(world, permit, code).body
    on_day(date(2026, 9, 10))
    world.record(permit, "works_finished", date(2026, 9, 3))
    assert f"{said} en mairie le 3 septembre 2026" in begun(world, permit, code).body


def test_a_slip_of_transmission_says_the_decision(world: World, on_day: Any) -> None:
    assert "| Décision | Accordé, 2 février 2026 |" in begun(world, granted(world, on_day), "permit-transmitted").body
    opposed = world.record(world.file(kind="DP"), "decided", date(2026, 2, 3), outcome="refused")
    assert "| Décision | Opposition, 3 février 2026 |" in begun(world, opposed, "permit-transmitted").body
