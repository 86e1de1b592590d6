"""What is recorded of a file, and the dates that follow."""

from datetime import date
from typing import Any

import pytest

from gis_core.errors import Conflict, Forbidden, Invalid, NotFound
from gis_core.members.rights import Role
from permits.models import Event
from permits.procedure import State
from permits.services.recording import strike
from tests.permits.conftest import World


def test_a_file_waits_for_its_decision(world: World, on_day: Any) -> None:
    on_day(date(2026, 1, 10))
    permit = world.file()
    assert (permit.state, permit.due_date) == (State.RECEIVED, date(2026, 4, 5))
    assert (permit.next_date, permit.next_what) == (date(2026, 2, 5), "notify_by")


def test_silence_grants_a_permit_after_the_last_day(world: World, on_day: Any) -> None:
    on_day(date(2026, 4, 6))
    permit = world.file()
    assert (permit.state, permit.tacit, permit.ended_date) == (State.GRANTED, True, date(2026, 4, 6))


def test_missing_pieces_stop_the_clock(world: World, on_day: Any) -> None:
    on_day(date(2026, 2, 1))
    permit = world.record(world.file(), "pieces_asked", date(2026, 1, 20), pieces=["PC2", "PC4"])
    assert (permit.state, permit.due_date, permit.next_what) == (State.INCOMPLETE, None, "answer_by")
    assert permit.next_date == date(2026, 4, 20)


def test_pieces_asked_too_late_are_kept_without_effect(world: World, on_day: Any) -> None:
    on_day(date(2026, 3, 1))
    permit = world.record(world.file(), "pieces_asked", date(2026, 2, 20), pieces=["PC2"])
    assert permit.due_date == date(2026, 4, 5)
    with world.as_():
        assert permit.events.filter(what="pieces_asked").count() == 1


def test_a_registered_letter_counts_from_its_first_presentation(world: World, on_day: Any) -> None:
    on_day(date(2026, 2, 10))
    letter = {"channel": "registered", "sent": "2026-01-30", "presented": "2026-02-03", "pieces": ["PC2"]}
    assert world.record(world.file(), "pieces_asked", None, **letter).answer_by_date == date(2026, 5, 3)


def test_an_electronic_notice_that_nobody_opens_counts_after_eight_days(world: World, on_day: Any) -> None:
    on_day(date(2026, 2, 10))
    notice = {"channel": "electronic", "sent": "2026-01-12", "grounds": ["protected_surroundings"]}
    permit = world.record(world.file(), "longer_notified", None, **notice)
    with world.as_():
        assert permit.events.get(what="longer_notified").on_date == date(2026, 1, 20)
    assert permit.due_date == date(2026, 5, 5)


def test_what_is_struck_out_counts_no_more_and_stays(world: World, on_day: Any) -> None:
    on_day(date(2026, 2, 1))
    permit = world.record(world.file(), "pieces_asked", date(2026, 1, 20), pieces=["PC2"])
    with world.as_():
        strike(Event.objects.get(what="pieces_asked"), reason="Autre dossier", rights=world.rights())
        permit.refresh_from_db()
        assert permit.due_date == date(2026, 4, 5)
        assert Event.objects.get(what="pieces_asked").struck_reason == "Autre dossier"


REFUSED: dict[str, tuple[str, date | None, dict[str, Any], type[Exception]]] = {
    "decision before filing": ("decided", date(2026, 1, 2), {"outcome": "granted"}, Invalid),
    "day to come": ("decided", date(2026, 12, 1), {"outcome": "granted"}, Invalid),
    "no day": ("pieces_came", None, {"pieces": ["PC2"]}, Invalid),
    "no pieces": ("pieces_asked", date(2026, 1, 20), {"pieces": []}, Invalid),
    "pieces that are no words": ("pieces_asked", date(2026, 1, 20), {"pieces": [{"PC2": 1}]}, Invalid),
    "a no in words": ("pieces_asked", date(2026, 1, 20), {"pieces": ["PC2"], "outside_code": "false"}, Invalid),
    "unknown outcome": ("decided", date(2026, 1, 20), {"outcome": "perhaps"}, Invalid),
    "unknown ground": ("longer_notified", date(2026, 1, 20), {"grounds": ["weather"]}, Invalid),
    "delay without reason": ("by_hand", date(2026, 1, 20), {"months": 6, "article": "R.423-37"}, Invalid),
    "presented before sent": (
        "decided",
        None,
        {"outcome": "granted", "channel": "registered", "sent": "2026-01-20", "presented": "2026-01-19"},
        Invalid,
    ),
    "sent before filing": (
        "pieces_asked",
        None,
        {"pieces": ["PC2"], "channel": "registered", "sent": "2026-01-02", "presented": "2026-01-19"},
        Invalid,
    ),
    "signed before filing": ("decided", date(2026, 1, 20), {"outcome": "granted", "signed": "2026-01-02"}, Invalid),
    "signed after receipt": ("decided", date(2026, 1, 20), {"outcome": "granted", "signed": "2026-01-21"}, Invalid),
    "no date": ("decided", None, {"outcome": "granted", "channel": "registered", "sent": "hier"}, Invalid),
    "works before a decision": ("works_started", date(2026, 1, 20), {}, Conflict),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_have_happened_is_refused(world: World, on_day: Any, case: str) -> None:
    what, on, detail, kind = REFUSED[case]
    on_day(date(2026, 2, 1))
    permit = world.file()
    with pytest.raises(kind):
        world.record(permit, what, on, **detail)
    with world.as_():
        assert permit.events.count() == 1


def test_a_signature_of_a_day_to_come_is_said_to_be_one(world: World, on_day: Any) -> None:
    on_day(date(2026, 2, 1))
    with pytest.raises(Invalid, match="pas encore venu"):
        world.record(world.file(), "decided", date(2026, 1, 20), outcome="granted", signed="2026-02-02")


@pytest.mark.parametrize(
    ("role", "what"), [(Role.READER, "note"), (Role.TOWN_HALL, "longer_notified"), ("stranger", "note")]
)
def test_who_may_not_record_is_refused(world: World, on_day: Any, role: str, what: str) -> None:
    on_day(date(2026, 2, 1))
    permit = world.file()
    with pytest.raises((Forbidden, NotFound)):
        world.record(permit, what, date(2026, 1, 20), role, grounds=["derogation"])


def test_a_town_hall_records_pieces_of_its_commune(world: World, on_day: Any) -> None:
    on_day(date(2026, 2, 1))
    permit = world.record(world.file(), "pieces_asked", date(2026, 1, 20), pieces=["PC2"])
    permit = world.record(permit, "pieces_came", date(2026, 1, 25), Role.TOWN_HALL, pieces=["PC2"])
    assert permit.complete_date == date(2026, 1, 25)


def test_an_electronic_sending_that_nobody_opened_says_from_when_it_counts(world: World, on_day: Any) -> None:
    on_day(date(2026, 2, 1))
    permit = world.file()
    detail = {"pieces": ["PC2"], "channel": "electronic", "sent": "2026-01-30"}
    with pytest.raises(Invalid, match="07/02/2026") as refused:
        world.record(permit, "pieces_asked", None, **detail)
    assert refused.value.extra["parameter"] == "consulted"


def test_works_are_declared_after_the_grant(world: World, on_day: Any) -> None:
    on_day(date(2026, 2, 1))
    permit = world.record(world.file(), "decided", date(2026, 1, 20), outcome="granted")
    with pytest.raises(Invalid, match="20/01/2026"):
        world.record(permit, "works_started", date(2026, 1, 19))
    assert world.record(permit, "works_started", date(2026, 1, 20)).state == "works"
