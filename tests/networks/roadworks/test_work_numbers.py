"""Works entered by several people at once, in real transactions: each gets a number of its own, and none is lost."""

import threading
from datetime import date

import pytest
from django.db import connections, transaction

from tests.networks.conftest import Network
from tests.networks.roadworks.works import work


@pytest.fixture
def _django_db_helper(database: str) -> None:
    """Rows are kept: several connections see them, in a copy of the database."""


def test_those_who_enter_works_at_once_get_numbers_without_a_gap(network: Network) -> None:
    made: list[str] = []
    told: list[str] = []

    def enter() -> None:
        try:
            for _turn in range(5):
                with transaction.atomic():
                    made.append(str(work(network).reference))
        except Exception as error:
            told.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=enter) for _rank in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert told == []
    assert sorted(made) == [f"{date.today().year}-{rank:04d}" for rank in range(1, 16)]
