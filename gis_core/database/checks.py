"""System checks of the database: what the serving role may not be, marks that a dump does not carry, the version."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from gis_core.database.leakproof import LEAKPROOF


@register(Tags.database)
def the_wall_stands(app_configs: Any = None, databases: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    """The web role owns no table, is not superuser, cannot bypass policies; the spatial operators are leakproof."""
    errors: list[CheckMessage] = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            cursor.execute("select rolsuper or rolbypassrls from pg_roles where rolname = 'arpent_web'")
            if (row := cursor.fetchone()) and row[0]:
                errors.append(
                    Error(
                        "The web role is superuser or bypasses row-level security.",
                        id="arpent.E001",
                        hint="Run the bootstrap script again.",
                    )
                )
            cursor.execute("select count(*) from pg_class where relowner = 'arpent_web'::regrole")
            if cursor.fetchone()[0]:
                errors.append(Error("The web role owns a table.", id="arpent.E002", hint="Give it to arpent_owner."))
            cursor.execute(
                "select f from unnest(%s::text[]) f"
                " where not (select proleakproof from pg_proc where oid = f::regprocedure)",
                [list(LEAKPROOF)],
            )
            if missing := [name for (name,) in cursor.fetchall()]:
                errors.append(
                    Error(
                        f"Not marked LEAKPROOF: {', '.join(missing)}; private layers would be slow.",
                        id="arpent.E003",
                        hint="Run the bootstrap script again (after a restore or an extension upgrade).",
                    )
                )
    return errors


@register(Tags.database)
def the_database_is_of_this_version(
    app_configs: Any = None, databases: Any = None, **_kwargs: Any
) -> list[CheckMessage]:
    """Every migration that was applied is one of this version's: nothing is changed in a database of another one."""
    errors: list[CheckMessage] = []
    for alias in databases or []:
        loader = MigrationLoader(connections[alias])
        ours = {app for app, _name in loader.disk_migrations}
        if strange := sorted(
            f"{app}.{name}"
            for app, name in loader.applied_migrations
            if app in ours and (app, name) not in loader.disk_migrations
        ):
            errors.append(
                Error(
                    f"The database was made by another version of Arpent: it holds {len(strange)} migrations that this"
                    f" version does not know, {strange[-1]} among them.",
                    id="arpent.E004",
                    hint="Start that version, or this one with an empty data folder (--data).",
                )
            )
    return errors
