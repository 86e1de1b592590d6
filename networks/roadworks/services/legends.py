"""Legends that tell past works from current and coming ones: the day that they were written for follows the days."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from django.db import transaction

from gis_core.database import clock as database_clock
from layers.catalogue.models import Layer

SLUGS: Final = ("works", "works-detours")
DAYS: Final = ("starts_on", "ends_on")


@transaction.atomic
def follow_days() -> int:
    """Bring both layers to today, however an administrator changed their look; how many changed. For the worker."""
    changed = 0
    for layer in Layer.objects.select_for_update().filter(slug__in=SLUGS):
        legend = move_days(layer.legend, database_clock.today())
        if legend != layer.legend:
            layer.legend = legend
            layer.save(update_fields=["legend"])
            changed += 1
    return changed


def move_days(legend: Sequence[Mapping[str, Any]], day: date) -> list[dict[str, Any]]:
    """The legend with its bounds of days moved as far as the day that it was written for is from this one."""
    bound_counts = Counter(bound for line in legend for bound in bounds(line) if is_day(bound))
    if not bound_counts:
        return [dict(line) for line in legend]
    by = day - reference_day(bound_counts, day)
    return [{**line, "where": {name: later(name, condition, by) for name, condition in line["where"].items()}}
            if line.get("where") else dict(line) for line in legend]  # fmt: skip


def reference_day(bound_counts: Mapping[str, int], day: date) -> date:
    """The day that most bounds name; of several, the latest that has come: others tell how long ago, or how soon."""
    days = [date.fromisoformat(text) for text, times in bound_counts.items() if times == max(bound_counts.values())]
    return max((one for one in days if one <= day), default=min(days))


def bounds(line: Mapping[str, Any]) -> list[Any]:
    conditions = [(line.get("where") or {}).get(name) for name in DAYS]
    return [bound for one in conditions if isinstance(one, dict) and "in" not in one for bound in one.values()]


def is_day(text: Any) -> bool:
    try:
        date.fromisoformat(text)
    except (TypeError, ValueError):
        return False
    return True


def later(name: str, condition: Any, by: timedelta) -> Any:
    if name not in DAYS or not isinstance(condition, dict) or "in" in condition:
        return condition
    return {
        bound: (date.fromisoformat(day) + by).isoformat() if is_day(day) else day for bound, day in condition.items()
    }
