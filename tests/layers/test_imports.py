"""Imports: commands, loading, rights, jobs, pages."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Commune, HistoryEvent, Job, Member
from gis_core.tasks import run
from layers.cadastre.importers import load, load_etalab
from layers.cadastre.models import Parcel
from layers.catalogue.models import Layer
from layers.intake.reference_source import Order
from layers.intake.tasks import import_files
from tests import factories

pytestmark = pytest.mark.django_db
WEST, SOUTH = 1.9, 47.55


def parcel(number: int, insee: str = "45901", section: str = "AB", **properties: Any) -> dict[str, Any]:
    """An Etalab parcel, a square of about 75 m by 111 m."""
    west = WEST + number * 0.002
    ring = [[west, SOUTH], [west + 0.001, SOUTH], [west + 0.001, SOUTH + 0.001], [west, SOUTH + 0.001], [west, SOUTH]]
    identifier = f"{insee}000{section}{number:04d}"
    given = {"id": identifier, "commune": insee, "prefixe": "000", "section": section, "numero": str(number)}
    return {
        "type": "Feature",
        "id": identifier,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": given | {"contenance": 8300, "arpente": False, "created": "2021-01-28"} | properties,
    }


def written(folder: Path, *features: dict[str, Any], name: str = "cadastre-parcelles.json") -> Path:
    path = folder / name
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
    return path


def command(*arguments: Any, source: str = "etalab") -> int:
    with factories.as_worker():
        try:
            call_command(f"import_{source}", *map(str, arguments))
        except SystemExit as stopped:
            return int(stopped.code or 0)
    return 0


def events(kind: str = "import") -> list[HistoryEvent]:
    with factories.as_owner():
        return list(HistoryEvent.objects.filter(kind=kind))


def test_an_import_loads_reports_and_is_one_event(tmp_path: Path) -> None:
    factories.commune("45901")
    with factories.as_owner():
        HistoryEvent.objects.all().delete()
    report = tmp_path / "report.json"
    assert command(written(tmp_path, parcel(1), parcel(2)), "--report", report) == 0
    assert Parcel.objects.get(idu="45901000AB0002").label == "AB 2"
    assert json.loads(report.read_text())["loaded"] == 2
    with factories.as_owner():
        (event,) = HistoryEvent.objects.all()
    assert (event.kind, event.table, event.detail["loaded"]) == ("import", "cadastre_parcel", 2)


def test_an_import_gives_the_layer_its_next_version(tmp_path: Path) -> None:
    with acting_as(SYSTEM):
        before = Layer.objects.get(slug="parcels").version
    command(written(tmp_path, parcel(1)))
    with acting_as(SYSTEM):
        layer = Layer.objects.get(slug="parcels")
    assert layer.version > before
    assert layer.extent_4326 == pytest.approx([1.902, 47.55, 1.903, 47.551], abs=1e-3)


def vintage(slug: str = "parcels") -> str:
    with acting_as(SYSTEM):
        return str(Layer.objects.get(slug=slug).source_date)


def test_a_layer_takes_the_latest_date_of_the_files(tmp_path: Path) -> None:
    command(written(tmp_path, parcel(1, updated="2024-05-02"), parcel(2), parcel(3, updated="2999-01-01")))
    assert vintage() == "2024-05-02"
    command(written(tmp_path, parcel(1)))
    assert vintage() == "2024-05-02"


def test_a_layer_takes_the_date_that_is_given(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    command(written(tmp_path, parcel(1, updated="2024-05-02")), "--date", "2024-01-01", "--report", report)
    assert vintage() == "2024-01-01"
    assert json.loads(report.read_text())["source_date"] == "2024-01-01"


@pytest.mark.parametrize("given", ["hier", "2024-13-01", "2999-01-01"])
def test_an_impossible_date_is_refused(tmp_path: Path, given: str) -> None:
    with factories.as_worker(), pytest.raises(CommandError):
        call_command("import_etalab", str(written(tmp_path, parcel(1))), "--date", given)


def test_a_communes_parcels_are_replaced_and_those_that_stay_keep_their_id(tmp_path: Path) -> None:
    command(written(tmp_path, parcel(1), parcel(2), parcel(1, insee="45902")))
    kept = Parcel.objects.get(idu="45901000AB0001").pk
    command(written(tmp_path, parcel(1, contenance=9000), parcel(3)))
    rows = dict(Parcel.objects.values_list("idu", "area_m2"))
    assert rows == {"45901000AB0001": 9000, "45901000AB0003": 8300, "45902000AB0001": 8300}
    assert Parcel.objects.get(idu="45901000AB0001").pk == kept


def test_a_new_vintage_lists_what_it_creates_changes_and_takes_away(tmp_path: Path) -> None:
    command(written(tmp_path, *map(parcel, range(1, 9))))
    report = tmp_path / "rapport.json"
    command(written(tmp_path, *map(parcel, range(3, 8)), parcel(8, contenance=9000), parcel(9)), "--report", report)
    content = json.loads(report.read_text())["difference"]
    assert (content["born"], content["gone"], content["changed"], content["unchanged"]) == (1, 2, 1, 5)
    listed = {what: [one["identifier"] for one in rows] for what, rows in content["listed"].items()}
    one, two, eight, nine = (parcel(number)["id"] for number in (1, 2, 8, 9))
    assert listed == {"born": [nine], "gone": [one, two], "changed": [eight]}
    (changed,) = content["listed"]["changed"]
    assert "8300 m², puis 9000 m²" in changed["words"]


def test_a_refused_row_keeps_what_was_there(tmp_path: Path) -> None:
    command(written(tmp_path, parcel(1), parcel(2)))
    broken = parcel(2) | {"geometry": None}
    assert command(written(tmp_path, parcel(1), broken)) == 1
    assert Parcel.objects.count() == 2


def test_duplicates_are_refused_within_a_file_and_between_files(tmp_path: Path) -> None:
    first = written(tmp_path, parcel(1), parcel(1))
    second = written(tmp_path, parcel(1), parcel(2), name="autre.json")
    with factories.as_worker(), acting_as(SYSTEM):
        report = load_etalab.import_etalab(Order(paths=[first, second]))
    codes = [entry.code for file in report.files for entry in file.refused]
    assert codes == ["duplicate_identifier", "duplicate_in_import"]
    assert Parcel.objects.count() == 2


def test_a_self_crossing_outline_is_repaired_in_words(tmp_path: Path) -> None:
    bow = parcel(1)
    bow["geometry"]["coordinates"] = [[[1.9, 47.55], [1.901, 47.551], [1.901, 47.55], [1.9, 47.551], [1.9, 47.55]]]
    with factories.as_worker(), acting_as(SYSTEM):
        report = load_etalab.import_etalab(Order(paths=[written(tmp_path, bow)]))
    assert report.exit_code == 0
    assert report.files[0].repaired[0].code == "self_crossing"
    assert Parcel.objects.get().geom.valid


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"type": "FeatureCollection", "features": [',
        b"\0",
        b"PK\x03\x04",
        b'{"type": "FeatureCollection", "features": []}',
    ],
)
def test_a_broken_file_loads_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(content)
    assert command(path) == 2
    assert events() == []


def test_a_broken_file_among_good_ones_is_refused_alone(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text('{"type": "FeatureCollection", "features": [')
    assert command(tmp_path / "broken.json", written(tmp_path, parcel(1))) == 1
    assert Parcel.objects.count() == 1


def test_a_missing_file_loads_nothing(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"absent\.json") as told:
        command(tmp_path / "absent.json")
    assert told.value.returncode == 2


def test_metres_declared_as_degrees_are_refused(tmp_path: Path) -> None:
    feature = parcel(1)
    feature["geometry"]["coordinates"] = [[[617000, 6717000], [617100, 6717000], [617100, 6717100], [617000, 6717000]]]
    assert command(written(tmp_path, feature)) == 2


def test_a_failure_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command(written(tmp_path, parcel(1)))

    def fail(*_arguments: Any) -> None:
        raise RuntimeError("the power went out")

    monkeypatch.setattr(load, "announce_changed_slugs", fail)
    with factories.as_worker(), pytest.raises(RuntimeError), acting_as(SYSTEM):
        load_etalab.import_etalab(Order(paths=[written(tmp_path, parcel(2), parcel(3))]))
    assert list(Parcel.objects.values_list("number", flat=True)) == ["0001"]
    assert len(events()) == 1


def test_a_commune_that_the_cadastre_brings_keeps_its_population(tmp_path: Path) -> None:
    factories.commune("45901")
    with factories.as_owner():
        Commune.objects.filter(insee="45901").update(population=188)
    outline = parcel(1)["geometry"]
    feature = {"type": "Feature", "id": "45901", "geometry": outline, "properties": {"id": "45901", "nom": "Le Lys"}}
    assert command(written(tmp_path, feature, name="cadastre-communes.json")) == 0
    assert list(Commune.objects.values_list("insee", "name", "population")) == [("45901", "Le Lys", 188)]


def test_another_members_communes_are_refused(tmp_path: Path) -> None:
    member = factories.member(factories.commune("45901"))
    path = written(tmp_path, parcel(1), parcel(1, insee="45902"))
    assert command(path, "--member", member.slug) == 1
    assert list(Parcel.objects.values_list("insee", flat=True)) == ["45901"]


def test_an_unknown_member_is_refused(tmp_path: Path) -> None:
    with factories.as_worker(), pytest.raises(CommandError):
        call_command("import_etalab", str(written(tmp_path, parcel(1))), "--member", "absent")


def test_the_real_cadastre_comes_in_whole(shared_data: Path) -> None:
    assert command(shared_data / "cadastre_etalab") == 0
    assert Parcel.objects.count() == 4241
    assert Parcel.objects.filter(area_m2=None).count() == 1
    assert len(events()) == 1


def test_the_real_communes_become_communes_and_members(shared_data: Path) -> None:
    assert command(shared_data / "admin_loiret", source="communes") == 0
    assert (Commune.objects.count(), Member.objects.count()) == (326, 16)
    assert Member.objects.get(name="Orléans Métropole").communes.count() == 22
    assert len(events()) == 1


def test_importing_the_communes_again_changes_no_count(shared_data: Path) -> None:
    command(shared_data / "admin_loiret", source="communes")
    command(shared_data / "admin_loiret", source="communes")
    assert (Commune.objects.count(), Member.objects.count()) == (326, 16)


def test_a_members_own_import_brings_no_members(shared_data: Path) -> None:
    member = factories.member(factories.commune("45234"))
    assert command(shared_data / "admin_loiret", "--member", member.slug, source="communes") == 1
    assert (Commune.objects.count(), Member.objects.count()) == (1, 1)


@pytest.mark.parametrize("folder", ["broken/geojson", "geojson_good"])
def test_other_peoples_files_load_nothing(shared_data: Path, folder: str) -> None:
    assert command(*sorted((shared_data / folder).rglob("*.*json"))) == 2


# -- by program -------------------------------------------------------------------------------------------------------


@pytest.fixture
def ours() -> Member:
    return factories.member(factories.commune("45901"))


@pytest.fixture
def administrator(client: Client, ours: Member) -> Client:
    client.force_login(factories.user(ours, Role.GIS_ADMINISTRATOR))
    return client


@pytest.fixture
def inbox(settings: Any, tmp_path: Path) -> Path:
    """An inbox of this test's own: other tests leave uploads in theirs."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    settings.INBOX_DIR = folder
    return folder


def upload(*features: dict[str, Any], name: str = "cadastre-parcelles.json") -> SimpleUploadedFile:
    content = json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()
    return SimpleUploadedFile(name, content, content_type="application/json")


def start(client: Client, **data: Any) -> Any:
    return client.post("/api/v1/imports/", {"source": "etalab", "file": upload(parcel(1))} | data)


def ran(job_id: int) -> Job:
    """The job after the worker took it."""
    with factories.as_worker(), acting_as(SYSTEM):
        run(Job.objects.select_related("owner", "started_by").get(pk=job_id), import_files)
        return Job.objects.get(pk=job_id)


@pytest.fixture
def no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's rows are not committed: another connection would wait for them."""
    monkeypatch.setattr("gis_core.jobs.services.ProgressWriter.write", lambda *_arguments: None)


@pytest.mark.usefixtures("no_progress")
def test_an_upload_becomes_a_job_that_imports(administrator: Client) -> None:
    answer = start(administrator)
    assert answer.status_code == 202
    assert answer["Location"] == f"/api/v1/jobs/{answer.json()['id']}/"
    job = ran(answer.json()["id"])
    assert (job.state, job.report["loaded"]) == ("done", 1)
    assert Parcel.objects.count() == 1
    assert events()[0].by_user == job.started_by_id


@pytest.mark.usefixtures("no_progress")
def test_an_upload_comes_with_its_date(administrator: Client) -> None:
    job = ran(start(administrator, date="2024-01-01").json()["id"])
    assert (job.state, vintage()) == ("done", "2024-01-01")
    page = administrator.get(f"/imports/{job.pk}/", headers={"accept": "text/html"}).content.decode()
    assert "Données au 1er janvier 2024" in page


def test_an_upload_with_an_impossible_date_is_refused(administrator: Client, inbox: Path) -> None:
    assert start(administrator, date="hier").status_code == 400
    assert list(inbox.iterdir()) == []


@pytest.mark.usefixtures("no_progress")
def test_a_members_administrator_imports_only_its_communes(administrator: Client) -> None:
    job = ran(start(administrator, file=upload(parcel(1, insee="45902"))).json()["id"])
    assert (job.state, Parcel.objects.count()) == ("failed", 0)
    assert job.report["files"][0]["rows"]["refused"][0]["code"] == "outside_territory"


@pytest.mark.usefixtures("no_progress")
def test_the_agency_imports_anything(client: Client) -> None:
    client.force_login(factories.user(factories.member(), Role.AGENCY_ADMINISTRATOR))
    assert ran(start(client).json()["id"]).state == "done"


@pytest.mark.usefixtures("no_progress")
def test_the_files_go_once_they_are_imported(administrator: Client, inbox: Path) -> None:
    job_id = start(administrator).json()["id"]
    assert list(inbox.iterdir()) != []
    ran(job_id)
    assert list(inbox.iterdir()) == []


@pytest.mark.parametrize("role", [Role.READER, Role.TOWN_HALL, Role.PERMIT_INSTRUCTOR, Role.NETWORK_TECHNICIAN])
def test_other_roles_do_not_import(client: Client, ours: Member, role: Role, inbox: Path) -> None:
    client.force_login(factories.user(ours, role))
    assert start(client).status_code == 403
    assert client.get("/imports/", headers={"accept": "text/html"}).status_code == 403
    assert list(inbox.iterdir()) == []


def test_nobody_imports_without_signing_in(client: Client) -> None:
    assert start(client).status_code == 401
    assert client.get("/imports/", headers=PAGE).status_code == 302
    assert client.get("/imports/").status_code == 401


def test_another_member_answers_as_one_that_does_not_exist(administrator: Client) -> None:
    theirs = factories.member()
    hidden, missing = start(administrator, member=theirs.slug), start(administrator, member="absent")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.json() == missing.json()


@pytest.mark.parametrize("data", [{"source": "inconnu"}, {"source": ""}, {"file": []}, {"file": "a text field"}])
def test_an_incomplete_import_is_refused(administrator: Client, data: dict[str, Any], inbox: Path) -> None:
    assert start(administrator, **data).status_code == 400
    assert list(inbox.iterdir()) == []


def test_json_is_not_an_upload(administrator: Client) -> None:
    assert administrator.post("/api/v1/imports/", "{}", content_type="application/json").status_code == 415


def test_a_large_upload_is_stopped(administrator: Client, settings: Any, inbox: Path) -> None:
    settings.UPLOAD_MAX_BYTES = 100
    assert start(administrator).status_code == 413
    assert list(inbox.iterdir()) == []


@pytest.mark.usefixtures("no_progress")
@pytest.mark.parametrize("name", ["../../etc/passwd.json", "..\\x.json", ".json", "é è.json", "a" * 300 + ".json"])
def test_a_hostile_file_name_stays_in_its_folder(administrator: Client, name: str) -> None:
    assert ran(start(administrator, file=upload(parcel(1), name=name)).json()["id"]).state == "done"


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_imports_are_only_started(administrator: Client, method: str) -> None:
    assert getattr(administrator, method)("/api/v1/imports/").status_code == 405


# -- by page ----------------------------------------------------------------------------------------------------------

PAGE = {"accept": "text/html"}


@pytest.mark.usefixtures("no_progress")
def test_the_page_starts_an_import_and_shows_its_report(administrator: Client) -> None:
    answer = administrator.post("/imports/", {"source": "etalab", "file": upload(parcel(1))}, headers=PAGE)
    assert answer.status_code == 302
    with acting_as(SYSTEM):
        job = Job.objects.get()
    assert "data-watch" in administrator.get("/imports/", headers=PAGE).content.decode()
    ran(job.pk)
    assert "cadastre-parcelles.json" in administrator.get(f"/imports/{job.pk}/", headers=PAGE).content.decode()


@pytest.mark.parametrize(("language", "day"), [("fr", "24 nov. 2026 19:05"), ("en", "24 Nov. 2026 19:05")])
def test_the_pages_write_dates_in_their_language(client: Client, ours: Member, language: str, day: str) -> None:
    job = factories.job(ours, kind="import", report={"files": []})
    with factories.as_owner(), acting_as(SYSTEM):
        Job.objects.filter(pk=job.pk).update(created_at=datetime(2026, 11, 24, 18, 5, tzinfo=UTC))
    client.force_login(factories.user(ours, Role.GIS_ADMINISTRATOR, language=language))
    for address in ("/imports/", f"/imports/{job.pk}/"):
        assert day in client.get(address, headers=PAGE).content.decode()


def test_the_page_says_what_is_wrong(administrator: Client) -> None:
    answer = administrator.post("/imports/", {"source": "etalab"}, headers=PAGE)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()


def test_the_page_says_how_large_files_may_be(ours: Member, settings: Any, inbox: Path) -> None:
    settings.UPLOAD_MAX_BYTES = 1_048_576
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(factories.user(ours, Role.GIS_ADMINISTRATOR))
    client.get("/imports/", headers=PAGE)
    large = SimpleUploadedFile("parcelles.json", b" " * 1_048_577)
    answer = client.post("/imports/", {"source": "etalab", "file": large}, headers=PAGE)
    assert answer.status_code == 413
    assert "1 Mo" in answer.content.decode()
    assert 'enctype="multipart/form-data"' in answer.content.decode()
    assert list(inbox.iterdir()) == []


def test_a_too_large_upload_without_signing_in_leads_to_the_sign_in(client: Client, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 100
    answer = client.post("/imports/", {"source": "etalab", "file": upload(parcel(1))}, headers=PAGE)
    assert answer.status_code == 302


def test_the_page_asks_for_the_forms_token(ours: Member) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.user(ours, Role.GIS_ADMINISTRATOR))
    answer = client.post("/imports/", {"source": "etalab", "file": upload(parcel(1))}, headers=PAGE)
    assert answer.status_code == 403


def test_another_members_report_is_not_found(administrator: Client) -> None:
    job = factories.job(factories.member(), kind="import", report={"files": []})
    assert administrator.get(f"/imports/{job.pk}/", headers=PAGE).status_code == 404
    assert administrator.get("/imports/999999/", headers=PAGE).status_code == 404
