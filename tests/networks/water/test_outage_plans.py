"""The crew's paper of an outage: a map of all that is shut off and plans at 1:500, of what its asker sees."""

import json
from collections import Counter
from dataclasses import replace

import pypdfium2 as pdfium
import pytest

from gis_core import tasks
from gis_core.jobs import services as jobs
from gis_core.members.rights import Role, acting_as
from gis_core.models import Job
from layers.catalogue.models import Layer, Photo
from layers.printing import tasks as printing
from layers.printing.order import PrintOrder
from networks.water.services.outage_plans import PIPES, Choice, photos_for, plans_of
from networks.water.services.outages import outage_seen_by
from tests import factories
from tests.gis_core.test_jobs import Silent
from tests.networks.conftest import Network, at
from tests.networks.water.outages import broken_pipe, build_network, outage, page, post, save, source
from tests.photos import photo
from tests.printing.conftest import Opened, Print
from tests.tiles.ortho import campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(network: Network) -> str:
    """The address of an outage between V1 and V2, 100 m apart."""
    build_network(network)
    return save(network)


def orders(network: Network, who: str = Role.NETWORK_TECHNICIAN, **choice: str) -> list[PrintOrder]:
    rights = network.rights(who)
    with network.as_(who):
        return plans_of(outage_seen_by(outage().pk, rights), Choice.of(choice), rights)


def drawn(network: Network, print_map: Print, order: PrintOrder) -> Opened:
    """A sheet as the worker draws it for a technician."""
    return print_map(order=order, rights=network.rights())


def test_all_that_is_shut_off_is_on_the_first_map(network: Network, kept: str) -> None:
    first = orders(network)[0]
    west, south, east, north = first.sheet.ground(first.center, first.scale)
    for x in (100, 200):
        assert west < at(x, 0).x < east
        assert south < at(x, 0).y < north


def test_plans_at_1_500_show_every_valve(network: Network, kept: str) -> None:
    _first, *plans = orders(network)
    assert {plan.scale for plan in plans} == {500}
    grounds = [plan.sheet.ground(plan.center, 500) for plan in plans]
    for x in (100, 200):
        assert any(west < at(x, 0).x < east and south < at(x, 0).y < north for west, south, east, north in grounds)


def test_a_short_outage_is_one_sheet_at_1_500(network: Network) -> None:
    network.node(0, 0, "tank", reference="R1")
    network.node(20, 0, "valve", reference="V1")
    network.pipe((0, 0), (20, 0), reference="C0")
    network.pipe((20, 0), (60, 0), reference="C100")
    save(network)
    assert [order.scale for order in orders(network)] == [500]


def test_the_numbers_are_those_of_the_list_with_diameter_and_place(
    network: Network, kept: str, print_map: Print
) -> None:
    numbered = [one["reference"] for one in outage().answer["valves"] if one["status"] == "close"]
    text = " ".join(drawn(network, print_map, orders(network)[0]).text().split())
    assert all(f"{reference} · Ø100" in text for reference in numbered)


def test_plans_say_what_the_network_is(network: Network, kept: str, print_map: Print) -> None:
    _first, *plans = orders(network)
    counts = Counter(word for plan in plans for word in drawn(network, print_map, plan).text().split())
    assert counts["C100"] > 1  # on the map, and in its legend
    assert counts["Ø100"] > len(plans)
    assert min(counts["V1"], counts["V2"]) > 1


@pytest.mark.parametrize(("scale", "names"), [(2_500, 2), (2_501, 1)])
def test_the_map_of_all_names_equipment_down_to_1_2500(
    network: Network, kept: str, print_map: Print, scale: int, names: int
) -> None:
    """Farther than the labels of the layers: its plans may not reach everything."""
    first = replace(orders(network)[0], scale=scale)
    assert drawn(network, print_map, first).text().split().count("V1") == names  # the list of valves has one


def test_the_broken_pipe_is_outlined_and_named(network: Network, kept: str, print_map: Print) -> None:
    first = orders(network)[0]
    assert first.selected[0].ids == (broken_pipe(network),)
    assert "Canalisation cassée : C100" in " ".join(drawn(network, print_map, first).text().split())


def test_the_legend_says_what_is_drawn_and_no_more(network: Network, kept: str, print_map: Print) -> None:
    text = " ".join(drawn(network, print_map, orders(network)[0]).text().split())
    assert "Coupé" in text
    assert "Vanne ouverte" in text
    assert "Source à fermer" not in text


def test_labels_of_the_layer_itself_are_not_doubled(network: Network, kept: str, print_map: Print) -> None:
    with factories.as_owner():
        Layer.objects.filter(slug=PIPES).update(labels={"column": "reference"})
    assert drawn(network, print_map, orders(network)[1]).text().split().count("C100") == 2  # on the map and its legend


def test_an_order_comes_back_from_the_queue_as_it_was(network: Network, kept: str) -> None:
    for order in orders(network):
        assert PrintOrder.from_json(json.loads(json.dumps(order.as_json()))) == order


def test_the_paper_is_made_as_one_file_and_offered(
    network: Network, kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert post(network, f"{kept}plans/", paper="A4").status_code == 302
    job = worked(monkeypatch)
    assert (job.state, job.message) == ("done", "")
    assert f'href="/api/v1/prints/{job.pk}/file/?inline=1"' in source(network, f"{kept}plans/")
    answer = network.client().get(f"/api/v1/prints/{job.pk}/file/")
    document = pdfium.PdfDocument(b"".join(answer.streaming_content))
    assert len(document) == job.report["pages"] == len(orders(network))
    assert "1 : 500" in document[1].get_textpage().get_text_range().replace("\u00a0", " ")


def test_the_page_and_the_sheet_of_the_crew_offer_it(network: Network, kept: str) -> None:
    assert f'href="{kept}plans/"' in source(network, kept)
    sheet = network.client().get(f"{kept}fiche.pdf").content
    text = pdfium.PdfDocument(sheet)[0].get_textpage().get_text_range()
    assert "Plans au 1:500" in text.replace("\u00a0", " ")


def test_where_no_layer_can_be_drawn_the_schematic_is_all(network: Network, kept: str) -> None:
    with factories.as_owner():
        Layer.objects.filter(slug=PIPES).update(visibility="owner", owner=network.other)
    assert f'href="{kept}plans/"' not in source(network, kept)
    assert post(network, f"{kept}plans/", paper="A4").status_code == 404
    assert not Job.objects.filter(kind="print").exists()


def test_models_of_heights_are_no_photos_to_print_on(network: Network) -> None:
    campaign.publish("photo")
    campaign.publish("mns", kind=Photo.Kind.SURFACE)
    with acting_as(network.rights()):
        assert [one.slug for one in photos_for(network.rights())] == ["photo"]


def test_a_paper_that_is_not_offered_is_refused(network: Network, kept: str) -> None:
    answer = post(network, f"{kept}plans/", paper="A0")
    assert answer.status_code == 400
    assert "Choisissez un format de la liste." in answer.content.decode()


def test_a_reader_of_the_member_prints_it_and_others_do_not(network: Network, kept: str) -> None:
    assert post(network, f"{kept}plans/", Role.READER, paper="A3").status_code == 302
    assert "Plans" in page(network, f"{kept}plans/", Role.READER)
    stranger = factories.user(network.other, Role.NETWORK_TECHNICIAN)
    client = network.client()
    client.force_login(stranger)
    assert client.get(f"{kept}plans/", headers={"accept": "text/html"}).status_code == 404


def worked(monkeypatch: pytest.MonkeyPatch) -> Job:
    """The paper once a worker has made it."""
    monkeypatch.setattr(jobs, "ProgressWriter", Silent)
    with factories.as_worker():
        job = Job.objects.select_related("owner", "started_by").get(kind="print")
        tasks.run(job, printing.print_map)
        job.refresh_from_db()
    return job


def test_models_of_heights_are_no_photos_to_lie_under_a_plan(network: Network, kept: str) -> None:
    photo("ville"), photo("sol", kind="ground")
    rights = network.rights()
    with network.as_(Role.NETWORK_TECHNICIAN):
        assert [one.slug for one in photos_for(rights)] == ["ville"]
