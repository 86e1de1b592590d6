"""Every cell of the policy table is asked for real, and every route is in it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest

from gis_core.http import admission
from gis_core.members.rights import SYSTEM, acting_as, rights_of
from gis_core.models import Job
from tests.policy import administration, costs
from tests.policy.routes import ROUTES, TABLE, lines_of, named_methods
from tests.policy.sparing import sparing, undo
from tests.policy.table import METHODS, ROLES, Line
from tests.policy.world import World, address, arguments, ask, world_in_a_transaction
from tiles import asking

pytestmark = pytest.mark.django_db

BLANKED = ("Content-Length", "Expires", "X-Request-ID")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), world_in_a_transaction() as made, sparing():
        yield made


@pytest.fixture
def undone(world: World, db: None) -> None:
    """The test's own transaction is inside the world's."""
    asking.forget_everybody()


@dataclass(frozen=True)
class Cell:
    """A request of the table and the status that answers it."""

    method: str
    scope: str
    role: str
    status: int


def ask_alone(world: World, cell: Cell, route: str) -> Any:
    """The answer to one request, whose changes are undone."""
    asking.forget_everybody()
    answer = ask(world, cell.method, cell.scope, cell.role, route)
    undo()
    for close in answer._resource_closers:  # close() itself would end the test's connection
        close()
    return answer


def cells_of(route: str) -> Iterator[Cell]:
    """What a route is asked. A method that nobody may use is tried by three roles, and so is HEAD beside GET, but for
    another member's object, which every role asks for.
    """
    for line in lines_of(route):
        for method in sorted(set(METHODS) - named_methods(route)) if line.methods == ("REST",) else line.methods:
            for role, status in zip(ROLES, line.statuses, strict=True):
                if role in roles_asked(line, method):
                    yield Cell(method, line.scope, role, int(status))


def roles_asked(line: Line, method: str) -> Sequence[str]:
    refused = set(line.statuses[1:]) == {"405"}
    beside_get = method == "HEAD" and "GET" in line.methods and line.scope != "other"
    return (*ROLES[:2], ROLES[-1]) if refused or beside_get else ROLES


def cases() -> Iterator[Any]:
    """One for each route and method that the table names, one for all its others."""
    for route in ROUTES:
        named = named_methods(route)
        rest = tuple(sorted(set(METHODS) - named))
        for methods in (*((one,) for one in sorted(named)), *([rest] if rest else [])):
            yield pytest.param(route, methods, id=f"{','.join(methods)} /{route}")


def is_owned(route: str) -> bool:
    """Whether its objects belong to somebody."""
    return any(line.scope == "other" for line in lines_of(route))


def test_every_route_is_in_the_table() -> None:
    missing = [route for route in ROUTES for method in METHODS if not covers(route, method)]
    assert not missing


def covers(route: str, method: str) -> bool:
    return any(method in line.methods or line.methods == ("REST",) for line in lines_of(route))


def test_every_line_of_the_table_names_a_route() -> None:
    assert not [line.route for line in TABLE if not any(line.names(route) for route in ROUTES)]


@pytest.mark.parametrize(("route", "methods"), list(cases()))
def test_route(world: World, undone: None, route: str, methods: tuple[str, ...]) -> None:
    """Each role gets what the table says, and another member's object answers as a missing one."""
    cells = [cell for cell in cells_of(route) if cell.method in methods]
    answers = {(cell.method, cell.role, cell.scope): ask_alone(world, cell, route) for cell in cells}
    wrong = [
        f"{cell.method} {cell.scope} {cell.role}: {answer.status_code}, {getattr(answer, 'content', b'')[:300]!r}"
        for cell, answer in zip(cells, answers.values(), strict=True)
        if answer.status_code != cell.status
    ]
    if is_owned(route):
        for method, role in {(cell.method, cell.role): None for cell in cells if cell.role != ROLES[-1]}:
            other, none = (
                seen(world, answers.get((method, role, scope)) or ask_alone(world, one, route), scope, role, route)
                for scope in ("other", "none")
                for one in [Cell(method, scope, role, 0)]
            )
            if other != none:
                wrong.append(f"{method} {role} tells another's from a missing one: {other} {none}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("route", [one for one in ROUTES if {"GET", "HEAD"} <= named_methods(one)])
def test_head_answers_as_get_does(world: World, undone: None, route: str) -> None:
    line = next(line for line in lines_of(route) if "HEAD" in line.methods)
    get, head = (ask_alone(world, Cell(one, line.scope, ROLES[-1], 0), route) for one in ("GET", "HEAD"))
    assert (head.status_code, head.get("Content-Type")) == (get.status_code, get.get("Content-Type"))
    assert getattr(head, "content", b"") == b""


@pytest.mark.parametrize(("asked", "role"), list(product(administration.EFFECTS, ROLES)), ids=str)
def test_a_form_of_the_administration_works_for_the_agency_alone(
    world: World, undone: None, asked: tuple[str, str], role: str
) -> None:
    route, scope = asked
    assert not stands(world, asked)
    ask(world, "POST", scope, role, route)
    assert stands(world, asked) == (role == "agency_administrator")


def stands(world: World, asked: tuple[str, str]) -> bool:
    with acting_as(SYSTEM):
        return administration.EFFECTS[asked](world.rows)


def test_every_form_of_the_administration_that_is_accepted_has_its_effect_checked() -> None:
    """A redirection after a form is its success; addresses that redirect whoever asks hold no form."""
    accepted = {
        (route, line.scope)
        for route in ROUTES
        for line in lines_of(route)
        if "POST" in line.methods and route.startswith("administration/")
        if line.statuses[-1] == "302" and line.scope != "none"
    }
    assert accepted == set(administration.EFFECTS)


def seen(world: World, answer: Any, scope: str, role: str, route: str) -> tuple[Any, ...]:
    """Everything an asker can see of an answer, apart from the asked address itself and one-time form tokens."""
    content = re.sub(rb'name="(csrfmiddlewaretoken|form_key)" value="[\w-]+"', b"", answer.content)
    given = arguments(world, route, role, scope)
    headers = {name: value for name, value in answer.items() if name not in BLANKED}
    text = f"{headers} {content!r}"
    for asked in (
        address(route, given),
        given["slug"],
        given["member"],
        given["layer"],
        given["parcel"],
        given["network_pipe"],
    ):
        text = text.replace(str(asked), "…")
    return answer.status_code, text


def test_lists_and_counts_leave_out_what_is_anothers(world: World, undone: None) -> None:
    for route, role in (
        ("api/v1/jobs/", "gis_administrator"),
        ("api/v1/members/", "reader"),
        ("api/v1/layers/", "reader"),
        ("api/v1/campaigns/", "gis_administrator"),
    ):
        answer = ask(world, "GET", "-", role, route).json()
        assert not any(
            word in str(answer)
            for word in ("couche-autre", "campagne-autre", "membre-autre", "surfaces-autres", repr(world.theirs.name))
        ), route
        assert answer["count"] == len(answer["results"])


def test_the_wall_holds_in_the_world_of_this_table(world: World, undone: None) -> None:
    """Without any filter of ours: the reader's own jobs and those of their member."""
    with acting_as(rights_of(world.people["reader"])):
        seen = set(Job.objects.values_list("pk", flat=True))
    assert seen == {world.jobs["own"].pk} | {world.prints["reader"].pk, world.exports["reader"].pk}


# -- what costs -------------------------------------------------------------------------------------------------------


@pytest.fixture
def entered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kinds of what was let in (`gis_core.http.admission`), in their order."""
    kinds: list[str] = []
    enter = admission.Pool.enter

    def noted(pool: admission.Pool, kind: admission.Kind, actor: admission.Actor) -> admission.Ticket:
        kinds.append(kind.name)
        return enter(pool, kind, actor)

    monkeypatch.setattr(admission.Pool, "enter", noted)
    return kinds


def answered(world: World, route: str) -> list[Any]:
    """What the agency is given at an address, or for what it sends there; what is changed is undone."""
    wanted = [line for line in lines_of(route) if line.scope in ("-", "own", "public")]
    answers = []
    for line in (line for line in wanted if line.statuses[-1] in ("200", "201")):
        for method in sorted({"GET", "POST"} & set(line.methods)):
            answers.append(ask(world, method, line.scope, ROLES[-1], route))
            undo()
            for close in answers[-1]._resource_closers:
                close()
    return answers


def test_what_costs_takes_a_place(world: World, undone: None, entered: list[str]) -> None:
    """Every route, by its usual request: what is made for the asker alone (a file, a feed) is among the costly."""
    taken: dict[str, set[str]] = {}
    files: set[str] = set()
    for route in ROUTES:
        entered.clear()
        media_types = {answer.get("Content-Type", "").partition(";")[0] for answer in answered(world, route)}
        if entered:
            taken[route] = set(entered)
        elif media_types - costs.PLAIN:
            files.add(route)
    assert taken == costs.COSTLY
    assert files == set(costs.AT_HAND)
