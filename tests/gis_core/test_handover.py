"""What people are in charge of changes hands when they leave or are away, and comes back."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from gis_core.database import clock as database_clock
from gis_core.errors import Conflict, Invalid
from gis_core.members import absences, handover, leaving, people
from gis_core.members.rights import SYSTEM, Rights, Role, acting_as, rights_of
from gis_core.models import Absence, Letter, Member, Membership, User
from networks.notifications.models import Notice
from permits.models import Permit, Team
from tests import factories
from tests.permits.conftest import World, made_world

pytestmark = pytest.mark.django_db
FILES = "permit_files"


@pytest.fixture
def world() -> World:
    return made_world()


@pytest.fixture
def member(world: World) -> Member:
    return world.member


@pytest.fixture
def person(member: Member) -> User:
    return factories.user(member, Role.PERMIT_INSTRUCTOR, last_name="Partante")


@pytest.fixture
def colleague(member: Member) -> User:
    return factories.user(member, Role.PERMIT_INSTRUCTOR, last_name="Relais")


@pytest.fixture
def rights(member: Member) -> Rights:
    return rights_of(factories.user(member, Role.GIS_ADMINISTRATOR))


@pytest.fixture
def permit(world: World, person: User) -> Permit:
    made = world.file(filed_date=database_clock.today())
    with factories.as_owner():
        Permit.objects.filter(pk=made.pk).update(instructor=person)
    return made


def of(person: User) -> Membership:
    return people.people_of(person.memberships.get().member).get(user=person)


def instructor(permit: Permit) -> User | None:
    with acting_as(SYSTEM):
        return Permit.objects.get(pk=permit.pk).instructor


def days(first: int, last: int) -> dict[str, Any]:
    today = database_clock.today()
    return {"first_date": today + timedelta(days=first), "last_date": today + timedelta(days=last)}


def test_work_is_found_by_desk_and_nothing_changes(
    permit: Permit, person: User, colleague: User, member: Member, rights: Rights
) -> None:
    [part] = handover.work_of(person, member, colleague, rights)
    assert (part.work.name, part.numbers, part.refusal) == (FILES, [permit.pk], "")
    assert instructor(permit) == person


def test_a_colleague_whose_role_does_not_allow_it_is_told_before(
    permit: Permit, person: User, member: Member, rights: Rights
) -> None:
    reader = factories.user(member, Role.READER)
    [part] = handover.work_of(person, member, reader, rights)
    assert "n’instruit pas" in part.refusal or "n'instruit pas" in part.refusal
    [part] = handover.hand_over(person=person, member=member, colleague=reader, rights=rights)
    assert instructor(permit) == person


def test_whoever_leaves_hands_over_and_is_out(permit: Permit, person: User, colleague: User, rights: Rights) -> None:
    with factories.as_owner():
        team = Team.objects.create(member=permit.owner, name="Sud")
        team.people.add(person)
    leaving.leave(rights=rights, membership=of(person), colleague=colleague)
    assert instructor(permit) == colleague
    person.refresh_from_db()
    assert not person.is_active
    assert not team.people.exists()


def test_whoever_leaves_later_keeps_access_until_then(
    permit: Permit, person: User, colleague: User, rights: Rights
) -> None:
    last = database_clock.today() + timedelta(days=3)
    leaving.leave(rights=rights, membership=of(person), colleague=colleague, last_date=last)
    assert instructor(permit) == colleague
    assert of(person).last_date == last
    assert rights_of(person).signed_in


def test_nothing_changes_hands_where_the_last_administrator_would_leave(
    permit: Permit, person: User, colleague: User, rights: Rights
) -> None:
    own = User.objects.get(pk=rights.user_id)
    with factories.as_owner():
        Permit.objects.filter(pk=permit.pk).update(instructor=own)
        Membership.objects.filter(member=permit.owner, role=Role.GIS_ADMINISTRATOR).exclude(user=own).delete()
        Membership.objects.filter(member=permit.owner, role=Role.AGENCY_ADMINISTRATOR).delete()
    with pytest.raises(Conflict):
        leaving.leave(rights=rights, membership=of(own), colleague=colleague)
    assert instructor(permit) == own


def test_an_absence_gives_the_work_and_takes_it_back(
    permit: Permit, person: User, colleague: User, rights: Rights
) -> None:
    absences.record_absence(rights=rights, membership=of(person), colleague=colleague, **days(0, 10))
    assert instructor(permit) == colleague
    absences.end_absence(rights=rights, membership=of(person))
    assert instructor(permit) == person


def test_what_the_colleague_gave_on_meanwhile_does_not_come_back(
    permit: Permit, person: User, colleague: User, member: Member, rights: Rights
) -> None:
    third = factories.user(member, Role.PERMIT_INSTRUCTOR)
    absences.record_absence(rights=rights, membership=of(person), colleague=colleague, **days(0, 10))
    with factories.as_owner():
        Permit.objects.filter(pk=permit.pk).update(instructor=third)
    absences.end_absence(rights=rights, membership=of(person))
    assert instructor(permit) == third


def test_the_worker_begins_and_ends_absences(permit: Permit, person: User, colleague: User, rights: Rights) -> None:
    absence = absences.record_absence(rights=rights, membership=of(person), colleague=colleague, **days(2, 10))
    assert instructor(permit) == person
    with factories.as_owner():
        Absence.objects.filter(pk=absence.pk).update(**days(0, 10))
    with factories.as_worker():
        leaving.follow_people(0)
    assert instructor(permit) == colleague
    with factories.as_owner():
        Absence.objects.filter(pk=absence.pk).update(**days(-10, -1))
    with factories.as_worker():
        leaving.follow_people(0)
    assert instructor(permit) == person


def test_an_absence_that_fails_stops_no_other(
    permit: Permit, person: User, colleague: User, rights: Rights, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = absences.record_absence(rights=rights, membership=of(colleague), colleague=person, **days(2, 10))
    absences.record_absence(rights=rights, membership=of(person), colleague=colleague, **days(2, 10))
    with factories.as_owner():
        Absence.objects.update(**days(0, 10))
    begin = absences.begin_absence

    def fail_first(absence: Absence, rights: Rights) -> None:
        if absence.pk == failing.pk:
            raise ValueError
        begin(absence, rights)

    monkeypatch.setattr(absences, "begin_absence", fail_first)
    with factories.as_worker():
        leaving.follow_people(0)
    assert instructor(permit) == colleague


def test_the_worker_ends_memberships_whose_last_day_is_over(person: User, colleague: User, member: Member) -> None:
    with factories.as_owner():
        person.memberships.update(last_date=database_clock.today() - timedelta(days=1))
        colleague.memberships.update(last_date=database_clock.today())
    with factories.as_worker():
        leaving.follow_people(0)
    person.refresh_from_db()
    assert not person.is_active
    assert not Membership.objects.filter(user=person).exists()
    assert rights_of(colleague).signed_in


@pytest.mark.parametrize("given", [(3, 2), (0, -1), (0, 1_000)])
def test_days_that_make_no_sense_are_refused(person: User, rights: Rights, given: tuple[int, int]) -> None:
    with pytest.raises(Invalid):
        absences.record_absence(rights=rights, membership=of(person), colleague=None, **days(*given))


def test_a_second_absence_waits_for_the_end_of_the_first(person: User, rights: Rights) -> None:
    absences.record_absence(rights=rights, membership=of(person), colleague=None, **days(0, 2))
    with pytest.raises(Conflict, match="absence"):
        absences.record_absence(rights=rights, membership=of(person), colleague=None, **days(4, 5))


def test_the_page_shows_the_difference_then_does_it(
    permit: Permit, person: User, colleague: User, member: Member, rights: Rights, client: Client
) -> None:
    client.force_login(User.objects.get(pk=rights.user_id))
    address = f"/membres/{member.slug}/{of(person).pk}/passation/"
    sent = {"purpose": "leaves", "colleague": str(colleague.pk), "first_date": "", "last_date": ""}
    page = client.post(address, sent | {"action": "try"}).content.decode()
    assert "Relais" in page
    assert (instructor(permit), person.memberships.count()) == (person, 1)
    assert client.post(address, sent | {"action": "do"}).status_code == 302
    assert (instructor(permit), person.memberships.count()) == (colleague, 0)


@pytest.mark.parametrize("given", [("leaves", 0, -1), ("away", 5, 2)])
def test_what_cannot_be_done_is_refused_before_it_is_shown(
    person: User, member: Member, rights: Rights, client: Client, given: tuple[str, int, int]
) -> None:
    purpose, first, last = given
    client.force_login(User.objects.get(pk=rights.user_id))
    sent = {name: value.isoformat() for name, value in days(first, last).items()}
    address = f"/membres/{member.slug}/{of(person).pk}/passation/"
    page = client.post(address, sent | {"purpose": purpose, "action": "try"})
    assert (page.status_code, 'value="do"' in page.text) == (400, False)


def test_the_list_of_people_says_who_is_away_and_until_when(
    person: User, colleague: User, member: Member, rights: Rights, client: Client
) -> None:
    absences.record_absence(rights=rights, membership=of(person), colleague=colleague, **days(0, 10))
    client.force_login(User.objects.get(pk=rights.user_id))
    page = client.get(f"/membres/{member.slug}/").content.decode()
    assert "Relais prend le relais" in page


def test_what_was_begun_and_stays_is_shown_with_whose_it_is(
    permit: Permit, person: User, member: Member, rights: Rights
) -> None:
    with factories.as_owner():
        letter = Letter.objects.create(
            owner=member, insee="45001", about_kind="permit", about_key=permit.number, kind="x", title="Lettre",
            created_by=person,
        )  # fmt: skip
        User.objects.filter(pk=person.pk).update(saved_filters={"permits": [["Mes lots", "lot=1"]]})
        Notice.objects.create(owner=member, made_by=person, name="Coupure rue des Lys")
    person.refresh_from_db()
    begun = {part.work.name: [item.title for item in part.items] for part in handover.begun_by(person, member, rights)}
    assert begun == {"letters": ["Lettre"], "saved_filters": ["Mes lots"], "notices": ["Coupure rue des Lys"]}
    administrator = User.objects.get(pk=rights.user_id)
    client = Client(headers={"accept": "text/html"})
    client.force_login(administrator)
    text = client.get(f"/membres/{member.slug}/{of(person).pk}/passation/").content.decode()
    assert "reste où c’est" in text
    assert f"/courriers/{letter.pk}/" in text
    with factories.as_owner():
        Membership.objects.create(user=person, member=factories.member(), role=Role.READER)
    elsewhere = [part.work.name for part in handover.begun_by(person, member, rights)]
    assert elsewhere == ["letters", "notices"], "an account that stays keeps its filters to itself"
