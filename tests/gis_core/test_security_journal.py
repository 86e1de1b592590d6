"""The security journal: what leaves a line, what a line holds, and how its files are written."""

import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from gis_core.members import people
from gis_core.members.rights import Role, acting_as, rights_of
from gis_core.models import Member, User
from gis_core.operations import security_journal as security
from gis_core.operations.environment import ROOT
from gis_core.tokens.services import create_token
from layers.catalogue.models import Layer
from layers.owners.models import Level, OwnerAccess
from permits.models import Settings
from tests import factories

HTML = {"accept": "text/html"}
Committed = Callable[..., AbstractContextManager[Any]]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Iterator[Path]:
    settings.DATA_DIR = tmp_path
    security._counts.clear()
    yield tmp_path
    security._counts.clear()


def lines(event: str = "") -> list[dict[str, Any]]:
    path = security.path_of(datetime.now(UTC).date())
    written = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return [line for line in written if not event or line["event"] == event]


def test_a_line_is_json_that_no_value_can_leave() -> None:
    security.record("essai", name='a\nb\r\u2028"}\x00é\ud800')
    security.record("essai", name="b" * 100_000)
    first, second = lines("essai")
    assert first["name"] == 'a\nb\r\u2028"}\x00é\ud800'
    assert second["cut"] is True
    raw = security.path_of(datetime.now(UTC).date()).read_bytes()
    assert raw.count(b"\n") == 2
    assert raw.isascii()


def test_its_file_is_read_by_its_group_alone_whatever_the_mask() -> None:
    before = os.umask(0)
    try:
        security.record("essai")
    finally:
        os.umask(before)
    assert stat.S_IMODE(security.path_of(datetime.now(UTC).date()).stat().st_mode) == 0o640


WRITER = """
import django; django.setup()
from gis_core.operations import security_journal as security
for number in range(400):
    security.record("essai", writer="{0}", number=number, filling="x" * 3000)
"""


def test_the_lines_of_several_processes_do_not_mix(tmp_path: Path) -> None:
    env = os.environ | {"ARPENT_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "gis_core.settings"}
    env.setdefault("ARPENT_SECRET_KEY", "essai")
    writers = [subprocess.Popen([sys.executable, "-c", WRITER.format(who)], cwd=ROOT, env=env) for who in "abcd"]
    assert [writer.wait(timeout=120) for writer in writers] == [0] * 4
    told = [(line["writer"], line["number"]) for line in lines("essai")]
    assert sorted(told) == [(who, number) for who in "abcd" for number in range(400)]
    assert [number for who, number in told if who == "a"] == list(range(400))


def test_old_days_go(settings: Any) -> None:
    settings.SECURITY_LOG_DAYS = 30
    today = datetime.now(UTC).date()
    security.record("essai")
    for days in (29, 30, 31, 400):
        security.path_of(today - timedelta(days=days)).write_text("{}\n")
    assert security.forget_old_days() == 2
    assert security.path_of(today - timedelta(days=30)).exists()


def test_a_disk_that_is_full_stops_nobody(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def full(*_args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    security.record("essai", account=12)
    assert "cannot be written" in caplog.text


def test_what_anybody_can_cause_does_not_fill_the_disk(rf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # All within one minute.
    monkeypatch.setattr("gis_core.operations.security_journal.time.monotonic", lambda: 600.0)
    with security.under(rf.get("/")):
        for _time in range(500):
            security.record("refused", path="/")
        security.record("sign_in")
    assert (len(lines("refused")), len(lines("sign_in"))) == (security.MOST_A_MINUTE, 1)


@pytest.mark.django_db
def test_signing_in_and_out_and_failing_leave_lines_with_who_and_from_where(client: Client) -> None:
    person = factories.user(factories.member())
    person.set_password("un cheval mange des huîtres")
    person.save()
    page = "/compte/connexion/"
    secrets = ("pas le bon mot", "un cheval mange des huîtres", "mot de passe tapé au mauvais endroit")
    client.post(page, {"login": person.username, "password": secrets[0]}, headers=HTML, REMOTE_ADDR="192.0.2.9")
    client.post(page, {"login": secrets[2], "password": "x"}, headers=HTML, REMOTE_ADDR="192.0.2.9")
    answer = client.post(page, {"login": person.username, "password": secrets[1]}, headers=HTML)
    client.post("/compte/deconnexion/", headers=HTML)
    failed, unknown = lines("sign_in_failed")
    assert (failed["account"], failed["address"], failed["user"]) == (person.pk, "192.0.2.9", None)
    assert unknown["account"] is None
    (entered,) = lines("sign_in")
    assert (entered["user"], entered["request"]) == (person.pk, answer["X-Request-ID"])
    assert [line["user"] for line in lines("sign_out")] == [person.pk]
    text = security.path_of(datetime.now(UTC).date()).read_text()
    assert not any(secret in text for secret in secrets)


@pytest.mark.django_db
def test_a_refusal_leaves_a_line(client: Client) -> None:
    person = factories.user(factories.member())
    client.force_login(person)
    answer = client.get("/membres/", headers=HTML)
    client.get("/api/v1/me/", headers={"authorization": "Bearer arpent_invente"})
    forbidden, token = lines("refused")
    assert (forbidden["status"], forbidden["user"], forbidden["path"]) == (403, person.pk, "/membres/")
    assert forbidden["request"] == answer["X-Request-ID"]
    assert token["status"] == 401
    assert "invente" not in str(token)


@pytest.mark.django_db
def test_a_request_has_a_number_of_its_own_unless_a_trusted_proxy_gave_one(client: Client, settings: Any) -> None:
    given = {"x-request-id": "0123456789abcdef"}
    assert client.get("/health/live", headers=given)["X-Request-ID"] != given["x-request-id"]
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert client.get("/health/live", headers=given)["X-Request-ID"] == given["x-request-id"]
    strange = client.get("/health/live", headers={"x-request-id": 'a" onclick="b'})["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{32}", strange)


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Any) -> Committed:
    def running() -> AbstractContextManager[Any]:
        done: AbstractContextManager[Any] = django_capture_on_commit_callbacks(execute=True)
        return done

    return running


@pytest.fixture
def member() -> Member:
    return factories.member(factories.commune(insee="45901"))


@pytest.fixture
def chief(member: Member) -> User:
    return factories.user(member, Role.AGENCY_ADMINISTRATOR)


def changes(table: str) -> list[dict[str, Any]]:
    return [line for line in lines("changed") if line["table"] == table]


@pytest.mark.django_db
def test_a_role_given_changed_and_taken_leaves_lines(
    client: Client, member: Member, chief: User, committed: Committed
) -> None:
    client.force_login(chief)
    people_of_member = f"/api/v1/members/{member.slug}/people/"
    with committed():
        made = client.post(people_of_member, {"email": "x@example.org", "role": "reader"}, "application/json").json()
    with committed():
        answer = client.patch(f"{people_of_member}{made['id']}/", {"role": "gis_administrator"}, "application/json")
    with committed():
        client.delete(f"{people_of_member}{made['id']}/")
    given, changed, taken = changes("gis_core_membership")
    assert given["detail"][0]["invited_email"] == "x@example.org"
    assert changed["detail"] == [{"id": made["id"], "changed": {"role": ["reader", "gis_administrator"]}}]
    assert (changed["user"], changed["request"]) == (chief.pk, answer["X-Request-ID"])
    assert changed["address"] == "127.0.0.1"
    assert taken["operation"] == "delete"


@pytest.mark.django_db
def test_what_is_undone_leaves_none(member: Member, chief: User, committed: Committed) -> None:
    with committed(), transaction.atomic():
        people.invite(rights=rights_of(chief), member=member, email="x@example.org", role="reader", site="http://x/")
        transaction.set_rollback(True)
    assert not changes("gis_core_membership")


@pytest.mark.django_db
def test_a_token_made_used_and_revoked_and_a_password_changed(
    client: Client, member: Member, committed: Committed
) -> None:
    person = factories.user(member)
    with committed():
        token, secret = create_token(user=person, name="QGIS")
        client.get("/api/v1/me/", headers={"authorization": f"Bearer {secret}"})
    with committed():
        person.set_password("un cheval mange des huîtres")
        person.save()
    made, (password,) = changes("gis_core_apitoken"), changes("gis_core_user")
    assert [line["operation"] for line in made] == ["insert"]
    assert password["detail"][0]["changed"]["password"] == "…"
    text = security.path_of(datetime.now(UTC).date()).read_text()
    assert secret not in text
    assert "argon2" not in text
    assert bytes(token.digest).hex() not in text


@pytest.mark.django_db
def test_settings_leave_lines_wherever_they_are_changed(member: Member, committed: Committed) -> None:
    with committed(), factories.as_owner():
        OwnerAccess.objects.create(member=member, role=Role.READER, level=Level.NAMES)
        Settings.objects.create(member=member, applicant_roles=["reader"])
        Settings.objects.filter(member=member).update(public_register=False)
        Member.objects.filter(pk=member.pk).update(name="Autre nom")
        member.territories.all().delete()
    assert changes("owners_owneraccess")
    assert changes("permits_settings")[1]["detail"][0]["changed"] == {"public_register": [True, False]}
    assert changes("gis_core_member")
    assert changes("gis_core_territory")[0]["operation"] == "delete"


@pytest.mark.django_db
def test_a_layer_made_public_leaves_a_line_and_its_data_none(member: Member, chief: User, committed: Committed) -> None:
    layer = factories.layer("essai", owner=member, visibility=Layer.Visibility.OWNER)
    with committed(), acting_as(rights_of(chief)):
        Layer.objects.filter(pk=layer.pk).update(visibility="public")
        Layer.objects.filter(pk=layer.pk).update(extent_4326=[1, 2, 3, 4])
    (told,) = changes("catalogue_layer")
    assert told["detail"][0]["changed"] == {"visibility": ["owner", "public"]}


@pytest.mark.django_db
def test_how_a_person_leaves_the_map_leaves_no_line(client: Client, chief: User, committed: Committed) -> None:
    client.force_login(chief)
    with committed():
        assert client.post("/compte/carte/", {"view": "v=1&c=1.9,47.5&z=15"}).status_code == 204
    assert changes("gis_core_user") == []


@pytest.mark.django_db
def test_many_rows_at_once_are_one_line_that_counts_them(member: Member, committed: Committed) -> None:
    with committed(), factories.as_owner():
        for number in range(30):
            factories.user(member, username=f"p{number}")
    with committed(), factories.as_owner():
        User.objects.filter(username__startswith="p").update(is_active=False)
    told = changes("gis_core_user")[-1]
    assert told["rows"] >= 30
    assert len(told["detail"]) == 20
