"""The demo's planning: real deliveries without a fault, that tile the communes and agree with each other."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.db.models import Union

from demo.planning import seed_planning
from demo.territory import Territory, generate
from layers.planning.models import Document, Easement, Prescription, RiskZone, Zone
from tests import factories
from tests.module_rows import check_references, module_transaction

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("kept_territory")]
SIREN = "999000011"


@pytest.fixture(scope="module")
def seeded(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Territory]:
    with module_transaction(django_db_blocker):
        with factories.as_owner():
            seed_planning(lambda: generate(45), tmp_path_factory.mktemp("demo"), lambda _line: None)
        check_references()
        yield generate(45)


def test_the_demo_has_two_versions_easements_and_risks(seeded: Territory, tmp_path: Path) -> None:
    with factories.as_owner():
        seed_planning(lambda: pytest.fail("nothing is made twice"), tmp_path, lambda _line: None)
    assert Document.objects.count() == 2
    past, now = (Document.objects.in_force(day).get() for day in (date(2018, 1, 1), date(2025, 1, 1)))
    assert (past.territory, now.territory) == (SIREN, SIREN)
    assert {"U", "AUc", "AUs", "A", "N"} <= set(past.zones.values_list("typezone", flat=True))
    assert past.zones.get(libelle="UB").geom.area < now.zones.get(libelle="UB").geom.area
    assert Prescription.objects.filter(document=now).count() > 10
    assert sorted(set(Easement.objects.values_list("category", flat=True))) == ["AC1", "I3"]
    assert sorted(RiskZone.objects.values_list("code", flat=True)) == ["B", "R"]


def test_the_zones_of_the_demo_tile_its_communes(seeded: Territory) -> None:
    ground = sum(one.geom.area for one in seeded.communes if one.epci == "cc-lys")
    for document in Document.objects.all():
        zones = Zone.objects.filter(document=document)
        whole = zones.aggregate(whole=Union("geom"))["whole"]
        assert whole.area == pytest.approx(ground, rel=1e-4)
        assert sum(one.geom.area for one in zones) == pytest.approx(ground, rel=1e-4)
