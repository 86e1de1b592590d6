"""How long each kind of data is kept: what is declared, what a count says, what the nights erase."""

import json
import os
import time
import zipfile
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.utils import translation

from gis_core import tasks
from gis_core.database import clock
from gis_core.database.statements import execute, fetch_one
from gis_core.errors import Invalid
from gis_core.members.rights import SYSTEM, Role, acting_as, rights_of
from gis_core.models import ApiToken, Job, Member, RetentionChoice, SharedLink, User
from gis_core.ownership import retention_jobs
from gis_core.ownership.declarations import DECLARED, Fate, Whose
from gis_core.ownership.law import ARCHIVES, OBJECTION
from gis_core.ownership.processings import COLUMNS, PROCESSINGS, Controller, register, register_file
from gis_core.ownership.retention import RETENTIONS, When, check_days, reason_of, total_of, why_uncounted
from gis_core.ownership.stock import gone_since
from gis_core.tokens.services import create_token
from layers.exports.tasks import sweep_exports
from layers.intake.tasks import sweep_inbox
from tests import factories
from tests.gis_core.departures import as_session, table_counts
from tests.gis_core.test_person_requests import NOISE

PAGE = "/donnees-personnelles/conservation/"
TRIED = {"step": "try", "days": "365", "source": "Délibération du 3 mars", "starts_date": ""}


# -- what is declared -------------------------------------------------------------------------------------------------


def personal_models() -> set[str]:
    """Those whose rows name a person, are a person's, or are kept about one."""
    return {
        one.model for one in DECLARED.all() if one.identity or one.asks != Fate.NOTHING or one.whose == Whose.PERSON
    }


def test_every_table_about_persons_says_how_long_and_what_for() -> None:
    kept = {model for kind in RETENTIONS.all() for model in kind.models}
    used = {model for one in PROCESSINGS.all() for model in one.models}
    assert personal_models() - kept == set()
    assert personal_models() - used == set()
    assert (kept | used) - set(DECLARED.by_key()) == set()


def test_what_goes_by_itself_is_counted_or_says_why() -> None:
    goes = [kind for kind in RETENTIONS.all() if kind.when in (When.ALWAYS, When.MEMBER, When.CHOSEN)]
    assert [kind.slug for kind in goes if not (kind.stock or kind.uncounted)] == []
    counted = [kind for kind in goes if kind.due or kind.rehearse or kind.erase]
    assert [kind.slug for kind in goes if kind not in counted and not kind.uncounted] == []
    assert [kind.slug for kind in RETENTIONS.all() if kind not in counted and not why_uncounted(kind)] == []


def test_only_kinds_that_the_agency_chooses_can_be_erased_by_choice() -> None:
    assert {kind.slug for kind in RETENTIONS.all() if (kind.erase is not None) != (kind.when == When.CHOSEN)} == set()
    assert not [kind.slug for kind in RETENTIONS.all() if not (kind.reason and kind.what and kind.duration())]


def sentences(language: str) -> dict[str, list[str]]:
    """What the page says of each kind, by its slug."""
    with translation.override(language):
        return {
            kind.slug: [str(kind.what), str(kind.reason), reason_of(kind, None), why_uncounted(kind)]
            for kind in RETENTIONS.all()
        }


def test_a_reason_that_the_law_gives_is_the_law_s_in_french() -> None:
    french = sentences("fr")
    assert OBJECTION.reason in french["objections"]
    assert ARCHIVES.reason in french["signatories"]


# -- a world ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def agency(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> User:
    monkeypatch.setattr(settings, "PRINTS_DIR", tmp_path / "prints")
    return factories.user(factories.member(factories.commune()), Role.AGENCY_ADMINISTRATOR, username="agence")


@pytest.fixture
def old(agency: User) -> Member:
    """A member with, long over: a link, a token, an invitation, an account without role, lines of a journal."""
    member = factories.member(factories.commune())
    person = factories.user(member, username="active")
    factories.invitation(member, factories.user(username="invitée"))
    factories.user(username="partie", email="partie@example.org")
    with acting_as(rights_of(person)), transaction.atomic():
        create_token(user=person, name="vieux")
        create_token(user=person, name="neuf")
    with factories.as_owner():
        long_ago = clock.now() - timedelta(days=400)
        ApiToken.objects.filter(name="vieux").update(expires_at=long_ago)
        SharedLink.objects.create(owner=member, about_kind="x", about_id=1, digest=b"1" * 32, expires_at=long_ago)
        execute("update gis_core_membership set created_at = %s", [long_ago])
        execute("update gis_core_user set date_joined = %s where username in ('partie', 'invitée')", [long_ago])
        for days in (400, 1):
            execute(
                "insert into owners_journalline (at, action, by_user, by_name, by_token, members, purpose, reference,"
                " parcels, owners, refusal, flagged)"
                " values (%s, 'consultation', 1, 'Zoé', '', array[%s::int], 'permit', '', '{}', 1, '', false)",
                [clock.now() - timedelta(days=days), member.pk],
            )
    return member


def signed_in(user: User) -> Client:
    client = Client(headers={"accept": "text/html"})
    client.force_login(user)
    return client


def count(client: Client, path: str = PAGE, **typed: str) -> Any:
    """What the worker counts for a page."""
    assert client.post(path, typed).status_code == 302
    with acting_as(SYSTEM), transaction.atomic():
        job = Job.objects.latest("pk")
    with as_session("arpent_worker"):
        tasks.run(job, retention_jobs.try_out)
    with acting_as(SYSTEM), transaction.atomic():
        job.refresh_from_db()
    assert job.state == Job.State.DONE, job.message
    return job.report["counts"]


def tried(client: Client, kind: str, **typed: str) -> Any:
    return count(client, f"{PAGE}{kind}/", **TRIED | {"starts_date": f"{clock.today():%Y-%m-%d}"} | typed)[kind]


def chosen(client: Client, kind: str, **typed: str) -> None:
    tried(client, kind, **typed)
    with acting_as(SYSTEM), transaction.atomic():
        job = Job.objects.latest("pk")
    assert client.post(f"{PAGE}{kind}/", {"step": "confirm", "trial": job.pk}).status_code == 302


def night() -> dict[str, int]:
    """Which tables lost rows in a night, and how many."""
    before = table_counts()
    with as_session("arpent_worker"):
        retention_jobs.apply_choices(0)
    after = table_counts()
    quiet = {*NOISE, "gis_core_historyevent", "gis_core_rowhistory", "gis_core_daymeasure"}
    return {name: before[name] - after[name] for name in before if before[name] != after[name] and name not in quiet}


# -- counting and erasing ---------------------------------------------------------------------------------------------


def test_nothing_is_erased_before_the_agency_chooses(agency: User, old: Member) -> None:
    assert night() == {}


def test_a_count_says_by_kind_and_member_and_changes_nothing(agency: User, old: Member) -> None:
    client, before = signed_in(agency), table_counts()
    counts = count(client)
    assert {slug for slug, found in counts.items() if found is None} == {
        kind.slug for kind in RETENTIONS.all() if not (kind.due or kind.rehearse)
    }
    assert tried(client, "shared_links") == [[old.pk, 1]]
    assert tried(client, "owner_readings") == [[old.pk, 1]]
    assert tried(client, "invitations") == [[old.pk, 1]]
    assert tried(client, "tokens") == [[None, 1]]
    assert {name: rows for name, rows in (before - table_counts()).items() if name not in NOISE} == {}
    assert old.name in client.get(f"{PAGE}shared_links/").content.decode()


def test_files_the_queue_and_imports_are_counted_before_and_after(
    agency: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "EXPORTS_DIR", tmp_path / "exports")
    monkeypatch.setattr(settings, "INBOX_DIR", tmp_path / "inbox")
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    for name, days in {"exports/1.gpkg": 8, "exports/2.gpkg": 1, "inbox/old": 4, "prints/3.person.zip": 3}.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
        os.utime(path, (time.time() - days * 86_400,) * 2)
    with factories.as_owner():
        execute(
            "with made as (insert into procrastinate_jobs (queue_name, task_name, args, status)"
            " values ('default', 'vieille', '{}', 'succeeded') returning id)"
            " insert into procrastinate_events (job_id, type, at)"
            " select id, 'succeeded', now() - interval '31 days' from made"
        )
        execute("update procrastinate_events set at = now() - interval '31 days'")
    factories.delivery(agency.memberships.get().member, state="refused", touched_at=clock.now() - timedelta(days=90))
    client = signed_in(agency)
    found = count(client)
    slugs = ("made_files", "inbox", "person_files", "queue", "imports")
    assert {slug: total_of(found[slug]) for slug in slugs} == dict.fromkeys(slugs, 1)
    with acting_as(SYSTEM), transaction.atomic():
        stocks = Job.objects.latest("pk").report["stocks"]
    week = (datetime.now(UTC) - timedelta(days=8)).date()
    assert stocks["made_files"] == [2, week.isoformat()]
    text = client.get(PAGE).content.decode()
    assert "le plus ancien du" in text
    assert "tenus par la machine" in text
    with as_session("arpent_worker"):
        sweep_exports(0)
        sweep_inbox(0)
        retention_jobs.apply_choices(0)
        tasks.tidy(0)
    with acting_as(SYSTEM), transaction.atomic():
        gone = gone_since(1)
    assert {slug: gone[slug] for slug in ("made_files", "inbox", "person_files", "imports")} == {
        "made_files": 1, "inbox": 1, "person_files": 1, "imports": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "gone"),
    [
        ("tokens", {"gis_core_apitoken": 1}),
        ("shared_links", {"gis_core_sharedlink": 1}),
        ("invitations", {"gis_core_membership": 1}),
        ("owner_readings", {"owners_journalline": 1}),
    ],
)
def test_the_night_erases_what_was_chosen_and_nothing_else(
    agency: User, old: Member, kind: str, gone: dict[str, int]
) -> None:
    client = signed_in(agency)
    chosen(client, kind)
    assert night() == gone
    # Nobody comes in by an account that has only an invitation, once that is gone.
    assert User.objects.get(username="invitée").is_active == (kind != "invitations")
    assert night() == {}
    assert "1 ligne en 30 nuits" in client.get(PAGE).content.decode()


def test_an_unused_account_names_nobody_any_more(agency: User, old: Member) -> None:
    with factories.as_owner():
        for kind in (User.Kind.SECURITY, User.Kind.PROGRAM):
            User.objects.create(username=kind, kind=kind, date_joined=clock.now() - timedelta(days=400))
    chosen(signed_in(agency), "unused_accounts")
    night()
    with factories.as_owner():
        assert User.objects.filter(username__in=["security", "program"], is_active=True).count() == 2
        assert not User.objects.filter(username="partie").exists()
        assert set(
            User.objects.filter(username__in=["active", "invitée", "agence"]).values_list("is_active", flat=True)
        ) == {True}
    assert night() == {}


def test_an_account_is_unused_after_ninety_days_whatever_is_chosen() -> None:
    kind = RETENTIONS.find("unused_accounts")
    assert kind is not None
    check_days(kind, 90)
    with pytest.raises(Invalid, match="90"):
        check_days(kind, 89)


def test_a_choice_begins_on_its_day_and_stops(agency: User, old: Member) -> None:
    client = signed_in(agency)
    chosen(client, "tokens", starts_date=f"{clock.today() + timedelta(days=2):%Y-%m-%d}")
    assert night() == {}
    assert "365 jours à partir du" in client.get(PAGE).content.decode()
    assert client.post(f"{PAGE}tokens/", {"step": "stop"}).status_code == 302
    assert "365 jours à partir du" not in client.get(PAGE).content.decode()
    later = clock.today() + timedelta(days=2)
    with factories.as_owner():
        kept = list(RetentionChoice.objects.order_by("pk").values_list("starts_date", "applies"))
    assert kept == [(later, True), (clock.today(), False), (later, False)]
    with factories.as_owner():
        RetentionChoice.objects.update(starts_date=clock.today())
    assert night() == {}


def test_a_choice_is_made_of_what_was_counted_only(agency: User, old: Member) -> None:
    client = signed_in(agency)
    assert client.post(f"{PAGE}tokens/", {"step": "confirm", "trial": "1"}).status_code == 404
    chosen(client, "tokens")
    with acting_as(SYSTEM), transaction.atomic():
        job = Job.objects.latest("pk")
    assert client.post(f"{PAGE}tokens/", {"step": "confirm", "trial": job.pk}).status_code == 404
    with factories.as_owner():
        assert RetentionChoice.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"days": "0"}, "supérieure ou égale à 1"),
        ({"days": "beaucoup"}, "nombre entier"),
        ({"source": " "}, "obligatoire"),
        ({"starts_date": "2020-01-01"}, "à partir d’aujourd’hui"),
        ({"starts_date": "demain"}, "date"),
    ],
)
def test_bad_input_is_said_and_begins_nothing(agency: User, typed: dict[str, str], message: str) -> None:
    day = f"{clock.today():%Y-%m-%d}"
    answer = signed_in(agency).post(f"{PAGE}tokens/", TRIED | {"starts_date": day} | typed)
    assert answer.status_code == 400
    assert message in answer.content.decode()


def test_a_journal_keeps_its_lines_of_half_a_year_whatever_is_chosen(agency: User, old: Member) -> None:
    day = f"{clock.today():%Y-%m-%d}"
    answer = signed_in(agency).post(f"{PAGE}owner_readings/", TRIED | {"starts_date": day, "days": "179"})
    assert answer.status_code == 400
    assert "au moins 180 jours" in answer.content.decode()
    with as_session("arpent_worker"), pytest.raises(Exception, match="stay for 180 days"):
        fetch_one("select arpent.forget_journal_lines('owners_journalline', now() - interval '179 days')")


def test_journals_alone_lose_lines_and_by_the_worker_alone(database: str) -> None:
    with as_session("arpent_web"), pytest.raises(Exception, match="permission denied"):
        fetch_one("select arpent.forget_journal_lines('owners_journalline', now())")
    for name in ("gis_core_user", "gis_core_historyevent", "permits_permit"):
        with as_session("arpent_worker"), pytest.raises(Exception, match="is no journal"):
            fetch_one("select arpent.forget_journal_lines(%s, now())", [name])


# -- reports ----------------------------------------------------------------------------------------------------------


def test_the_report_as_files_and_by_the_command(agency: User, old: Member) -> None:
    client = signed_in(agency)
    count(client)
    kinds = json.loads(client.get(f"{PAGE}fichier.json").content)["kinds"]
    assert {one["slug"] for one in kinds} == {kind.slug for kind in RETENTIONS.all()}
    assert "conservation.csv" in client.get(f"{PAGE}fichier.csv")["Content-Disposition"]
    assert zipfile.is_zipfile(BytesIO(client.get(f"{PAGE}fichier.ods").content))
    assert client.get(f"{PAGE}fichier.exe").status_code == 404
    out = StringIO()
    with as_session("arpent_owner"):
        call_command("retention", "--format", "json", stdout=out)
    assert {one["slug"] for one in json.loads(out.getvalue())["kinds"]} == {one["slug"] for one in kinds}


def test_the_page_in_english_says_nothing_of_a_kind_in_french(agency: User) -> None:
    with factories.as_owner():
        User.objects.filter(pk=agency.pk).update(language="en")
    page = unescape(signed_in(agency).get(PAGE).content.decode())
    english, french = sentences("en"), sentences("fr")
    for slug in english:
        assert [one for one in english[slug] if one not in page] == []
        assert [one for one in french[slug] if one and one in page] == []


def test_the_register_says_what_the_platform_does_of_its_own_tables(database: str) -> None:
    lines = {line["title"]: line for line in register()}
    permits = lines["Autorisations d’urbanisme"]
    assert "demandeurs (nom" in permits["data"]
    assert "Demandeurs des dossiers finis : les années réglées par chaque membre" in permits["retention"]
    assert "tables fermées" in permits["measures"]
    assert all(line[name] for line in lines.values() for name in COLUMNS)


def test_a_member_is_controller_of_its_own_and_not_of_accounts(database: str) -> None:
    member = factories.member(factories.commune())
    lines = register(member)
    assert len(lines) == sum(one.controller == Controller.MEMBER for one in PROCESSINGS.all()) < len(PROCESSINGS.all())
    assert {line["controller"].startswith(member.name) for line in lines} == {True}
    assert register_file("csv", member).startswith(b"\xef\xbb\xbf")
    content = zipfile.ZipFile(BytesIO(register_file("ods", member))).read("content.xml").decode()
    assert "PROJET, à relire par le délégué" in content
