"""The pages of imports: who may open them, what they ask, what they show at each step."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from layers.intake.models import FileImport
from tests import factories
from tests.networks.conftest import Network, X, Y
from tests.networks.water.importing import Importing, pipe, spot
from tests.networks.water.test_import_epanet import inp
from tests.networks.water.test_importing import counts

URL = "/reseaux/importer/"
HTML = {"accept": "text/html"}


def text(network: Network, url: str, who: str = "network_technician") -> str:
    answer = network.client(who).get(url, headers=HTML)
    assert answer.status_code == 200
    return answer.content.decode()


def post(network: Network, url: str, **data: Any) -> Any:
    return network.client().post(url, data, headers=HTML)


@pytest.mark.parametrize("who", ["reader", "town_hall", "permit_instructor"])
def test_the_pages_are_for_those_who_edit_networks(network: Network, who: str) -> None:
    assert network.client(who).get(URL, headers=HTML).status_code == 403
    assert f'href="{URL}"' not in text(network, "/reseaux/", who)


def test_files_are_sent_read_completed_and_loaded(importing: Importing, network: Network) -> None:
    file = importing.file("canalisations", [pipe("C1", (0, 0), (100, 0), mat="PVC"), pipe("C2", (100.2, 0), (150, 0))])
    answer = post(network, URL, format="auto", file=SimpleUploadedFile(file.name, file.read_bytes()))
    assert answer.status_code == 302
    made = importing.worked_off(FileImport(pk=int(answer["Location"].rstrip("/").rpartition("/")[2])))
    page = text(network, f"{URL}{made.pk}/")
    assert 'name="column-0-material"' in page
    answer = post(
        network, f"{URL}{made.pk}/", action="read", name="Exploitant",
        **{"table-0": "water-pipes", "shown-0": "water-pipes", "column-0-reference": "ref", "column-0-material": "mat",
           "word-0-material-0": "pvc", "word-0-material-0-text": "PVC", "crs-0": ""},
    )  # fmt: skip
    assert answer.status_code == 302
    importing.worked_off(made)
    page = text(network, f"{URL}{made.pk}/")
    assert 'name="snap_cm"' in page
    assert 'value="load"' in page
    assert post(network, f"{URL}{made.pk}/", action="load").status_code == 302
    importing.worked_off(made)
    page = text(network, f"{URL}{made.pk}/")
    assert 'value="take_back"' in page
    assert 'value="undo"' in page
    assert counts(network) == (3, 2)
    assert network.rows("select distinct material from water_pipe order by 1") == [("pvc",), (None,)]


def test_choosing_what_a_layer_is_shows_its_columns(importing: Importing, network: Network) -> None:
    made = importing.send(importing.file("objets", [spot("V1", 0, 0, modele="X")]))
    answer = post(network, f"{URL}{made.pk}/", action="tables", **{"table-0": "sewer-nodes", "shown-0": "water-nodes"})
    assert answer.status_code == 200
    assert 'name="column-0-invert_z"' in answer.content.decode()


def test_an_endless_row_number_is_no_row(importing: Importing, network: Network) -> None:
    made = importing.sent(importing.file("objets", [spot("V1", 0, 0, modele="X")]))
    sent = {"leaving": "1", "leave": f"objets.geojson:{'9' * 5_000}"}
    assert post(network, f"{URL}{made.pk}/", action="tables", **sent).status_code == 200


def test_errors_are_listed_with_their_rows_and_the_file_cannot_be_loaded(
    importing: Importing, network: Network
) -> None:
    made = importing.sent(importing.file("canalisations", [pipe("C1", (0, 0), (100, 0)), (None, {"ref": "C2"})]))
    page = text(network, f"{URL}{made.pk}/")
    assert "C2" in page
    assert 'value="load"' not in page
    rows = network.client().get(f"{URL}{made.pk}/lignes.csv", headers=HTML).content.decode("utf-8-sig")
    assert "canalisations;2" in rows


def test_the_place_of_an_epanet_file_is_asked_and_taken(importing: Importing, network: Network, tmp_path: Path) -> None:
    made = importing.send(inp(tmp_path))
    assert 'name="placing"' in text(network, f"{URL}{made.pk}/")
    answer = post(network, f"{URL}{made.pk}/", action="read", placing="corner", x=str(X), y=str(Y), scale="1,5")
    assert answer.status_code == 302
    made = importing.worked_off(made)
    assert (made.state, made.choices["scale"]) == ("ready", 1.5)


def test_an_import_that_would_bring_nothing_is_not_loaded(importing: Importing, network: Network) -> None:
    made = importing.send(importing.file("objets", [pipe("C1", (0, 0), (100, 0))]), format="raepa")
    page = text(network, f"{URL}{made.pk}/")
    assert "Nothing of these files would come in" in page
    assert 'value="load"' not in page
    assert post(network, f"{URL}{made.pk}/", action="load").status_code == 409


@pytest.mark.parametrize("written", ["Lambert 93", "9" * 5000])
def test_a_system_that_is_no_code_is_told_and_the_choices_stay(
    importing: Importing, network: Network, written: str
) -> None:
    made = importing.send(importing.file("objets", [pipe("C1", (0, 0), (100, 0), mat="PVC")]))
    sent = {"table-0": "water-pipes", "shown-0": "water-pipes", "column-0-comment": "mat", "crs-0": written}
    answer = post(network, f"{URL}{made.pk}/", action="read", **sent)
    assert answer.status_code == 400
    shown = " ".join(answer.content.decode().split())
    assert "is no EPSG code" in shown
    assert 'name="column-0-comment"' in shown
    assert post(network, f"{URL}{made.pk}/", action="read", **(sent | {"crs-0": "epsg:2154"})).status_code == 302


def test_a_drawing_without_scale_is_asked_for_one(importing: Importing, network: Network, tmp_path: Path) -> None:
    made = importing.send(inp(tmp_path))
    empty = post(network, f"{URL}{made.pk}/", action="read", placing="corner", x="", y="", scale="")
    assert "A number is missing" in empty.content.decode()
    post(network, f"{URL}{made.pk}/", action="read", placing="corner", x=str(X), y=str(Y), scale="0")
    assert importing.worked_off(made).state == "choosing"


@pytest.mark.parametrize(
    "sent", [{"snap_cm": "zorglub"}, {"snap_cm": "900"}, {"placing": "crs", "crs": "x"}, {"action": "zorglub"}]
)
def test_what_makes_no_sense_is_refused_in_words(importing: Importing, network: Network, sent: dict[str, str]) -> None:
    made = importing.sent(importing.file("canalisations", [pipe("C1", (0, 0), (100, 0))]))
    answer = post(network, f"{URL}{made.pk}/", **({"action": "read"} | sent))
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()


def test_a_file_that_cannot_be_read_says_why(importing: Importing, network: Network, tmp_path: Path) -> None:
    path = tmp_path / "plan.geojson"
    path.write_bytes(b"%PDF-1.7")
    made = importing.send(path)
    assert made.state == "refused"
    assert "PDF" in made.message
    assert made.message.split()[0] in text(network, f"{URL}{made.pk}/")


def test_files_that_are_not_wanted_are_forgotten(importing: Importing, network: Network) -> None:
    made = importing.sent(importing.file("canalisations", [pipe("C1", (0, 0), (100, 0))]))
    assert post(network, f"{URL}{made.pk}/", action="forget").status_code == 302
    with factories.as_owner():
        assert not FileImport.objects.exists()


def test_the_command_imports_as_the_page_does(importing: Importing, network: Network, capsys: Any) -> None:
    file = importing.file("canalisations", [pipe("C1", (0, 0), (100, 0)), pipe("C2", (100.2, 0), (150, 0))])
    with factories.as_worker():
        call_command("import_network", str(file), member=network.member.slug, snap=0.5)
    assert counts(network) == (3, 2)
    assert "1 ends moved" in capsys.readouterr().out


def test_the_command_says_what_is_missing(importing: Importing, network: Network, tmp_path: Path) -> None:
    with factories.as_worker(), pytest.raises(CommandError, match="--crs"):
        call_command("import_network", str(inp(tmp_path)), member=network.member.slug)


def test_the_command_reads_by_a_mapping_of_a_file_and_writes_a_report(
    importing: Importing, network: Network, tmp_path: Path
) -> None:
    file = importing.file("reseau", [pipe("C1", (0, 0), (100, 0), xx="amiante")])
    reading = {
        "table": "water-pipes",
        "columns": {"reference": "ref", "material": "xx"},
        "values": {"material": {"amiante": "amci"}},
    }
    mapping, report = tmp_path / "lecture.json", tmp_path / "rapport.json"
    mapping.write_text(json.dumps({"reseau": reading}))
    with factories.as_worker():
        call_command("import_network", str(file), member=network.member.slug, map=mapping, report=report)
    assert network.rows("select reference, material from water_pipe") == [("C1", "amci")]
    written = json.loads(report.read_text())
    assert (written["plan"]["errors"], written["report"]["rows"]) == (0, 1)
    mapping.write_text("[]")
    with factories.as_worker(), pytest.raises(CommandError, match="no JSON object") as refused:
        call_command("import_network", str(file), member=network.member.slug, map=mapping)
    assert refused.value.returncode == 2


def test_what_is_tried_out_ends_as_the_import_would(importing: Importing, network: Network) -> None:
    file = importing.file("canalisations", [pipe("C1", (0, 0), (100, 0)), (None, {"ref": "C2"})])
    for dry_run in (True, False):
        with factories.as_worker(), pytest.raises(CommandError, match="errors") as refused:
            call_command("import_network", str(file), member=network.member.slug, dry_run=dry_run)
        assert refused.value.returncode == 2


def test_a_row_that_may_be_left_out_has_a_box(importing: Importing, network: Network) -> None:
    pipes = importing.file("canalisations", [pipe("C1", (0, 0), (100, 0))])
    far = importing.file("branchements", [spot("B1", 50, 5), spot("B2", 90_000, 0)])
    made = importing.sent(pipes, far)
    assert 'name="leave" value="branchements:2"' in text(network, f"{URL}{made.pk}/")
    answer = post(network, f"{URL}{made.pk}/", action="read", leaving="on", leave="branchements:2")
    assert answer.status_code == 302
    assert importing.worked_off(made).plan["errors"] == 0


def test_many_imports_under_way_cost_no_more_queries(network: Network, django_assert_max_num_queries: Any) -> None:
    def under_way(number: int) -> None:
        with factories.as_owner():
            made = FileImport.objects.create(
                source="network", title=f"Envoi {number}", owner=network.member, folder=f"folder-{number}"
            )
        for message in ("Ancien", f"Lecture {number}"):
            factories.job(
                network.member, kind="read_network", state="running", started_at=timezone.now(), progress=0.25,
                message=message, parameters={"import": made.pk, "source": "network"},
            )  # fmt: skip
        with factories.as_owner(), connection.cursor() as cursor:
            cursor.execute("insert into procrastinate_workers (last_heartbeat) values (now()) returning id")
            cursor.execute(
                "insert into procrastinate_jobs (queue_name, task_name, args, status, worker_id)"
                " select 'default', 'read_network', jsonb_build_object('job_id', max(job.id)), 'doing', %s"
                " from gis_core_job job",
                cursor.fetchone(),
            )

    text(network, URL)
    under_way(1)
    with CaptureQueriesContext(connection) as one:
        assert "25\xa0% · Lecture 1" in text(network, URL).replace("\u202f", "\xa0")
    for number in range(2, 8):
        under_way(number)
    with django_assert_max_num_queries(len(one)):
        page = text(network, URL)
    assert all(f"Lecture {number}" in page for number in range(1, 8))
    assert "Ancien" not in page
