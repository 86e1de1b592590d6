"""What a variant measures, how its rules are judged, and what became of the parcels of a project."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from django.contrib.gis.db.models.functions import Area, Intersection
from django.utils.translation import gettext as _

from gis_core.errors import ArpentError
from gis_core.members.rights import Rights
from layers.cadastre.models import Parcel
from layers.catalogue.models import Layer
from simulation.engine.verdicts import Status
from simulation.models import Project
from simulation.services.checking import Judged, check_project
from simulation.services.drawing import read_volumes

SHARED_M2 = 1.0
"""A parcel that shares less of the former ground only touches it."""
MOST_SUCCESSORS = 20
ANY_RULE = [{"catContrainte": "CES", "ratioMax": 1}]
"""Without rules of the zone what is measured comes all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantFigures:
    """Of a variant: m², m³ and metres. `floor_m2` is None where a volume does not say its levels."""

    volumes: int
    emprise_m2: float
    floor_m2: float | None
    height_m: float
    lines_m2: float
    trench_m3: float
    demolished: int

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def figures_of_variant(variant: Mapping[str, Any]) -> VariantFigures:
    """What it measures by itself, wherever it stands; volumes that overlap cover the ground once."""
    bodies = read_volumes(variant["volumes"]) if variant["volumes"] else []
    floors = [None if one.levels is None else one.shape.area * one.levels for one in bodies]
    known = [one for one in floors if one is not None]
    lines = [(one["kind"], length_of(one["line"]), one["width"], one["height"]) for one in variant["lines"]]
    return VariantFigures(
        volumes=len(bodies),
        emprise_m2=round(float(shapely.union_all([one.shape for one in bodies]).area), 2),
        floor_m2=round(sum(known), 2) if len(known) == len(floors) else None,
        height_m=round(max((one.top for one in bodies), default=0.0), 2),
        lines_m2=round(sum(length * width for _kind, length, width, _height in lines), 2),
        trench_m3=round(sum(length * wide * deep for kind, length, wide, deep in lines if kind == "trench"), 2),
        demolished=len(variant["demolished"]),
    )


def length_of(line: Mapping[str, Any]) -> float:
    return float(shapely.length(shapely.from_geojson(json.dumps(line))))


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantVerdicts:
    """How a variant is judged: the answer of the engine, or why there is none."""

    judged: Judged | None = None
    refusal: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """How many rules have each status."""
        every = Counter(one.status.value for one in self.judged.verdicts) if self.judged else Counter()
        return {one.value: every[one.value] for one in Status}


def judge_variant(project: Project, variant: Mapping[str, Any], day: date, rights: Rights) -> VariantVerdicts:
    """A variant judged by the rules in force on a day."""
    if not variant["volumes"]:
        return VariantVerdicts(refusal=_("This variant holds no volume."))
    try:
        judged = check_project(
            parcels=project.idus, volumes=variant["volumes"], rules=None, day=day, rights=rights,
            demolished=variant["demolished"],
        )  # fmt: skip
    except ArpentError as error:
        return VariantVerdicts(refusal=error.message)
    return VariantVerdicts(judged=judged)


# -- parcels that are no more -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class GoneParcels:
    """Parcels of a project that the plan has no more, and those that lie there now."""

    gone: Sequence[str] = ()
    successors: Sequence[str] = ()

    @property
    def message(self) -> str:
        """Empty where all parcels are in the plan."""
        if not self.gone:
            return ""
        values = {"gone": ", ".join(self.gone), "now": ", ".join(self.successors)}
        if self.successors:
            return (
                _("The plan has no parcel %(gone)s any more (divided, merged or renumbered): %(now)s lie there now.")
                % values
            )
        return _("The plan has no parcel %(gone)s any more, and knows none in its place.") % values


def gone_parcels(project: Project, rights: Rights) -> GoneParcels:
    """The parcels of a project that were divided since, with what lies on their ground.

    Of the plan nothing is said to whoever does not see its parcels.
    """
    here = set(Parcel.objects.filter(idu__in=project.idus).values_list("idu", flat=True))
    gone = [idu for idu in project.idus if idu not in here]
    if not gone or not Layer.objects.visible_to(rights).filter(slug="parcels").exists():
        return GoneParcels()
    rows = (
        Parcel.objects.filter(geom__bboverlaps=project.geom, geom__intersects=project.geom)
        .exclude(idu__in=project.idus)
        .annotate(shared=Area(Intersection("geom", project.geom)))
        .order_by("idu")
        .values_list("idu", "shared")
    )
    successors = [idu for idu, shared in rows if shared is not None and shared.sq_m > SHARED_M2]
    return GoneParcels(gone=gone, successors=successors[:MOST_SUCCESSORS])
