"""What an API token is made for holds at every address of the platform: reading, desks, layers."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from gis_core.database import clock
from gis_core.http.reading import READING, keeps_nothing
from gis_core.journal import officers
from gis_core.models import ApiToken, User
from gis_core.tokens.authentication import create_token
from gis_core.tokens.points import TOKEN_DESKS
from gis_core.tokens.scopes import OPEN_TO_ALL, why_refused
from tests.policy.routes import ROUTES, lines_of
from tests.policy.sparing import sparing
from tests.policy.table import METHODS
from tests.policy.world import World, address, arguments, body, browser, world_in_a_transaction
from tiles import asking

pytestmark = pytest.mark.django_db
AGENCY = "agency_administrator"
REFUSED = "token"
# Behind the token's own wall: they know neither people nor tokens, or end before.
OUTSIDE = ("health/", "metrics", "favicon.ico")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), world_in_a_transaction() as made, sparing():
        yield made


@pytest.fixture
def undone(world: World, db: None) -> None:
    """The test's own transaction is inside the world's."""
    asking.forget_everybody()


def ask(world: World, secret: str, method: str, route: str, scope: str) -> Any:
    """The answer to a request with a token of the agency's administrator, who opens everything."""
    client = browser()
    client.cookies.clear()
    given = arguments(world, route, AGENCY, scope)
    headers = {"accept": "application/json", "authorization": f"Bearer {secret}"}
    answer = getattr(client, method.lower())(
        address(route, given), headers=headers, **body(world, route, method, given)
    )
    if answer.streaming:
        answer.streaming_content = [b"".join(answer.streaming_content)]
    for close in answer._resource_closers:
        close()
    return answer


def secret_for(world: World, **scopes: Any) -> str:
    _token, secret = create_token(user=world.people[AGENCY], name="essai", **scopes)
    ask(world, secret, "GET", "api/v1/me/", "-")
    return secret


def is_refused(answer: Any) -> bool:
    return answer.status_code == 403 and b'"reason": "token"' in answer.content.replace(b'":"', b'": "')


def scope_of(route: str) -> str:
    """Of the objects that the table names at this address, one that is there."""
    scopes = [line.scope for line in lines_of(route)]
    return next((one for one in ("own", "public", "-") if one in scopes), "own")


def try_out(world: World, secret: str, method: str, route: str, scope: str, *, read_only: bool = False) -> Any:
    """The answer to a request that is undone, or that PostgreSQL would not let write."""
    with transaction.atomic():
        if read_only:
            with connection.cursor() as cursor:
                cursor.execute("set local transaction_read_only = on")
        answer = ask(world, secret, method, route, scope)
        transaction.set_rollback(True)
    return answer


def test_a_token_that_only_reads_changes_nothing_at_any_address(world: World, undone: None) -> None:
    """PostgreSQL refuses whatever would write; what asks to write is refused in words before."""
    secret = secret_for(world, may_write=False)
    token, failed = ApiToken.objects.get(prefix=secret[:12], may_write=False), []
    # When it was last used is written once a minute, which these transactions, set before it is known, do not let.
    ApiToken.objects.filter(pk=token.pk).update(last_used_at=clock.now() + timedelta(days=1))
    for route in (one for one in ROUTES if not one.startswith(OUTSIDE)):
        scope = scope_of(route)
        path = address(route, arguments(world, route, AGENCY, scope))
        for method in METHODS:
            asks = method not in READING and not keeps_nothing(path)
            assert bool(why_refused(token, method=method, path=path, address="")) == asks
        for method in ("GET", "POST"):
            asks = method not in READING and not keeps_nothing(path)
            answer = try_out(world, secret, method, route, scope, read_only=True)
            if is_refused(answer) != asks and (asks or answer.status_code >= 500):
                failed.append(f"{method} /{route}: {answer.status_code} {answer.content[:200]!r}")
    assert not failed, "\n".join(failed)


def test_the_desks_of_the_platform_are_addresses_that_exist() -> None:
    prefixes = [prefix for desk in TOKEN_DESKS.all() for prefix in desk.prefixes]
    assert len(prefixes) == len(set(prefixes))
    assert not [one for one in prefixes if one != "ortho/" and not any(route.startswith(one) for route in ROUTES)]


@pytest.mark.parametrize("desk", ["water", "permits"])
def test_a_token_of_one_desk_opens_no_address_of_another(world: World, undone: None, desk: str) -> None:
    secret = secret_for(world, desks=[desk])
    own = (*TOKEN_DESKS.get(desk).prefixes, *OPEN_TO_ALL)
    wrong = []
    for route in (one for one in ROUTES if not one.startswith(OUTSIDE)):
        answer = try_out(world, secret, "GET", route, scope_of(route))
        path = address(route, arguments(world, route, AGENCY, scope_of(route)))[1:]
        if is_refused(answer) == path.startswith(own):
            wrong.append(f"/{route}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_a_token_of_one_layer_opens_no_other_layer(world: World, undone: None) -> None:
    """Its owner administers the platform: PostgreSQL itself shows this token one layer."""
    secret = secret_for(world, layers=[world.layers["own"].pk, world.edited["own"].layer.pk])
    opened, wrong = set(), []
    for route in (one for one in ROUTES if "<slug:slug>" in one):
        if not address(route, arguments(world, route, AGENCY, "own"))[1:].startswith(
            ("ogc", "tiles/", "api/v1/layers/")
        ):
            continue
        for scope in ("own", "other", "public"):
            answer = try_out(world, secret, "GET", route, scope)
            if scope == "own" and answer.status_code == 200:
                opened.add(route)
            elif scope != "own" and answer.status_code not in (404, 405):
                wrong.append(f"{scope} /{route}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
    assert len(opened) > 10
    listed = ask(world, secret, "GET", "api/v1/layers/", "-").json()
    assert {one["slug"] for one in listed["results"]} == {"couche-notre", "surfaces-notres"}


def test_the_security_officer_opens_the_journal_and_no_other_address(world: World, undone: None) -> None:
    """Neither what anybody sees without an account, nor the administration, nor another's rows."""
    client = browser()
    client.cookies.clear()
    client.force_login(User.objects.get(pk=world.rows["officer"]))
    cookies = {name: one.value for name, one in client.cookies.items()}
    wrong = []
    for route in (one for one in ROUTES if not one.startswith(OUTSIDE)):
        for method in ("GET", "POST"):
            given = arguments(world, route, AGENCY, scope_of(route))
            client.cookies.load(cookies)
            with transaction.atomic():
                send = getattr(client, method.lower())
                answer = send(
                    address(route, given), headers={"accept": "text/html"}, **body(world, route, method, given)
                )
                for close in answer._resource_closers:
                    close()
                transaction.set_rollback(True)
            own = address(route, given).startswith(officers.OPEN)
            led = route == "" and method == "GET" and answer.status_code == 302 and answer["Location"] == "/journal/"
            if not own and answer.status_code != 403 and not led:
                wrong.append(f"{method} /{route}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
