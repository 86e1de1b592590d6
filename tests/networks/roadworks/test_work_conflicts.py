"""Conflicts of works in space and time: told with their gravity, over the works that the asker may know."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from networks.roadworks.models import Work, WorkDetour
from networks.roadworks.points import CONFLICT_FINDERS, ConflictFinder
from networks.roadworks.services import conflicts, works
from networks.roadworks.services.conflicts import ConflictQuery, Severity, conflicts_of, marks_of
from networks.roadworks.services.works import WorkQuery, list_works
from tests import factories
from tests.networks.conftest import Network, Place
from tests.networks.roadworks.works import FIRST, LAST, section, stretch, work
from tests.wiring import give

HERE: tuple[Place, ...] = ((0, 50), (100, 50))


def asked(*places: Place, **values: Any) -> ConflictQuery:
    return ConflictQuery(stretch=stretch(*(places or HERE)), **({"starts_on": FIRST, "ends_on": LAST} | values))


def met(network: Network, wanted: ConflictQuery, who: str = "network_technician") -> list[tuple[str, Severity]]:
    with network.as_(who):
        return [(one.work.title, one.severity) for one in conflicts_of(wanted, network.rights(who))]


@pytest.mark.parametrize(
    ("mine", "theirs", "gravity"),
    [
        ({"measure": "closed"}, {"measure": "closed"}, Severity.GRAVE),
        ({"measure": "closed"}, {"measure": "one_way"}, Severity.GRAVE),
        ({"measure": "closed"}, {"measure": "alternate"}, Severity.GRAVE),
        ({"measure": "narrowed"}, {"measure": "closed"}, Severity.GRAVE),
        ({"measure": "closed", "kind": "event"}, {"measure": "none"}, Severity.GRAVE),
        ({"kind": "event"}, {"measure": "none"}, Severity.SERIOUS),
        ({"kind": "event"}, {"kind": "event"}, Severity.SERIOUS),
        ({"measure": "closed"}, {"measure": "none"}, Severity.SERIOUS),
        ({"measure": "alternate"}, {"measure": "narrowed"}, Severity.SERIOUS),
        ({"measure": "none"}, {"measure": "none"}, Severity.NEAR),
        ({"measure": "alternate"}, {"measure": "none"}, Severity.NEAR),
    ],
)
def test_how_grave_it_is_depends_on_both_measures(
    network: Network, mine: dict[str, str], theirs: dict[str, str], gravity: Severity
) -> None:
    work(network, who="stranger", **theirs)
    assert met(network, asked(**mine)) == [("Enrobés", gravity)]


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        (LAST, LAST + timedelta(days=3), True),
        (FIRST - timedelta(days=3), FIRST, True),
        (LAST + timedelta(days=1), LAST + timedelta(days=3), False),
        (FIRST - timedelta(days=3), FIRST - timedelta(days=1), False),
    ],
)
def test_both_first_and_last_days_count(network: Network, first: date, last: date, found: bool) -> None:
    work(network)
    assert bool(met(network, asked(starts_on=first, ends_on=last))) is found


NIGHT: dict[str, Any] = {"hours": "21 h – 6 h", "measure": "alternate"}
AFTER, BEFORE = LAST + timedelta(days=1), FIRST - timedelta(days=1)


@pytest.mark.parametrize(
    ("theirs", "mine", "found"),
    [
        (NIGHT, {"starts_on": AFTER, "ends_on": AFTER}, "on 12 December 2026"),
        ({}, {"starts_on": BEFORE, "ends_on": BEFORE, "hours": "21 h à 6 h"}, "on 7 December 2026"),
        ({"hours": "21 h à minuit"}, {"starts_on": AFTER, "ends_on": AFTER}, ""),
        (NIGHT, {"starts_on": AFTER + timedelta(days=1), "ends_on": AFTER + timedelta(days=1)}, ""),
        (NIGHT | {"new_surface": True}, {"starts_on": AFTER, "ends_on": AFTER, "kind": "water"}, "on 12 December 2026"),
        ({"new_surface": True}, {"starts_on": AFTER, "ends_on": AFTER, "kind": "water"}, "new since 11 December"),
    ],
)
def test_the_morning_after_a_night_counts(
    network: Network, theirs: dict[str, Any], mine: dict[str, Any], found: str
) -> None:
    other = work(network, who="stranger", **theirs)
    with network.as_(), translation.override("en"):
        told = conflicts_of(asked(**mine), network.rights())
    assert [(one.work.pk, found in one.why) for one in told] == ([(other.pk, True)] if found else [])


@pytest.mark.parametrize(("hours", "found"), [("21 h – 6 h", 1), ("8 h – 17 h", 0)])
def test_the_calendar_knows_the_morning_after_a_night(network: Network, hours: str, found: int) -> None:
    night, day = work(network, hours=hours), work(network, starts_on=AFTER, ends_on=AFTER)
    led = work(network, (0, 900), (100, 900), measure="closed", starts_on=AFTER, ends_on=AFTER)
    detour(led, (-50, 400), (150, 400))
    closing = work(network, (0, 400), (100, 400), measure="closed", hours=hours)
    with network.as_():
        marks = marks_of([night, day, led, closing], network.rights())
        assert [len(conflicts_of(ConflictQuery.of(one), network.rights())) for one in (night, day, led, closing)] == [
            found
        ] * 4
    assert [len(marks.get(one.pk, [])) for one in (night, day, led, closing)] == [found] * 4


@pytest.mark.parametrize(
    ("places", "found"),
    [
        (((60, 57), (160, 57)), True),
        (((50, 0), (50, 100)), True),
        (((0, 62), (100, 62)), False),
        (((111, 50), (200, 50)), False),
        (((-200, -300), (300, 400)), True),
        (((-200, 400), (-200, 900), (900, 900), (900, 50), (105, 50)), True),
    ],
)
def test_works_meet_within_ten_metres(network: Network, places: tuple[Place, ...], found: bool) -> None:
    work(network)
    assert bool(met(network, asked(*places))) is found


def test_those_that_meet_at_a_crossing_are_told_so(network: Network) -> None:
    work(network)
    with network.as_(), translation.override("en"):
        (along,) = conflicts_of(asked(), network.rights())
        (across,) = conflicts_of(asked((50, 0), (50, 100)), network.rights())
    assert "100 m of road" in along.why
    assert "crossing" in across.why
    assert "from 7 to 11 December 2026" in along.why


@pytest.mark.parametrize(
    ("below", "above", "found"),
    [({"level": 0}, {"level": 1}, False), ({"level": -1}, {"level": 0}, False), ({"level": 0}, {"level": 0}, True),
     ({"level": 1}, {"level": 1}, True)],
)  # fmt: skip
@pytest.mark.parametrize("beside", [0, 4])
def test_works_on_roads_that_cross_on_a_bridge_do_not_meet(
    network: Network, below: dict[str, int], above: dict[str, int], beside: float, found: bool
) -> None:
    section(network.member, (-50, 50), (150, 50), **below)
    section(network.member, (50, -50), (50, 150), **above)
    work(network, (50 + beside, 0), (50 + beside, 100))
    assert bool(met(network, asked((0, 50 + beside), (100, 50 + beside)))) is found


def test_works_that_meet_at_a_node_meet_though_one_climbs_a_bridge_there(network: Network) -> None:
    section(network.member, (-50, 50), (50, 50))
    section(network.member, (50, 50), (150, 50))
    section(network.member, (50, 50), (50, 150), level=1)
    work(network, (50, 60), (50, 140))
    assert met(network, asked()) == [("Enrobés", Severity.NEAR)]


def test_works_beside_a_bridge_without_a_road_of_their_own_meet(network: Network) -> None:
    section(network.member, (50, -50), (50, 150), level=1)
    work(network, (50, 0), (50, 100))
    assert met(network, asked()) == [("Enrobés", Severity.NEAR)]


def test_drafts_of_others_and_cancelled_works_are_not_met(network: Network) -> None:
    work(network, who="stranger", state="draft", title="Leur brouillon")
    work(network, state="draft", title="Notre brouillon")
    gone = work(network, title="Annulé")
    with factories.as_owner():
        Work.objects.filter(pk=gone.pk).update(state="cancelled")
    assert [title for title, _gravity in met(network, asked())] == ["Notre brouillon"]
    assert [title for title, _gravity in met(network, asked(), "stranger")] == ["Leur brouillon"]


def test_works_do_not_meet_themselves(network: Network) -> None:
    one = work(network)
    assert met(network, ConflictQuery.of(one)) == []


@pytest.mark.parametrize(
    ("days", "kind", "found"),
    [(400, "water", True), (400, "sewer", True), (400, "road", False), (3 * 366 + 10, "water", False)],
)
def test_digging_up_a_new_surface_is_told(network: Network, days: int, kind: str, found: bool) -> None:
    work(network, new_surface=True)
    day = LAST + timedelta(days=days)
    assert met(network, asked(starts_on=day, ends_on=day, kind=kind)) == ([("Enrobés", Severity.SERIOUS)] * found)


def test_a_surface_laid_before_others_dig_is_told(network: Network) -> None:
    work(network, kind="water", title="Branchement")
    day = FIRST - timedelta(days=90)
    assert met(network, asked(starts_on=day, ends_on=day, new_surface=True)) == [("Branchement", Severity.SERIOUS)]
    assert met(network, asked(starts_on=day, ends_on=day)) == []


def test_other_files_may_find_conflicts_of_their_own(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    far = work(network, (5000, 5000), (5100, 5000), title="Sur la déviation")
    found = conflicts.Conflict(work=far, severity=Severity.GRAVE, why="déviation")
    finder = ConflictFinder(lambda _asked, _rights: [found], lambda works, _rights: ((pk, found) for pk in works))
    give(monkeypatch, CONFLICT_FINDERS, finder, only=True)
    assert met(network, asked()) == [("Sur la déviation", Severity.GRAVE)]


def test_the_calendar_knows_the_conflicts_of_all_it_shows(network: Network) -> None:
    one, other = work(network, measure="closed"), work(network, who="stranger", measure="closed")
    alone = work(network, (3000, 0), (3100, 0))
    with network.as_():
        marks = marks_of([one, other, alone], network.rights())
    assert {pk: [mark.work.pk for mark in found] for pk, found in marks.items()} == {one.pk: [other.pk],
                                                                                   other.pk: [one.pk]}  # fmt: skip


MANY = """
    insert into road_work (owner_id, reference, state, kind, title, starts_on, ends_on, measure, geom, new_surface)
    select %(owner)s, 'T-' || i, case when i %% 10 = 0 then 'draft' else 'planned' end,
        (array['road', 'water', 'sewer', 'event'])[1 + i %% 4], 'Travaux ' || i, day, day + i %% 30,
        (array['closed', 'alternate', 'none'])[1 + i %% 3],
        st_multi(st_setsrid(st_makeline(st_makepoint(x, y), st_makepoint(x + 40 + i %% 200, y + i %% 90)), 2154)),
        i %% 50 = 0
    from generate_series(1, %(count)s) i,
        lateral (select 607000 + (i * 7919) %% 20011 as x, 6707000 + (i::bigint * 104729) %% 20021 as y,
            date '2024-01-01' + (i * 31) %% 1097 as day) place
"""


def rows_read(network: Network) -> int:
    """How many rows of works this transaction has read so far."""
    ((count,),) = network.rows(
        "select seq_tup_read + idx_tup_fetch from pg_stat_xact_all_tables where relname = 'road_work'"
    )
    return int(count)


def test_conflicts_among_fifty_thousand_works_read_those_around_alone(network: Network) -> None:
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute(MANY, {"owner": network.other.pk, "count": 50_000})
        cursor.execute("analyze road_work")
    work(network, measure="closed")
    long = stretch((-5000, -5000), (5000, 0), (5000, 5000))
    for wanted, most in ((asked(), 100), (ConflictQuery(stretch=long, starts_on=FIRST, ends_on=LAST), 15_000)):
        before = rows_read(network)
        with network.as_("reader"):
            assert conflicts_of(wanted, network.rights("reader"))
        assert rows_read(network) - before < most
    before = rows_read(network)
    with network.as_("reader"):
        rights = network.rights("reader")
        shown = list(list_works(WorkQuery(first=FIRST, last=LAST + timedelta(days=50)), rights)[:150])
        marks_of(shown, rights)
    assert rows_read(network) - before < 5_000


# -- detours ----------------------------------------------------------------------------------------------------------


def detour(of: Work, *places: Place) -> None:
    with factories.as_worker():
        WorkDetour.objects.create(owner=of.owner, work=of, geom=stretch(*places)[0])


@pytest.mark.parametrize(
    ("measure", "found"),
    [("closed", [("Enrobés", Severity.GRAVE)]), ("alternate", [("Enrobés", Severity.SERIOUS)]), ("none", [])],
)
def test_hindering_traffic_on_the_detour_of_other_works_is_told(
    network: Network, measure: str, found: list[tuple[str, Severity]]
) -> None:
    other = work(network, (0, 900), (100, 900), who="stranger", measure="closed")
    detour(other, (-50, 50), (150, 50))
    assert met(network, asked(measure=measure)) == found


def test_works_on_the_detour_of_these_are_told(network: Network) -> None:
    mine = work(network, measure="closed")
    detour(mine, (-50, 400), (150, 400))
    work(network, (0, 400), (100, 400), who="stranger", measure="closed", title="Tranchée")
    assert met(network, ConflictQuery.of(mine)) == [("Tranchée", Severity.GRAVE)]


def test_a_detour_that_is_only_crossed_or_led_on_other_days_is_no_conflict(network: Network) -> None:
    crossed = work(network, (0, 900), (100, 900), measure="closed")
    detour(crossed, (50, -500), (50, 500))
    later = work(
        network, (0, 900), (100, 900), measure="closed", starts_on=LAST + timedelta(days=1), ends_on=date(2027, 1, 9)
    )
    detour(later, (-50, 50), (150, 50))
    assert met(network, asked(measure="closed")) == []


def test_cancelled_works_lead_nobody_around_any_more(network: Network) -> None:
    made = work(network, measure="closed")
    detour(made, (-50, 400), (150, 400))
    with network.as_("network_technician"):
        works.cancel(work=made, version=made.version, rights=network.rights("network_technician"))
    with factories.as_owner():
        assert not WorkDetour.objects.filter(work_id=made.pk).exists()


def test_the_calendar_marks_conflicts_by_detours_as_the_page_tells_them(network: Network) -> None:
    led = work(network, (0, 900), (100, 900), measure="closed")
    detour(led, (-50, 50), (150, 50))
    closing = work(network, measure="closed", title="Tranchée")
    with network.as_("network_technician"):
        rights = network.rights("network_technician")
        marks = marks_of([led, closing], rights)
        alone = {one.pk: conflicts_of(ConflictQuery.of(one), rights) for one in (led, closing)}
    assert {pk: [(one.work.pk, one.severity, one.why) for one in found] for pk, found in marks.items()} == {
        pk: [(one.work.pk, one.severity, one.why) for one in found] for pk, found in alone.items()
    }
    assert set(marks) == {led.pk, closing.pk}
