"""Works that somebody else is changing: whoever waits too long is told to try again, and nothing is kept."""

from collections.abc import Iterator

import pytest
from django.db import connections, transaction

from networks.roadworks.models import Work
from tests.networks.conftest import Network
from tests.networks.roadworks.works import work

pytestmark = pytest.mark.true_clock
HTML = {"accept": "text/html"}


@pytest.fixture
def _django_db_helper(database: str) -> None:
    """Rows are kept: another connection sees them, in a copy of the database."""


@pytest.fixture
def held(network: Network) -> Iterator[Work]:
    """Works whose row another connection holds; ours waits two seconds, as every write does."""
    with transaction.atomic():
        made = work(network, state="draft")
    other = connections.create_connection("default")
    try:
        other.set_autocommit(False)
        with network.as_(), other.cursor() as cursor:
            cursor.execute("set role arpent_owner")
            cursor.execute("select id from road_work where id = %s for update", [made.pk])
        yield made
    finally:
        other.close()
        connections.close_all()


def test_a_page_says_to_try_again(network: Network, held: Work) -> None:
    sent = {"do": "plan", "version": held.version}
    answer = network.client().post(f"/voirie/travaux/{held.pk}/", sent, headers=HTML)
    assert answer.status_code == 503
    assert "réessayez" in answer.content.decode()
    assert answer["Retry-After"] == "5"


def test_a_program_is_told_when_to_try_again(network: Network, held: Work) -> None:
    answer = network.client().post(f"/voirie/travaux/{held.pk}/", {"do": "plan", "version": held.version})
    assert answer.status_code == 503
    assert "réessayez" in answer.json()["detail"]
    assert answer["Retry-After"] == "5"
    assert network.rows(f"select state from road_work where id = {held.pk}") == [("draft",)]
