"""Hours as people write them: how they are read, what is said of it, works that are never there together."""

from datetime import date, time, timedelta

import pytest
from django.utils import translation

from networks.roadworks.days import Taken, hours_of, never_together, reading_of
from networks.roadworks.services.conflicts import ConflictQuery, Severity, conflicts_of
from tests.networks.conftest import Network
from tests.networks.roadworks.works import FIRST, LAST, stretch, work


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("De nuit", time(21), time(6)),
        ("nuits", time(21), time(6)),
        ("at night", time(21), time(6)),
        ("de nuit, 22 h – 5 h", time(22), time(5)),
        ("jour et nuit", time(0), time(0)),
        ("minuit à 5 h", time(0), time(5)),
        ("8 am to 5 pm", time(8), time(17)),
        ("9 pm – 5 am", time(21), time(5)),
        ("8:30 a.m. to 12 pm", time(8, 30), time(12)),
        ("12 am – 6 am", time(0), time(6)),
        ("la journée", time(8), time(17)),
    ],
)
def test_hours_are_read_as_they_are_written(text: str, start: time, end: time) -> None:
    assert hours_of(text) == (start, end)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ""),
        ("8 h 30 – 17 h", ""),
        ("de nuit", "compris : la nuit, de 21 h à 6 h le lendemain"),
        ("8 h – 12 h, 13 h 30 – 17 h", "compris : de 8 h à 17 h"),
        ("aux heures creuses", "compris : de 8 h à 17 h"),
        ("24 h/24", "compris : jour et nuit"),
    ],
)
def test_how_hours_were_understood_is_said_where_they_are_not_plain(text: str, said: str) -> None:
    with translation.override("fr"):
        assert reading_of(text).replace("\xa0", " ") == said


MONDAY = date(2026, 12, 7)


def taken(hours: str, first: int = 0, last: int = 4) -> Taken:
    return Taken(MONDAY + timedelta(days=first), MONDAY + timedelta(days=last), hours)


@pytest.mark.parametrize(
    ("one", "other", "never"),
    [
        (taken("8 h – 17 h"), taken("21 h – 6 h"), True),
        (taken("8 h – 17 h"), taken("de nuit"), True),
        (taken("5 h – 17 h"), taken("21 h – 6 h"), False),
        (taken("5 h – 17 h", 0, 0), taken("21 h – 6 h", 0, 4), True),
        (taken("5 h – 17 h", 5, 5), taken("21 h – 6 h", 0, 4), False),
        (taken("21 h – 6 h"), taken("22 h – 2 h"), False),
        (taken("24 h/24"), taken("21 h – 6 h"), False),
        (taken("8 h – 12 h"), taken("12 h – 17 h"), True),
        (taken("8 h – 17 h"), taken(""), False),
        (taken("aux heures creuses"), taken("21 h – 6 h"), False),
    ],
)
def test_works_by_day_and_by_night_are_never_there_together(one: Taken, other: Taken, never: bool) -> None:
    assert (never_together(one, other), never_together(other, one)) == (never, never)


def test_works_of_the_same_days_at_other_hours_are_told_for_information_with_the_hours(network: Network) -> None:
    work(network, measure="closed", hours="21 h – 6 h")
    mine = ConflictQuery(stretch=stretch((0, 50), (100, 50)), starts_on=FIRST, ends_on=LAST, measure="closed",
                 hours="8 h – 17 h")  # fmt: skip
    with network.as_(), translation.override("fr"):
        (found,) = conflicts_of(mine, network.rights())
    why = found.why.replace("\xa0", " ")
    assert (found.severity, "8 h–17 h" in why, "21 h–6 h" in why) == (Severity.NEAR, True, True)


def test_a_night_that_ends_before_the_next_one_begins_is_only_followed(network: Network) -> None:
    work(network, measure="closed", hours="21 h – 6 h")
    after = LAST + timedelta(days=1)
    mine = ConflictQuery(stretch=stretch((0, 50), (100, 50)), starts_on=after, ends_on=after, measure="closed",
                 hours="21 h – 6 h")  # fmt: skip
    with network.as_():
        assert conflicts_of(mine, network.rights()) == []
