"""What the policy table needs of coverage studies: one of each member, and what people send."""

from typing import Any

from gis_core.models import Member
from networks.roads.models import CoverageStudy
from tests import factories


def study(owner: Member) -> CoverageStudy:
    technologies = [{"label": "points", "column": "", "value": "", "reach_m": 500}]
    question = {"insee": "", "layer": "addresses", "title": "Adresses", "attribution": "", "operator": ""}
    answer = {"communes": [], "operators": [], "counts": {"0": {"": {}}}, "roads": False}
    with factories.as_owner():
        return CoverageStudy.objects.create(
            owner=owner, question=question | {"technologies": technologies}, answer=answer, sites=[], seconds=0.1
        )


def form(route: str, method: str, member: str) -> dict[str, Any] | None:
    if (route, method) == ("voirie/couverture/", "POST"):
        return {"layer": "addresses", "member": member, "reach_m": 500}
    return None
