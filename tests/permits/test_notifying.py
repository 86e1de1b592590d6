"""The form that records a notification is filled from the final letter of its kind."""

from datetime import date
from typing import Any

import pytest
from django.forms import Form

from gis_core.letters import services as core
from gis_core.letters.kinds import kind_of
from gis_core.members.rights import Role
from gis_core.models import Letter
from permits.deadlines.law import Ground
from permits.letters import LetterRequest
from permits.models import Permit
from permits.services import letters
from tests.permits.conftest import World
from tests.permits.test_file_page import HAND, browser, made_of, told

MASSE = "PC2 Plan de masse des constructions"


@pytest.fixture(autouse=True)
def january(on_day: Any) -> None:
    on_day(date(2026, 1, 20))


def final(world: World, permit: Permit, code: str, who: str = Role.PERMIT_INSTRUCTOR, **asked: Any) -> Letter:
    """A letter of that kind, numbered and locked."""
    with world.as_(who):
        draft = letters.begin_letter(permit, kind_of(code), LetterRequest(**asked), world.rights(who))
        words = {name: getattr(draft, name).replace("[à compléter", "[fait") for name in core.TEXTS}
        return letters.finalise_letter(permit, draft, words, draft.version, world.rights(who))


def form_of(world: World, permit: Permit, what: str, query: str = "") -> Form:
    answer = browser(world).get(f"/permis/{permit.number}/evenements/{what}/{query}")
    form: Form = answer.context["form"]
    return form


def page_of_event(world: World, permit: Permit, what: str) -> str:
    return browser(world).get(f"/permis/{permit.number}/evenements/{what}/").content.decode()


def test_a_decision_takes_its_number_and_day_from_the_letter(world: World) -> None:
    permit = world.file()
    letter = final(world, permit, "permit-granted")
    form = form_of(world, permit, "decided")
    assert (form["outcome"].value(), form["reference"].value()) == ("granted", letter.number)
    assert (form["signed"].value(), form["sent"].value()) == (date(2026, 1, 20), date(2026, 1, 20))


@pytest.mark.parametrize(("code", "outcome"), [("permit-granted-with", "granted"), ("permit-refused", "refused")])
def test_the_kind_of_the_letter_says_what_was_decided(world: World, code: str, outcome: str) -> None:
    permit = world.file()
    final(world, permit, code)
    assert form_of(world, permit, "decided")["outcome"].value() == outcome


def test_the_form_names_the_letter_and_leads_to_it(world: World) -> None:
    permit = world.file()
    letter = final(world, permit, "permit-granted")
    text = page_of_event(world, permit, "decided")
    assert f'href="/permis/{permit.number}/courriers/{letter.pk}/"' in text
    assert str(letter.number) in text


def test_missing_pieces_are_those_of_the_letter(world: World) -> None:
    permit = world.file()
    final(world, permit, "permit-pieces", documents=[MASSE, "Attestation RE2020", "Plan B"])
    form = form_of(world, permit, "pieces_asked")
    assert form["pieces"].value() == [MASSE]
    assert form["others"].value() == "Attestation RE2020\nPlan B"


def test_grounds_are_those_of_the_letter(world: World) -> None:
    permit = world.file()
    final(world, permit, "permit-longer", grounds=[Ground.COMMISSION, Ground.PUBLIC_PARTICIPATION])
    assert form_of(world, permit, "longer_notified")["grounds"].value() == ["commission", "public_participation"]


def test_what_is_filled_in_is_recorded(world: World) -> None:
    permit = world.file()
    final(world, permit, "permit-longer", grounds=[Ground.COMMISSION])
    filled = form_of(world, permit, "longer_notified")["grounds"].value()
    given = {"on": "2026-01-20", "grounds": filled, **HAND}
    answer = browser(world).post(f"/permis/{permit.number}/evenements/longer_notified/", given)
    assert "5 juin 2026" in told(answer)
    assert made_of(world, permit, "longer_notified").detail["grounds"] == ["commission"]


def test_a_draft_fills_nothing(world: World) -> None:
    permit = world.file()
    with world.as_():
        letters.begin_letter(permit, kind_of("permit-granted"), LetterRequest(), world.rights())
    form = form_of(world, permit, "decided")
    assert (form["outcome"].value(), form["reference"].value()) == (None, None)


def test_a_letter_whose_notification_is_recorded_fills_nothing_any_more(world: World, on_day: Any) -> None:
    permit = world.file()
    final(world, permit, "permit-pieces", documents=["Plan B"])
    on_day(date(2026, 1, 22))
    world.record(permit, "pieces_asked", date(2026, 1, 22), pieces=["Plan B"], **HAND)
    assert form_of(world, permit, "pieces_asked")["others"].value() is None


def test_the_button_of_a_letter_leads_to_the_form_that_it_fills(world: World, on_day: Any) -> None:
    permit = world.file()
    first = final(world, permit, "permit-pieces", documents=["Plan A"])
    on_day(date(2026, 1, 21))
    final(world, permit, "permit-pieces", documents=["Plan B"])
    text = browser(world).get(f"/permis/{permit.number}/courriers/{first.pk}/").content.decode()
    assert f"/evenements/pieces_asked/?courrier={first.pk}" in text
    assert form_of(world, permit, "pieces_asked", f"?courrier={first.pk}")["others"].value() == "Plan A"
    assert form_of(world, permit, "pieces_asked")["others"].value() == "Plan B"


@pytest.mark.parametrize("query", ["?courrier=0", "?courrier=x", "?courrier=", "?courrier=99999999999"])
def test_a_letter_that_there_is_not_is_no_fault(world: World, query: str) -> None:
    permit = world.file()
    assert form_of(world, permit, "decided", query)["reference"].value() is None


def test_a_letter_of_another_file_fills_nothing(world: World) -> None:
    permit, other = world.file(), world.file(filed_date=date(2026, 1, 6))
    letter = final(world, other, "permit-granted")
    assert form_of(world, permit, "decided", f"?courrier={letter.pk}")["reference"].value() is None


def test_what_was_typed_stays_where_the_form_is_refused(world: World) -> None:
    permit = world.file()
    final(world, permit, "permit-granted")
    given = {"on": "2026-01-02", "outcome": "refused", "reference": "2026-12", **HAND}
    answer = browser(world).post(f"/permis/{permit.number}/evenements/decided/", given)
    assert answer.status_code == 400
    form = answer.context["form"]
    assert (form["outcome"].value(), form["reference"].value()) == ("refused", "2026-12")
