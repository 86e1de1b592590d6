"""The wall behind the code: what PostgreSQL refuses when every filter of the code is gone, and what it writes down."""

from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.test import Client

from gis_core.database.checks import the_database_is_of_this_version
from gis_core.database.installer import is_stored
from gis_core.members.rights import SYSTEM, Rights, Role, acting_as, rights_of
from gis_core.models import HistoryEvent, Job, JobQuerySet, Membership, RowHistory
from layers.catalogue.models import Layer, LayerQuerySet
from tests import factories

pytestmark = pytest.mark.django_db

# Read before anybody is known, or part of knowing who asks; the code alone guards them.
DECLARED_OPEN = {
    *("gis_core_territory", "gis_core_membership", "gis_core_townhall", "gis_core_retentiontime"),
    *("gis_core_signinmethod", "gis_core_accessrule"),
    "owners_owneraccess",
    *("permits_settings", "permits_team", "notifications_settings", "water_fire_settings"),
    "sewer_manhole_settings",
}


def query(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


def test_without_the_codes_filters_no_job_leaks(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = factories.member(), factories.member()
    factories.job(theirs, title="Secret")
    monkeypatch.setattr(JobQuerySet, "visible_to", lambda self, rights: self)
    client.force_login(factories.user(ours, Role.GIS_ADMINISTRATOR))
    assert client.get("/api/v1/jobs/").json() == {"count": 0, "results": []}


def test_without_the_codes_filters_no_layer_leaks(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = factories.member(), factories.member()
    factories.layer("secrete", owner=theirs, visibility=Layer.Visibility.OWNER)
    monkeypatch.setattr(LayerQuerySet, "visible_to", lambda self, rights: self)
    client.force_login(factories.user(ours))
    assert "secrete" not in client.get("/api/v1/layers/").content.decode()
    assert client.get("/api/v1/layers/secrete/").status_code == 404
    assert client.get("/tiles/secrete.json").status_code == 404


def test_a_reader_cannot_write_a_members_row() -> None:
    ours = factories.member()
    job = factories.job(ours)
    with acting_as(rights_of(factories.user(ours, Role.READER))):
        assert Job.objects.filter(pk=job.pk).update(title="changé") == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            Job.objects.create(owner=ours, kind="x", title="x")


def test_every_table_of_a_member_or_a_commune_has_policies_or_is_declared() -> None:
    scoped = query(
        "select distinct c.relname, c.relrowsecurity from pg_class c join pg_attribute a on a.attrelid = c.oid"
        " where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace"
        " and a.attname in ('owner_id', 'insee', 'shared_with', 'member_id') and not a.attisdropped"
    )
    reference = {model._meta.db_table for model in apps.get_models() if getattr(model, "security", "") == "reference"}
    unprotected = {name for name, secured in scoped if not secured} - reference - DECLARED_OPEN
    assert not unprotected


def test_the_web_role_may_not_write_reference_data_nor_truncate() -> None:
    assert not query("select has_table_privilege('arpent_web', 'gis_core_commune', 'insert, update, delete')")[0][0]
    truncatable = query(
        "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
        " and has_table_privilege('arpent_web', oid, 'truncate')"
    )
    assert not truncatable


def test_every_table_that_the_web_role_reads_belongs_to_a_model_or_a_layer() -> None:
    known = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if is_stored(model)}
    readable = {
        name
        for (name,) in query(
            "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
            " and has_table_privilege('arpent_web', oid, 'select') and relname !~ '^(spatial_ref_sys|procrastinate_)'"
        )
    }
    assert readable - known <= {"gis_core_cache", "django_migrations"}


def test_the_web_role_does_not_read_the_history() -> None:
    for model in (HistoryEvent, RowHistory):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.count()


def test_a_raw_statement_leaves_a_trace() -> None:
    factories.commune(insee="45901")
    with factories.as_owner():
        query("update gis_core_commune set population = 12 where insee = '45901'")
        assert HistoryEvent.objects.filter(table="gis_core_commune").exists()


def test_truncate_leaves_a_trace() -> None:
    factories.job(factories.member())
    with factories.as_owner():
        query("set constraints all immediate")
        query("truncate gis_core_job cascade")
        assert HistoryEvent.objects.filter(kind="truncate", table="gis_core_job").exists()


def test_an_edit_keeps_the_former_row_and_who_changed_it() -> None:
    layer = factories.layer("essai", title="Avant")
    with acting_as(SYSTEM):
        Layer.objects.filter(pk=layer.pk).update(title="Après")
    with factories.as_owner():
        kept = RowHistory.objects.get(operation="UPDATE", pk_value=layer.pk)
        assert kept.old is not None
        assert kept.old["title"] == "Avant"
        assert kept.event.by_role


def test_a_role_that_changes_leaves_the_former_one_in_the_history() -> None:
    given = Membership.objects.get(user=factories.user(factories.member(), role=Role.READER))
    with factories.as_owner():
        Membership.objects.filter(pk=given.pk).update(role=Role.GIS_ADMINISTRATOR)
        kept = RowHistory.objects.get(pk_value=given.pk, operation="UPDATE", event__table="gis_core_membership")
    assert kept.old["role"] == Role.READER


MEMBERSHIP_TABLES = ("gis_core_membership", "gis_core_townhall")


@pytest.mark.parametrize("table", MEMBERSHIP_TABLES)
def test_the_web_role_changes_memberships_through_functions_alone(table: str) -> None:
    ((may,),) = query(f"select has_table_privilege('arpent_web', '{table}', 'insert, update, delete, truncate')")
    assert not may
    given = Membership.objects.get(user=factories.user(factories.member(), role=Role.READER))
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Membership.objects.filter(pk=given.pk).update(role=Role.AGENCY_ADMINISTRATOR)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        given.delete()


def test_the_web_role_adds_to_the_administrations_log_and_changes_nothing_of_it() -> None:
    rights = query(
        "select has_table_privilege('arpent_web', 'django_admin_log', word)"
        " from unnest('{select,insert,update,delete,truncate}'::text[]) word"
    )
    assert [may for (may,) in rights] == [True, True, False, False, False]


REFUSED_CALLS = [
    "select arpent.offer_membership({person}, {member}, 'reader', '{{}}', 'x@example.org')",
    "select arpent.change_membership({membership}, 'agency_administrator', '{{}}')",
    "select arpent.end_membership({membership})",
]


@pytest.mark.parametrize("call", REFUSED_CALLS)
@pytest.mark.parametrize("who", ["anonymous", Role.NETWORK_TECHNICIAN, "elsewhere", "agency by its setting alone"])
def test_the_functions_ask_the_askers_role_again(call: str, who: str) -> None:
    ours = factories.member()
    given = Membership.objects.get(user=factories.user(ours, Role.GIS_ADMINISTRATOR))
    rights = {
        "anonymous": Rights(),
        "elsewhere": rights_of(factories.user(factories.member(), Role.GIS_ADMINISTRATOR)),
        # The settings of a request say what was true when it began; the functions look.
        "agency by its setting alone": Rights(user_id=factories.user(ours, Role.READER).pk, agency=True),
    }.get(who) or rights_of(factories.user(ours, who))
    statement = call.format(person=factories.user().pk, member=ours.pk, membership=given.pk)
    with acting_as(rights), pytest.raises(DatabaseError, match="may not give"), transaction.atomic():
        query(statement)
    assert Membership.objects.get(pk=given.pk).role == Role.GIS_ADMINISTRATOR


def test_nobody_accepts_the_invitation_of_another() -> None:
    member = factories.member()
    invited = factories.invitation(member, factories.user())
    with acting_as(rights_of(factories.user(member, Role.AGENCY_ADMINISTRATOR))):
        assert query("select arpent.accept_membership(%s)", invited.pk) == [(False,)]
    assert Membership.objects.get(pk=invited.pk).accepted_at is None


def test_a_town_hall_works_for_communes_of_its_member_alone() -> None:
    ours, elsewhere = factories.commune(), factories.commune()
    member = factories.member(ours)
    given = Membership.objects.get(user=factories.user(member, Role.READER))
    with acting_as(rights_of(factories.user(member, Role.GIS_ADMINISTRATOR))):
        query("select arpent.change_membership(%s, 'town_hall', %s)", given.pk, [ours.insee, elsewhere.insee])
    assert [one.insee for one in given.communes.all()] == [ours.insee]


def test_the_roles_have_the_same_order_in_postgresql() -> None:
    ranks = query("select role, arpent.role_rank(role) from unnest(%s::text[]) role", Role.values)
    assert ranks == [(role.value, role.rank) for role in Role]


def test_a_database_of_another_version_is_not_migrated() -> None:
    """Its tables are not those that our migrations begin with: `migrate` runs this check before anything."""
    assert the_database_is_of_this_version(databases=["default"]) == []
    with factories.as_owner():
        query("insert into django_migrations (app, name, applied) values ('permits', '0099_of_later', now())")
    (error,) = the_database_is_of_this_version(databases=["default"])
    assert error.id == "arpent.E004"
    assert "permits.0099_of_later" in error.msg
