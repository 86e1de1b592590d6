"""All that we put into the database stands where no schema is searched: PostgreSQL restores a backup so, and keeps
indexes so. A `search_path` of a function's own does not cover the triggers, policies and indexes that name it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import Error, connection, transaction

from gis_core.members.rights import Rights, acting_as
from layers.features.services.rules import set_rules
from tests import factories

pytestmark = pytest.mark.django_db

OURS = "n.nspname !~ '^pg_|^information_schema$'"
# What an extension brings is its own affair; so are the functions of the queue's package, which a restore does not run.
FOREIGN = (
    "not exists (select from pg_depend e where e.objid = {oid} and e.classid = '{catalogue}'::regclass"
    " and e.deptype = 'e')"
)
RELATIONS = f"pg_class c join pg_namespace n on n.oid = c.relnamespace and {OURS}"

# By kind: what each is called, what has to go first, and what makes it again.
AGAIN = {
    "trigger": f"""
        select format('%s on %s', t.tgname, c.oid::regclass),
            format('drop trigger %I on %s', t.tgname, c.oid::regclass),
            pg_get_triggerdef(t.oid)
        from pg_trigger t join ({RELATIONS}) on c.oid = t.tgrelid where not t.tgisinternal""",
    "policy": f"""
        select format('%s on %s', p.polname, c.oid::regclass),
            format('drop policy %I on %s', p.polname, c.oid::regclass),
            format('create policy %I on %s for %s', p.polname, c.oid::regclass,
                case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update'
                when 'd' then 'delete' else 'all' end)
                || coalesce(' using (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')
                || coalesce(' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')
        from pg_policy p join ({RELATIONS}) on c.oid = p.polrelid""",
    "index": f"""
        select i.indexrelid::regclass::text, format('drop index %s', i.indexrelid::regclass),
            pg_get_indexdef(i.indexrelid)
        from pg_index i join ({RELATIONS}) on c.oid = i.indexrelid
        where not exists (select from pg_constraint k where k.conindid = i.indexrelid)
            and {FOREIGN.format(oid="i.indrelid", catalogue="pg_class")}""",
    "constraint": f"""
        select format('%s on %s', k.conname, c.oid::regclass),
            format('alter table %s drop constraint %I cascade', c.oid::regclass, k.conname),
            format('alter table %s add constraint %I %s', c.oid::regclass, k.conname, pg_get_constraintdef(k.oid))
        from pg_constraint k join ({RELATIONS}) on c.oid = k.conrelid
        where k.contype in ('c', 'f', 'u', 'x') and {FOREIGN.format(oid="c.oid", catalogue="pg_class")}""",
    "default": f"""
        select format('%s of %s', a.attname, c.oid::regclass), 'select',
            case a.attgenerated
            when '' then format('alter table %s alter column %I set default %s',
                c.oid::regclass, a.attname, pg_get_expr(d.adbin, d.adrelid))
            else format('alter table %s alter column %I set expression as (%s)',
                c.oid::regclass, a.attname, pg_get_expr(d.adbin, d.adrelid)) end
        from pg_attrdef d join ({RELATIONS}) on c.oid = d.adrelid
        join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
        where {FOREIGN.format(oid="c.oid", catalogue="pg_class")}""",
    "view": f"""
        select c.oid::regclass::text, 'select',
            format('create or replace view %s as %s', c.oid::regclass, pg_get_viewdef(c.oid))
        from {RELATIONS} where c.relkind = 'v' and {FOREIGN.format(oid="c.oid", catalogue="pg_class")}""",
    "function": f"""
        select p.oid::regprocedure::text, 'select', pg_get_functiondef(p.oid)
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace and {OURS}
        where p.prokind in ('f', 'p') and p.proname !~ '^procrastinate_'
            and {FOREIGN.format(oid="p.oid", catalogue="pg_proc")}""",
}
AT_LEAST = {"trigger": 350, "policy": 319, "index": 380, "constraint": 350, "default": 150, "view": 14, "function": 175}

RULES: dict[str, list[dict[str, Any]]] = {
    "polygon": [{"kind": "no_overlap"}, {"kind": "valid"}, {"kind": "inside_territory"}],
    "line": [{"kind": "snapped_ends"}, {"kind": "unique", "column": "name"}],
    "point": [{"kind": "no_overlap", "tolerance_m": 1.0}, {"kind": "unique", "column": "name"}],
}
# Functions without a search path of their own, and why they may do without.
WRITTEN_INTO_QUERIES = {
    "arpent.open_ways(bigint)": "written into the queries of the functions beside it; names the schema of every table",
}


@contextmanager
def no_path() -> Iterator[Any]:
    """A cursor of the schema's owner that searches no schema."""
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set local search_path = ''")
        yield cursor
        cursor.execute("set local search_path to default")


@pytest.fixture
def layers_with_rules() -> None:
    """Tables made at run time, with every hard rule in place."""
    for geometry, rules in RULES.items():
        layer = factories.editable_layer(geometry=geometry)
        with acting_as(Rights(agency=True)), factories.as_worker():
            set_rules(layer, [{**rule, "hard": True} for rule in rules])


@pytest.mark.parametrize("kind", AGAIN)
def test_what_is_ours_can_be_made_again_where_no_schema_is_searched(kind: str, layers_with_rules: None) -> None:
    refused = []
    with no_path() as cursor:
        cursor.execute(AGAIN[kind])
        found = cursor.fetchall()
        assert len(found) >= AT_LEAST[kind]
        for name, removal, definition in found:
            try:
                with transaction.atomic():
                    cursor.execute(removal)
                    cursor.execute(definition)
                    transaction.set_rollback(True)
            except Error as error:
                refused.append(f"{name}: {error}")
    assert refused == []


def test_triggers_of_layers_with_rules_are_among_them(layers_with_rules: None) -> None:
    with no_path() as cursor:
        cursor.execute(AGAIN["trigger"])
        assert sum("arpent_910_rules_update" in name for name, *_ in cursor.fetchall()) == len(RULES)


def test_every_function_of_ours_says_which_schemas_it_searches() -> None:
    with no_path() as cursor:
        cursor.execute("""
            select p.oid::regprocedure::text from pg_proc p
            where p.pronamespace = 'arpent'::regnamespace and p.prosqlbody is null
                and not exists (select from unnest(p.proconfig) one where one like 'search_path=%')
        """)
        assert {name for (name,) in cursor.fetchall()} == set(WRITTEN_INTO_QUERIES)


def test_functions_that_search_no_schema_of_ours_name_it_in_what_they_run() -> None:
    """A search path of `pg_catalog` alone: a table, an operator or a function of PostGIS needs its schema there."""
    with no_path() as cursor:
        cursor.execute("""
            select p.oid::regprocedure::text from pg_proc p
            where p.pronamespace = 'arpent'::regnamespace and 'search_path=pg_catalog' = any (p.proconfig)
                and regexp_replace(p.prosrc, '--[^\n]*', '', 'g') ~ '(^|[^._[:alnum:]])st_[a-z]+\\('
        """)
        assert cursor.fetchall() == []
