"""Who sees files and applicants: asked of PostgreSQL, without any filter of the code."""

import pytest
from django.db import DatabaseError, connection, transaction

from gis_core.errors import Forbidden
from gis_core.members.rights import ANONYMOUS, Role, acting_as
from permits.models import Applicant, ApplicantReading, Event, Permit
from permits.services.applicants import Person, read_applicants, write_applicant
from permits.services.filing import may_file, members_filing
from tests.permits.conftest import World


@pytest.mark.parametrize("who", [Role.READER, Role.PERMIT_INSTRUCTOR, Role.TOWN_HALL, Role.AGENCY_ADMINISTRATOR])
def test_the_members_people_see_its_files_and_events(world: World, who: str) -> None:
    permit = world.file()
    with world.as_(who):
        assert (Permit.objects.get(), Event.objects.get().permit_id) == (permit, permit.pk)


def test_a_town_hall_sees_no_file_of_another_commune(world: World) -> None:
    world.file(insee="45902", parcels=[])
    with world.as_(Role.TOWN_HALL):
        assert (Permit.objects.count(), Event.objects.count()) == (0, 0)


def test_another_member_sees_nothing(world: World) -> None:
    world.file()
    with world.as_("stranger"):
        assert (Permit.objects.count(), Event.objects.count()) == (0, 0)


def test_anonymous_sees_nothing(world: World) -> None:
    world.file()
    with acting_as(ANONYMOUS):
        assert (Permit.objects.count(), Event.objects.count()) == (0, 0)


def test_the_code_asks_the_same_question(world: World) -> None:
    world.file()
    seen = {who: Permit.objects.visible_to(world.rights(who)) for who in (*world.people,)}
    with world.as_(Role.AGENCY_ADMINISTRATOR):
        assert {who for who, rows in seen.items() if rows.exists()} == set(world.people) - {"stranger"}


def test_the_map_leads_to_filing_those_who_may_file(world: World) -> None:
    for who in world.people:
        with world.as_(who):
            assert may_file(world.rights(who)) == bool(members_filing(world.rights(who))), who


def test_nobody_reads_the_table_of_applicants(world: World) -> None:
    world.file()
    with world.as_(), pytest.raises(DatabaseError), transaction.atomic():
        Applicant.objects.first()


@pytest.mark.parametrize("who", [Role.PERMIT_INSTRUCTOR, Role.TOWN_HALL])
def test_who_reads_an_applicant_is_written_in_the_journal(world: World, who: str) -> None:
    permit = world.file()
    with world.as_(who):
        found = read_applicants([permit], why="essai")
    assert found[permit.pk].name == "Jeanne Martin"
    with world.as_(Role.GIS_ADMINISTRATOR):
        line = ApplicantReading.objects.first()
        assert line is not None
        assert (line.by_user, line.action, line.numbers) == (world.people[who].pk, "read", [permit.number])


@pytest.mark.parametrize(
    "who",
    [Role.READER, Role.NETWORK_TECHNICIAN, Role.GIS_ADMINISTRATOR, Role.AGENCY_ADMINISTRATOR, "stranger"],
)
def test_other_roles_read_no_applicant(world: World, who: str) -> None:
    permit = world.file()
    with world.as_(who):
        assert read_applicants([permit], why="essai") == {}
        with pytest.raises(Forbidden):
            write_applicant(permit, Person("Autre"), why="essai")


def test_only_functions_write_the_journal(world: World) -> None:
    permit = world.file()
    with world.as_(), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select arpent.journal_applicants(%s, 'read', '')", [[permit.pk]])
