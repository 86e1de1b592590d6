"""Sewer manholes: what inspections record, what is due next, what the list, files and sheets say of it."""

import csv
import io
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from gis_core.codes import ROOT, read_codes
from gis_core.errors import Forbidden, Invalid
from gis_core.members.rights import Role, acting_as
from networks.water.models import ManholeInspection, ManholeSettings
from networks.water.services import inspections
from networks.water.services import manhole_inspecting as inspecting
from networks.water.services.manholes import ManholeQuery, counts, manhole_seen_by, register
from tests import factories
from tests.exports.conftest import read
from tests.networks.conftest import WEB, Network, at


def today() -> date:
    return timezone.localdate()


def visit(day: date | None = None, verdict: str = "good", **more: Any) -> inspecting.Inspection:
    return inspecting.Inspection(done_date=day or today(), done_by="Régie", verdict=verdict, **more)


def inspect(network: Network, pk: int, given: inspecting.Inspection, who: str = Role.NETWORK_TECHNICIAN) -> Any:
    with network.as_(who):
        return inspecting.inspect(pk, given, rights=network.rights(who), origin=WEB)


def seen(network: Network, pk: int, who: str = Role.READER) -> Any:
    with acting_as(network.rights(who)):
        return manhole_seen_by(pk, network.rights(who))


def references(network: Network, who: str = Role.READER, **wanted: str) -> list[str]:
    with acting_as(network.rights(who)):
        return [one.reference for one in register(ManholeQuery.parse(wanted), network.rights(who))]


def page(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url, headers={"accept": "text/html"})
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


def post(client: Client, pk: int, status: int = 302, **values: Any) -> Any:
    answer = client.post(f"/reseaux/regards/{pk}/", values, headers={"accept": "text/html"})
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer


def make(network: Network, x: float, y: float, **values: Any) -> int:
    return network.make("sewer-nodes", at(x, y), **{"kind": "manhole", "system": "02", **values})


@pytest.fixture
def manhole(network: Network) -> int:
    return make(network, 50, 50, reference="R-12")


# -- what is recorded -------------------------------------------------------------------------------------------------


def test_an_inspection_keeps_each_part_the_defects_and_the_measures(network: Network, manhole: int) -> None:
    parts = {"cover": "noisy", "frame": "loose", "ladder": "rusted", "channel": "worn", "infiltration": "drops"}
    made = inspect(network, manhole, visit(**parts, deposit_mm=80, depth_m=2.35, defects=["DAB", "DBA", "DAB"]))
    with factories.as_owner():
        kept = ManholeInspection.objects.get(pk=made.pk)
    assert {name: getattr(kept, name) for name in parts} == parts
    assert (kept.deposit_mm, kept.depth_m, kept.defects, kept.reference) == (80, 2.35, ["DAB", "DBA"], "R-12")
    assert kept.recorded_by_id == network.people[Role.NETWORK_TECHNICIAN].pk


def test_the_depth_measured_goes_into_the_record_where_it_is_asked_for(network: Network, manhole: int) -> None:
    inspect(network, manhole, visit(depth_m=2.1))
    assert network.rows(f"select depth_m, version from sewer_node where id = {manhole}") == [(None, 1)]
    inspect(network, manhole, visit(depth_m=2.2, keep_depth=True))
    assert network.rows(f"select depth_m, version from sewer_node where id = {manhole}") == [(2.2, 2)]


def test_a_struck_inspection_counts_no_more_and_stays(network: Network, manhole: int) -> None:
    inspect(network, manhole, visit(date(2024, 5, 1)))
    wrong = inspect(network, manhole, visit(verdict="urgent"))
    with network.as_():
        inspecting.strike(manhole, wrong.pk, "Autre regard", rights=network.rights())
    assert seen(network, manhole).inspected["verdict"] == "good"
    assert "Autre regard" in page(network.client(Role.READER), f"/reseaux/regards/{manhole}/")


def test_inspections_follow_a_reference_when_the_network_is_made_anew(network: Network, manhole: int) -> None:
    inspect(network, manhole, visit(verdict="repair"))
    network.remove("sewer-nodes", manhole)
    make(network, 60, 60, kind="inlet", reference="R-12")
    network.remove("sewer-nodes", network.rows("select id from sewer_node")[0][0])
    anew = make(network, 52, 50, reference="R-12")
    with network.as_():
        assert inspections.rebind(network.member.pk) == 1
    assert seen(network, anew).inspected["verdict"] == "repair"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"done_date": "tomorrow"}, "done_date"),
        ({"done_by": " "}, "done_by"),
        ({"verdict": "bien"}, "verdict"),
        ({"cover": "parfait"}, "cover"),
        ({"defects": ["BAB"]}, "defects"),
        ({"depth_m": 0.0}, "depth_m"),
        ({"depth_m": 80.0}, "depth_m"),
        ({"deposit_mm": 20_000}, "deposit_mm"),
        ({"depth_m": 1.0, "deposit_mm": 1_200}, "deposit_mm"),
        ({"next_date": date(2024, 1, 1)}, "next_date"),
        ({"verdict": "unseen", "channel": "good"}, "channel"),
        ({"verdict": "unseen", "defects": ["DAB"]}, "defects"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(
    network: Network, manhole: int, wrong: dict[str, Any], field: str
) -> None:
    if wrong.get("done_date") == "tomorrow":
        wrong = {"done_date": today() + timedelta(days=1)}
    with pytest.raises(Invalid) as refused:
        inspect(network, manhole, replace(visit(), **wrong))
    assert refused.value.extra["parameter"] == field
    with factories.as_owner():
        assert not ManholeInspection.objects.exists()


@pytest.mark.parametrize("who", [Role.READER, Role.PERMIT_INSTRUCTOR])
def test_others_read_and_record_nothing(network: Network, manhole: int, who: str) -> None:
    with pytest.raises(Forbidden):
        inspect(network, manhole, visit(), who)
    assert "Enregistrer un contrôle" not in page(network.client(who), f"/reseaux/regards/{manhole}/")


def test_another_member_sees_nothing_of_it(network: Network, manhole: int) -> None:
    inspect(network, manhole, visit())
    assert references(network, "stranger") == []
    page(network.client("stranger"), f"/reseaux/regards/{manhole}/", 404)
    with acting_as(network.rights("stranger")):
        assert not ManholeInspection.objects.exists()


def test_every_defect_is_a_code_of_the_standard_that_says_its_source() -> None:
    codes = read_codes(ROOT / "networks/water/codes/manhole_defects.csv")
    assert all(re.fullmatch(r"D[AB][A-R]", one.code) for one in codes)
    assert {one.source.split(",")[0] for one in codes} == {"EN 13508-2:2003+A1:2011"}


# -- what is due next -------------------------------------------------------------------------------------------------


def test_the_next_inspection_follows_the_members_months_or_the_day_that_was_chosen(
    network: Network, manhole: int
) -> None:
    assert seen(network, manhole).due is None
    inspect(network, manhole, visit(date(2024, 3, 31)))
    assert seen(network, manhole).due == date(2034, 3, 31)
    with network.as_():
        inspecting.choose_months(network.member.slug, 24, rights=network.rights())
    assert seen(network, manhole).due == date(2026, 3, 31)
    inspect(network, manhole, visit(date(2024, 4, 1), verdict="watch", next_date=date(2024, 10, 1)))
    assert seen(network, manhole).due == date(2024, 10, 1)


@pytest.mark.parametrize(
    ("verdict", "due"),
    [
        ("good", date(2034, 3, 31)),
        ("watch", date(2026, 3, 31)),
        ("repair", date(2024, 9, 30)),
        ("urgent", date(2024, 4, 30)),
    ],
)
def test_what_is_wrong_with_a_manhole_brings_the_next_inspection_nearer(
    network: Network, manhole: int, verdict: str, due: date
) -> None:
    inspect(network, manhole, visit(date(2024, 3, 31), verdict=verdict))
    assert seen(network, manhole).due == due


def test_a_member_chooses_the_months_after_each_verdict(network: Network, manhole: int) -> None:
    inspect(network, manhole, visit(date(2024, 3, 31), verdict="repair"))
    with network.as_():
        inspecting.choose_months(network.member.slug, 24, rights=network.rights(), repair_months=3)
    assert seen(network, manhole).due == date(2024, 6, 30)
    inspect(network, manhole, visit(date(2024, 4, 1), verdict="watch"))
    assert seen(network, manhole).due == date(2026, 4, 1)
    with network.as_():
        inspecting.choose_months(network.member.slug, 12, rights=network.rights(), watch_months=60)
    assert seen(network, manhole).due == date(2025, 4, 1)


def test_a_visit_that_could_not_inspect_leaves_the_next_one_due(network: Network, manhole: int) -> None:
    inspect(network, manhole, visit(date(2024, 3, 31)))
    inspect(network, manhole, visit(verdict="unseen", cover="buried"))
    one = seen(network, manhole)
    assert (one.due, one.inspected["verdict"], one.last["verdict"]) == (date(2034, 3, 31), "good", "unseen")


def test_states_are_counted_and_filtered(network: Network) -> None:
    places = {name: make(network, 10 * n, 5, reference=name) for n, name in enumerate("ABCDE", 1)}
    inspect(network, places["A"], visit())
    inspect(network, places["B"], visit(date(2010, 1, 1)))
    inspect(network, places["C"], visit(verdict="urgent"))
    inspect(network, places["D"], visit(verdict="repair", next_date=today() + timedelta(days=30)))
    inspect(network, places["E"], visit(verdict="unseen", cover="stuck"))
    make(network, 90, 5, reference="F", service_state="abandon")
    make(network, 90, 9, kind="inlet", reference="G")
    expected = {
        "due": ["B", "E"], "soon": ["C", "D"], "urgent": ["C"], "repair": ["C", "D"], "unseen": ["E"], "never": ["E"]
    }  # fmt: skip
    assert {state: references(network, state=state) for state in expected} == expected
    with acting_as(network.rights(Role.READER)):
        figures = counts(ManholeQuery(), network.rights(Role.READER))
    assert figures == {state: len(names) for state, names in expected.items()}


# -- the list, files and sheets ---------------------------------------------------------------------------------------


def test_the_page_lists_manholes_with_where_they_are_and_files_say_everything(
    network: Network, manhole: int, tmp_path: Path
) -> None:
    given = visit(verdict="repair", cover="noisy", depth_m=2.35, deposit_mm=80, defects=["DAB", "DBA"])
    inspect(network, manhole, given)
    client = network.client(Role.READER)
    text = page(client, "/reseaux/regards/?q=r-12")
    assert re.search(r"R-12</a>.*Lorris.*À réparer.*80 mm.*2,35 m", text)
    assert "R-12" not in page(client, "/reseaux/regards/?insee=45903")
    (row,) = csv.DictReader(
        io.StringIO(client.get("/reseaux/regards/?format=csv").content.decode("utf-8-sig")), delimiter=";"
    )
    assert (row["Référence"], row["Tampon"], row["Profondeur mesurée (m)"]) == ("R-12", "Bruyant, il bascule", "2,35")
    assert row["Défauts (EN 13508-2)"] == "DAB Fissure, DBA Racines"
    (tmp_path / "regards.gpkg").write_bytes(client.get("/reseaux/regards/?format=gpkg").content)
    table = read(tmp_path / "regards.gpkg")
    assert (table.crs, table.geometry_type, table.column("Dépôt (mm)")) == ("EPSG:2154", "Point", [80])


def test_the_sheet_of_a_manhole_says_its_state_and_leads_to_its_inspections(network: Network, manhole: int) -> None:
    inspect(network, manhole, visit(date(2024, 3, 31), verdict="watch"))
    answer = network.client(Role.READER).get(f"/api/v1/layers/sewer-nodes/features/{manhole}/")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "À surveiller" in text
    assert f"/reseaux/regards/{manhole}/" in text


# -- the page in the street -------------------------------------------------------------------------------------------


def test_an_inspection_is_recorded_from_the_page_with_a_decimal_comma(network: Network, manhole: int) -> None:
    client = network.client()
    typed = {"done_date": today().isoformat(), "done_by": "A. Martin", "verdict": "repair", "cover": "broken"}
    post(client, manhole, do="inspect", depth_m="2,35", deposit_mm="80", defects=["DAR", "DBC"], **typed)
    text = page(client, f"/reseaux/regards/{manhole}/")
    for said in ("A. Martin", "2,35 m", "80 mm", "Tampon : Fendu ou cassé", "DAR Tampon ou cadre défectueux"):
        assert said in text.replace("\u00a0", " ").replace("&nbsp;", " ")


def test_what_was_typed_is_kept_after_an_error(network: Network, manhole: int) -> None:
    typed = {"done_date": "2999-01-01", "done_by": "A. Martin", "verdict": "good"}
    text = post(network.client(), manhole, 400, do="inspect", **typed).content.decode()
    assert "encore à venir" in text
    assert 'value="A. Martin"' in text


def test_an_act_that_is_none_is_refused(network: Network, manhole: int) -> None:
    assert post(network.client(), manhole, 400, do="autre").status_code == 400
    assert post(network.client(), manhole, 404, do="strike", inspection="99", reason="Erreur").status_code == 404


def test_a_photo_is_added_to_the_manhole(network: Network, manhole: int, settings: Any, tmp_path: Any) -> None:
    settings.FILES_DIR = tmp_path
    taken = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(taken, "JPEG")
    client = network.client()
    post(client, manhole, do="photo", file=SimpleUploadedFile("regard.jpg", taken.getvalue(), "image/jpeg"))
    assert 'alt="regard.jpg"' in page(client, f"/reseaux/regards/{manhole}/")


def test_settings_are_for_technicians_and_administrators(network: Network) -> None:
    url, given = f"/reseaux/regards/reglages/{network.member.slug}/", {"inspection_months": 60}
    assert network.client(Role.READER).post(url, given).status_code == 403
    assert network.client("stranger").get(url).status_code == 404
    assert network.client().post(url, {"inspection_months": 0}, headers={"accept": "text/html"}).status_code == 400
    assert network.client().post(url, given).status_code == 302
    with factories.as_owner():
        assert ManholeSettings.objects.get().inspection_months == 60


def test_the_parcel_sheet_says_the_manholes_of_a_ground(network: Network, manhole: int) -> None:
    x, y = factories.ORIGIN
    factories.parcel("45901", "AB", "0001", geom=factories.square(x + 30, y + 30, 40))
    make(network, 72, 50, reference="R-13")
    make(network, 90, 50, reference="R-14")
    make(network, 40, 50, kind="inlet", reference="A-1")
    inspect(network, manhole, visit(date(2024, 3, 31), verdict="repair"))
    client = network.client(Role.PERMIT_INSTRUCTOR)
    body = {"parcels": ["45901000AB0001"], "sections": ["networks"]}
    (section,) = client.post("/api/v1/parcels/sheet/", body, content_type="application/json").json()["sections"]
    lines = [f"{line['title']} | {line['detail']}".replace("\u00a0", " ") for line in section["lines"]]
    assert lines == [
        "Regard R-12 | sur le terrain · À réparer · 31 mars 2024",
        "Regard R-13 | à 2 m · Jamais contrôlé",
    ]
    assert section["lines"][0]["links"][0]["url"] == f"/reseaux/regards/{manhole}/"


def test_the_parcel_sheet_says_that_it_lists_the_nearest_manholes_alone(network: Network, manhole: int) -> None:
    x, y = factories.ORIGIN
    factories.parcel("45901", "AB", "0001", geom=factories.square(x + 30, y + 30, 40))
    for number in range(12):
        make(network, 32 + 3 * number, 40, reference=f"R-{number}")
    body = {"parcels": ["45901000AB0001"], "sections": ["networks"]}
    client = network.client(Role.PERMIT_INSTRUCTOR)
    (section,) = client.post("/api/v1/parcels/sheet/", body, content_type="application/json").json()["sections"]
    assert len(section["lines"]) == 12
    assert "Des regards, les 12 plus proches sont listés." in section["notes"]
