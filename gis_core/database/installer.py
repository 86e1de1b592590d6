"""Installs the SQL of every app after migrations: functions, then views, then what protects each table.

A table is secured by its model's declared scope; triggers and policies that apps declare come on top (manifest.py).
What stood before and is in neither goes: a database of a former version ends like a new one.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.db import connections, models, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from gis_core.wiring.database import GENERIC_POLICY, GENERIC_TRIGGER, drop_policy, drop_trigger
from gis_core.wiring.manifests import manifests

OPEN = "open"
# Django's own models declare no scope.
SCOPES = {"django_admin_log": "added"}
# Rights and settings: every change is told to the security journal.
REPORTED_SCOPES = {"edited", "given", "visibility"}


def install_sql(sender: AppConfig, using: str = "default", **_signal: Any) -> None:
    """Run the SQL of our apps, secure every table, put triggers and policies in place; safe to repeat."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("set local check_function_bodies = off")
        cursor.execute("create schema if not exists arpent; create schema if not exists arpent_staging")
        for path in (*sql_files("sql"), *sql_files("sql/views")):
            cursor.execute(path.read_text())
        cursor.execute("grant usage on schema arpent to arpent_web, arpent_worker")
        cursor.execute("grant usage on schema arpent_staging to arpent_worker")
        cursor.execute("grant select on django_migrations to arpent_web, arpent_worker")
        secure_tables(cursor)
        put_declared(cursor)
        drop_triggers(cursor)
        drop_policies(cursor)
        drop_functions(cursor)


def sql_files(folder: str) -> Iterator[Path]:
    for config in apps.get_app_configs():
        yield from sorted(Path(config.path, folder).glob("*.sql"))


def secure_tables(cursor: CursorWrapper) -> None:
    reported = {one.table: one for manifest in manifests().values() for one in manifest.reported}
    for table, scope, history in tables():
        cursor.execute("select arpent.secure_table(%s::regclass, %s, %s)", [f'"{table}"', scope, history])
        report = reported.get(table)
        if report.watched if report else scope in REPORTED_SCOPES:
            unwatched = list(report.unwatched) if report else []
            cursor.execute("select arpent.report_table(%s::regclass, %s)", [f'"{table}"', unwatched])
    for statement in (one for manifest in manifests().values() for one in manifest.run_time_tables):
        cursor.execute(statement)


def tables() -> Iterator[tuple[str, str, bool]]:
    """(table, scope, history) of every managed model, many-to-many tables included."""
    yield "gis_core_cache", OPEN, False
    for model in apps.get_models(include_auto_created=True):
        if is_stored(model):
            table = model._meta.db_table
            scope: str = SCOPES.get(table, getattr(model, "security", OPEN))
            yield table, scope, getattr(model, "history", True)


def is_stored(model: type[models.Model]) -> bool:
    return not model._meta.proxy and (model._meta.managed or model._meta.app_label == "procrastinate")


def put_declared(cursor: CursorWrapper) -> None:
    """Triggers and policies that apps declare, on tables that exist: migrations make them one by one."""
    cursor.execute("select tablename from pg_tables where schemaname = 'public'")
    there = {table for (table,) in cursor.fetchall()}
    for manifest in manifests().values():
        for one in manifest.on_tables:
            for statement in one.statements() if one.table in there else ():
                cursor.execute(statement)


def drop_triggers(cursor: CursorWrapper) -> None:
    """Those of ours that neither a function makes nor an app declares."""
    declared = {(one.table, one.full_name) for manifest in manifests().values() for one in manifest.triggers}
    cursor.execute(
        "select c.relname, t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid"
        " where not t.tgisinternal and c.relnamespace = 'public'::regnamespace"
        " and t.tgname ~ '^arpent_' and t.tgname !~ %s",
        [GENERIC_TRIGGER],
    )
    for table, name in cursor.fetchall():
        if (table, name) not in declared:
            cursor.execute(drop_trigger(table, name))


def drop_policies(cursor: CursorWrapper) -> None:
    """Likewise, those that concern our roles: a site may give another role of its own what it likes."""
    declared = {(one.table, one.full_name) for manifest in manifests().values() for one in manifest.policies}
    cursor.execute(
        "select tablename, policyname from pg_policies where schemaname = 'public' and policyname !~ %s"
        " and roles && '{public,arpent_web,arpent_worker}'",
        [GENERIC_POLICY],
    )
    for table, name in cursor.fetchall():
        if (table, name) not in declared:
            cursor.execute(drop_policy(table, name))


def drop_functions(cursor: CursorWrapper) -> None:
    """Functions of ours that no file makes any more; what else uses one keeps it, and the migration fails."""
    made = re.compile(r"create or replace function arpent\.(\w+)")
    names = [name for path in sql_files("sql") for name in made.findall(path.read_text())]
    cursor.execute(
        "select p.proname, pg_get_function_identity_arguments(p.oid) from pg_proc p"
        " where p.pronamespace = 'arpent'::regnamespace and p.proname <> all (%s)",
        [names],
    )
    for name, arguments in cursor.fetchall():
        cursor.execute(sql.SQL("drop function arpent.{}({})").format(sql.Identifier(name), sql.SQL(arguments)))
