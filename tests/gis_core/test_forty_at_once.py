"""Forty visitors who ask for the same costly thing at once keep nobody else waiting, in a process of eight threads."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module
from threading import Event
from typing import Any

import pytest
from django.db import connections, transaction
from django.test import Client

from gis_core.http import admission
from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import User
from tests import factories

VISITORS, THREADS, PATIENCE_S = 40, 8, 120
COSTLY = {
    "/api/v1/here/?lon=2.5&lat=47.7": "layers.features.api.views.find_here",
    "/api/v1/search/?q=bray": "layers.features.api.views.suggestions",
    "/permis/registre/": "permits.services.register.decisions",
    "/travaux/": "networks.roadworks.services.current.current",
    "/travaux/travaux.geojson": "networks.roadworks.services.current.current",
    "/travaux/flux.xml": "networks.roadworks.services.current.current",
    "/travaux/calendrier.ics": "networks.roadworks.services.current.current",
    "/travaux/arretes/": "networks.roadworks.services.publication.list_orders",
}
"""Each with the function that takes its time."""


@pytest.fixture(autouse=True)
def _django_db_helper(database: str) -> None:
    """In the place of pytest-django's: a database whose rows other connections see."""


@pytest.fixture
def person() -> User:
    with acting_as(SYSTEM), transaction.atomic():
        return factories.user(factories.member(), Role.READER)


@pytest.fixture
def web_threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(THREADS) as threads:
        yield threads


def slow_for_visitors(monkeypatch: pytest.MonkeyPatch, name: str, until: Event) -> None:
    """The function waits for `until` where nobody is signed in."""
    module, _dot, function = name.rpartition(".")
    quick = getattr(import_module(module), function)

    def slow(*given: Any, **named: Any) -> Any:
        asker = admission._actor.get()
        if asker and asker.user_id is None:
            assert until.wait(PATIENCE_S)
        return quick(*given, **named)

    monkeypatch.setattr(f"{module}.{function}", slow)


def asked(address: str, place: int, person: User | None = None) -> Any:
    try:
        client = Client(raise_request_exception=False, REMOTE_ADDR=f"192.0.2.{place}")
        if person:
            client.force_login(person)
        return client.get(address, headers={"accept": "*/*"})
    finally:
        connections.close_all()


@pytest.mark.parametrize(("address", "function"), COSTLY.items())
def test_forty_visitors_keep_nobody_waiting(
    person: User, web_threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch, address: str, function: str
) -> None:
    over = Event()
    slow_for_visitors(monkeypatch, function, over)
    submit: Callable[..., Future[Any]] = web_threads.submit
    try:
        crowd = [submit(asked, address, place) for place in range(VISITORS)]
        others = [submit(asked, "/compte/", 100, person), submit(asked, address, 101, person)]
        others.append(submit(asked, "/compte/connexion/", 102))
        assert [one.result(PATIENCE_S / 2).status_code for one in others] == [200, 200, 200]
    finally:
        over.set()
    answers = [one.result(PATIENCE_S) for one in crowd]
    refused = [one for one in answers if one.status_code == 503]
    assert {one["Retry-After"] for one in refused} == {"5"}
    assert [one.status_code for one in answers if one not in refused] == [200, 200]
