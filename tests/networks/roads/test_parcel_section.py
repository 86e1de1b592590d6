"""Roads on the parcel sheet: what runs along the ground, how far, who manages it."""

from datetime import date
from typing import Any

import pytest

from gis_core.members.rights import Role
from networks.roads.models import RoadSection
from permits.models import Authority, Signatory
from tests import factories
from tests.networks.conftest import Network, along

IDU = "45901000AB0001"
pytestmark = pytest.mark.django_db


@pytest.fixture
def ground(network: Network) -> Network:
    """The parcel is the square from 30 m to 70 m."""
    x, y = factories.ORIGIN
    factories.parcel("45901", "AB", "0001", geom=factories.square(x + 30, y + 30, 40))
    return network


@factories.as_owner()
def road(network: Network, start: tuple[float, float], end: tuple[float, float], **columns: Any) -> None:
    RoadSection.objects.create(owner=network.member, geom=along(start, end), **columns)


def told(network: Network, who: str = Role.PERMIT_INSTRUCTOR) -> Any:
    body = {"parcels": [IDU], "sections": ["roads"]}
    sheet = network.client(who).post("/api/v1/parcels/sheet/", body, content_type="application/json").json()
    return sheet["sections"][0]


def lines(section: Any) -> list[str]:
    return [f"{line['title']} | {line['detail']}".replace("\xa0", " ") for line in section["lines"]]


def test_each_road_is_told_once_the_nearest_first(ground: Network) -> None:
    road(ground, (30, 76), (50, 76), name_left="Rue Haute", manager="05", width_m=5.5)
    road(ground, (50, 77), (70, 77), name_left="Rue Haute", manager="05")
    road(ground, (30, 20), (70, 20), route="D961", name_left="Route de Bellegarde", manager="03")
    road(ground, (30, 200), (70, 200), name_left="Trop loin")
    section = told(ground)
    assert lines(section) == [
        "Rue Haute | à 6 m · gérée par : Commune · 5,5 m",
        "D 961, Route de Bellegarde | à 10 m · gérée par : Département",
    ]
    assert section["facts"][0]["display"].replace("\xa0", " ").startswith("Rue Haute, à 6 m")


def test_a_bridge_does_not_run_along(ground: Network) -> None:
    road(ground, (30, 50), (70, 50), name_left="Viaduc", level=1)
    section = told(ground)
    assert section["lines"] == []
    assert section["facts"][0]["display"].replace("\xa0", " ") == "aucune voie connue à moins de 25 m"


def test_a_road_speaks_for_the_equipment_of_a_certificate(ground: Network) -> None:
    from gis_core.letters.kinds import kind_of
    from gis_core.members.rights import acting_as, rights_of
    from permits.letters import LetterRequest
    from permits.services.filing import Filing, file_permit
    from permits.services.letters import begin_letter

    road(ground, (30, 76), (70, 76), name_left="Rue Haute", manager="05")
    ground.pipe((76, 30), (76, 70), reference="C1")
    with factories.as_owner():
        mayor = Authority.objects.create(
            owner=ground.member, quality="mayor", name="Mairie", place="Lorris", since_date=date(2020, 1, 1)
        )
        named = {"first_name": "Jeanne", "last_name": "Dupuis", "quality": "La maire"}
        Signatory.objects.create(authority=mayor, since_date=date(2020, 1, 1), **named)
    rights = rights_of(ground.people[Role.PERMIT_INSTRUCTOR])
    with acting_as(rights):
        filing = Filing(kind="CUb", insee="45901", filed_date=date(2026, 1, 5), parcels=["AB 1"])
        permit = file_permit(filing, rights).permit
        act = begin_letter(permit, kind_of("permit-certificate-yes"), LetterRequest(), rights)
    body = act.body.replace("\xa0", " ")
    assert "- Voirie : Rue Haute, à 6 m · gérée par : Commune ; " in body
    assert "- Eau potable : canalisation à 6 m" in body
    assert "- Électricité : \\[à compléter" in body
