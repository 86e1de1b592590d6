"""The page Exploitation: what it says of jobs, requests, errors and disks, to the agency alone."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from prometheus_client import CollectorRegistry, Histogram

from gis_core.members.rights import acting_as, rights_of
from gis_core.models import Job
from gis_core.operations import overview
from gis_core.operations.backup_status import ArchiveStatus, DrillStatus, write_archive_status, write_drill_status
from gis_core.operations.watch.disks import disks
from tests import factories

pytestmark = pytest.mark.django_db


def page(role: str = "agency_administrator") -> Any:
    client = Client(headers={"accept": "text/html"})
    client.force_login(factories.user(factories.member(), role))
    return client.get("/exploitation/")


def test_the_agency_reads_how_far_one_can_come_back(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    (tmp_path / "backups").mkdir()
    assert "Pas d’archive continue" in page().text
    archive = ArchiveStatus("2026-11-28T02:00:00+00:00", "s3", "2026-11-01T02:00:00+00:00", failure="le réseau")
    write_archive_status(tmp_path, archive)
    drill = DrillStatus("2026-11-28T02:00:00+00:00", "", 71, 40, 2 * 2**30, 83, 156, 9, ("connexion faite",))
    write_drill_status(tmp_path, drill)
    text = " ".join(page().text.split())
    for part in (
        "Plus rien ne part dans l’archive : le réseau",
        "à toute seconde depuis le 01/11/2026 03:00",
        "de nouveau en service en 71 s, au plus 83 s de travail perdu, 156 tables et 9 fichiers égaux",
        "100 Gio demanderaient 33 min (extrapolation)",
        "connexion faite",
    ):
        assert part in text


def test_the_agency_reads_how_the_platform_runs() -> None:
    answer = page()
    assert answer.status_code == 200
    text = " ".join(answer.text.split())
    for part in ("PostgreSQL 17", "PostGIS 3", "Disques", "Tâches", "./arpent doctor"):
        assert part in text
    assert answer["Cache-Control"].startswith("max-age=0")


@pytest.mark.parametrize("role", ["gis_administrator", "reader"])
def test_nobody_else_does(role: str) -> None:
    assert page(role).status_code == 403


def test_jobs_are_counted_by_kind_and_state() -> None:
    member = factories.member()
    with acting_as(rights_of(factories.user(member, "agency_administrator"))):
        for state in (Job.State.FAILED, Job.State.DONE, Job.State.DONE, Job.State.WAITING):
            Job.objects.create(kind="import", title="Essai", owner=member, state=state)
        (line,) = [line for line in overview.jobs() if line.kind == "import"]
    assert (line.failed, line.done, line.waiting, line.running) == (1, 2, 1, 0)


def test_slow_routes_come_first_with_their_share_of_errors() -> None:
    registry = CollectorRegistry()
    seconds = Histogram(
        "arpent_request_seconds", "", ["method", "route", "status"], registry=registry, buckets=(0.1, 1, 10)
    )
    for _number in range(20):
        seconds.labels("GET", "permis/", "2xx").observe(0.05)
    for taken in (0.05, 0.5, 0.5, 0.5, 0.5, 20):
        seconds.labels("GET", "api/v1/search/", "5xx" if taken > 10 else "2xx").observe(taken)
    seconds.labels("GET", "once/", "2xx").observe(9)
    slow, fast = overview.slowest_routes(registry)
    assert (slow.route, slow.count, slow.failures, slow.is_beyond) == ("api/v1/search/", 6, 1, True)
    assert (fast.route, fast.p95_s, round(fast.mean_s, 3)) == ("permis/", 0.1, 0.05)


def test_errors_of_one_sort_are_one_line_without_their_values(tmp_path: Path) -> None:
    lines = [
        {"at": "2026-12-01T02:00:00+00:00", "level": "ERROR", "request": "r1", "exception": "…\nValueError: Dupont"},
        {"at": "2026-12-01T03:00:00+00:00", "level": "ERROR", "request": "r2", "exception": "…\nValueError: Durand"},
        {"at": "2026-12-01T03:00:00+00:00", "level": "WARNING", "logger": "arpent"},
    ]
    (tmp_path / "web-1.log").write_text("started\n" + "".join(f"{json.dumps(line)}\n" for line in lines) + "{half")
    (error,) = overview.errors(tmp_path)
    assert (error.message, error.count, error.request) == ("ValueError", 2, "r2")


def test_without_logs_there_are_no_errors(tmp_path: Path) -> None:
    assert overview.errors(tmp_path / "none") == []


def test_each_disk_is_said_once() -> None:
    (disk,) = disks()
    assert set(disk.names) >= {"data"}
    assert 0 <= disk.used_percent <= 100
