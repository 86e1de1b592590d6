"""Installs the SQL functions of every app after migrations, then secures every table by its model's declared scope."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.db import connections, models, transaction

OPEN = "open"
# Django's own models declare no scope.
SCOPES = {"django_admin_log": "added"}
# Rights and settings: every change is told to the security journal, except of these columns alone.
REPORTED = {
    "gis_core_user": ["last_login"],
    "gis_core_apitoken": ["last_used_at"],
    "gis_core_letterhead": ["logo"],
    "permits_mapping": ["used_at"],
    "permits_team_people": [],
}
REPORTED_SCOPES = {"edited", "given", "visibility"}
UNREPORTED = {"catalogue_photoedition"}
# They write where nobody else may, as the owner of the schema.
WORKER_FUNCTIONS = """
    revoke execute on function arpent.create_layer_table, arpent.secure_layer_table, arpent.drop_layer_table,
        arpent.create_staging, arpent.drop_staging, arpent.open_event, arpent.current_event,
        arpent.apply_layer_rules, arpent.set_layer_key from public;
    grant execute on function arpent.create_layer_table, arpent.secure_layer_table, arpent.drop_layer_table,
        arpent.create_staging, arpent.drop_staging, arpent.open_event, arpent.current_event,
        arpent.apply_layer_rules, arpent.set_layer_key to arpent_worker;
    grant usage on schema arpent_staging to arpent_worker
"""
# Tables made at run time get what changed in the functions.
LAYER_TABLES = """
    select arpent.secure_table(to_regclass('public.' || quote_ident("table")), rows, true, id) from catalogue_layer
    where "table" like 'layer\\_%' and to_regclass('public.' || quote_ident("table")) is not null
"""


def install_sql(sender: AppConfig, using: str = "default", **_signal: Any) -> None:
    """Run each `sql/*.sql` file of our apps and `secure_table` on every table; safe to repeat."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("set local check_function_bodies = off")
        cursor.execute("create schema if not exists arpent")
        for path in sql_files():
            cursor.execute(path.read_text())
        cursor.execute("grant usage on schema arpent to arpent_web, arpent_worker")
        for table, scope, history in tables():
            cursor.execute("select arpent.secure_table(%s::regclass, %s, %s)", [f'"{table}"', scope, history])
            if table in REPORTED or (scope in REPORTED_SCOPES and table not in UNREPORTED):
                cursor.execute("select arpent.report_table(%s::regclass, %s)", [f'"{table}"', REPORTED.get(table, [])])
        cursor.execute(LAYER_TABLES)
        cursor.execute(WORKER_FUNCTIONS)
        cursor.execute("grant select on django_migrations to arpent_web, arpent_worker")


def sql_files() -> Iterator[Path]:
    for config in apps.get_app_configs():
        yield from sorted(Path(config.path, "sql").glob("*.sql"))


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
