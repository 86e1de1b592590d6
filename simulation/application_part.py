"""The part of a planning application's page about simulations: its projects, compared with what its form says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from django.db.models import Q
from django.urls import reverse

from gis_core.members.rights import Rights
from layers.parcels.points import ApplicationFacts
from simulation.models import Project, ProjectDocument
from simulation.services.drawing import read_volumes
from simulation.services.figures import VariantFigures, figures_of_variant

MOST_PROJECTS = 10
MOST_DOCUMENTS = 10
"""The last ones; each project has its own list of all."""
MOST_PARCELS = 20
ROUNDED_M2 = 0.5
"""A form writes areas in whole m²."""
DRAWN_M = 0.05
"""A wall is drawn, and a height written, to 5 cm: an area is as accurate as its outline, m by m."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a variant measures less what the form says, in m² or m; both are the same within `accuracy`."""

    gap: float
    accuracy: float

    @property
    def differs(self) -> bool:
        return abs(self.gap) > self.accuracy


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedVariant:
    """A variant beside the form: each comparison is None where the form says nothing, or the drawing."""

    project: Project
    letter: str
    title: str
    figures: VariantFigures
    floor: Comparison | None
    emprise: Comparison | None
    height: Comparison | None

    @property
    def gap_m2(self) -> float | None:
        """Of the floor area."""
        return self.floor.gap if self.floor else None

    @property
    def differs(self) -> bool:
        return any(one.differs for one in (self.floor, self.emprise, self.height) if one)


def application_part(facts: ApplicationFacts, rights: Rights) -> tuple[str, Mapping[str, Any]] | None:
    """Projects attached to the application, those on its parcels that are not, and where to draw one.

    Of many the attached ones come first, then the last changed. None without parcels.
    """
    if not facts.idus:
        return None
    about = Q(permit=facts.number) | Q(permit="", idus__overlap=list(facts.idus))
    every = Project.objects.visible_to(rights).current().filter(about).order_by("-permit", "-changed_at", "-id")
    rows = list(every[: MOST_PROJECTS + 1])
    is_cut, rows = len(rows) > MOST_PROJECTS, rows[:MOST_PROJECTS]
    attached = [one for one in rows if one.permit]
    documents = ProjectDocument.objects.filter(project__in=attached).order_by("-id")
    context = {
        "variants": [compare(one, variant, facts) for one in attached for variant in one.variants],
        "others": [one for one in rows if not one.permit],
        "documents": list(documents[:MOST_DOCUMENTS]),
        "most_projects": MOST_PROJECTS if is_cut else None,
        "facts": facts,
        "declared": (facts.floor_created_m2, facts.emprise_created_m2, facts.height_m) != (None, None, None),
        "map": map_of_parcels(facts),
    }
    return "simulation/application_part.html", context


def compare(project: Project, variant: Mapping[str, Any], facts: ApplicationFacts) -> ComparedVariant:
    figures = figures_of_variant(variant)
    outline = outline_of(variant)
    levels = figures.floor_m2 / figures.emprise_m2 if figures.floor_m2 and figures.emprise_m2 else 1.0
    area = ROUNDED_M2 + DRAWN_M * outline
    return ComparedVariant(
        project=project, letter=variant["letter"], title=variant["title"], figures=figures,
        floor=comparison(figures.floor_m2, facts.floor_created_m2, ROUNDED_M2 + DRAWN_M * outline * levels),
        emprise=comparison(figures.emprise_m2, facts.emprise_created_m2, area),
        height=comparison(figures.height_m, facts.height_m, 2 * DRAWN_M),
    )  # fmt: skip


def comparison(measured: float | None, declared: float | None, accuracy: float) -> Comparison | None:
    if measured is None or declared is None:
        return None
    return Comparison(gap=round(measured - declared, 2), accuracy=round(accuracy, 2))


def outline_of(variant: Mapping[str, Any]) -> float:
    """The length of the outline of its emprise, in metres."""
    bodies = read_volumes(variant["volumes"]) if variant["volumes"] else []
    return float(shapely.union_all([one.shape for one in bodies]).length)


def map_of_parcels(facts: ApplicationFacts) -> str:
    """The map with the desk of simulations open on the parcels; empty where their place is not known."""
    if facts.place_4326 is None:
        return ""
    x, y = facts.place_4326
    parcels = ",".join(facts.idus[:MOST_PARCELS])
    return f"{reverse('map')}#v=1&c={x:.6f},{y:.6f}&z=19&p=simulate.{parcels}.{facts.number}"
