"""The database is the wall: what PostgreSQL itself refuses to show."""

import pytest
from django.db import DatabaseError, connection, transaction

from gis_core.members.rights import ANONYMOUS, SYSTEM, acting_as, rights_of
from gis_core.models import Job
from layers.cadastre.models import Parcel
from tests import factories

pytestmark = pytest.mark.django_db


def test_nobody_asking_is_an_error_not_an_empty_answer() -> None:
    factories.job()
    with pytest.raises(DatabaseError, match="nobody is asking"), transaction.atomic():
        Job.objects.count()


def test_a_member_sees_its_own_rows_without_any_filter_in_the_code() -> None:
    ours, theirs = factories.member(), factories.member()
    mine, _other = factories.job(ours), factories.job(theirs)
    with acting_as(rights_of(factories.user(ours))):
        assert list(Job.objects.all()) == [mine]


def test_an_anonymous_asker_sees_no_private_row() -> None:
    factories.job(factories.member())
    with acting_as(ANONYMOUS):
        assert not Job.objects.exists()


def test_rights_end_with_their_block() -> None:
    factories.job()
    with acting_as(SYSTEM):
        assert Job.objects.count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        Job.objects.count()


def test_a_shared_row_is_seen_by_the_member_it_is_shared_with() -> None:
    ours, theirs = factories.member(), factories.member()
    factories.job(theirs, shared_with=[ours.pk])
    with acting_as(rights_of(factories.user(ours))):
        assert Job.objects.count() == 1


def test_the_web_role_is_no_owner_and_cannot_bypass() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select current_user, rolsuper, rolbypassrls from pg_roles where rolname = current_user")
        assert cursor.fetchone() == ("arpent_web", False, False)
        cursor.execute("select count(*) from pg_class where relowner = 'arpent_web'::regrole")
        assert cursor.fetchone() == (0,)


def test_spatial_lookups_keep_the_bounding_box_test() -> None:
    box = factories.square()
    for lookup in ("intersects", "contains", "within", "covers", "touches"):
        assert '"geom" && ' in str(Parcel.objects.filter(**{f"geom__{lookup}": box}).query)


def test_distance_lookup_finds_what_is_near() -> None:
    found = factories.parcel(geom=factories.square(side=10))
    factories.parcel(geom=factories.square(x=factories.ORIGIN[0] + 500, side=10))
    corner = factories.square(x=factories.ORIGIN[0] + 15, side=1)
    assert list(Parcel.objects.filter(geom__dwithin=(corner, 6))) == [found]
