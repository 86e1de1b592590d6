"""A person asks, from a page: searched by the worker, given, and erased once the difference was read."""

import io
import json
import os
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from gis_core import tasks
from gis_core.database.clock import today
from gis_core.database.statements import fetch_all, fetch_one
from gis_core.members.rights import SYSTEM, Role, acting_as, rights_of
from gis_core.models import ApiToken, Job, Member, User
from gis_core.ownership import person_requests as requests
from gis_core.ownership import private_files
from gis_core.tokens.services import create_token
from layers.owners.models import Owner
from networks.notifications.models import Contact
from permits.models import Applicant
from tests import factories
from tests.gis_core.departures import as_session, table_counts
from tests.page_forms import browser
from tests.permits.conftest import made_world

LIST = "/donnees-personnelles/demandes/"
SEARCHED = {"name": "Lefèvre", "first_name": "", "email": "", "phone": "", "reference": "2026-14"}
NOISE = {
    *("gis_core_job", "gis_core_idempotencykey", "django_session", "procrastinate_jobs", "procrastinate_events"),
    *("usersessions_usersession", "gis_core_securityevent"),
}
"""Tables in which asking writes, whoever is erased."""


@pytest.fixture(autouse=True)
def folder(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "PRINTS_DIR", tmp_path / "prints")
    return tmp_path / "prints"


@pytest.fixture
def agency() -> User:
    return factories.user(factories.member(factories.commune()), Role.AGENCY_ADMINISTRATOR, username="agence")


@pytest.fixture
def zoe(agency: User) -> User:
    """An agent with a token, whose name a namesake has too."""
    member = factories.member(factories.commune())
    factories.user(factories.member(factories.commune()), username="homonyme", first_name="Zoé", last_name="Lefèvre")
    person = factories.user(member, username="zoe", first_name="Zoé", last_name="Lefèvre", email="zoe@example.org")
    with acting_as(rights_of(person)), transaction.atomic():
        create_token(user=person, name="qgis")
    return person


def made_contact(member: Member) -> Contact:
    where = {"address": "1 rue des Lys", "address_key": "1 rue des lys"}
    return Contact.objects.create(owner=member, name="Lefèvre", phone="0612345678", confirmed_date=today(), **where)


def signed_in(user: User) -> Client:
    client = Client(headers={"accept": "text/html"})
    client.force_login(user)
    return client


def work(answer: Any) -> tuple[Job, str]:
    """What the worker makes of the job that a page ordered; and the page that it led to."""
    assert answer.status_code == 302, answer.content.decode()[:2000]
    with acting_as(SYSTEM), transaction.atomic():
        job = Job.objects.latest("pk")
    with as_session("arpent_worker"):
        tasks.run(job, requests.answer if job.kind == requests.KIND else requests.give_mine)
    with acting_as(SYSTEM), transaction.atomic():
        job.refresh_from_db()
    return job, answer["Location"]


def search(client: Client, **typed: str) -> tuple[Job, str]:
    return work(client.post(LIST, SEARCHED | typed))


def page_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


# -- searching --------------------------------------------------------------------------------------------------------


def test_the_worker_finds_the_rows_and_the_job_names_nobody(agency: User, zoe: User, folder: Path) -> None:
    client = signed_in(agency)
    job, address = search(client)
    text = page_of(client, address)
    assert job.state == Job.State.DONE, job.message
    assert f"gis_core.User:{zoe.pk}" in text
    assert "zoe@example.org" in text
    kept = json.dumps([job.title, job.message, job.parameters, job.report, address]).casefold()
    assert "lef" not in kept
    assert [path.name for path in folder.iterdir()] == [f"{job.pk}.person.result.json"]
    assert folder.joinpath(f"{job.pk}.person.result.json").stat().st_mode & 0o777 == 0o600


def test_a_row_leads_to_its_page_and_says_of_which_file_it_is(agency: User) -> None:
    file = made_world().file()
    with factories.as_owner():
        applicant = Applicant.objects.get(permit=file)
        Applicant.objects.filter(pk=applicant.pk).update(name="Lefèvre Zoé")
    client = signed_in(agency)
    found, address = search(client)
    tried, rehearsal = work(client.post(address, {"step": "preview", "choose": [f"permits.Applicant:{applicant.pk}"]}))
    assert (found.state, tried.state) == ("done", "done"), tried.message
    for text in (page_of(client, address), page_of(client, rehearsal)):
        assert f'href="{reverse("applicant", args=[file.number])}" aria-label="Ouvrir la ligne {applicant.pk}"' in text
        assert f"dossier : {file}" in text


def test_rows_that_functions_alone_read_are_found_and_their_journals_say_so(agency: User) -> None:
    world = made_world()
    with factories.as_owner():
        applicant = Applicant.objects.get(permit=world.file())
        Applicant.objects.filter(pk=applicant.pk).update(name="Lefèvre Zoé")
        contact = made_contact(world.member)
    _job, address = search(signed_in(agency))
    text = page_of(signed_in(agency), address)
    assert f"permits.Applicant:{applicant.pk}" in text
    assert f"notifications.Contact:{contact.pk}" in text
    with as_session("arpent_owner"):
        journals = [
            fetch_all(f"select by_user, action, purpose from {table} order by id desc limit 1")
            for table in ("permits_applicantreading", "notifications_contactreading")
        ]
    assert journals == [[(agency.pk, "read", "Demande d’une personne, 2026-14")]] * 2


def test_owners_are_counted_and_not_read(agency: User) -> None:
    with factories.as_owner():
        owner = {"account": "450010A00001", "year": 2026, "insee": "45001", "rank": "01", "person": "ABCDEF"}
        Owner.objects.create(**owner, name="LEFEVRE", first_names="ZOE")
    _job, address = search(signed_in(agency))
    text = page_of(signed_in(agency), address)
    assert "owners.Owner:" not in text
    assert "450010A00001" not in text
    assert "propriétaires : 1" in text


def test_another_administrator_reads_nothing_of_it(agency: User, zoe: User) -> None:
    other = factories.user(factories.member(factories.commune()), Role.AGENCY_ADMINISTRATOR)
    _job, address = search(signed_in(agency))
    for path in (address, f"{address}fichier/"):
        assert signed_in(other).get(path).status_code == 404
    assert signed_in(other).post(address, {"step": "preview", "choose": "gis_core.User:1"}).status_code == 404


def test_after_two_days_it_is_gone(agency: User, zoe: User, folder: Path) -> None:
    client = signed_in(agency)
    _job, address = search(client)
    (kept,) = folder.iterdir()
    old = time.time() - private_files.KEPT.total_seconds() - 60
    os.utime(kept, (old, old))
    assert "zoe@example.org" not in page_of(client, address)
    assert client.post(address, {"step": "export", "choose": f"gis_core.User:{zoe.pk}"}).status_code == 404
    gone = folder / "ailleurs.person.json"
    gone.symlink_to(folder / "parti")  # as a file that another task removes meanwhile
    assert private_files.remove_old() == 1
    assert list(folder.iterdir()) == [gone]


def test_every_page_is_read_in_english_too(agency: User, zoe: User) -> None:
    client = browser(agency)
    _job, found = search(client)
    _job, preview = work(client.post(found, {"step": "preview", "choose": f"gis_core.User:{zoe.pk}"}))
    headings = {
        "/donnees-personnelles/": "A person asks",
        LIST: "Number of the request in your register",
        found: "See what erasing would do",
        preview: "What would change in the database",
        "/donnees-personnelles/conservation/": "Would go this night",
        "/donnees-personnelles/conservation/tokens/": "Kept for how many days",
        "/donnees-personnelles/registre/": "Register of processings",
        "/compte/mes-donnees/": "Make an archive of my data",
    }
    assert [address for address, text in headings.items() if text not in page_of(client, address)] == []


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"name": "L"}, "au moins trois lettres"),
        ({"reference": ""}, "obligatoire"),
        ({"reference": "Zoé Lefèvre"}, "sans nom de personne"),
        ({"reference": "demande"}, "sans nom de personne"),
    ],
)
def test_bad_input_is_said_and_begins_nothing(agency: User, typed: dict[str, str], message: str) -> None:
    answer = signed_in(agency).post(LIST, SEARCHED | typed)
    assert answer.status_code == 400
    assert message in answer.content.decode()
    with acting_as(SYSTEM), transaction.atomic():
        assert not Job.objects.exists()


def test_one_request_at_a_time(agency: User) -> None:
    client = signed_in(agency)
    assert client.post(LIST, SEARCHED).status_code == 302
    answer = client.post(LIST, SEARCHED | {"reference": "2026-15"})
    assert answer.status_code == 409
    assert "Une de vos demandes est en cours" in answer.content.decode()


# -- giving -----------------------------------------------------------------------------------------------------------


def archive_of(client: Client, address: str) -> zipfile.ZipFile:
    answer: Any = client.get(f"{address}fichier/")
    assert answer.status_code == 200
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def test_the_archive_has_the_chosen_rows_and_nothing_of_a_namesake(agency: User, zoe: User) -> None:
    client = signed_in(agency)
    _job, found = search(client)
    _job, address = work(client.post(found, {"step": "export", "choose": f"gis_core.User:{zoe.pk}"}))
    archive = archive_of(client, address)
    assert archive.namelist() == ["donnees.json", "lignes.csv", "reponse.pdf", "LISEZMOI.txt", "manifeste.json"]
    text = archive.read("donnees.json").decode() + archive.read("lignes.csv").decode()
    assert "zoe@example.org" in text
    assert "homonyme" not in text
    assert "argon2" not in text
    assert archive.read("reponse.pdf").startswith(b"%PDF")


@pytest.mark.parametrize(
    ("choose", "message"),
    [
        ([], "Choisissez au moins une ligne"),
        (["gis_core.User:999999"], "pas une des lignes"),
        (["gis_core.Member:1"], "pas une des lignes"),
        (["x" * 500], "pas une des lignes"),
    ],
)
def test_rows_that_were_not_found_are_not_given(agency: User, zoe: User, choose: list[str], message: str) -> None:
    client = signed_in(agency)
    _job, found = search(client)
    assert message in page_of(client, client.post(found, {"step": "export", "choose": choose})["Location"])
    with acting_as(SYSTEM), transaction.atomic():
        assert Job.objects.count() == 1


# -- erasing ----------------------------------------------------------------------------------------------------------


def previewed(client: Client, *marks: str) -> tuple[Job, str]:
    _job, found = search(client)
    return work(client.post(found, {"step": "preview", "choose": marks}))


def rows_of(user: User) -> Any:
    with factories.as_owner():
        return User.objects.filter(pk=user.pk).values().get()


def test_what_erasing_would_do_is_shown_and_not_done_then_done_exactly(agency: User, zoe: User) -> None:
    client, before, row = signed_in(agency), table_counts(), rows_of(zoe)
    preview, address = previewed(client, f"gis_core.User:{zoe.pk}")
    difference = requests.FILES.read(preview, "result.json")["difference"]
    assert rows_of(zoe) == row
    assert {name: count for name, count in (table_counts() - before).items() if name not in NOISE} == {}
    assert "Essayé à l’instant pour de vrai" in page_of(client, address)

    job, done = work(client.post(address, {"reference": "2026-14"}))
    assert job.state == Job.State.DONE, job.message
    after = table_counts()
    changed = {name: after[name] - before[name] for name in before | after if after[name] != before[name]}
    shown = {name: added - removed for name, (removed, _changed, added) in difference.items() if added != removed}
    assert {name: rows for name, rows in changed.items() if name not in NOISE} == shown
    assert shown["gis_core_apitoken"] == shown["gis_core_membership"] == -1
    erased = rows_of(zoe)
    assert (erased["first_name"], erased["last_name"], erased["email"], erased["is_active"]) == ("", "", "", False)
    with factories.as_owner():
        assert User.objects.get(username="homonyme").last_name == "Lefèvre"
        assert not ApiToken.objects.exists()
    report = json.loads(archive_of(client, done).read("donnees.json"))
    assert [one["done"] for one in report["mentions"]] == ["anonymise"]
    with as_session("arpent_owner"):
        assert fetch_one(
            "select count(*) from gis_core_rowhistory h where h::text ~ 'Lefèvre.*zoe@|zoe@.*Lefèvre'"
        ) == (0,)


def test_a_contact_goes_and_what_the_law_keeps_stays(agency: User) -> None:
    world = made_world()
    with factories.as_owner():
        applicant = Applicant.objects.get(permit=world.file())
        Applicant.objects.filter(pk=applicant.pk).update(name="Lefèvre Zoé")
        contact = made_contact(world.member)
    client = signed_in(agency)
    marks = (f"permits.Applicant:{applicant.pk}", f"notifications.Contact:{contact.pk}")
    _preview, address = previewed(client, *marks)
    with factories.as_owner():
        assert Contact.objects.exists()
    work(client.post(address, {"reference": "2026-14"}))
    with factories.as_owner():
        assert not Contact.objects.exists()
        assert Applicant.objects.get().name == "Lefèvre Zoé"


def test_rows_that_changed_since_they_were_shown_are_not_erased(agency: User, zoe: User) -> None:
    client = signed_in(agency)
    _preview, address = previewed(client, f"gis_core.User:{zoe.pk}")
    with acting_as(rights_of(zoe)), transaction.atomic():
        create_token(user=zoe, name="un autre")
    job, _address = work(client.post(address, {"reference": "2026-14"}))
    assert job.state == Job.State.FAILED
    assert "ont changé" in job.message
    assert rows_of(zoe)["last_name"] == "Lefèvre"


def test_erasing_is_confirmed_by_the_number(agency: User, zoe: User) -> None:
    client = signed_in(agency)
    _preview, address = previewed(client, f"gis_core.User:{zoe.pk}")
    assert "Tapez le numéro de la demande" in page_of(client, client.post(address, {"reference": "2026"})["Location"])
    with acting_as(SYSTEM), transaction.atomic():
        assert Job.objects.count() == 2


def test_the_security_journal_says_each_step_without_a_name(
    agency: User, zoe: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    client = signed_in(agency)
    _preview, address = previewed(client, f"gis_core.User:{zoe.pk}")
    page_of(client, address)
    _job, done = work(client.post(address, {"reference": "2026-14"}))
    archive_of(client, done)
    (journal,) = tmp_path.glob("log/security-*.jsonl")
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    events = [line["event"] for line in lines if line["event"].startswith("person_")]
    assert events == [
        *("person_search", "person_preview", "person_result_read", "person_erase"),
        *("person_erased", "person_archive_fetched"),
    ]
    assert "Lef" not in journal.read_text()


# -- one's own --------------------------------------------------------------------------------------------------------


def test_my_data_are_mine_and_hold_no_secret(zoe: User) -> None:
    with factories.as_owner():
        Authenticator.objects.create(user=zoe, type="totp", data={"secret": "chiffre-du-second-facteur"})
    client = signed_in(zoe)
    job, address = work(client.post("/compte/mes-donnees/"))
    assert job.state == Job.State.DONE, job.message
    assert "/compte/mes-donnees/fichier/" in page_of(client, address)
    text = archive_of(client, address).read("donnees.json").decode()
    report = json.loads(text)
    assert {one["mark"].partition(":")[0] for one in report["mentions"]} == {"gis_core.User", "gis_core.Membership"}
    assert report["linked"]["gis_core.ApiToken"][0]["name"] == "qgis"
    assert "homonyme" not in text
    assert report["linked"]["mfa.Authenticator"][0]["type"] == "totp"
    assert not [
        secret for secret in ("argon2", "chiffre-du-second-facteur", '"digest"', "session_key") if secret in text
    ]
    other = signed_in(User.objects.get(username="homonyme"))
    assert other.get(f"{address}fichier/").status_code == 404


def test_functions_of_erasing_are_the_workers_alone_and_touch_no_journal(database: str) -> None:
    with as_session("arpent_web"), pytest.raises(Exception, match="permission denied"):
        fetch_one("select arpent.delete_closed_row('notifications_contact', 1)")
    for name in ("owners_journalline", "gis_core_rowhistory", "gis_core_user"):
        with as_session("arpent_worker"), pytest.raises(Exception, match="goes this way"):
            fetch_one("select arpent.delete_closed_row(%s, 1)", [name])
