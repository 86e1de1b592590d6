"""What the database is made of: tables, constraints, policies, triggers in the order in which they fire, grants."""

import pytest
from django.db import connection

from tests import factories
from tests.golden import kept

pytestmark = pytest.mark.django_db
# Ours: not PostGIS's, pgRouting's nor the queue's, which come with their own versions.
NOT_OURS = "^(procrastinate|spatial_ref_sys|geometry_columns|geography_columns|raster_)"
OURS = f"n.nspname in ('public', 'arpent', 'layers') and c.relname !~ '{NOT_OURS}'"
NOT_OF_AN_EXTENSION = "not exists (select from pg_depend d where d.objid = {} and d.deptype = 'e')"
CATALOGUES = {
    "columns": f"""
        select n.nspname || '.' || c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
            case when a.attnotnull then 'not null' else '' end, coalesce(pg_get_expr(d.adbin, d.adrelid), '')
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
        where c.relkind in ('r', 'v', 'm', 'p') and {OURS} and {NOT_OF_AN_EXTENSION.format("c.oid")}
        order by 1, a.attnum""",
    "constraints": f"""
        select n.nspname || '.' || c.relname, pg_get_constraintdef(k.oid)
        from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
        where {OURS} and {NOT_OF_AN_EXTENSION.format("c.oid")} order by 1, 2""",
    "indexes": f"""
        select n.nspname || '.' || c.relname,
            regexp_replace(pg_get_indexdef(i.indexrelid), ' INDEX \\S+ ON ', ' INDEX ON ')
        from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
        where {OURS} and {NOT_OF_AN_EXTENSION.format("c.oid")} order by 1, 2""",
    "policies": f"""
        select n.nspname || '.' || c.relname, p.polname, p.polcmd, p.polpermissive,
            (select string_agg(case when r = 0 then 'public' else r::regrole::text end, ',') from unnest(p.polroles) r),
            coalesce(pg_get_expr(p.polqual, p.polrelid), ''), coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')
        from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
        where {OURS} order by 1, 2""",
    "row security": f"""
        select n.nspname || '.' || c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relowner::regrole
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'v', 'm') and {OURS} and {NOT_OF_AN_EXTENSION.format("c.oid")} order by 1""",
    "triggers": f"""
        select n.nspname || '.' || c.relname,
            regexp_replace(pg_get_triggerdef(t.oid, true), '^CREATE (CONSTRAINT )?TRIGGER (\\S+)', '\\1\\2')
        from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
        where not t.tgisinternal and {OURS} order by 1, t.tgname collate "C" """,
    "grants": f"""
        select n.nspname || '.' || c.relname, coalesce(nullif(g.grantee, 0)::regrole::text, 'public'),
            string_agg(g.privilege_type, ', ' order by g.privilege_type)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) g
        where {OURS} and {NOT_OF_AN_EXTENSION.format("c.oid")} and c.relkind <> 'i' group by 1, 2 order by 1, 2""",
    "column grants": f"""
        select n.nspname || '.' || c.relname, a.attname, g.grantee::regrole,
            string_agg(g.privilege_type, ', ' order by g.privilege_type)
        from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace,
            aclexplode(a.attacl) g
        where {OURS} group by 1, 2, 3 order by 1, 2, 3""",
    "functions": f"""
        select p.oid::regprocedure, pg_get_function_result(p.oid), p.provolatile, p.prosecdef, p.proleakproof,
            p.proparallel, coalesce(p.proconfig::text, ''), p.proowner::regrole, md5(p.prosrc),
            coalesce((select string_agg(coalesce(nullif(g.grantee, 0)::regrole::text, 'public'), ',' order by 1)
                from aclexplode(p.proacl) g), '')
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ('public', 'arpent') and p.proname !~ '^procrastinate'
            and {NOT_OF_AN_EXTENSION.format("p.oid")} order by p.oid::regprocedure::text""",
}


@pytest.mark.parametrize("name", CATALOGUES)
def test_the_database_is_made_as_it_was(name: str) -> None:
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute("set local search_path = ''")
        cursor.execute(CATALOGUES[name].replace("%", "%%"))
        now = "\n".join(" | ".join(str(cell) for cell in row) for row in cursor.fetchall()) + "\n"
    kept.check("schema", name.replace(" ", "-"), now)
