"""Prints over HTTP and in the queue: ordered, watched, fetched by whoever ordered them, forgotten after a week."""

import os
import time
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from django.conf import settings
from django.test import Client

from gis_core import tasks
from gis_core.jobs import services as jobs
from gis_core.members.rights import Role, acting_as, rights_of
from gis_core.models import Job, User
from layers.printing.services.prints import FILES, MOST_WAITING
from layers.printing.tasks import print_map
from tests import factories
from tests.gis_core.test_jobs import Silent
from tests.printing.conftest import CENTER

pytestmark = pytest.mark.django_db
ORDER: dict[str, Any] = {
    "title": "Rue de l’Église",
    "scale": 500,
    "paper": "A4",
    "orientation": "landscape",
    "center": list(CENTER),
    "layers": [{"layer": "parcels"}],
}


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What lies there is this test's."""
    monkeypatch.setattr(settings, "PRINTS_DIR", tmp_path / "prints")


@pytest.fixture
def person() -> User:
    return factories.user(factories.member(), Role.READER, first_name="Jeanne", last_name="Martin")


@pytest.fixture
def browser(person: User) -> Client:
    return signed_in(person)


def signed_in(person: User) -> Client:
    made = Client(raise_request_exception=False, headers={"accept": "application/json"})
    made.force_login(person)
    return made


def ordered(browser: Client, **fields: Any) -> Any:
    return browser.post("/api/v1/prints/", ORDER | fields, content_type="application/json")


def worked(job_id: int, monkeypatch: pytest.MonkeyPatch) -> Job:
    """The job once a worker has run it."""
    monkeypatch.setattr(jobs, "ProgressWriter", Silent)
    with factories.as_worker():
        job = Job.objects.select_related("owner", "started_by").get(pk=job_id)
        tasks.run(job, print_map)
        job.refresh_from_db()
    return job


def test_an_order_becomes_a_pdf_file(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.parcel()
    answer = ordered(browser)
    assert answer.status_code == 202
    job = worked(answer.json()["id"], monkeypatch)
    assert (job.state, job.message) == ("done", "")
    fetched = browser.get(job.report["file"])
    assert fetched.headers["Content-Type"] == "application/pdf"
    assert "rue-de-leglise" in fetched.headers["Content-Disposition"]
    assert "no-store" in fetched.headers["Cache-Control"]
    content = b"".join(fetched.streaming_content)
    assert len(content) == job.report["bytes"]
    assert "Jeanne Martin" in pdfium.PdfDocument(content)[0].get_textpage().get_text_range()


def test_a_finished_print_is_opened_or_saved(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    job = worked(ordered(browser).json()["id"], monkeypatch)
    saved, opened = (browser.get(f"{job.report['file']}{query}") for query in ("", "?inline=1"))
    assert saved.headers["Content-Disposition"].startswith("attachment; ")
    assert opened.headers["Content-Disposition"].startswith("inline; ")
    saved.close()
    opened.close()


def test_a_print_whose_worker_was_killed_is_made_anew(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = ordered(browser).json()["id"]
    left = Path(settings.PRINTS_DIR, f"{job_id}.part")
    left.mkdir(parents=True)
    (left / "map.pdf").write_text("half")
    assert worked(job_id, monkeypatch).state == "done"
    assert not left.exists()


def test_a_full_disk_is_said_in_words(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    job_id = ordered(browser).json()["id"]
    monkeypatch.setattr("layers.printing.document.Document.save", full)
    job = worked(job_id, monkeypatch)
    assert (job.state, "disque" in job.message) == ("failed", True)


def test_the_job_is_watched_like_any_other(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = ordered(browser)
    watched = browser.get(answer.headers["Location"]).json()
    assert (watched["title"], watched["state"]) == ("Rue de l’Église", "waiting")
    (listed,) = browser.get("/api/v1/prints/").json()["results"]
    assert (listed["id"], listed["file"]) == (watched["id"], None)


def test_nobody_else_sees_or_fetches_it(browser: Client, person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = ordered(browser).json()["id"]
    job = worked(job_id, monkeypatch)
    colleague = signed_in(factories.user(person.memberships.get().member, Role.GIS_ADMINISTRATOR))
    agency = signed_in(factories.user(factories.member(), Role.AGENCY_ADMINISTRATOR))
    assert colleague.get(f"/api/v1/jobs/{job_id}/").status_code == 404
    assert colleague.get(job.report["file"]).status_code == 404
    assert agency.get(job.report["file"]).status_code == 404
    assert agency.get("/api/v1/prints/").json() == {"results": []}


def test_a_failed_print_leaves_no_file(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.layer("ouverte", title="Couche ouverte")
    job_id = ordered(browser, layers=[{"layer": "parcels"}, {"layer": "ouverte"}]).json()["id"]
    with factories.as_owner():
        factories.Layer.objects.filter(slug="ouverte").update(visibility="owner", owner=factories.member())
    job = worked(job_id, monkeypatch)
    assert job.state == "failed"
    assert "Couche ouverte" in job.message
    assert browser.get(f"/api/v1/prints/{job_id}/file/").status_code == 404
    assert not list(Path(settings.PRINTS_DIR).glob(f"{job_id}*"))


@pytest.mark.parametrize(
    "fields",
    [
        {"layers": [{"layer": "inconnue"}]},
        {"photo": "inconnue"},
        {"scale": "mille"},
        {"scale": 50},
        {"center": [1]},
        {"grille": True},
        {"title": "x" * 200},
        {"layers": "parcels"},
        {"layers": [{"layer": "parcels"}] * 200},
    ],
)
def test_a_bad_order_is_refused_and_queues_nothing(browser: Client, person: User, fields: dict[str, Any]) -> None:
    assert ordered(browser, **fields).status_code == 400
    with acting_as(rights_of(person)):
        assert not Job.objects.exists()


def test_a_layer_of_others_is_refused_as_one_that_is_not_there(browser: Client) -> None:
    factories.layer("leur", visibility="owner", owner=factories.member())
    theirs, missing = (ordered(browser, layers=[{"layer": slug}]) for slug in ("leur", "absente"))
    assert theirs.status_code == missing.status_code == 400
    assert theirs.json()["detail"] == missing.json()["detail"]


def test_a_layer_outside_its_scales_is_refused_by_name(browser: Client) -> None:
    factories.layer("proche", title="De près", scale_from=2_000)
    refused = ordered(browser, layers=[{"layer": "proche"}], scale=5_000)
    assert refused.status_code == 400
    assert "De près" in refused.json()["detail"]
    assert ordered(browser, layers=[{"layer": "proche"}], scale=2_000).status_code == 202


def test_only_some_prints_wait_at_once(browser: Client) -> None:
    for _number in range(MOST_WAITING):
        assert ordered(browser).status_code == 202
    assert ordered(browser).status_code == 409


def test_one_can_print_without_belonging_to_a_member(monkeypatch: pytest.MonkeyPatch) -> None:
    factories.parcel()
    browser = signed_in(factories.user())
    assert worked(ordered(browser).json()["id"], monkeypatch).state == "done"


def test_files_go_after_a_week(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = (worked(ordered(browser).json()["id"], monkeypatch) for _number in range(2))
    path = Path(settings.PRINTS_DIR, f"{old.pk}.pdf")
    week_ago = time.time() - 8 * 86_400
    os.utime(path, (week_ago, week_ago))
    left = Path(settings.PRINTS_DIR, "999.part")
    left.mkdir()
    (left / "photo.tif").touch()
    os.utime(left, (week_ago, week_ago))
    assert FILES.remove_old() == 2
    gone = browser.get(old.report["file"])
    assert gone.status_code == 404
    assert "7 jours" in gone.json()["detail"]
    assert b"".join(browser.get(new.report["file"]).streaming_content).startswith(b"%PDF")
    files = {one["id"]: one["file"] for one in browser.get("/api/v1/prints/").json()["results"]}
    assert files == {old.pk: None, new.pk: new.report["file"]}


def test_the_choices_are_told_with_the_size_of_each_map(browser: Client) -> None:
    options = browser.get("/api/v1/prints/options/").json()
    assert len(options["sheets"]) == 10
    assert {"paper": "A4", "orientation": "portrait", "sheet_mm": [210, 297], "map_mm": [190, 204]} in options["sheets"]
    assert options["author"] == "Jeanne Martin"
