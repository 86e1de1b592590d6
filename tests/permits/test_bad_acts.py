"""Acts about what is odd: told in words, and nothing is lost."""

from datetime import date
from typing import Any

import pytest

from gis_core.errors import Invalid
from tests.permits.conftest import World
from tests.permits.test_file_page import HAND, page_of
from tests.permits.test_letters import pdf_words
from tests.permits.test_signed_acts import begun, numbered, opinion

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def winter(on_day: Any) -> None:
    on_day(date(2026, 2, 2))


def test_prescriptions_too_long_for_one_act_are_refused_in_words_and_stay_with_their_opinion(world: World) -> None:
    permit = world.file()
    opinion(world, permit, *(str(rank) * 20_000 for rank in range(1, 10)), "z" * 20_000, "fin" * 6_000)
    with pytest.raises(Invalid, match="200000 caractères"):
        begun(world, permit, "permit-granted-with")
    with world.as_():
        assert len(permit.consultations.get().prescriptions) == 11


def test_an_act_with_a_prescription_of_20_000_characters_is_numbered_with_all_of_it(world: World) -> None:
    permit = world.file()
    opinion(world, permit, "a" * 20_000)
    act = numbered(world, permit, begun(world, permit, "permit-granted-with"))
    assert pdf_words(bytes(act.pdf or b"")).count("a") > 20_000


def test_an_emoji_which_paper_shows_as_a_square_is_told_before_an_act_is_numbered(world: World) -> None:
    permit = world.file(description="Une maison 🏠")
    draft = begun(world, permit)
    assert "Une maison 🏠" in draft.body
    with pytest.raises(Invalid, match="« 🏠 » ne s’imprime pas"):
        numbered(world, permit, draft)
    assert numbered(world, permit, draft, body=draft.body.replace("🏠", "individuelle")).number


def test_two_decisions_of_one_day_are_both_told_on_the_page(world: World) -> None:
    permit = world.file()
    world.record(permit, "decided", date(2026, 2, 2), outcome="granted", signed="2026-02-01", **HAND)
    world.record(permit, "decided", date(2026, 2, 2), outcome="refused", signed="2026-01-30", **HAND)
    text = page_of(world, permit)
    assert text.count("Deux décisions comptent de ce jour") == 2
    with world.as_():
        permit.refresh_from_db()
    assert permit.state == "granted"
