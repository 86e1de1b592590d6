"""What crosses the ground of a test: easements, risk zones."""

import itertools

from django.contrib.gis.geos import MultiPolygon

from layers.planning.models import Easement, EasementFootprint, EasementSet, RiskPlan, RiskZone
from tests import factories

_numbers = itertools.count(1)


def easement(category: str, geom: MultiPolygon | None = None, *, name: str = "Église", manager: str = "DRAC") -> None:
    """An easement of this category whose footprint covers the usual parcel."""
    number = next(_numbers)
    with factories.as_owner():
        delivery = EasementSet.objects.create(code=f"{number}_{category}_45", folder=f"{number:032d}")
        made = Easement.objects.create(
            delivery=delivery, idsup=f"{category}-{number}", category=category, name=name, manager=manager
        )
        EasementFootprint.objects.create(
            easement=made, category=category, name=name, kind="surface", geom=geom or factories.square()
        )


def risk_zone(geom: MultiPolygon | None = None) -> None:
    number = next(_numbers)
    with factories.as_owner():
        plan = RiskPlan.objects.create(code=f"PPRI-{number}", name="PPRI de la Loire")
        RiskZone.objects.create(plan=plan, code="R1", name="Aléa fort", geom=geom or factories.square())
