"""The commands and the job: the same import from a shell and from the browser."""

import json
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from gis_core.members.rights import Role, rights_of
from gis_core.models import Job
from gis_core.tasks import run
from layers.intake.services.orders import start_import
from layers.intake.tasks import import_files
from layers.planning.models import Document, Easement, RiskPlan
from tests import factories
from tests.planning.conftest import Desk, Made, easements, plan, risks

pytestmark = pytest.mark.django_db


def command(name: str, *arguments: object) -> int:
    with factories.as_worker():
        try:
            call_command(name, *map(str, arguments))
        except SystemExit as stopped:
            return int(stopped.code or 0)
    return 0


def test_import_plu_loads_and_writes_its_report(desk: Desk, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    assert command("import_plu", plan().written(tmp_path), "--report", report) == 0
    assert Document.objects.get().communes == ["45901"]
    assert json.loads(report.read_text())["source_date"] == "2020-01-15"


def test_import_sup_and_import_risks_load(desk: Desk, tmp_path: Path) -> None:
    assert command("import_sup", easements().written(tmp_path)) == 0
    assert command("import_risks", risks().written(tmp_path)) == 0
    assert (Easement.objects.count(), RiskPlan.objects.count()) == (1, 1)


def test_a_member_imports_its_own_communes_alone(desk: Desk, tmp_path: Path) -> None:
    other = factories.member(factories.commune("45950"), slug="autre")
    assert command("import_plu", plan().written(tmp_path), "--member", other.slug) == 2
    assert not Document.objects.exists()


def zipped(made: Made, folder: Path) -> SimpleUploadedFile:
    root = made.written(folder)
    path = folder / "livraison.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(root.rglob("*")):
            archive.write(file, file.relative_to(folder))
    return SimpleUploadedFile(path.name, path.read_bytes())


def test_an_archive_sent_from_the_browser_is_imported_by_a_job(desk: Desk, tmp_path: Path) -> None:
    person = factories.user(factories.member(), Role.AGENCY_ADMINISTRATOR)
    rights = rights_of(person)
    with factories.as_owner():
        job = start_import(source="plu", member="", files=[zipped(plan(), tmp_path)], user=person, rights=rights)
    with factories.as_worker():
        run(Job.objects.select_related("owner", "started_by").get(pk=job.pk), import_files)
    with factories.as_owner():
        assert Job.objects.get(pk=job.pk).state == Job.State.DONE
    assert Document.objects.count() == 1
