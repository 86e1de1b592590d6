"""What an outage leads to and what leads to it: its pipe, cause, repair, the notices about it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gis_core.members.rights import SYSTEM, acting_as
from networks.notifications.models import Notice
from networks.water.models import Outage, Repair
from tests import factories
from tests.networks.conftest import Network, at
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


def test_the_repair_lies_where_the_outage_says_that_the_pipe_broke(network: Network, path: str) -> None:
    with factories.as_owner():
        row = outage()
        (broken,) = row.answer["breaks"]
        broken["point"] = list(at(120, 3).transform(4326, clone=True).coords)
        row.save(update_fields=["answer"])
    address = f"{NEW_REPAIR}?network=water&pipe={broken_pipe(network)}&outage={row.pk}"
    assert re.search(r'name="along_m" value="20(,0)?"', source(network, address))
    assert 'name="along_m" value' not in source(network, address.replace(f"outage={row.pk}", "outage=999999"))


def test_the_cause_of_a_repair_is_that_of_its_outage_where_none_was_known(network: Network, path: str) -> None:
    record(network, path, cause="frost")
    assert outage().cause == "frost"
    record(network, path, cause="roots")
    assert outage().cause == "frost"


def test_the_outage_is_seen_on_the_map(network: Network, path: str) -> None:
    assert re.search(r'<a class="button" href="/#[^"]+">Voir sur la carte</a>', source(network, path))


def test_the_map_of_an_outage_holds_its_zone_and_the_valves_to_close(network: Network, path: str) -> None:
    link = r'href="/#v=1&amp;bb=([-\d.,]+)&amp;l=[\w,-]+(?:&amp;p=([\w.]+))?">Voir'
    shown = re.search(link, source(network, path))
    assert shown
    assert shown[2] == f"water.isolate.{broken_pipe(network)}"
    west, south, east, north = map(float, shown[1].split(","))
    answer = outage().answer
    places = [point for line in answer["zone"]["geometry"]["coordinates"] for point in line]
    places += [one["point"] for one in answer["valves"] if one["status"] == "close"]
    assert len(places) > 2
    for lon, lat in places:
        assert west - 1e-6 <= lon <= east + 1e-6
        assert south - 1e-6 <= lat <= north + 1e-6
    with factories.as_owner():
        Outage.objects.update(state=Outage.State.ENDED, ended_at=timezone.now())
    assert "&amp;p=water.isolate" not in source(network, path)


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


def test_the_end_of_an_outage_that_was_opened_again_meanwhile_is_not_announced(network: Network, path: str) -> None:
    notice_of(network, path)
    post(network, path, do="end", version=str(outage().version))
    post(network, path, do="reopen", reason="La fuite reprend")
    answer = post(network, path, do="end_notice")
    assert answer.status_code == 409
    assert "Cette coupure est en cours" in answer.content.decode()
    with acting_as(SYSTEM):
        assert Notice.objects.count() == 1


def test_nobody_is_warned_of_an_outage_that_is_struck_out(network: Network, path: str) -> None:
    notice_of(network, path)
    post(network, path, do="end", version=str(outage().version))
    post(network, path, do="void", reason="Essai")
    number = path.rstrip("/").rpartition("/")[2]
    assert post(network, path, do="end_notice").status_code == 409
    assert post(network, "/reseaux/avis/", outage=number).status_code == 409
    with acting_as(SYSTEM):
        assert Notice.objects.count() == 1


def test_duplicates_are_told_without_reading_their_answers(network: Network, path: str) -> None:
    other = save(network)
    post(network, other, do="void", reason="Deux fois", duplicate_of=path.rstrip("/").rpartition("/")[2])
    with CaptureQueriesContext(connection) as queries:
        assert other in source(network, path)
    (duplicates,) = [one["sql"] for one in queries if re.search(r'"duplicate_of_id" = \d', one["sql"])]
    assert '"answer"' not in duplicates
