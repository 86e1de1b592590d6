"""The one filter of pages, map, statistics, exports and the API."""

from datetime import date
from typing import Any

import pytest

from gis_core.desk.listing import QueryRows
from gis_core.errors import Invalid
from gis_core.members.rights import Role
from gis_core.models import Commune
from permits.deadlines.events import Outcome
from permits.deadlines.law import Kind
from permits.models import Permit, Team
from permits.services.listing import PermitQuery, files, order_permits
from permits.services.reading import timeline_of
from tests import factories
from tests.permits.conftest import World

TODAY = date(2026, 2, 1)


def numbers(world: World, who: str = Role.PERMIT_INSTRUCTOR, **given: str) -> list[str]:
    """The files that a filter finds, in its order."""
    with world.as_(who):
        wanted = PermitQuery.parse(given)
        return [one.number for one in order_permits(files(wanted, world.rights(who), TODAY), wanted)]


@pytest.fixture(autouse=True)
def now(on_day: Any) -> None:
    on_day(TODAY)


def test_without_parameters_everything_that_one_may_see(world: World) -> None:
    first, second = world.file(), world.file(insee="45902", parcels=[])
    assert numbers(world) == [second.number, first.number]
    assert numbers(world, Role.TOWN_HALL) == [first.number]
    assert numbers(world, "stranger") == []


def test_mine_are_those_that_i_instruct(world: World) -> None:
    world.file()
    mine = world.file(instructor=world.people[Role.PERMIT_INSTRUCTOR].pk)
    assert numbers(world, whose="mine") == [mine.number]
    assert numbers(world, Role.GIS_ADMINISTRATOR, whose="mine") == []


def test_a_team_has_the_files_of_its_people_at_its_member(world: World) -> None:
    world.file()
    theirs = world.file(instructor=world.people[Role.PERMIT_INSTRUCTOR].pk)
    with factories.as_owner():
        team = Team.objects.create(member=world.member, name="Nord")
        team.people.add(world.people[Role.GIS_ADMINISTRATOR], world.people[Role.PERMIT_INSTRUCTOR])
        Team.objects.create(member=world.other, name="Sud").people.add(world.people[Role.READER])
    assert numbers(world, Role.GIS_ADMINISTRATOR, whose="team") == [theirs.number]
    assert numbers(world, Role.READER, whose="team") == []


def test_a_members_files(world: World) -> None:
    one, strange = world.file(), world.file("stranger", insee="45903", parcels=[])
    who = Role.AGENCY_ADMINISTRATOR
    assert numbers(world, who, member=world.member.slug) == [one.number]
    assert numbers(world, who, whose="member") == [one.number]
    assert set(numbers(world, who, whose="all")) == {one.number, strange.number}


def test_files_without_an_instructor(world: World) -> None:
    free = world.file()
    taken = world.file(instructor=world.people[Role.PERMIT_INSTRUCTOR].pk)
    assert numbers(world, instructor="none") == [free.number]
    assert numbers(world, instructor=str(world.people[Role.PERMIT_INSTRUCTOR].pk)) == [taken.number]


def test_open_is_a_state_and_states_add_up(world: World) -> None:
    still = world.file()
    done = world.record(world.file(), "decided", date(2026, 1, 20), outcome="granted")
    gone = world.record(world.file(), "withdrawn", date(2026, 1, 20))
    assert numbers(world, state="open") == [still.number]
    assert set(numbers(world, state="granted,withdrawn")) == {done.number, gone.number}


@pytest.mark.parametrize("q", ["PC 045 901 26 00001", "pc 45 901 26 00001", "45 901 26 00001"])
def test_a_whole_number_shows_a_decided_file_among_open_ones(world: World, q: str) -> None:
    done = world.record(world.file(), "decided", date(2026, 1, 20), outcome="granted")
    assert numbers(world, q=q, state="open") == [done.number]


def test_a_beginning_shows_open_files_alone(world: World) -> None:
    world.record(world.file(), "decided", date(2026, 1, 20), outcome="granted")
    assert numbers(world, q="PC 045 901 26", state="open") == []


def test_a_whole_number_does_not_override_a_state_that_is_chosen(world: World) -> None:
    world.record(world.file(), "decided", date(2026, 1, 20), outcome="granted")
    assert numbers(world, q="PC 045 901 26 00001", state="refused") == []


def test_a_file_on_a_parcel_with_a_prefix_is_found(world: World) -> None:
    factories.parcel("45901", section="AC", number="0007", prefix="123")
    permit = world.file(parcels=["45901123AC0007"])
    assert numbers(world, q="AC 7") == [permit.number]


def test_kind_commune_and_year(world: World) -> None:
    world.file()
    other = world.file(kind="DP", insee="45902", parcels=[], filed_date=date(2025, 12, 31))
    for given in ({"kind": "DP"}, {"insee": "45902"}, {"year": "2025"}):
        assert numbers(world, **given) == [other.number]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("PC 045 901 26 00001", True),
        ("pc04590126", True),
        ("DP 045", False),
        ("pc 45 901 26 00001", True),
        ("45 901 26 00001", True),
        ("045 901 26", True),
        ("section AB parcelle 1", True),
        ("AB 1, AB 2", True),
        ("AB 1 Lorris", True),
        ("00001", True),
        ("AB 1", True),
        ("45901 AB 1", True),
        ("lorris ab 1", True),
        ("45901000AB0001", True),
        ("AB 2", False),
        ("creation garage", True),
        ("GARAGE lilas", True),
        ("arage", False),
        ("l'église", True),
        ("martin", False),
        ("%", False),
        ("_____", False),
    ],
)
def test_a_text_is_a_number_a_parcel_or_words(world: World, text: str, found: bool) -> None:
    given = {"description": "Création d’un garage", "address": "3 rue des Lilas, près de l’Église"}
    permit = world.file(**given)
    with factories.as_owner():
        Commune.objects.filter(insee="45901").update(search_text=" lorris")
    assert numbers(world, q=text) == ([permit.number] if found else [])


def test_a_parcel_of_another_member_is_not_told(world: World) -> None:
    world.file("stranger", insee="45903", parcels=["AC 1"])
    assert numbers(world, q="45903000AC0001") == []


@pytest.mark.parametrize(
    ("deadline", "day", "found"),
    [
        ("overdue", date(2026, 2, 1), False),
        ("overdue", date(2026, 4, 7), True),
        ("week", date(2026, 3, 29), False),
        ("week", date(2026, 3, 30), True),
        ("month", date(2026, 3, 8), True),
        ("tacit", date(2026, 3, 22), True),
        ("tacit", date(2026, 3, 20), False),
    ],
)
def test_deadlines_by_what_is_due_next(world: World, deadline: str, day: date, found: bool) -> None:
    world.file()
    with factories.as_owner():
        Permit.objects.update(next_date=date(2026, 4, 6), next_what="due", due_date=date(2026, 4, 6))
    with world.as_():
        assert files(PermitQuery.parse({"deadline": deadline}), world.rights(), day).exists() is found


def test_silence_that_refuses_is_not_tacit_soon(world: World) -> None:
    world.file(silence_refuses=["heritage"])
    with factories.as_owner():
        Permit.objects.update(next_date=TODAY, next_what="due")
    assert numbers(world, deadline="tacit") == []


@pytest.mark.parametrize("kind", list(Kind))
def test_what_silence_means_is_what_the_law_says(world: World, kind: Kind) -> None:
    cases = [[], ["classified_site"], ["environmental_assessment"], ["classified_site", "environmental_assessment"]]
    made = [world.file(kind=kind, silence_refuses=case) for case in cases]
    with factories.as_owner():
        Permit.objects.update(next_date=TODAY, next_what="due")
    with world.as_():
        told = {one.number: timeline_of(one, list(one.events.all()), TODAY) for one in made}
    granting = {number for number, one in told.items() if one and one.silence == Outcome.GRANTED}
    assert set(numbers(world, deadline="tacit")) == granting


def test_a_stretch_of_ground(world: World) -> None:
    permit = world.file()
    with world.as_():
        ground = Permit.objects.get().geom
        assert ground is not None
        west, south, east, north = ground.transform(4326, clone=True).extent
    assert numbers(world, bbox=f"{west},{south},{east},{north}") == [permit.number]
    assert numbers(world, bbox="2.0,44.0,2.1,44.1") == []


def test_open_files_come_by_deadline(world: World) -> None:
    late = world.file(filed_date=date(2026, 1, 20))
    soon = world.file(filed_date=date(2026, 1, 6))
    assert numbers(world, state="open") == [soon.number, late.number]
    assert numbers(world) == [late.number, soon.number]


def test_a_count_stops(world: World) -> None:
    world.file()
    world.file()
    with world.as_():
        rows = files(PermitQuery(), world.rights())
        assert (QueryRows(rows).count(1000), QueryRows(rows).count(1)) == (2, 2)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("state", "gone"),
        ("kind", "XX"),
        ("whose", "theirs"),
        ("year", "1066"),
        ("deadline", "never"),
        ("instructor", "bob"),
        ("bbox", "1,2,3"),
    ],
)
def test_what_makes_no_sense_is_refused(name: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        PermitQuery.parse({name: value})
    assert refused.value.extra["parameter"] == name


def test_a_filter_reads_as_its_own_query() -> None:
    from django.http import QueryDict

    given = {"state": "open,granted", "q": "AB 1", "year": "2025", "bbox": "1,44,2,45", "whose": "mine"}
    wanted = PermitQuery.parse(given)
    assert PermitQuery.parse(QueryDict(wanted.query()).dict()) == wanted
    assert PermitQuery.parse({}, state="open").states == ("open",)
    assert PermitQuery.parse({"state": ""}, state="open").states == ()
