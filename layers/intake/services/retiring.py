"""Tables that no layer shows any more go, some time after."""

from datetime import timedelta

from django.db.models import QuerySet

from gis_core.database import clock as database_clock
from gis_core.ownership.retention import Counts
from gis_core.ownership.stock import Stock
from layers.catalogue.models import Layer
from layers.catalogue.tables import drop_table
from layers.intake.choices import Mode
from layers.intake.layer_sources import LAYER
from layers.intake.models import FileImport

# A replacement can be taken back as long as its former table is kept; what was taken back is kept for looking at it.
REPLACED_KEPT = timedelta(days=90)
TAKEN_BACK_KEPT = timedelta(days=30)


def former() -> tuple[QuerySet[FileImport], QuerySet[FileImport]]:
    """Imports that still have a table which nobody sees: of a layer that was replaced; of one that was taken back."""
    imports = FileImport.objects.filter(source=LAYER.slug, choices__mode=Mode.REPLACE)
    return (
        imports.filter(state=FileImport.State.APPLIED, revert_data__has_key="former"),
        imports.filter(state=FileImport.State.REVERTED, revert_data__has_key="table"),
    )


def over() -> tuple[QuerySet[FileImport], QuerySet[FileImport]]:
    """Those whose time is over."""
    now = database_clock.now()
    replaced, taken_back = former()
    return (
        replaced.filter(applied_at__lt=now - REPLACED_KEPT),
        taken_back.filter(reverted_at__lt=now - TAKEN_BACK_KEPT),
    )


def count_over() -> Counts:
    return [(None, count)] if (count := sum(one.count() for one in over())) else []


def count_former() -> Stock:
    """Tables that are kept, dated by the import that made them."""
    days = [one for imports in former() for one in imports.values_list("applied_at", flat=True) if one]
    return Stock(sum(one.count() for one in former()), min(days).date() if days else None)


def retire() -> list[str]:
    """Drop what is old enough; the names of the tables. Needs the worker's role."""
    dropped = []
    replaced, taken_back = over()
    for one in replaced.select_for_update():
        dropped.append(one.revert_data.pop("former")["table"])
        one.save(update_fields=["revert_data"])
    for one in taken_back.select_for_update():
        dropped.append(one.revert_data.pop("table"))
        one.save(update_fields=["revert_data"])
    in_use = set(Layer.objects.filter(table__in=dropped).values_list("table", flat=True))
    gone = [table for table in dropped if table not in in_use]
    for table in gone:
        drop_table(table)
    return gone
