"""What is installed after migrations: from whatever stood before, the same as in a new database."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from gis_core.database import installer
from gis_core.members.rights import Rights, acting_as
from gis_core.wiring.database import GENERIC_TRIGGER, Policy, Trigger
from gis_core.wiring.manifests import Manifest, manifests
from layers.features.services.rules import set_rules
from tests import factories

pytestmark = pytest.mark.django_db

THERE = """
    select 'trigger', pg_get_triggerdef(t.oid) from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where not t.tgisinternal and c.relnamespace = 'public'::regnamespace
    union all select 'policy', row(p.*)::text from pg_policies p
    union all select 'function', p.oid::regprocedure::text from pg_proc p where p.pronamespace = 'arpent'::regnamespace
    order by 1, 2
"""
RENAMED = """
    select format('drop trigger %I on %s; ', t.tgname, t.tgrelid::regclass)
        || regexp_replace(pg_get_triggerdef(t.oid), 'TRIGGER arpent_\\d+_', 'TRIGGER arpent_')
    from pg_trigger t where not t.tgisinternal and t.tgname ~ '^arpent_'
"""


@pytest.fixture
def cursor() -> Iterator[Any]:
    """Of the owner of the schema, in a transaction that has nothing left to check."""
    with factories.as_owner(), connection.cursor() as asked:
        asked.execute("set constraints all immediate")
        yield asked


def install() -> None:
    installer.install_sql(sender=apps.get_app_config("gis_core"))


def there(cursor: Any) -> list[Any]:
    cursor.execute(THERE)
    return list(cursor.fetchall())


@pytest.fixture
def layer_with_rules(cursor: Any) -> str:
    """A table made at run time, with hard rules in place."""
    layer = factories.editable_layer(geometry="polygon")
    with acting_as(Rights(agency=True)), factories.as_worker():
        set_rules(layer, [{"kind": "no_overlap", "hard": True}])
    return layer.table


def test_what_nobody_declares_goes(cursor: Any) -> None:
    new = there(cursor)
    cursor.execute("""
        create trigger arpent_strange before delete on road_asset for each row execute function arpent.keep_document();
        create constraint trigger arpent_020_strange after insert on road_asset deferrable initially deferred
            for each row execute function arpent.follow_sections();
        create policy arpent_strange on road_asset to arpent_web using (true);
        create policy strange on road_asset using (true);
        create function arpent.strange(one integer, other text default '') returns void language sql as 'select';
    """)
    assert len(there(cursor)) == len(new) + 5
    install()
    assert there(cursor) == new


def test_a_database_of_former_names_ends_like_a_new_one(cursor: Any, layer_with_rules: str) -> None:
    new = there(cursor)
    assert sum(f"arpent_910_rules_update AFTER UPDATE ON public.{layer_with_rules}" in text for _kind, text in new) == 1
    cursor.execute(RENAMED)
    for (statement,) in cursor.fetchall():
        cursor.execute(statement)
    cursor.execute("drop policy road_requests on road_request; drop policy arpent_read on road_request")
    assert not any(re.search(r"TRIGGER arpent_\d", text) for _kind, text in there(cursor))
    install()
    assert there(cursor) == new
    install()
    assert there(cursor) == new


def test_triggers_of_others_and_policies_for_roles_of_others_stay(cursor: Any) -> None:
    cursor.execute("""
        create trigger of_the_site before delete on road_asset for each row execute function arpent.keep_document();
        create policy of_the_site on road_asset for select to pg_read_all_data using (true);
    """)
    mine = there(cursor)
    install()
    assert there(cursor) == mine


def test_every_trigger_is_declared_or_generic(cursor: Any, layer_with_rules: str) -> None:
    cursor.execute("""
        select t.tgrelid::regclass::text, t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid
        where not t.tgisinternal and c.relnamespace = 'public'::regnamespace and c.relname !~ '^procrastinate_'
    """)
    own = {(table, name) for table, name in cursor.fetchall() if not re.search(GENERIC_TRIGGER, name)}
    assert own == {(one.table, one.full_name) for manifest in manifests().values() for one in manifest.triggers}


def test_what_is_declared_of_a_table_waits_until_it_is_there(cursor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    late = Manifest(
        triggers=(Trigger(table="to_come", order=20, name="kept", fires="before delete", call="keep_document()"),),
        policies=(Policy(table="to_come", name="kept", using="false"),),
    )
    monkeypatch.setattr(installer, "manifests", lambda: {"app": late})
    installer.put_declared(cursor)
    cursor.execute("create table to_come (id bigint)")
    installer.put_declared(cursor)
    assert [kind for kind, text in there(cursor) if "to_come" in text] == ["policy", "trigger"]


@pytest.mark.parametrize("path", [*installer.sql_files("sql")], ids=lambda path: "/".join(path.parts[-4:]))
def test_files_of_sql_make_functions_and_nothing_else(path: Path) -> None:
    """So that their order does not matter: triggers and policies are declared, views have a folder of their own."""
    outside = re.sub(r"\$\$.*?\$\$|^--.*?$", "", path.read_text(), flags=re.DOTALL | re.MULTILINE)
    statements = [" ".join(one.split()) for one in outside.split(";") if one.strip()]
    allowed = ("create or replace function arpent.", "drop function if exists", "revoke execute on", "grant execute on")
    assert [one for one in statements if not one.startswith(allowed)] == []
