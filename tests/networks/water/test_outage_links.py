"""What an outage leads to and what leads to it: its pipe, cause, repair, the notices about it."""

from datetime import timedelta
from typing import Any

import pytest

from gis_core.members.rights import SYSTEM, acting_as
from networks.notifications.models import Notice
from networks.water.models import Outage, Repair
from tests import factories
from tests.networks.conftest import Network
from tests.networks.water.outages import HTML, broken_pipe, build_network, outage, page, post, save, source

NEW_REPAIR = "/reseaux/reparations/nouvelle/"


@pytest.fixture
def path(network: Network) -> str:
    build_network(network)
    return save(network)


def sheet(network: Network, layer: str, pk: int, who: str = "network_technician") -> Any:
    answer = network.client(who).get(f"/api/v1/layers/{layer}/features/{pk}/")
    assert answer.status_code == 200, answer.content
    return answer.json()


def urls(sheet: Any) -> list[str]:
    return [link["url"] for link in sheet["links"]]


def record(network: Network, path: str, **more: str) -> Any:
    key = path.rstrip("/").rpartition("/")[2]
    sent = {"network": "water", "pipe": str(broken_pipe(network)), "outage": key, "repaired_date": "2026-01-15", **more}
    return network.client().post(NEW_REPAIR, sent, headers=HTML)


def test_the_cause_is_recorded_and_offered_to_the_repair(network: Network, path: str) -> None:
    assert post(network, path, do="cause", cause="frost").status_code == 302
    assert outage().cause == "frost"
    assert "cause=frost" in source(network, path)
    assert post(network, path, do="cause", cause="dragons").status_code == 400
    assert post(network, path, "reader", do="cause", cause="frost").status_code == 403


def test_the_outage_leads_to_its_pipe_and_the_pipe_to_the_outage(network: Network, path: str) -> None:
    pipe = broken_pipe(network)
    assert f"s=water-pipes.{pipe}" in source(network, path)
    assert path in urls(sheet(network, "water-pipes", pipe))


def test_a_repair_recorded_from_the_outage_and_the_outage_lead_to_each_other(network: Network, path: str) -> None:
    form = source(network, f"{NEW_REPAIR}?network=water&pipe={broken_pipe(network)}&outage={outage().pk}&cause=frost")
    assert f'name="outage" value="{outage().pk}"' in form
    answer = record(network, path, cause="frost")
    assert answer.url == f"{path}#repairs"
    with acting_as(SYSTEM):
        repair = Repair.objects.get()
    assert "Réparation du 15 jan" in page(network, path)
    assert f"s=water-repairs.{repair.pk}" in source(network, path)
    assert path in urls(sheet(network, "water-repairs", repair.pk))


def test_a_repair_of_no_outage_of_the_member_is_refused(network: Network, path: str) -> None:
    answer = record(network, "/reseaux/coupures/999999/")
    assert answer.status_code == 404
    with acting_as(SYSTEM):
        assert not Repair.objects.exists()


def notice_of(network: Network, path: str) -> Notice:
    """A notice about the outage, as if it had been sent."""
    post(network, "/reseaux/avis/", outage=path.rstrip("/").rpartition("/")[2])
    with factories.as_owner():
        notice = Notice.objects.latest("pk")
        Notice.objects.filter(pk=notice.pk).update(
            state=Notice.State.SENT, sent_at=notice.starts_at, phone="0238000000"
        )
    return notice


def test_a_notice_and_its_outage_lead_to_each_other(network: Network, path: str) -> None:
    notice = notice_of(network, path)
    assert f"/reseaux/avis/{notice.pk}/" in source(network, path)
    assert path in source(network, f"/reseaux/avis/{notice.pk}/")


def test_the_end_is_announced_with_one_tap_when_the_water_is_back(network: Network, path: str) -> None:
    former = notice_of(network, path)
    assert "end_notice" not in source(network, path)
    with factories.as_owner():
        Outage.objects.update(started_at=outage().started_at - timedelta(hours=2))
    post(network, path, do="end", version=str(outage().version))
    assert "end_notice" in source(network, path)
    answer = post(network, path, do="end_notice")
    with acting_as(SYSTEM):
        made = Notice.objects.latest("pk")
        addresses = list(made.targets.values_list("address", flat=True))
    assert answer.url == f"/reseaux/avis/{made.pk}/"
    assert (made.kind, made.state, made.phone) == ("end", "draft", "0238000000")
    assert made.ends_at == outage().ended_at
    assert made.pk != former.pk
    assert addresses == ["12 rue des Tanneurs"]
    assert "end_notice" not in source(network, path)
    assert post(network, path, do="end_notice").status_code == 409


def test_the_notice_of_a_duplicate_stands_on_the_outage_that_is_kept(network: Network, path: str) -> None:
    other = save(network)
    notice = notice_of(network, other)
    post(network, other, do="void", reason="Deux fois", duplicate_of=path.rstrip("/").rpartition("/")[2])
    assert f"/reseaux/avis/{notice.pk}/" in source(network, path)
