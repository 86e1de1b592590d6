-- What the superuser gives one database: extensions, LEAKPROOF marks, closed side doors. Idempotent.
set client_min_messages = warning;

create extension if not exists postgis schema public;
create extension if not exists pgrouting schema public;
create extension if not exists pg_trgm schema public;
create extension if not exists unaccent schema public;
create extension if not exists btree_gist schema public;
-- What takes the database's time, for the page Exploitation: texts of statements without their values.
create extension if not exists pg_stat_statements schema public;

select format('alter extension %I update', e.extname)
from pg_extension e join pg_available_extensions a on a.name = e.extname
where e.extname in ('postgis', 'pgrouting', 'pg_trgm', 'unaccent', 'btree_gist', 'pg_stat_statements')
  and a.default_version <> e.extversion \gexec

-- Under a row-level policy the planner uses an index only for leakproof functions. These compare bounding boxes or
-- text and cannot raise an error that carries a value; st_intersects and its like can, and stay unmarked.
select format('alter function %s leakproof', p.oid::regprocedure)
from pg_proc p
where not p.proleakproof and p.oid in (
    'public.geometry_overlaps(geometry, geometry)'::regprocedure,
    'public.geometry_within(geometry, geometry)'::regprocedure,
    'public.geometry_contains(geometry, geometry)'::regprocedure,
    'pg_catalog.textlike(text, text)'::regprocedure
) \gexec

-- The estimated extent reads statistics of every row, whoever asks.
select format('revoke execute on function %s from public', p.oid::regprocedure)
from pg_proc p
where p.proname in ('st_estimatedextent', '_postgis_selectivity', '_postgis_stats')
  and (p.proacl is null or exists (select from aclexplode(p.proacl) a where a.grantee = 0)) \gexec

revoke create on schema public from public;
