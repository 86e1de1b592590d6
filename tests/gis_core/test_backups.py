"""What the administration and /metrics say of the backups of the nights."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from gis_core.operations.backup_status import STATUS, Status, write_status
from gis_core.operations.environment import FOLDER
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def data(data_dir: Path) -> Iterator[Path]:
    (data_dir / FOLDER).mkdir(exist_ok=True)
    yield data_dir
    (data_dir / FOLDER / STATUS).unlink(missing_ok=True)


def ago(**time: float) -> str:
    return (timezone.now() - timedelta(**time)).isoformat(timespec="microseconds")


def good(hours: float = 5, **fields: Any) -> Status:
    made = {"begun_at": ago(hours=hours, minutes=3), "ended_at": ago(hours=hours), "succeeded_at": ago(hours=hours)}
    return Status(since=ago(days=30), **made | {"file": "arpent-2026-11-29-013000.tar", "bytes": 360_663_040} | fields)


def page() -> str:
    client = Client()
    client.force_login(factories.user(factories.member(), "agency_administrator"))
    answer = client.get("/administration/", headers={"accept": "text/html"})
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def measure(client: Client, name: str) -> float:
    with override_settings(METRICS_TOKEN="essai"):
        lines = client.get("/metrics", headers={"authorization": "Bearer essai"}).content.decode().splitlines()
    return float(next(line for line in lines if line.startswith(f"arpent_backup_{name} ")).split()[1])


def test_the_last_verified_backup_is_told(data: Path, client: Client) -> None:
    write_status(data, good())
    shown = page()
    assert "Dernière sauvegarde vérifiée" in shown
    assert "344,0 Mio, arpent-2026-11-29-013000.tar" in shown
    assert "errornote" not in shown
    assert measure(client, "last_success_bytes") == 360_663_040
    assert abs(measure(client, "last_success_timestamp_seconds") - timezone.now().timestamp() + 5 * 3600) < 60
    assert measure(client, "failed") == 0


def test_a_failure_is_told_in_words(data: Path, client: Client) -> None:
    failed = {"begun_at": ago(hours=1), "ended_at": ago(minutes=59), "failure": "Il reste <1> Mio sur le disque."}
    write_status(data, good(29, **failed))
    shown = page()
    assert "a échoué : Il reste &lt;1&gt; Mio sur le disque." in shown
    assert "Dernière sauvegarde vérifiée" in shown
    assert measure(client, "failed") == 1


def test_nights_without_a_backup_are_told(data: Path) -> None:
    write_status(data, good(40))
    assert "depuis plus d’un jour et demi" in page()


def test_a_backup_under_way_is_no_failure(data: Path, client: Client) -> None:
    write_status(data, good(29, begun_at=ago(minutes=5), ended_at="", failure="Interrompue."))
    shown = page()
    assert "est en cours" in shown
    assert "Interrompue" not in shown
    assert measure(client, "failed") == 0


def test_one_that_never_ended_is_one(data: Path, client: Client) -> None:
    write_status(data, good(29, begun_at=ago(hours=13), ended_at="", failure="Interrompue."))
    assert "Interrompue." in page()
    assert measure(client, "failed") == 1


def test_files_that_were_lost_are_told(data: Path) -> None:
    write_status(data, good(missing=2))
    assert "2 fichiers que la base nomme manquaient déjà" in page()


def test_before_the_first_night(data: Path) -> None:
    write_status(data, Status(since=ago(hours=2)))
    assert "la nuit prochaine en fera une" in page()


def test_where_none_is_ever_made(data: Path, client: Client) -> None:
    assert "Aucune sauvegarde n’est faite la nuit" in page()
    assert measure(client, "last_success_timestamp_seconds") == 0
