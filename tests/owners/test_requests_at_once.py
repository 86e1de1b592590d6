"""Third parties' requests that arrive at the same time, in real transactions."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from gis_core.database import lock_waits
from layers.owners.models import ThirdPartyRequest
from tests import factories
from tests.owners.deliveries import owned, reader_of
from tests.owners.test_requests import post

pytestmark = pytest.mark.django_db
AT_ONCE = 8


@pytest.fixture
def _django_db_helper(database: str) -> None:
    """Rows are kept: several connections see them, in a copy of the database."""


@pytest.mark.parametrize("names", [["Zoé Zilliz"], ["Zoé Zilliz", "Ζoé Ζilliz", "Zoé Zıllız", "ZILLIZ Zoe"]])
def test_eight_at_once_are_counted_one_after_the_other(names: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    # On a busy machine the eighth waits longer for the others than a page does.
    monkeypatch.setattr(lock_waits, "WRITE_PATIENCE", "120s")
    owned()
    person = reader_of()
    begin = threading.Barrier(AT_ONCE)

    def ask(number: int) -> int:
        client = Client(raise_request_exception=False, headers={"accept": "application/json"})
        client.force_login(person)
        begin.wait(30)
        try:
            return int(post(client, names[number % len(names)]).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = sorted(pool.map(ask, range(AT_ONCE)))
    assert answers == [200] * 5 + [403] * 3
    with factories.as_owner():
        assert ThirdPartyRequest.objects.count() == 5
