"""Migrations run while the site is closed: what would lock or rewrite a large table for long is done beside use.

The rule is in docs/explanation/migrations.md.
"""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

# Tables with a row for each object, parcel, owner, document of a file or event of a whole département.
LARGE = {
    *("cadastre.address", "cadastre.building", "cadastre.parcel", "cadastre.namedplace"),
    *("owners.holding", "owners.owner", "owners.premises", "owners.journalline"),
    *("gis_core.historyevent", "gis_core.rowhistory", "gis_core.replacedrow"),
    *("planning.easementfootprint", "planning.information", "planning.prescription", "planning.zone"),
    *("permits.event", "permits.permit", "permits.piece", "notifications.contact", "notifications.message"),
    *("roads.roadasset", "roads.roadmarker", "roads.roadsection", "water.anomaly"),
    *("water.waterconnection", "water.waternode", "water.waterpipe"),
    *("water.sewerconnection", "water.sewernode", "water.sewerpipe"),
}
# The last migration of each app when the rule was made; those of other apps are all later.
EARLIER = {
    "cadastre": "0004",
    "catalogue": "0005",
    "external": "0002",
    "features": "0003",
    "gis_core": "0005",
    "intake": "0002",
    "notifications": "0001",
    "orthophoto": "0002",
    "owners": "0002",
    "parcels": "0001",
    "permits": "0003",
    "planning": "0001",
    "roads": "0001",
    "roadworks": "0001",
    "simulation": "0004",
    "water": "0004",
}
OURS = set(EARLIER)


def later_migrations() -> Iterator[migrations.Migration]:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if app in OURS and name[:4] > EARLIER[app]:
            yield migration


def faults(migration: migrations.Migration) -> Iterator[str]:
    """What would keep a large table from its users, and what to do instead."""
    made_here = {one.name_lower for one in migration.operations if isinstance(one, migrations.CreateModel)}
    for operation in migration.operations:
        model = getattr(operation, "model_name", "").lower()
        if model not in made_here and f"{migration.app_label}.{model}" in LARGE and (way := instead(operation)):
            yield f"{migration.app_label}.{migration.name}: {operation.describe()}: {way}"
        if isinstance(operation, migrations.RunPython) or rewrites_rows(operation):
            yield f"{migration.app_label}.{migration.name}: {operation.describe()}: a job fills rows, some at a time"


def rewrites_rows(operation: Operation) -> bool:
    """Whether SQL changes or erases the rows of a large table."""
    tables = "|".join(label.replace(".", "_") for label in sorted(LARGE))
    statement = str(operation.sql) if isinstance(operation, migrations.RunSQL) else ""
    return re.search(rf"\b(update|delete\s+from)\s+(public\.)?({tables})\b", statement, re.I) is not None


def instead(operation: Operation) -> str:
    """Nothing where PostgreSQL only writes the catalogue, or lets others write meanwhile."""
    match operation:
        case AddIndexConcurrently() | AddConstraintNotValid():
            return ""
        case migrations.AddIndex():
            return "AddIndexConcurrently, in a migration with atomic = False"
        case migrations.AddConstraint(constraint=models.CheckConstraint()):
            return "AddConstraintNotValid, then ValidateConstraint in a migration after it"
        case migrations.AddConstraint():
            return "a unique index made concurrently, then a constraint that uses it"
        case migrations.AlterField():
            return "a new column that a job fills; the old one goes in a later version"
        case migrations.AddField(field=models.GeneratedField()):
            return "a column that a job fills, kept by a trigger"
        case migrations.AddField(field=field) if field.unique or (field.db_index and field.is_relation):
            return "db_index=False, then AddIndexConcurrently"
    return ""


def test_no_migration_closes_a_large_table():
    assert [fault for migration in later_migrations() for fault in faults(migration)] == []


def test_large_tables_are_those_of_models():
    known = {model._meta.label_lower for model in apps.get_models()}
    assert LARGE - known == set()


@pytest.mark.parametrize(
    ("operation", "is_refused"),
    [
        (migrations.AddIndex("parcel", models.Index(fields=["idu"], name="i")), True),
        (AddIndexConcurrently("parcel", models.Index(fields=["idu"], name="i")), False),
        (migrations.AddConstraint("parcel", models.CheckConstraint(condition=models.Q(idu=""), name="c")), True),
        (AddConstraintNotValid("parcel", models.CheckConstraint(condition=models.Q(idu=""), name="c")), False),
        (migrations.AlterField("parcel", "idu", models.TextField()), True),
        (migrations.AddField("parcel", "note", models.TextField(default="")), False),
        (migrations.AddField("parcel", "road", models.ForeignKey("cadastre.Road", models.CASCADE, null=True)), True),
        (migrations.AddIndex("sheet", models.Index(fields=["name"], name="i")), False),
        (migrations.RunPython(migrations.RunPython.noop), True),
        (migrations.RunSQL("update public.cadastre_parcel set idu = upper(idu)"), True),
        (migrations.RunSQL("create view v as select 1"), False),
    ],
)
def test_what_closes_a_large_table_is_refused(operation: Operation, is_refused: bool):
    migration = migrations.Migration("0099_later", "cadastre")
    migration.operations = [operation]
    assert bool(list(faults(migration))) == is_refused


def test_a_table_that_is_new_may_have_everything():
    migration = migrations.Migration("0099_later", "cadastre")
    index = migrations.AddIndex("parcel", models.Index(fields=["idu"], name="i"))
    migration.operations = [migrations.CreateModel("Parcel", []), index]
    assert list(faults(migration)) == []
