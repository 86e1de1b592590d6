"""Roads measured again after an import, and what was found amiss, for people."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from layers.intake.source import Progress
from networks.roads.models import RoadMarker, RoadSection
from networks.roads.references import Road
from networks.roads.services.calibrating import calibrate, faults_of, with_department
from networks.roads.services.overview import describe_faults

MOST_MARKERS = 10


def measure(roads: Iterable[Road], progress: Progress) -> list[dict[str, Any]]:
    """Calibrate roads; each with its kilometres and what is amiss, in words. As the worker."""
    results, wanted = [], sorted(roads)
    for rank, road in enumerate(wanted):
        name = with_department(road)
        progress(0.7 + 0.3 * rank / max(1, len(wanted)), _("Measuring the %(route)s") % {"route": name})
        axes = calibrate(*road)
        if not axes and not is_there(road):
            continue
        metres = sum(one.parts[-1].end_m - one.parts[0].start_m for one in axes)
        parts = (
            [one for axis in axes for one in describe_faults(faults_of(axis), marker_label)]
            if axes
            else [why_unmeasured(road)]
        )
        results.append({"route": str(name), "km": round(metres / 1000, 3), "amiss": list(dict.fromkeys(parts)),
                      "measured": bool(axes)})  # fmt: skip
    return results


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


def marker_label(ids: Sequence[int]) -> str:
    rows = RoadMarker.objects.filter(pk__in=ids[:MOST_MARKERS]).order_by("number", "pk")
    text = ", ".join(f"PR {one.number}" for one in rows)
    return f"{text}…" if len(ids) > MOST_MARKERS else text
