-- Superuser's part of the installation, written for psql; idempotent. Applied each time the cluster starts and after a
-- restore, because neither pg_dump nor an extension's upgrade keeps the LEAKPROOF marks.
-- Variables: database (name), tests (0 or 1).
\set ON_ERROR_STOP on
\set QUIET on
set client_min_messages = warning;

select format('create role %I login', r)
from unnest(array['arpent_owner', 'arpent_web', 'arpent_worker']) r
where not exists (select from pg_roles where rolname = r) \gexec

alter role arpent_owner login nosuperuser createdb nocreaterole noreplication nobypassrls;
alter role arpent_web login nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
alter role arpent_worker login nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
-- A job that reads for somebody takes the role that row policies bind.
grant arpent_web to arpent_worker with inherit false, set true;
-- Parallel plans halve the throughput of tiles under concurrency.
alter role arpent_web set max_parallel_workers_per_gather = 0;
alter role arpent_web set statement_timeout = '30s';
-- Whoever waits for somebody else's lock is told so (`gis_core.http.problem`) before many wait; see `gis_core.database.lock_waits`.
alter role arpent_web set lock_timeout = '500ms';
-- A job that waits for another goes back into the queue; a session whose process is gone ends within a second.
alter role arpent_worker set lock_timeout = '60s';
alter role arpent_worker set client_connection_check_interval = '1s';
-- It keeps the texts of statements that took long (`gis_core.operations.watch.traffic`), those of the web role too.
grant pg_read_all_stats to arpent_worker;
alter role arpent_web set idle_in_transaction_session_timeout = '60s';

select format('create database %I owner arpent_owner template template0 encoding %L locale_provider builtin builtin_locale %L',
    :'database', 'UTF8', 'C.UTF-8')
where not exists (select from pg_database where datname = :'database') \gexec

\connect :"database"
\ir database.sql

\if :tests
    \connect postgres
    set client_min_messages = warning;
    select 'create role arpent_test login'
    where not exists (select from pg_roles where rolname = 'arpent_test') \gexec
    alter role arpent_test login nosuperuser createdb nocreaterole noreplication nobypassrls;
    grant arpent_owner, arpent_web, arpent_worker to arpent_test;
    select 'create database arpent_template owner arpent_owner template template0'
    where not exists (select from pg_database where datname = 'arpent_template') \gexec
    \connect arpent_template
    \ir database.sql
    alter database arpent_template is_template true;
\endif
