"""The security journal in the database: kept once, never changed, searched, sent on, read by whom it is for."""

import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from gis_core.database.statements import execute, fetch_all, fetch_one
from gis_core.errors import Conflict
from gis_core.journal import keeping, officers, syslog
from gis_core.journal.access import layer_access
from gis_core.journal.searching import Search
from gis_core.members.rights import SYSTEM, Rights, Role, acting_as, rights_of
from gis_core.models import User
from gis_core.operations import security_journal as security
from tests import factories

HTML = {"accept": "text/html"}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any, db: None) -> Iterator[Path]:
    settings.DATA_DIR = tmp_path
    security._counts.clear()
    keeping._silent_until = 0.0
    with factories.as_owner():
        execute("delete from gis_core_securityevent")
    yield tmp_path
    security._counts.clear()


def line(event: str = "essai", **fields: Any) -> dict[str, Any]:
    return {"at": datetime.now(UTC).isoformat(), "id": uuid4().hex, "event": event, **fields}


def agency() -> User:
    return factories.user(factories.member(), Role.AGENCY_ADMINISTRATOR)


def found(**search: Any) -> list[str]:
    with acting_as(SYSTEM):
        return [event.event for event in Search(**search).find()]


def test_a_line_is_kept_once_and_the_files_give_what_the_database_lacks(folder: Path) -> None:
    first, second = line("premier", name="Jeanne\0"), line("second", odd={"é": "\0"})
    keeping.add([first, first])
    for one in (first, second):
        security.append(security.as_line(one))
    security.append(b"pas une ligne\n")
    assert keeping.fill_from_files(datetime.now(UTC).date()) == 1
    assert found() == ["second", "premier"]


def test_a_request_leaves_its_lines_in_the_database_too() -> None:
    client = Client(headers=HTML)
    client.force_login(factories.user(factories.member()))
    assert client.get("/exploitation/").status_code == 403
    with acting_as(SYSTEM):
        (event, *_rest) = Search(about="/exploitation/").find()
    assert (event.kind, event.detail["status"]) == ("refusal", 403)


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ({"event": "sign_in"}, "sign_in"),
        ({"event": "export"}, "export"),
        ({"event": "owners_read"}, "personal"),
        ({"event": "changed", "table": "gis_core_membership", "detail": [{"id": 1}]}, "rights"),
        ({"event": "changed", "table": "gis_core_apitoken", "detail": []}, "token"),
        ({"event": "changed", "table": "gis_core_sharedlink", "detail": []}, "share"),
        (
            {"event": "changed", "table": "catalogue_layer", "detail": [{"id": 1, "changed": {"shared_with": []}}]},
            "share",
        ),
        ({"event": "changed", "table": "catalogue_layer", "detail": [{"id": 1, "changed": {"title": []}}]}, "settings"),
        ({"event": "member_removed"}, "other"),
    ],
)
def test_a_line_has_its_kind(event: dict[str, Any], kind: str) -> None:
    assert keeping.kind_of(event) == kind


@pytest.mark.parametrize(
    "statement",
    [
        "insert into gis_core_securityevent (id) values (1)",
        "update gis_core_securityevent set name = ''",
        "delete from gis_core_securityevent",
        "truncate gis_core_securityevent",
        "select count(*) from gis_core_securityevent",
        "select arpent.forget_security_events('other', now())",
        "select arpent.note_security_events_sent('x', 1)",
        "alter table gis_core_securityevent disable row level security",
    ],
)
def test_the_web_role_neither_changes_nor_removes_a_line(statement: str) -> None:
    keeping.add([line()])
    (role,) = fetch_one("select current_user")
    assert role == "arpent_web"
    with acting_as(SYSTEM), pytest.raises(DatabaseError), transaction.atomic():
        execute(statement)
    assert found() == ["essai"]


def test_lines_go_by_their_kind_as_the_worker_alone_may(settings: Any) -> None:
    settings.SECURITY_LOG_DAYS, settings.SECURITY_LOG_DAYS_BY_KIND = 365, {"refusal": 90}
    old = (datetime.now(UTC) - timedelta(days=100)).isoformat()
    keeping.add([line("refused") | {"at": old}, line("sign_in") | {"at": old}, line("refused")])
    with factories.as_worker():
        assert keeping.forget_old_lines(timezone.now()) == 1
    assert sorted(found()) == ["refused", "sign_in"]


def test_lines_are_found_by_person_object_kind_and_day() -> None:
    jeanne = factories.user(username="jeanne.martin", last_name="Martin")
    keeping.add(
        [
            line("sign_in", user=jeanne.pk, name="jeanne.martin"),
            line("export", user=jeanne.pk, name="jeanne.martin", layers=["parcelles"]),
            line("export", name="autre", layers=["zones_100%"]),
            line(
                "changed", table="catalogue_layer", detail=[{"id": 3, "called": "parcelles", "changed": {"title": []}}]
            ),
            line("ancien") | {"at": "2025-03-03T10:00:00+00:00"},
        ]
    )
    assert sorted(found(person="martin")) == ["export", "sign_in"]
    assert sorted(found(about="Parcelles")) == ["changed", "export"]
    assert found(about="100%") == ["export"]
    assert found(about="100_") == []
    assert found(person="jeanne", kinds=["export"]) == ["export"]
    day = datetime(2025, 3, 3, tzinfo=UTC).date()
    assert found(since=day, until=day) == ["ancien"]


def test_pages_follow_each_other_without_a_line_lost_or_twice() -> None:
    keeping.add([line(f"e{number}") | {"at": "2026-01-01T00:00:00+00:00"} for number in range(7)])
    with acting_as(SYSTEM):
        assert len({event.id for event in Search().stream(7, step=3)}) == 7


# -- whom it is for ---------------------------------------------------------------------------------------------------


def officer() -> User:
    return factories.user(username="rssi", kind=User.Kind.SECURITY)


def test_postgresql_itself_asks_who_reads_the_journal() -> None:
    keeping.add([line()])
    with acting_as(rights_of(officer())):
        assert len(Search().find()) == 1
    reader = factories.user(factories.member(), Role.GIS_ADMINISTRATOR)
    for rights in (rights_of(reader), Rights()):
        with acting_as(rights), pytest.raises(DatabaseError), transaction.atomic():
            Search().find()


def test_the_security_officer_has_no_rights_whatever_memberships_the_account_has() -> None:
    member = factories.member()
    one = factories.user(member, Role.GIS_ADMINISTRATOR, kind=User.Kind.SECURITY)
    assert rights_of(one) == Rights(user_id=one.pk, layers=frozenset({0}))
    factories.editable_layer(member, slug="cachee", visibility="owner")
    scopes = ("owner", "filed", "insee", "announced", "job", "visibility", "part:", "nominative:", "journal", "feature")
    private = [model for model in apps.get_models() if str(getattr(model, "security", "")).startswith(scopes)]
    assert len(private) > 40
    with acting_as(rights_of(one)):
        assert [model._meta.label for model in private if model._base_manager.exists()] == []


def test_the_security_officer_is_led_to_the_journal_and_nowhere_else() -> None:
    client = Client(headers=HTML)
    client.force_login(officer())
    assert client.get("/")["Location"] == "/journal/"
    page = client.get("/journal/")
    assert page.status_code == 200
    assert [link["href"] for link in links_of_bar(page.text)] == ["/journal/"]
    assert client.get("/permis/").status_code == 403
    assert client.get("/journal/lecteurs/").status_code == 403


def links_of_bar(text: str) -> list[dict[str, str]]:
    import re

    bar = re.search(r"<nav.*?</nav>", text, re.S)
    return [{"href": href} for href in re.findall(r'href="(/journal/)"', bar[0] if bar else "")][:1]


def test_an_officer_s_account_is_never_one_that_works_with_data(mailoutbox: list[Any]) -> None:
    person = factories.user(factories.member(), email="jeanne@example.org")
    with pytest.raises(Conflict):
        officers.open_account(email="Jeanne@example.org", site="http://testserver/")
    made = officers.open_account(email="rssi@example.org", site="http://testserver/")
    made.refresh_from_db()
    assert (made.kind, person.kind) == ("security", "person")
    assert not made.has_usable_password()


def test_an_officer_s_account_is_closed_with_its_sessions() -> None:
    one, browser, client = officer(), Client(headers=HTML), Client(headers=HTML)
    browser.force_login(one)
    client.force_login(agency())
    kept = Session.objects.filter(pk=browser.session.session_key)
    assert kept.exists()
    assert client.post(f"/journal/lecteurs/{one.pk}/fermer/").status_code == 302
    assert not kept.exists()
    assert not User.objects.get(pk=one.pk).is_active


def test_the_journal_is_given_as_json_lines_whose_reading_is_a_line() -> None:
    keeping.add([line("sign_in", name="jeanne", detail_of={"a": 1})])
    client = Client(headers=HTML)
    client.force_login(agency())
    answer = client.get("/journal/lignes.jsonl?kind=sign_in")
    lines = [json.loads(text) for text in b"".join(answer.streaming_content).splitlines()]
    assert [(one["event"], one["kind"], one["name"]) for one in lines] == [("sign_in", "sign_in", "jeanne")]
    assert found(kinds=["export"]) == ["export_journal"]


# -- who had access ---------------------------------------------------------------------------------------------------


def test_who_had_access_to_a_layer_is_answered_from_the_history() -> None:
    owner, other = factories.member(), factories.member()
    layer = factories.editable_layer(owner, slug="lampes", visibility="owner")
    left, came = factories.user(owner, last_name="Partie"), factories.user(other, last_name="Venue")
    (before,) = fetch_one("select clock_timestamp()")
    with factories.as_owner():
        # What follows is another transaction's, as it would be.
        execute("select set_config('arpent.event_' || oid, '', true) from pg_class")
        left.memberships.all().delete()
        layer.visibility, layer.shared_with = "members", [other.pk]
        layer.save()
    (after,) = fetch_one("select clock_timestamp()")
    with acting_as(rights_of(officer())):
        then, now = layer_access("lampes", before), layer_access("lampes", after)
    assert [(one.person.split(" (")[0], one.why) for one in then.people] == [("Partie", "est du membre propriétaire")]
    assert [one.person.split(" (")[0] for one in now.people] == ["Venue"]
    assert came.username in now.people[0].person
    with acting_as(rights_of(came)), pytest.raises(DatabaseError), transaction.atomic():
        layer_access("lampes", after)


def test_a_town_hall_s_communes_and_a_public_layer_are_said() -> None:
    commune = factories.commune()
    owner = factories.member(commune)
    factories.editable_layer(owner, slug="lampes", visibility="public")
    factories.user(owner, Role.TOWN_HALL, (commune,))
    client = Client(headers=HTML)
    client.force_login(officer())
    page = client.get("/journal/acces/", {"layer": "lampes", "day": timezone.localdate().isoformat(), "hour": "23:59"})
    assert page.status_code == 200
    assert commune.name in page.text
    assert "Tout le monde" in page.text
    missing = client.get("/journal/acces/", {"layer": "nulle-part", "day": "2026-03-03", "hour": "12:00"})
    assert missing.status_code == 404


# -- syslog -----------------------------------------------------------------------------------------------------------


def waiting_lines(count: int) -> None:
    """Lines that are old enough to leave, of a target that has been there before."""
    with factories.as_worker():
        fetch_all("select * from arpent.security_events_to_send(%s, 1)", [syslog.settings.SYSLOG])
    at = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    keeping.add([line("sign_in_failed", name="Éloïse", account=number) | {"at": at} for number in range(count)])


def received(server: socket.socket, context: ssl.SSLContext | None, into: list[bytes]) -> None:
    plain, _address = server.accept()
    with context.wrap_socket(plain, server_side=True) if context else plain as stream:
        while part := stream.recv(65_536):
            into.append(part)


def messages_of(stream: bytes) -> list[str]:
    """Read as RFC 6587 3.4.1 counts octets."""
    found = []
    while stream:
        count, _blank, stream = stream.partition(b" ")
        found.append(stream[: int(count)].decode("ascii"))
        stream = stream[int(count) :]
    return found


def check_message(text: str) -> None:
    head, _dash, body = text.partition(" - {")
    assert head.startswith("<84>1 20")
    assert head.split(" ")[3:] == ["arpent", "-", "sign_in_failed"]
    assert head.split(" ")[1].endswith("+00:00")
    assert json.loads("{" + body)["name"] == "Éloïse"


@pytest.mark.parametrize("scheme", ["tcp", "tls"])
def test_lines_arrive_by_tcp_and_tls_once_each(
    scheme: str, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = certified(tmp_path, monkeypatch) if scheme == "tls" else None
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.SYSLOG = f"{scheme}://localhost:{server.getsockname()[1]}"
        waiting_lines(3)
        parts: list[bytes] = []
        thread = threading.Thread(target=received, args=(server, context, parts), daemon=True)
        thread.start()
        with factories.as_worker():
            assert syslog.send_events() == 3
        thread.join(10)
    messages = messages_of(b"".join(parts))
    assert len(messages) == 3
    for text in messages:
        check_message(text)
    with factories.as_worker():
        assert syslog.send_events() == 0


def certified(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's certificate for localhost, which the sender trusts as an authority of its own."""
    key, certificate = folder / "key.pem", folder / "cert.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    files = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command.split(), *files], check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def test_lines_arrive_by_udp_and_in_a_file(settings: Any, tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(10)
        settings.SYSLOG = f"udp://127.0.0.1:{server.getsockname()[1]}"
        waiting_lines(2)
        with factories.as_worker():
            assert syslog.send_events() == 2
        for _message in range(2):
            check_message(server.recv(65_536).decode("ascii"))
    settings.SYSLOG = f"file://{tmp_path}/syslog"
    waiting_lines(1)
    with factories.as_worker():
        syslog.send_events()
    (text,) = (tmp_path / "syslog").read_text().splitlines()
    check_message(text)


def test_a_target_that_is_away_loses_nothing(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.SYSLOG = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        waiting_lines(2)
    with factories.as_worker():
        assert syslog.send_events() == 0
    with socket.create_server(("127.0.0.1", int(settings.SYSLOG.rpartition(":")[2]))) as server:
        parts: list[bytes] = []
        thread = threading.Thread(target=received, args=(server, None, parts), daemon=True)
        thread.start()
        with factories.as_worker():
            assert syslog.send_events() == 2
        thread.join(10)
    assert len(messages_of(b"".join(parts))) == 2


def test_a_database_that_takes_no_line_stops_nobody(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    def fail(*_args: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(keeping, "add", fail)
    keeping.keep([line()])
    keeping.keep([line()])
    assert caplog.text.count("was not kept in the database") == 1


def test_what_postgresql_says_outside_any_transaction_waits_for_the_night(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is heard while the connection is taken: keeping the line then would wait for ever."""
    kept: list[Any] = []
    monkeypatch.setattr(security.transaction, "on_commit", lambda work, **_how: work())
    monkeypatch.setattr(keeping, "keep", kept.append)
    security.hear(SimpleNamespace(sqlstate=security.CHANGED, message_detail='{"table": "gis_core_member"}'))  # type: ignore[arg-type]
    assert kept == []
    assert [one["event"] for one in keeping.lines_of(datetime.now(UTC).date())] == ["changed"]
