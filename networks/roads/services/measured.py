"""Roads measured again after an import, and what was found amiss, for people."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from layers.intake.sources import Tell
from networks.roads.models import RoadMarker, RoadSection
from networks.roads.references import Road
from networks.roads.services.calibrating import as_named, calibrate, faults_of
from networks.roads.services.overview import fault_words

MOST_NAMED = 10


def measure(roads: Iterable[Road], tell: Tell) -> list[dict[str, Any]]:
    """Calibrate roads; each with its kilometres and what is amiss, in words. As the worker."""
    found, wanted = [], sorted(roads)
    for rank, road in enumerate(wanted):
        name = as_named(road)
        tell(0.7 + 0.3 * rank / max(1, len(wanted)), _("Measuring the %(route)s") % {"route": name})
        axes = calibrate(*road)
        if not axes and not is_there(road):
            continue
        metres = sum(one.parts[-1].end_m - one.parts[0].start_m for one in axes)
        told = [one for axis in axes for one in fault_words(faults_of(axis), named)] if axes else [why_unmeasured(road)]
        found.append({"route": str(name), "km": round(metres / 1000, 3), "amiss": list(dict.fromkeys(told)),
                      "measured": bool(axes)})  # fmt: skip
    return found


def is_there(road: Road) -> bool:
    """Whether anything is left of it, for its sections may have got another number or Département."""
    return any(model.objects.filter(**road._asdict()).exists() for model in (RoadSection, RoadMarker))


def why_unmeasured(road: Road) -> str:
    markers = RoadMarker.objects.filter(**road._asdict()).values("number").distinct().count()
    if not RoadSection.objects.filter(**road._asdict()).exists():
        return _("It has markers and no section: import its sections, or correct the number of the road.")
    if markers < 2:
        return _("It has fewer than two markers (PR): it is not measured until they are imported.")
    return _("Fewer than two of its markers stand on its sections (within 50 m): check where they are.")


def named(ids: Sequence[int]) -> str:
    rows = RoadMarker.objects.filter(pk__in=ids[:MOST_NAMED]).order_by("number", "pk")
    shown = ", ".join(f"PR {one.number}" for one in rows)
    return f"{shown}…" if len(ids) > MOST_NAMED else shown
