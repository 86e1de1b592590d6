"""The security journal in the database: kept once, never changed, searched, sent on, read by whom it is for."""

import ast
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
from gis_core.http import downloads
from gis_core.journal import exporting, keeping, officers, syslog
from gis_core.journal.access import layer_access
from gis_core.journal.searching import Search
from gis_core.members.rights import SYSTEM, Rights, Role, acting_as, rights_of
from gis_core.models import User
from gis_core.operations import security_journal as security
from tests import factories, photos
from tests.external import conftest as external

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


def recorded_events() -> set[str]:
    """What the code gives `record`: a name, or the beginning of one; and those that it gives by a variable."""
    events = {"person_answered", "person_erased", "person_archive_fetched", "my_data_fetched"}
    for app in ("gis_core", "layers", "networks", "permits", "orthophoto", "simulation", "tiles"):
        for path in Path(__file__).parents[2].joinpath(app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
                if name not in ("record", "record_committed") or not node.args:
                    continue
                first = node.args[0].values[0] if isinstance(node.args[0], ast.JoinedStr) else node.args[0]
                events |= {first.value} if isinstance(first, ast.Constant) and isinstance(first.value, str) else set()
    return events


def test_every_event_that_the_code_records_has_a_kind() -> None:
    events = recorded_events()
    assert {"access_closed", "refused", "factor_recovery_", "sessions_ended"} <= events
    assert {event for event in events if keeping.kind_of_event(event) is None} == set()


def test_the_number_of_a_person_s_request_is_kept_and_found() -> None:
    keeping.add([line("person_erased", reference="2026-14", job=3)])
    with acting_as(SYSTEM):
        (event,) = Search(about="2026-14").find()
    assert event.as_line()["reference"] == "2026-14"
    assert b"2026-14" in syslog.message(event, "h", longest=10)


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
        assert len({event.id for step in Search().steps(step=3) for event in step}) == 7


@pytest.mark.parametrize(
    "asked",
    [
        {"until": "9999-12-31"},
        {"since": "0001-01-01"},
        {"before": f"2026-01-01T00:00:00+00:00_{'9' * 30}"},
        {"before": "2026-01-01T00:00:00_1"},
        {"before": "hier"},
    ],
    ids=str,
)
@pytest.mark.parametrize("page", ["", "lignes.jsonl"])
def test_absurd_days_and_marks_are_refused_in_words(asked: dict[str, str], page: str) -> None:
    client = Client(headers=HTML)
    client.force_login(agency())
    answer = client.get(f"/journal/{page}", asked, follow=True)
    assert answer.status_code == 400
    assert "entre 2000 et 2099" in answer.text or "première page" in answer.text


def test_an_absurd_day_of_access_is_refused_in_words() -> None:
    client = Client(headers=HTML)
    client.force_login(officer())
    page = client.get("/journal/acces/", {"layer": "x", "day": "9999-12-31", "hour": "23:59"})
    assert (page.status_code, "entre 2000 et 2099" in page.text) == (400, True)
    page = client.get("/journal/acces/", {"layer": "x", "day": "2098-12-31", "hour": "23:59"})
    assert (page.status_code, "jour déjà venu" in page.text) == (400, True)


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
    assert rights_of(one) == Rights(user_id=one.pk, layers=frozenset({-1}))
    photos.photo()
    external.external(external.Server(0))
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


@pytest.fixture
def asking_at_each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "ACCESS_STEP_S", 0.0)


@pytest.mark.usefixtures("asking_at_each_step")
def test_an_export_cut_by_the_end_of_the_session_says_where_it_was_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    keeping.add([line(f"e{number}") for number in range(3)])
    steps = Search.steps
    monkeypatch.setattr(Search, "steps", lambda search, before="": steps(search, before=before, step=1))
    client = Client(headers=HTML)
    client.force_login(reader := agency())
    end = downloads.EndOfAccess(rights_of(reader), session=str(client.session.session_key))
    with acting_as(end.rights):
        parts = exporting.journal_lines(Search(), "", end)
        first = json.loads(next(parts))
        Session.objects.all().delete()
        (last,) = [json.loads(text) for text in b"".join(parts).splitlines()]
    assert first["event"] == "e2"
    assert "Votre accès a pris fin" in last["cut"]
    monkeypatch.setattr(Search, "steps", steps)
    again = Client(headers=HTML)
    again.force_login(reader)
    rest = b"".join(again.get("/journal/lignes.jsonl", {"before": last["before"]}).streaming_content).splitlines()
    assert [json.loads(text)["event"] for text in rest] == ["e1", "e0"]


def test_a_file_of_too_many_lines_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    keeping.add([line(f"e{number}") for number in range(3)])
    steps = Search.steps
    monkeypatch.setattr(Search, "steps", lambda search, before="": steps(search, before=before, step=1))
    monkeypatch.setattr(exporting, "MOST_LINES", 2)
    with acting_as(SYSTEM):
        lines = b"".join(exporting.journal_lines(Search(), "", downloads.EndOfAccess(SYSTEM))).splitlines()
    assert len(lines) == 3
    assert "2 lignes au plus" in json.loads(lines[-1])["cut"]


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


def called_at(slug: str, instant: Any) -> list[str]:
    with acting_as(SYSTEM):
        return [one.person.split(" (")[0] for one in layer_access(slug, instant).people]


def test_a_role_whose_last_day_was_over_gave_no_access() -> None:
    owner = factories.member()
    factories.editable_layer(owner, slug="lampes", visibility="owner")
    for name, days in (("Partie", -1), ("Dernière", 0)):
        person = factories.user(owner, last_name=name)
        with factories.as_owner():
            person.memberships.update(last_date=timezone.localdate() + timedelta(days=days))
    assert called_at("lampes", timezone.now() + timedelta(seconds=5)) == ["Dernière"]


def test_a_closed_account_had_access_until_the_journal_says_that_it_was_closed() -> None:
    owner = factories.member()
    factories.editable_layer(owner, slug="lampes", visibility="owner")
    person = factories.user(owner, last_name="Close", is_active=False)
    now = timezone.now() + timedelta(seconds=5)
    changed = [{"id": person.pk, "changed": {"is_active": [True, False]}}]
    assert called_at("lampes", now) == []
    keeping.add([line("changed", table="gis_core_user", detail=changed) | {"at": str(now + timedelta(seconds=5))}])
    assert called_at("lampes", now) == ["Close"]
    assert called_at("lampes", now + timedelta(seconds=9)) == []


def test_a_security_officer_had_access_to_no_layer() -> None:
    owner = factories.member()
    factories.editable_layer(owner, slug="lampes", visibility="owner")
    factories.user(owner, last_name="Rssi", kind=User.Kind.SECURITY)
    assert called_at("lampes", timezone.now() + timedelta(seconds=5)) == []


def test_the_history_of_town_halls_is_read_once_however_many_roles_there_are() -> None:
    commune = factories.commune()
    owner = factories.member(commune)
    factories.editable_layer(owner, slug="lampes", visibility="owner")
    for _number in range(3):
        factories.user(owner, Role.TOWN_HALL, (commune,))
    with factories.as_owner():
        execute("alter function arpent.rows_as_of rename to former_rows_as_of")
        execute("create temp sequence calls")
        execute(
            "create function arpent.rows_as_of(name text, instant timestamptz) returns setof jsonb language plpgsql as"
            " $$ begin perform nextval('pg_temp.calls');"
            " return query select * from arpent.former_rows_as_of(name, instant); end $$"
        )
    assert len(called_at("lampes", timezone.now() + timedelta(seconds=5))) == 3
    with factories.as_owner():
        assert fetch_one("select last_value from pg_temp.calls") == (3,)


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
        thread.join(60)
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
    with socket.socket() as server:
        # The port is ours; nobody is let in until we listen.
        server.bind(("127.0.0.1", 0))
        settings.SYSLOG = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        waiting_lines(2)
        with factories.as_worker():
            assert syslog.send_events() == 0
        server.listen()
        parts: list[bytes] = []
        thread = threading.Thread(target=received, args=(server, None, parts), daemon=True)
        thread.start()
        with factories.as_worker():
            assert syslog.send_events() == 2
        thread.join(60)
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
