"""During a maintenance: what people, programs and supervisors are told, and the command that begins and ends it."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.handlers.exception import convert_exception_to_response
from django.db import InternalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from gis_core.database.failures import in_domain_terms
from gis_core.http.maintenance import refuse_in_maintenance
from gis_core.http.reading import stream_reading
from gis_core.members.rights import SYSTEM, acting_as, only_reads
from gis_core.models import ApiToken
from gis_core.operations.environment import Place
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.maintenance import FILE, begin, end, next_hour, run
from gis_core.tokens.authentication import create_token
from tests import factories
from tests.policy.routes import patterns
from tests.read_only import read_only_in_postgresql

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 12, 1, 17, 0, tzinfo=PARIS)


@pytest.fixture
def place(settings: Any, tmp_path: Path) -> Place:
    settings.DATA_DIR = tmp_path
    return Place(tmp_path)


def in_the_future(days: int = 0) -> str:
    return (datetime.now(PARIS) + timedelta(days=days, minutes=20)).strftime("%Y-%m-%d %H:%M")


def test_a_page_says_the_message_and_the_hour(place: Place, client: Client) -> None:
    maintenance = begin(place, "Mise à jour d’Arpent.", in_the_future(days=3))
    answer = Client(headers={"accept": "text/html"}).get("/")
    assert answer.status_code == 503
    assert "Mise à jour d’Arpent." in answer.text
    assert maintenance.ends_at
    assert f"vers {maintenance.ends_at:%H:%M}" in answer.text
    assert "rien n’en est perdu" in answer.text
    assert answer["Retry-After"] == "3600"
    assert answer["Cache-Control"] == "no-store"


def test_the_first_of_a_month_is_its_first(place: Place) -> None:
    day = (datetime.now(PARIS) + timedelta(days=45)).replace(day=1)
    begin(place, "", day.strftime("%Y-%m-%d 06:00"))
    assert "Retour le 1er " in Client(headers={"accept": "text/html"}).get("/").text


def test_a_page_without_message_or_hour(place: Place) -> None:
    begin(place, "", "")
    answer = Client(headers={"accept": "text/html"}).get("/permis/")
    assert "Une maintenance est en cours." in answer.text
    assert answer["Retry-After"] == "60"


@pytest.mark.parametrize("path", ["/api/v1/layers/", "/ogc/", "/tiles/parcels/0/0/0.pbf"])
def test_programs_get_a_problem_document(place: Place, client: Client, path: str) -> None:
    begin(place, "Mise à jour.", "")
    answer = client.get(path)
    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["reason"] == "maintenance"
    assert answer.json()["detail"].startswith("Mise à jour. ")


def test_a_message_is_text(place: Place) -> None:
    begin(place, "<script>alert(1)</script>", "")
    assert "<script>alert" not in Client(headers={"accept": "text/html"}).get("/").text


def test_what_was_typed_is_refused_and_not_recorded(place: Place) -> None:
    begin(place, "", "")
    assert Client().post("/permis/", {"a": "b"}).status_code == 503


@pytest.mark.parametrize(
    ("path", "status"), [("/health/live", 200), ("/metrics", 401), ("/static/gis_core/tokens.css", 200)]
)
def test_supervisors_and_styles_are_answered(place: Place, client: Client, path: str, status: int) -> None:
    begin(place, "", "")
    answer = client.get(path)
    assert answer.status_code == status
    answer.close()


def test_the_site_answers_again_at_once(place: Place, client: Client) -> None:
    begin(place, "", "")
    assert client.get("/api/v1/layers/").status_code == 503
    assert end(place)
    assert client.get("/api/v1/layers/").status_code == 200


def test_a_message_that_changes_is_said_at_once(place: Place, client: Client) -> None:
    begin(place, "Un.", "")
    client.get("/api/v1/layers/")
    begin(place, "Deux.", "")
    assert client.get("/api/v1/layers/").json()["detail"].startswith("Deux. ")


@pytest.mark.parametrize(
    "content", ["", "{", '{"until": "demain"}', '{"other": 1}', '{"until": "2099-01-01"}', '{"message": 3}']
)
def test_a_file_that_cannot_be_read_is_a_maintenance_all_the_same(place: Place, client: Client, content: str) -> None:
    place.run.mkdir()
    (place.run / FILE).write_text(content)
    assert client.get("/api/v1/layers/").status_code == 503


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("18:30", datetime(2026, 12, 1, 18, 30, tzinfo=PARIS)),
        ("06:00", datetime(2026, 12, 2, 6, 0, tzinfo=PARIS)),
        ("2026-12-05 06:00", datetime(2026, 12, 5, 6, 0, tzinfo=PARIS)),
    ],
)
def test_an_hour_is_the_next_one(text: str, expected: datetime) -> None:
    assert next_hour(text, NOW) == expected


@pytest.mark.parametrize(("text", "reason"), [("6h", "n'est pas une heure"), ("2026-11-30 06:00", "déjà passé")])
def test_an_hour_that_is_none_changes_nothing(place: Place, text: str, reason: str) -> None:
    with pytest.raises(OperationFailedError, match=reason):
        begin(place, "", text, NOW)
    assert not (place.run / FILE).exists()


def test_a_link_in_its_place_is_replaced_and_leads_nowhere(place: Place, tmp_path: Path) -> None:
    (tmp_path / "other").write_text("kept")
    place.run.mkdir()
    (place.run / FILE).symlink_to(tmp_path / "other")
    begin(place, "", "")
    assert (tmp_path / "other").read_text() == "kept"
    assert (place.run / FILE).is_file()
    assert not (place.run / FILE).is_symlink()


def test_a_pipe_in_its_place_makes_nobody_wait(place: Place, client: Client) -> None:
    place.run.mkdir()
    os.mkfifo(place.run / FILE)
    assert client.get("/api/v1/layers/").status_code == 503
    assert end(place)


def test_the_command_says_how_it_stands(place: Place) -> None:
    assert run(place, "status", "", "") == "Pas de maintenance."
    assert "Maintenance : le site répond qu'il est arrêté" in run(place, "on", "Un.", "")
    assert "Maintenance" in run(place, "status", "", "")
    assert run(place, "off", "", "") == "La maintenance est finie : le site répond."
    assert run(place, "off", "", "") == "Il n'y avait pas de maintenance."


# -- read-only --------------------------------------------------------------------------------------------------------


def read_only(place: Place) -> None:
    begin(place, "Migration des réseaux.", in_the_future(), read_only=True)


@pytest.mark.parametrize("path", ["/", "/api/v1/layers/", "/ogc/collections?f=json", "/health/ready"])
def test_pages_and_programs_read_during_a_read_only_maintenance(place: Place, client: Client, path: str) -> None:
    read_only(place)
    assert client.get(path).status_code == 200


def test_the_map_says_it_too(place: Place, client: Client) -> None:
    assert client.get("/").context["config"]["maintenance"] == ""
    read_only(place)
    assert client.get("/").context["config"]["maintenance"].startswith("Migration des réseaux. ")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_program_that_writes_gets_the_message_and_the_hour(place: Place, client: Client, method: str) -> None:
    read_only(place)
    answer = getattr(client, method)("/api/v1/layers/parcels/items/1")
    assert answer.status_code == 503
    assert answer.json()["reason"] == "maintenance"
    said = answer.json()["detail"]
    assert said.startswith("Migration des réseaux. Le site se lit ; rien n’y est enregistré. Retour")
    assert answer["Retry-After"]


def test_a_form_that_is_sent_gets_a_page_and_every_page_says_it_before(place: Place) -> None:
    read_only(place)
    client = Client(headers={"accept": "text/html"})
    client.force_login(factories.user(factories.member(), "reader"))
    sent = client.post("/compte/jetons/", {"name": "essai"})
    assert sent.status_code == 503
    assert "rien n’y est enregistré" in sent.text
    assert "rien n’y est enregistré" in client.get("/compte/").text
    assert ApiToken.objects.count() == 0


def test_people_sign_in_and_out_all_the_same(place: Place) -> None:
    user = factories.user(factories.member(), "reader")
    user.set_password("ventoux-cimes-1912")
    user.save()
    read_only(place)
    client = Client()
    signed = client.post("/compte/connexion/", {"login": user.username, "password": "ventoux-cimes-1912"})
    assert signed.status_code == 302
    assert client.get("/compte/").status_code == 200
    assert client.post("/compte/deconnexion/").status_code == 302
    assert client.get("/compte/").status_code == 302


KEEPING_NOTHING = [
    "api/v1/layers/<slug:slug>/style.qml",
    "api/v1/measure/",
    "api/v1/networks/sewer/trace",
    "api/v1/networks/water/isolation",
    "api/v1/networks/water/trace",
    "api/v1/networks/works/check",
    "api/v1/networks/works/detour",
    "api/v1/parcels/select.csv",
    "api/v1/parcels/select/",
    "api/v1/parcels/sheet.pdf",
    "api/v1/parcels/sheet/",
    "api/v1/simulations/check",
    "api/v1/simulations/check/",
    "api/v1/simulations/footprints",
    "api/v1/simulations/nearby",
    "api/v1/simulations/scene",
    "api/v1/simulations/shadow",
    "api/v1/simulations/shadow/",
    "api/v1/simulations/sun",
]


def test_views_that_keep_nothing_say_so() -> None:
    """Each was looked at: a new one is added once it writes nothing but what PostgreSQL would refuse."""
    views = [(route, getattr(pattern.callback, "view_class", pattern.callback)) for route, pattern in patterns()]
    found = {route for route, view in views if getattr(view, "keeps_nothing", False)}
    assert sorted(found) == KEEPING_NOTHING


def test_what_keeps_nothing_is_answered_for_real(place: Place) -> None:
    user = factories.user(factories.member(), "reader")
    read_only(place)
    client = Client()
    client.force_login(user)
    line = {"type": "LineString", "coordinates": [[2.5, 48.0], [2.6, 48.0]]}
    square = {"type": "Polygon", "coordinates": [[[2.5, 48.0], [2.501, 48.0], [2.501, 48.001], [2.5, 48.0]]]}
    for path, given in (
        ("measure/", {"geometry": line}),
        ("parcels/select/", {"shape": square}),
        ("parcels/sheet/", {"shape": square}),
    ):
        with read_only_in_postgresql():
            answer = client.post(f"/api/v1/{path}", given, content_type="application/json")
        assert answer.status_code == 200, answer.text


def test_a_token_opens_and_its_use_is_not_recorded(place: Place, client: Client) -> None:
    _token, secret = create_token(user=factories.user(factories.member(), "reader"), name="QGIS")
    read_only(place)
    with read_only_in_postgresql():
        answer = client.get("/api/v1/layers/", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    assert ApiToken.objects.get().last_used_at is None


def test_what_a_session_would_keep_is_refused_in_words(place: Place) -> None:
    """A session is kept once the request is over and nobody is known any more: the wall stands there too."""

    def view(request: HttpRequest) -> HttpResponse:
        request.session["opened"] = 1
        return HttpResponse()

    def save_session(request: HttpRequest) -> HttpResponse:
        with read_only_in_postgresql():
            return SessionMiddleware(view)(request)

    read_only(place)
    request = RequestFactory().get("/", headers={"accept": "text/html"})
    answer = convert_exception_to_response(refuse_in_maintenance(convert_exception_to_response(save_session)))(request)
    assert isinstance(answer, HttpResponse)
    assert answer.status_code == 503
    assert "est en lecture seule pendant cette maintenance" in answer.content.decode()


def test_parts_that_are_sent_later_are_read_so_too() -> None:
    seen = []

    def parts() -> Iterator[bytes]:
        seen.append(only_reads.get())
        yield b"a"
        seen.append(only_reads.get())

    assert b"".join(stream_reading(parts())) == b"a"
    assert seen == [True, True]
    assert not only_reads.get()


@pytest.mark.parametrize("asking", [nullcontext, partial(acting_as, SYSTEM)])
def test_transactions_of_a_request_are_opened_so_that_postgresql_refuses_to_write(
    asking: Callable[[], AbstractContextManager[None]],
) -> None:
    """The second wall: no page has to know of the maintenance, nor has anybody to be known."""
    other = connection.copy()
    token = only_reads.set(True)
    try:
        with asking():
            other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("show transaction_read_only")
            assert cursor.fetchone() == ("on",)
            with pytest.raises(InternalError) as refused:
                cursor.execute("update gis_core_user set first_name = 'Autre'")
        known = in_domain_terms(refused.value)
        assert known is not None
        assert "est en lecture seule pendant cette maintenance" in known.message
    finally:
        only_reads.reset(token)
        other.close()


def test_the_command_says_that_nothing_is_being_written(place: Place) -> None:
    said = run(place, "read-only", "Migration.", "")
    assert "lecture seule" in said
    assert "attendez autant" in said
    assert run(place, "off", "", "") == "La maintenance est finie : le site répond."
