"""The first page of the desk of networks: what waits, and how much there is."""

from django.utils import timezone

from gis_core.models import Member
from networks.water.models import Anomaly, Outage
from tests import factories
from tests.networks.conftest import Network, at

URL = "/reseaux/"


def shown(network: Network, who: str = "network_technician") -> str:
    answer = network.client(who).get(URL, headers={"accept": "text/html"})
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def outage_of(member: Member) -> None:
    Outage.objects.create(owner=member, question={}, answer={}, valves=1, connections=2, started_at=timezone.now())


def test_what_waits_leads_to_its_page(network: Network) -> None:
    network.pipe((0, 0), (100, 0))
    with factories.as_owner():
        outage_of(network.member)
        Anomaly.objects.create(
            owner=network.member, family="sewer", kind="near_miss", severity=Anomaly.Severity.SERIOUS,
            object_kind="pipe", object_id=1, geom=at(0, 0), measured={}, detected_at=timezone.now(),
        )  # fmt: skip
    page = shown(network)
    assert '<a href="/reseaux/coupures/"><b>1</b> coupure en cours</a>' in page
    assert '<a href="/reseaux/anomalies/?family=sewer"><b>1</b> anomalie grave (assainissement)</a>' in page


def test_nothing_is_listed_when_nothing_waits(network: Network) -> None:
    network.pipe((0, 0), (100, 0))
    assert 'class="figures"' not in shown(network)


def test_what_waits_at_another_member_is_not_told(network: Network) -> None:
    other = factories.member(factories.commune("45902"))
    with factories.as_owner():
        outage_of(other)
    assert "coupure en cours" not in shown(network)
