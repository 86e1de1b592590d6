"""What is measured by day, what of it needs an administrator, and the mails that say so: once, then once it is over."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gis_core.accounts import mail as account_mail
from gis_core.database import clock
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Alert, DayMeasure, User
from gis_core.operations.backup_status import (
    ArchiveStatus,
    DrillStatus,
    Status,
    write_archive_status,
    write_drill_status,
    write_status,
)
from gis_core.operations.doctor import database
from gis_core.operations.doctor.finding import failure
from gis_core.operations.environment import FOLDER
from gis_core.operations.watch import alerts, doctor_checks, findings, presence, traffic
from gis_core.operations.watch.day_measures import CERTIFICATE, KEPT, STATEMENTS, forget_old_measures, keep
from gis_core.operations.watch.disks import Disk, days_until_full, longest_measured, measure_disks, measure_sizes
from gis_core.operations.watch.findings import Need, Unknown, list_needs
from tests import factories

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 1)
GIB = 2**30
NOW = "now"


@pytest.fixture
def system() -> Iterator[None]:
    with acting_as(SYSTEM):
        yield


@pytest.fixture
def data(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    settings.FILES_DIR = tmp_path / "files"
    settings.CACHE_DIR = tmp_path / "cache"
    for folder in (settings.FILES_DIR, settings.CACHE_DIR, tmp_path / FOLDER):
        folder.mkdir()
    return tmp_path


def shrinking(days: int, by: float, *, left: float = 100) -> list[tuple[date, int]]:
    """Free bytes that shrink by so many GiB a day, down to what is left today."""
    return [(DAY - timedelta(days=n), round((left + n * by) * GIB)) for n in reversed(range(days))]


# -- the forecast -----------------------------------------------------------------------------------------------------


def test_a_disk_that_fills_evenly_is_full_in_what_is_left_of_it() -> None:
    assert days_until_full(shrinking(30, by=2)) == pytest.approx(50)


def test_one_day_on_which_much_was_copied_and_erased_changes_nothing() -> None:
    points = shrinking(30, by=2)
    points[12] = points[12][0], 3 * GIB
    assert days_until_full(points) == pytest.approx(50, rel=0.02)


@pytest.mark.parametrize("points", [shrinking(4, by=2), shrinking(30, by=0), shrinking(30, by=-1), []])
def test_too_few_days_or_none_that_shrink_say_nothing(points: Sequence[tuple[date, int]]) -> None:
    assert days_until_full(points) is None


def test_a_folder_that_came_later_does_not_hide_what_was_measured_of_its_disk() -> None:
    kept = [DayMeasure(subject="free:data", day=day, amount=free) for day, free in shrinking(30, by=2)]
    later = DayMeasure(subject="free:cache", day=DAY, amount=100 * GIB)
    assert days_until_full(longest_measured(["cache", "data"], [*kept, later])) == pytest.approx(50)


# -- what is slow -----------------------------------------------------------------------------------------------------


def test_counters_add_up_over_restarts() -> None:
    seen = {"GET a": {"count": 10.0, "seconds": 5.0}, "GET b": {"count": 4.0, "seconds": 1.0}}
    now = {"GET a": {"count": 12.0, "seconds": 7.0}, "GET b": {"count": 1.0, "seconds": 0.5}}
    grown = traffic.growth(seen, now)
    assert grown == {"GET a": {"count": 2.0, "seconds": 2.0}, "GET b": {"count": 1.0, "seconds": 0.5}}
    assert traffic.add({"GET a": {"count": 1.0}}, grown)["GET a"]["count"] == 3


def test_the_week_is_what_its_days_added(system: None) -> None:
    traffic.keep_growth(STATEMENTS, {"7": {"count": 10, "seconds": 4.0}}, {"7": "select $1"})
    traffic.keep_growth(STATEMENTS, {"7": {"count": 15, "seconds": 9.0}}, {"7": "select $1"})
    old = DayMeasure.objects.get(subject=STATEMENTS)
    DayMeasure.objects.filter(pk=old.pk).update(day=old.day - timedelta(days=1))
    traffic.keep_growth(STATEMENTS, {"7": {"count": 16, "seconds": 9.5}})
    (one,) = traffic.slowest_statements() or ()
    assert (one.text, one.count, one.seconds) == ("select $1", 16, 9.5)
    DayMeasure.objects.update(day=F("day") - timedelta(days=20))
    assert traffic.slowest_statements() is None


def test_statements_of_the_database_are_counted_without_their_values(
    system: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What the tests before asked of this database was slower.
    monkeypatch.setattr(traffic, "MOST_STATEMENTS", 100_000)
    with connection.cursor() as cursor:
        cursor.execute("select 'Jeanne Dupont'::text as trial_of_statements")
    assert traffic.counts_statements()
    traffic.measure_traffic()
    row = DayMeasure.objects.get(subject=STATEMENTS)
    assert any("trial_of_statements" in text for text in row.detail["texts"].values())
    assert "Dupont" not in str(row.detail["texts"])


# -- sizes ------------------------------------------------------------------------------------------------------------


def test_sizes_are_measured_by_member_and_kind_and_go_after_a_time(system: None, data: Path) -> None:
    member = factories.member()
    (data / "files" / "a").write_bytes(bytes(100_000))
    document = {"owner_id": member.pk}
    factories.editable_layer(member)
    measure_disks()
    measure_sizes()
    measure_sizes()
    files = DayMeasure.objects.get(subject="size:files")
    assert files.amount >= 100_000
    assert DayMeasure.objects.get(subject="size:layers", **document).amount > 0
    assert DayMeasure.objects.get(subject="free:data").detail["total"] > 0
    forget_old_measures(clock.today() + KEPT + timedelta(days=1))
    assert DayMeasure.objects.count() == 0


# -- what needs somebody ----------------------------------------------------------------------------------------------


def codes() -> set[str]:
    with acting_as(SYSTEM):
        needs, _unknown = list_needs()
        return {need.code for need in needs}


def test_what_is_well_needs_nobody(data: Path) -> None:
    now = timezone.now().isoformat()
    write_status(data, Status(since=now, begun_at=now, ended_at=now, succeeded_at=now))
    assert codes() == set()


@pytest.mark.parametrize(
    ("status", "level"),
    [
        ({"failure": "Il reste 1 Mio.", "succeeded_at": NOW}, 1),
        ({"succeeded_at": "2026-01-01T00:00:00+00:00"}, 2),
        ({"failure": "Il reste 1 Mio.", "succeeded_at": "2026-01-01T00:00:00+00:00"}, 2),
    ],
)
def test_a_backup_that_failed_or_is_old(data: Path, status: dict[str, str], level: int) -> None:
    begun = {"since": "2026-01-01T00:00:00+00:00", "ended_at": "2026-01-02T00:00:00+00:00"}
    given = {name: timezone.now().isoformat() if value == NOW else value for name, value in status.items()}
    write_status(data, Status(**begun | given))
    (need,) = findings.backup_needs()
    assert isinstance(need, Need)
    assert (need.code, need.level) == ("backup", level)


def test_while_a_backup_is_made_again_the_one_that_failed_is_not_over(data: Path) -> None:
    now = timezone.now().isoformat()
    write_status(data, Status(since=now, begun_at=now, failure="Il reste 1 Mio.", succeeded_at=now))
    assert list(findings.backup_needs()) == [Unknown("backup")]


def test_a_drill_that_failed(data: Path) -> None:
    assert codes() == set()
    left = {"ended_at": "2026-11-30T03:00:00+00:00", "failure": "Une table manque."}
    (data / FOLDER / "drill.json").write_text(json.dumps(left))
    assert codes() == {"drill"}


FRESH = ArchiveStatus(checked_at=NOW, kind="folder")
ARCHIVE = ArchiveStatus(checked_at="2026-11-01T03:00:00+00:00", kind="folder")


@pytest.mark.parametrize(
    ("status", "expected"), [(None, "n’a pas commencé"), (ARCHIVE, "plus de cinq minutes"), (FRESH, None)]
)
def test_an_archive_that_is_silent_or_never_began(
    data: Path, monkeypatch: pytest.MonkeyPatch, status: ArchiveStatus | None, expected: str | None
) -> None:
    monkeypatch.setenv("ARPENT_ARCHIVE", str(data / "elsewhere"))
    if status:
        write_archive_status(
            data, replace(status, checked_at=timezone.now().isoformat()) if status == FRESH else status
        )
    needs = [one for one in findings.archive_needs() if isinstance(one, Need)]
    assert [one.code for one in needs] == (["archive"] if expected else [])
    assert all(expected in one.texts["fr"]["message"] for one in needs if expected)


def test_a_drill_that_is_old(data: Path) -> None:
    write_drill_status(data, DrillStatus((timezone.now() - timedelta(days=46)).isoformat()))
    (need,) = findings.drill_needs()
    assert isinstance(need, Need)
    assert "il en faut un chaque mois" in need.texts["fr"]["message"]


def disk(free: int, full_in: float | None = None, *, forecast: bool = True) -> Disk:
    return Disk(("files", "data"), free * GIB, 100 * GIB, full_in, forecast)


@pytest.mark.parametrize(
    ("now", "former", "level"),
    [
        (disk(2), 0, 2),
        (disk(6), 0, None),
        (disk(6), 2, 2),
        (disk(8, 90), 2, None),
        (disk(40, 9.5), 0, 1),
        (disk(40, 15), 0, None),
        (disk(40, 15), 1, 1),
        (disk(40, 22), 1, None),
        (disk(40), 1, None),
    ],
)
def test_a_disk_that_is_full_or_soon_will_be(now: Disk, former: int, level: int | None) -> None:
    """It begins below a bound and ends above another."""
    said = list(findings.disk_needs([now], {"disk:files": former} if former else {}))
    assert [(one.code, one.level) for one in said if isinstance(one, Need)] == (
        [("disk:files", level)] if level else []
    )


def test_a_disk_that_cannot_be_judged_or_is_away_is_not_over() -> None:
    assert list(findings.disk_needs([disk(40, forecast=False)], {"disk:files": 1})) == [Unknown("disk:files")]
    assert list(findings.disk_needs([], {"disk:files": 2})) == [Unknown("disk:files")]


def test_a_disk_keeps_its_code_when_more_lies_on_it() -> None:
    said = list(findings.disk_needs([disk(2)], {"disk:data": 2}))
    assert [one.code for one in said] == ["disk:data"]


@pytest.mark.parametrize(("days", "expected"), [(-2, "s’est terminé le"), (20, "se termine le"), (22, None)])
def test_a_certificate_that_ends(system: None, days: int, expected: str | None) -> None:
    end = clock.now() + timedelta(days=days, hours=1)
    keep(CERTIFICATE, int(end.timestamp()), {"host": "sig.example.org", "failure": ""})
    needs = list(findings.certificate_needs(DayMeasure.objects.get(subject=CERTIFICATE)))
    texts = [one.texts["fr"]["message"] for one in needs if isinstance(one, Need)]
    assert [expected in text for text in texts if expected] == ([True] if expected else [])


def test_a_task_that_failed_unexpectedly_and_a_mail_that_did_not_leave(data: Path) -> None:
    with connection.cursor() as cursor:
        for task in ("tidy", "account_mail"):
            cursor.execute(
                "insert into procrastinate_jobs (queue_name, task_name, args, status) values ('x', %s, '{}', 'failed')"
                " returning id",
                [task],
            )
            cursor.execute(
                "insert into procrastinate_events (job_id, type, at) values (%s, 'failed', now())", cursor.fetchone()
            )
    assert codes() == {"job-failed:tidy", "mail"}


# -- the mails --------------------------------------------------------------------------------------------------------

FRENCH = {"message": "Ceci manque.", "remedy": "Mettez-le."}
NEED = Need("trial", {"fr": FRENCH, "en": {"message": "It lacks.", "remedy": "Add it."}})


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    posted: list[dict[str, Any]] = []
    monkeypatch.setattr(account_mail, "post", lambda kind, **values: posted.append(values))
    return posted


@pytest.fixture
def administrator() -> User:
    return factories.user(factories.member(), "agency_administrator", email="agence@example.org")


def report(*needs: Need, unknown: Sequence[Unknown] = ()) -> None:
    with acting_as(SYSTEM):
        alerts.report(needs, unknown)


def later(**time: float) -> None:
    """The open alerts were last seen that long ago."""
    with acting_as(SYSTEM):
        Alert.objects.update(seen_at=clock.now() - timedelta(**time))


def test_one_mail_when_it_begins_and_one_when_it_is_over(administrator: User, sent: list[dict[str, Any]]) -> None:
    report(NEED)
    report(NEED)
    (begun,) = sent
    assert begun["to"] == "agence@example.org"
    assert "Ceci manque." in begun["body"]
    assert "Mettez-le." in begun["body"]
    assert "/exploitation/" in begun["body"]
    report()
    assert len(sent) == 1
    later(hours=1)
    report()
    report()
    assert len(sent) == 2
    assert "Ceci manque." in sent[1]["body"]
    assert "Mettez-le." not in sent[1]["body"]
    report(NEED)
    assert len(sent) == 3


def test_what_comes_and_goes_is_said_once(administrator: User, sent: list[dict[str, Any]]) -> None:
    for _number in range(3):
        report(NEED)
        later(minutes=10)
        report()
    assert len(sent) == 1


def test_what_gets_worse_is_said_again(administrator: User, sent: list[dict[str, Any]]) -> None:
    report(NEED)
    report(replace(NEED, level=2))
    report(replace(NEED, level=2))
    assert [one["body"].count("Ceci manque.") for one in sent] == [1, 1]


def test_what_nobody_could_look_at_is_not_over(administrator: User, sent: list[dict[str, Any]]) -> None:
    report(replace(NEED, code="disk:files"))
    later(hours=1)
    report(unknown=[Unknown("disk")])
    assert len(sent) == 1
    report(unknown=[Unknown("certificate")])
    assert len(sent) == 2


def test_several_failures_of_one_check_are_one_alert(
    data: Path, administrator: User, sent: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = [failure("extensions", f"{name} manque", "Relancez.") for name in ("postgis", "unaccent")]
    monkeypatch.setitem(database.CHECKS, "extensions", lambda connection: missing)
    alerts.measure_everything(0)
    write_status(data, Status(since="2026-01-01T00:00:00+00:00", failure="Plus de place."))
    alerts.watch(0)
    assert "postgis manque ; unaccent manque." in sent[0]["body"]
    assert sent[0]["body"].count("Relancez.") == 1
    assert "Plus de place." in sent[0]["body"]
    # Mended by day: over without waiting for the night.
    monkeypatch.setitem(database.CHECKS, "extensions", lambda connection: [])
    later(hours=1)
    alerts.watch(0)
    with acting_as(SYSTEM):
        assert list(alerts.open_alerts().values_list("code", flat=True)) == ["backup"]


def test_a_check_that_cannot_be_asked_stays_as_it_was(
    data: Path, system: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(database.CHECKS, "roles", lambda connection: [failure("roles", "Manquent.", "Relancez.")])
    doctor_checks.keep_failures()
    monkeypatch.setitem(database.CHECKS, "roles", lambda connection: 1 / 0)
    doctor_checks.keep_failures()
    assert [one["check"] for one in doctor_checks.former_failures()] == ["roles"]


def test_a_subject_that_cannot_be_looked_at_silences_no_other(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "disks", lambda measures: 1 / 0)
    write_status(data, Status(since="2026-01-01T00:00:00+00:00", failure="Plus de place."))
    with acting_as(SYSTEM):
        needs, unknown = list_needs()
    assert [one.code for one in needs] == ["backup"]
    assert Unknown("disk") in unknown


def test_it_is_in_the_language_of_the_person_and_only_for_those_who_may_open_the_page(
    administrator: User, sent: list[dict[str, Any]]
) -> None:
    member = factories.member()
    factories.user(member, "agency_administrator", email="english@example.org", language="en")
    factories.user(member, "agency_administrator", email="none@example.org", alert_mails=False)
    factories.user(member, "gis_administrator", email="gis@example.org")
    report(NEED)
    by_address = {one["to"]: one["body"] for one in sent}
    assert set(by_address) == {"agence@example.org", "english@example.org"}
    assert "It lacks." in by_address["english@example.org"]
    assert "What to do" in by_address["english@example.org"]


def test_that_no_mail_leaves_is_on_the_page_and_not_in_a_mail(administrator: User, sent: list[dict[str, Any]]) -> None:
    report(Need("mail", NEED.texts))
    assert sent == []
    client = Client(headers={"accept": "text/html"})
    client.force_login(administrator)
    assert "Ceci manque." in client.get("/exploitation/").text


def test_an_administrator_chooses_to_receive_none(administrator: User) -> None:
    client = Client(headers={"accept": "text/html"})
    client.force_login(administrator)
    assert "Ne pas recevoir d’alerte par courriel" in client.get("/compte/").text
    assert client.post("/compte/alertes/", {"wanted": "0"}).status_code == 302
    administrator.refresh_from_db()
    assert not administrator.alert_mails
    assert "Recevoir les alertes par courriel" in client.get("/compte/").text


def test_the_task_measures_and_reports(data: Path, administrator: User) -> None:
    alerts.measure_everything(0)
    alerts.watch(0)
    with acting_as(SYSTEM):
        assert DayMeasure.objects.filter(subject="free:data").count() == 1
        assert DayMeasure.objects.get(subject="doctor").detail["failures"] == []
    assert mail.outbox == []


def test_a_measure_that_fails_keeps_no_alert_back(
    data: Path, administrator: User, sent: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise RuntimeError

    monkeypatch.setattr(alerts, "measure_traffic", broken)
    write_status(data, Status(since="2026-01-01T00:00:00+00:00", failure="Plus de place."))
    alerts.watch(0)
    assert "Plus de place." in sent[0]["body"]


# -- the page ---------------------------------------------------------------------------------------------------------


def test_who_is_on_now(data: Path, administrator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "_touched", {})
    gone = factories.user(factories.member(), "reader")
    presence.note_presence(gone.pk)
    os.utime(presence.folder() / str(gone.pk), (0, 0))
    client = Client(headers={"accept": "text/html"})
    client.force_login(administrator)
    client.get("/exploitation/")
    assert [one.user for one in presence.people_present()] == [administrator]
    presence.forget_presence()
    assert [path.name for path in presence.folder().iterdir()] == [str(administrator.pk)]


def test_the_page_asks_as_much_whatever_there_is_to_say(data: Path, administrator: User) -> None:
    client = Client(headers={"accept": "text/html"})
    client.force_login(administrator)
    client.get("/exploitation/")
    with CaptureQueriesContext(connection) as few:
        client.get("/exploitation/")
    with acting_as(SYSTEM):
        for number in range(20):
            member = factories.member()
            keep("size:layers", 10**6 * number + 1, owner=member.pk)
            Alert.objects.create(code=f"trial-{number}", texts=NEED.texts)
            presence.note_presence(factories.user(member, "reader").pk)
        keep("size:database", 1)
    with CaptureQueriesContext(connection) as many:
        assert "Couches faites ici" in client.get("/exploitation/").text
    assert len(many) <= len(few) + 1 <= 25
