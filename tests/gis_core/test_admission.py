"""What costs runs a few at a time, fairly: the gate alone, then parcel sheets on paper behind it."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from django.test import Client, override_settings

from gis_core.errors import Busy
from gis_core.http import admission
from gis_core.http.admission import PDF, SEARCH, Actor, Kind, Pool, limit_concurrency, on_behalf_of
from gis_core.members.rights import Role
from gis_core.operations.processes import wait_until
from tests import factories
from tests.parcels.conftest import place  # noqa: F401 - a fixture

SHEET = "/api/v1/parcels/450010000A0001/sheet.pdf"
ONE = Kind("one", signed_in=1)


def person(user: int, *members: int) -> Actor:
    return Actor(user, frozenset(members), "")


def visitor(address: str) -> Actor:
    return Actor(None, frozenset(), address)


@pytest.fixture
def pool() -> Pool:
    return Pool("signed_in", most_here=4, patience_s=0.2)


def test_so_many_run_and_the_next_one_waits_for_its_turn() -> None:
    pool = Pool("signed_in", most_here=4, patience_s=30)
    first = pool.enter(ONE, person(1))
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(pool.enter, ONE, person(2))
        time.sleep(0.05)
        assert not waiting.done()
        pool.leave(first)
        pool.leave(waiting.result(30))
    assert pool.tickets == []


def test_whoever_waits_too_long_is_refused_and_leaves_nothing(pool: Pool) -> None:
    first = pool.enter(ONE, person(1))
    with pytest.raises(Busy):
        pool.enter(ONE, person(2))
    assert pool.tickets == [first]


def test_one_asker_never_fills_a_pool(pool: Pool) -> None:
    pool.patience_s = 30
    pool.enter(PDF, person(1))
    pool.enter(PDF, person(1))
    begun = time.monotonic()
    with pytest.raises(Busy):
        pool.enter(PDF, person(1))
    assert time.monotonic() - begun < pool.patience_s
    pool.enter(SEARCH, person(1))


def test_who_waits_holds_a_thread_and_counts(pool: Pool) -> None:
    pool.patience_s = 30
    for number in range(4):
        pool.enter(Kind(f"kind {number}"), person(number))
    begun = time.monotonic()
    with pytest.raises(Busy):
        pool.enter(PDF, person(9))
    assert time.monotonic() - begun < pool.patience_s


def test_the_member_that_runs_least_goes_first() -> None:
    pool, order = Pool("signed_in", most_here=9, patience_s=30), []
    kind = Kind("two", signed_in=2)
    first, other = pool.enter(kind, person(1, 7)), pool.enter(kind, person(2, 8))

    def run(actor: Actor) -> None:
        ticket = pool.enter(kind, actor)
        order.append(actor.user_id or 0)
        time.sleep(0.02)
        pool.leave(ticket)

    threads = []
    for actor in (person(3, 7), person(4, 9)):
        threads.append(threading.Thread(target=run, args=(actor,)))
        threads[-1].start()
        assert wait_until(lambda: len(pool.tickets) == 2 + len(threads), 30), "it waits"
    pool.leave(other)
    threads[1].join(30)
    assert order[0] == 4  # came later, but its member runs nothing
    pool.leave(first)
    for thread in threads:
        thread.join(30)
    assert (sorted(order), pool.tickets) == ([3, 4], [])


def test_what_is_called_inside_counts_once_and_nothing_counts_outside_a_request() -> None:
    with on_behalf_of(visitor("192.0.2.1")), limit_concurrency(PDF), limit_concurrency(PDF):
        assert len(admission.ANONYMOUS.tickets) == 1
    with ExitStack() as stack:
        for _n in range(9):
            stack.enter_context(limit_concurrency(PDF))
    assert admission.ANONYMOUS.tickets == admission.SIGNED_IN.tickets == []


# -- over HTTP --------------------------------------------------------------------------------------------------------


@pytest.fixture
def busy_visitor() -> Iterator[None]:
    """Somebody who is not signed in has a sheet made."""
    ticket = admission.ANONYMOUS.enter(PDF, visitor("192.0.2.1"))
    yield
    admission.ANONYMOUS.leave(ticket)


@pytest.mark.usefixtures("place", "busy_visitor")
def test_visitors_are_refused_in_words_while_a_member_is_served(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission.ANONYMOUS, "patience_s", 0.1)
    refused = client.get(SHEET)
    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    assert "Réessayez dans quelques secondes" in refused.json()["detail"]
    in_browser = client.get(SHEET, headers={"accept": "text/html,*/*;q=0.8"})
    assert (in_browser.status_code, in_browser["Refresh"]) == (503, "5")
    assert client.get("/compte/connexion/", headers={"accept": "text/html"}).status_code == 200
    client.force_login(factories.user(factories.member(), Role.READER))
    assert client.get(SHEET).status_code == 200
    with override_settings(METRICS_TOKEN="essai"):
        text = client.get("/metrics", headers={"authorization": "Bearer essai"}).content.decode()
    assert 'arpent_costly_refused_total{asker="anonymous",kind="pdf"}' in text
    assert 'arpent_costly_running{asker="anonymous",kind="pdf"}' in text


@pytest.mark.usefixtures("place")
def test_every_paper_counts(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Setting any page on paper goes through the gate, whatever asks for it."""
    from gis_core.files.writing import paper

    monkeypatch.setattr(admission.ANONYMOUS, "most_here", 0)
    with on_behalf_of(visitor("192.0.2.1")), pytest.raises(Busy):
        paper.typeset("<p>x</p>", paper.FONTS, {})


@pytest.mark.parametrize(
    ("address", "body"),
    [
        (SHEET, None),
        ("/api/v1/parcels/sheet.pdf", {"parcels": ["450010000A0001"]}),
        ("/api/v1/parcels/sheet/", {"parcels": ["450010000A0001"]}),
        ("/api/v1/parcels/select.csv", {"parcels": ["450010000A0001"]}),
        ("/api/v1/search/?q=bray", None),
        ("/api/v1/here/?lon=2.5&lat=47.7", None),
        ("/ogc/collections/parcels/items?limit=101&f=html", None),
        ("/permis/registre/", None),
        ("/travaux/", None),
        ("/travaux/flux.xml", None),
        ("/travaux/arretes/?format=atom", None),
    ],
)
@pytest.mark.usefixtures("place")
def test_what_is_costly(
    client: Client, monkeypatch: pytest.MonkeyPatch, address: str, body: dict[str, list[str]] | None
) -> None:
    monkeypatch.setattr(admission.ANONYMOUS, "most_here", 0)
    answer = client.get(address) if body is None else client.post(address, body, content_type="application/json")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
