"""What a coverage study that was kept says: its points, its zones, its shares of addresses and roads."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from django.utils.translation import gettext as _

from gis_core.errors import NotFound
from gis_core.members.rights import Rights
from networks.roads import reach
from networks.roads.models import CoverageStudy

KEPT: Final = 20
"""Studies of a member."""


def study_seen_by(pk: int, rights: Rights) -> CoverageStudy:
    """A study that the user sees, with its owner and author. Raises NotFound."""
    row = CoverageStudy.objects.visible_to(rights).select_related("owner", "made_by").filter(pk=pk).first()
    if row is None:
        raise NotFound(_("There is no such study any more, or you may not see it: compute it again."))
    return row


def list_studies(rights: Rights, **kept: Any) -> list[CoverageStudy]:
    """The last ones, of those that are so, without their points."""
    rows = CoverageStudy.objects.visible_to(rights).select_related("owner", "made_by").defer("sites", "drawn")
    return list(rows.filter(**kept).order_by("-made_at")[:KEPT])


def sites_kept(study: CoverageStudy, technology: int, operator: str = "") -> reach.Shapes:
    """The points of a technology that counted: an operator's, or anybody's (empty)."""
    rank = study.answer["operators"].index(operator) if operator else None
    chosen = [one[:2] for one in study.sites if one[3] >> technology & 1 and (rank is None or one[2] == rank)]
    points: reach.Shapes = shapely.points(np.array(chosen, dtype=float).reshape(len(chosen), 2))
    return points


def compute_covered_zone(study: CoverageStudy, technology: int, operator: str = "") -> Any:
    """What is within reach of them, as one surface in EPSG:2154."""
    return reach.zone(sites_kept(study, technology, operator), study.technologies[technology]["reach_m"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How much of the addresses and of the metres of road a technology covers; a share is None where there are none."""

    technology: str
    addresses: int
    covered: int
    road_m: float
    covered_m: float

    @property
    def of_addresses(self) -> float | None:
        return 100 * self.covered / self.addresses if self.addresses else None

    @property
    def of_roads(self) -> float | None:
        return 100 * self.covered_m / self.road_m if self.road_m else None


def share(study: CoverageStudy, technology: int, operator: str = "", insee: str = "") -> Share:
    """Of one commune, or of all that were studied."""
    counts = study.answer["counts"][str(technology)][operator]
    communes = [one for one in study.answer["communes"] if not insee or one["insee"] == insee]
    return Share(
        technology=study.technologies[technology]["label"],
        addresses=sum(one["addresses"] for one in communes),
        covered=sum(int(counts[one["insee"]][0]) for one in communes),
        road_m=sum(one["road_m"] for one in communes),
        covered_m=sum(counts[one["insee"]][1] for one in communes),
    )
