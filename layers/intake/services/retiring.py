"""Tables that no layer shows any more go, some time after."""

from datetime import timedelta

from django.db.models import Q

from gis_core.database import clock as database_clock
from layers.catalogue.models import Layer
from layers.catalogue.tables import drop_table
from layers.intake.models import Import

# A replacement can be taken back as long as its former table is kept; what was taken back is kept for looking at it.
REPLACED_KEPT = timedelta(days=90)
TAKEN_BACK_KEPT = timedelta(days=30)


def retire() -> list[str]:
    """Drop what is old enough; the names of the tables. Needs the worker's role."""
    now, dropped = database_clock.now(), []
    replaced = Q(mode=Import.Mode.REPLACE, state=Import.State.APPLIED, applied_at__lt=now - REPLACED_KEPT)
    for one in Import.objects.select_for_update().filter(replaced, former__isnull=False):
        dropped.append((one.former or {})["table"])
        one.former = None
        one.save(update_fields=["former"])
    taken_back = Q(mode=Import.Mode.REPLACE, state=Import.State.REVERTED)
    for one in Import.objects.select_for_update().filter(taken_back, taken_back_at__lt=now - TAKEN_BACK_KEPT):
        dropped.append(one.table)
        one.table = ""
        one.save(update_fields=["table"])
    shown = set(Layer.objects.filter(table__in=dropped).values_list("table", flat=True))
    gone = [table for table in dropped if table and table not in shown]
    for table in gone:
        drop_table(table)
    return gone
