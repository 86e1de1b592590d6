"""What PostgreSQL itself shows of owners: nothing that the journal does not name, to nobody who has not the level."""

import json
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from gis_core.members.rights import SYSTEM, Role, acting_as, rights_of
from gis_core.models import RowHistory, TownHall, User
from layers.owners.models import Birth, Exemption, Holding, JournalLine, Level, Owner, OwnerAccess, Premises
from layers.owners.services.access import open_communes
from layers.owners.services.reading import open_owners
from tests import factories
from tests.owners.deliveries import IDU, give, owned, reader_of

pytestmark = pytest.mark.django_db
NOMINATIVE = (Holding, Premises, Owner, Birth, Exemption)


def query(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


def written(*parcels: str, action: str = "consultation", refusal: str = "") -> int:
    """A line of the journal in the test's own transaction, as whoever acts."""
    entry = {"action": action, "purpose": "permit", "reference": "", "parcels": list(parcels), "members": [],
             "by_name": "essai", "by_token": "", "owners": 1, "refusal": refusal}  # fmt: skip
    return int(query("select line_id from arpent.write_owner_journal(%s::jsonb)", json.dumps(entry))[0][0])


def seen(person: User, line: int) -> dict[str, int]:
    with acting_as(rights_of(person)), open_owners(line):
        return {model.__name__: model.objects.count() for model in NOMINATIVE}


@pytest.mark.parametrize("model", NOMINATIVE)
def test_reading_without_the_journal_is_an_error_not_an_empty_answer(model: Any) -> None:
    owned()
    person = reader_of(level=Level.ALL)
    with acting_as(rights_of(person)), pytest.raises(DatabaseError, match="journal"), transaction.atomic():
        model.objects.count()


def test_the_level_names_opens_names_and_neither_birth_nor_exemptions() -> None:
    owned()
    person = reader_of()
    with acting_as(rights_of(person)):
        line = written(IDU)
    assert seen(person, line) == {"Holding": 1, "Premises": 1, "Owner": 1, "Birth": 0, "Exemption": 0}


def test_the_level_all_opens_everything() -> None:
    owned()
    person = reader_of(level=Level.ALL)
    with acting_as(rights_of(person)):
        line = written(IDU)
    assert set(seen(person, line).values()) == {1}


def test_an_extract_for_a_third_party_opens_no_birth_to_anybody() -> None:
    owned()
    person = reader_of(level=Level.ALL)
    with acting_as(rights_of(person)):
        line = written(IDU, action="extract")
    assert seen(person, line)["Birth"] == seen(person, line)["Exemption"] == 0


def test_only_the_parcels_of_the_line_are_shown() -> None:
    owned()
    owned("45901000AB0002", "450901A00002")
    person = reader_of()
    with acting_as(rights_of(person)):
        line = written("45901000AB0002")
        with open_owners(line):
            assert [one.account for one in Owner.objects.all()] == ["450901A00002"]


def test_another_persons_line_opens_nothing() -> None:
    owned()
    person = reader_of()
    other = factories.user(person.memberships.get().member, Role.PERMIT_INSTRUCTOR)
    with acting_as(rights_of(other)):
        line = written(IDU)
    with pytest.raises(DatabaseError, match="journal"), transaction.atomic():
        seen(person, line)


def test_an_old_line_opens_nothing() -> None:
    owned()
    person = reader_of()
    with acting_as(rights_of(person)):
        line = written(IDU)
    with factories.as_owner():
        query("update owners_journalline set at = at - interval '11 minutes' where id = %s", line)
    with pytest.raises(DatabaseError, match="journal"), transaction.atomic():
        seen(person, line)


def test_a_refusal_opens_nothing() -> None:
    owned()
    person = reader_of()
    with acting_as(rights_of(person)):
        line = written(IDU, refusal="non")
    with pytest.raises(DatabaseError, match="journal"), transaction.atomic():
        seen(person, line)


def test_a_level_taken_away_closes_at_the_next_statement() -> None:
    owned()
    person = reader_of()
    with acting_as(rights_of(person)):
        line = written(IDU)
    give(person.memberships.get().member, Role.PERMIT_INSTRUCTOR, Level.NONE)
    assert set(seen(person, line).values()) == {0}


def test_another_members_commune_stays_closed_whatever_the_line_says() -> None:
    owned("45902000AB0001", "450902A00001")
    person = reader_of("45901", Level.ALL)
    with acting_as(rights_of(person)):
        line = written("45902000AB0001")
    assert set(seen(person, line).values()) == {0}


@pytest.mark.parametrize("role", [Role.READER, Role.GIS_ADMINISTRATOR, Role.AGENCY_ADMINISTRATOR])
def test_no_role_reads_owners_unless_it_was_given_the_level(role: Role) -> None:
    person = factories.user(factories.member(factories.commune(insee="45901")), role)
    with acting_as(rights_of(person)):
        assert open_communes() == frozenset()


def test_the_platform_itself_reads_no_owner() -> None:
    with acting_as(SYSTEM):
        assert open_communes() == frozenset()


def test_a_town_hall_reads_its_own_commune_alone() -> None:
    here, there = factories.commune(insee="45901"), factories.commune(insee="45902")
    member = factories.member(here, there)
    give(member, Role.TOWN_HALL)
    person = factories.user(member, Role.TOWN_HALL, communes=(here,))
    with acting_as(rights_of(person)):
        assert open_communes() == {"45901"}


def test_a_town_halls_commune_outside_the_members_territory_stays_closed() -> None:
    here, there = factories.commune(insee="45901"), factories.commune(insee="45902")
    member = factories.member(here)
    give(member, Role.TOWN_HALL)
    person = factories.user(member, Role.TOWN_HALL, communes=(here,))
    with factories.as_owner():
        TownHall.objects.create(membership=person.memberships.get(), commune=there)
    with acting_as(rights_of(person)):
        assert open_communes() == {"45901"}


def test_an_invitation_not_answered_opens_nothing() -> None:
    member = factories.member(factories.commune(insee="45901"))
    give(member, Role.PERMIT_INSTRUCTOR)
    person = factories.user()
    factories.invitation(member, person, Role.PERMIT_INSTRUCTOR)
    with acting_as(rights_of(person)):
        assert open_communes() == frozenset()


@pytest.mark.parametrize("role", ["arpent_web", "arpent_worker"])
@pytest.mark.parametrize("right", ["insert", "update", "delete", "truncate"])
def test_the_journal_can_be_neither_changed_nor_emptied(role: str, right: str) -> None:
    assert query("select has_table_privilege(%s, 'owners_journalline', %s)", role, right) == [(False,)]


@pytest.mark.parametrize("table", ["owners_thirdpartyrequest"])
@pytest.mark.parametrize("right", ["select", "insert", "update", "delete", "truncate"])
def test_requests_of_third_parties_are_for_their_function_alone(table: str, right: str) -> None:
    assert query("select has_table_privilege('arpent_web', %s, %s)", table, right) == [(False,)]


@pytest.mark.parametrize("model", NOMINATIVE)
def test_the_web_role_writes_no_nominative_table(model: Any) -> None:
    table = model._meta.db_table
    assert query("select has_table_privilege('arpent_web', %s, 'insert, update, delete, truncate')", table) == [
        (False,)
    ]


def test_the_journal_signs_with_who_asks_whatever_the_entry_says() -> None:
    person = factories.user(factories.member())
    with acting_as(rights_of(person)):
        line = written(IDU)
    with factories.as_owner():
        assert JournalLine.objects.get(pk=line).by_user == person.pk


def test_an_administrator_reads_the_journal_of_their_members_alone() -> None:
    ours, theirs = factories.member(), factories.member()
    with acting_as(SYSTEM):
        lines = {member.pk: written(IDU) for member in (ours, theirs)}
    with factories.as_owner():
        for member, line in lines.items():
            JournalLine.objects.filter(pk=line).update(members=[member])
    with acting_as(rights_of(factories.user(ours, Role.GIS_ADMINISTRATOR))):
        found = JournalLine.objects.filter(pk__in=lines.values()).values_list("pk", flat=True)
        assert list(found) == [lines[ours.pk]]
    with acting_as(rights_of(factories.user(ours, Role.PERMIT_INSTRUCTOR))):
        assert not JournalLine.objects.filter(pk__in=lines.values()).exists()


def test_a_change_of_access_leaves_the_former_one_in_the_history() -> None:
    member = factories.member()
    give(member, Role.READER, Level.NAMES)
    OwnerAccess.objects.filter(member=member).update(level=Level.ALL)
    with factories.as_owner():
        kept = RowHistory.objects.get(operation="UPDATE", event__table="owners_owneraccess")
    assert kept.old is not None
    assert kept.old["level"] == Level.NAMES
