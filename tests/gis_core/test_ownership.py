"""Whose the rows are, and what is exported of a member."""

import csv
import hashlib
import io
import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import transaction

from gis_core import tasks
from gis_core.database.statements import fetch_one
from gis_core.errors import Conflict
from gis_core.members.rights import SYSTEM, Role, acting_as, rights_of
from gis_core.models import Job
from gis_core.ownership import jobs
from gis_core.ownership.archive import safe_name
from gis_core.ownership.declarations import DECLARED
from gis_core.ownership.exporting import export_member
from gis_core.ownership.reading_text import instant_text
from gis_core.ownership.reference import page
from gis_core.ownership.tables import count, file_names, tables_of
from tests import factories
from tests.gis_core.departures import as_session, count_of, export
from tests.policy.world import World

ROOT = Path(__file__).parents[2]


# -- the registry -----------------------------------------------------------------------------------------------------


def test_every_model_of_the_project_is_declared() -> None:
    models = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    assert set(DECLARED.by_key()) == models


def test_what_the_law_keeps_says_which_law() -> None:
    assert not [one.model for one in DECLARED.all() if one.asks == "keep" and one.basis is None]


def test_the_page_is_that_of_the_registry() -> None:
    assert (ROOT / "docs/reference/a-qui-sont-les-donnees.md").read_text() == page()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("documents/../../etc/passwd", "documents/etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("C:\\fenêtres\\a.txt", "C_/fenêtres/a.txt"),
        ("a\u202egnp.exe", "a_gnp.exe"),
        ("a\x00b\nc", "a_b_c"),
        ("..", "sans-nom"),
        ("é" * 300, "é" * 120),
    ],
)
def test_names_in_the_archive_stay_inside(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@pytest.mark.parametrize(
    ("folder", "names"),
    [("a1", ["inbox/a1/"]), ("", []), (None, []), ("../permits", []), ("a/../..", []), ("a//b", []), ("..\\b", [])],
)
def test_an_empty_or_tricky_folder_names_no_file(folder: str | None, names: list[str]) -> None:
    assert list(file_names({"folder": folder}, DECLARED.get("intake.FileImport"))) == names


def test_instants_are_those_of_paris() -> None:
    assert instant_text("2026-11-30T23:30:00+00:00") == "1er décembre 2026 à 00:30"


def test_the_archive_has_every_row_and_document_of_the_member(world: World, tmp_path: Path) -> None:
    archive = zipfile.ZipFile(export(world, tmp_path))
    manifest = json.loads(archive.read("manifeste.json"))
    with as_session("arpent_owner"), acting_as(SYSTEM):
        expected = {table.table: rows for table in tables_of(world.ours) if (rows := count(table))}
    assert {one["table"]: one["rows"] for one in manifest["tables"]} == expected
    assert {"permits_permit", "permits_applicant", "gis_core_letter", "gis_core_membership"} <= set(expected)
    for one in manifest["tables"]:
        assert len(archive.read(one["file"]).splitlines()) == one["rows"]
    for one in manifest["files"]:
        content = archive.read(one["file"])
        assert (len(content), hashlib.sha256(content).hexdigest()) == (one["bytes"], one["sha256"])
    (plan,) = (one for one in manifest["documents"] if archive.read(one["file"]) == b"plan de own")
    assert plan["same"]
    assert plan["sha256"] == hashlib.sha256(b"plan de own").hexdigest()


def test_the_archive_has_nothing_of_another_member(world: World, tmp_path: Path) -> None:
    archive = zipfile.ZipFile(export(world, tmp_path))
    content = b"".join(archive.read(name) for name in archive.namelist())
    assert b"plan de other" not in content
    assert b"Demandeuse own" in content
    assert b"Demandeuse other" not in content
    owners = [
        json.loads(line).get("owner_id", world.ours.pk)
        for name in archive.namelist()
        if name.startswith("donnees/")
        for line in archive.read(name).splitlines()
    ]
    assert set(owners) == {world.ours.pk}
    assert b"argon2" not in content


def test_objects_open_in_a_geopackage_and_a_spreadsheet_runs_nothing(world: World, tmp_path: Path) -> None:
    archive = zipfile.ZipFile(export(world, tmp_path))
    archive.extract("donnees.gpkg", tmp_path)
    with closing(sqlite3.connect(tmp_path / "donnees.gpkg")) as opened:
        tables = {name for (name,) in opened.execute("select table_name from gpkg_contents")}
        (permits,) = opened.execute("select count(*) from permits_permit").fetchone()
    assert {"permits_permit", world.edited["own"].layer.table} <= tables
    assert permits == count_of("permits_permit", world.ours)
    sheet = list(csv.reader(io.StringIO(archive.read("tableurs/permits_piece.csv").decode("utf-8-sig")), delimiter=";"))
    assert "'=cmd|' /C calc'!A0" in {cell for row in sheet for cell in row}


def test_the_archive_of_the_page_is_of_one_instant_too(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "EXPORTS_DIR", tmp_path)
    member = factories.member(factories.commune())
    agency = factories.user(factories.member(factories.commune()), Role.AGENCY_ADMINISTRATOR)
    levels = []

    def observed(*given: Any, **options: Any) -> Any:
        levels.append(fetch_one("show transaction_isolation"))
        return export_member(*given, **options)

    monkeypatch.setattr(jobs, "export_member", observed)
    with acting_as(rights_of(agency)), transaction.atomic():
        job = jobs.start_export(member, photos=False, user=agency, rights=rights_of(agency))
    with as_session("arpent_worker"):
        tasks.run(job, jobs.export)
    with acting_as(rights_of(agency)), transaction.atomic():
        job.refresh_from_db()
        assert (job.state, levels) == (Job.State.DONE, [("repeatable read",)])
        other = factories.user(factories.member(factories.commune()), Role.AGENCY_ADMINISTRATOR)
        jobs.start_export(member, photos=False, user=agency, rights=rights_of(agency))
        with pytest.raises(Conflict):
            jobs.start_export(member, photos=False, user=other, rights=rights_of(other))
    assert zipfile.is_zipfile(jobs.FILES.file_of(job))
