"""Tables that no layer shows any more go, some time after."""

from datetime import timedelta

from gis_core.database import clock as database_clock
from layers.catalogue.models import Layer
from layers.catalogue.tables import drop_table
from layers.intake.choices import Mode
from layers.intake.layer_sources import LAYER
from layers.intake.models import FileImport

# A replacement can be taken back as long as its former table is kept; what was taken back is kept for looking at it.
REPLACED_KEPT = timedelta(days=90)
TAKEN_BACK_KEPT = timedelta(days=30)


def retire() -> list[str]:
    """Drop what is old enough; the names of the tables. Needs the worker's role."""
    now, dropped = database_clock.now(), []
    replaced = FileImport.objects.filter(source=LAYER.slug, choices__mode=Mode.REPLACE).select_for_update()
    applied = replaced.filter(state=FileImport.State.APPLIED, applied_at__lt=now - REPLACED_KEPT)
    for one in applied.filter(revert_data__has_key="former"):
        dropped.append(one.revert_data.pop("former")["table"])
        one.save(update_fields=["revert_data"])
    reverted = replaced.filter(state=FileImport.State.REVERTED, reverted_at__lt=now - TAKEN_BACK_KEPT)
    for one in reverted.filter(revert_data__has_key="table"):
        dropped.append(one.revert_data.pop("table"))
        one.save(update_fields=["revert_data"])
    in_use = set(Layer.objects.filter(table__in=dropped).values_list("table", flat=True))
    gone = [table for table in dropped if table not in in_use]
    for table in gone:
        drop_table(table)
    return gone
