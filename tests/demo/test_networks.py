"""The demo's water and sewer networks: what is loaded is a network, fed from its tanks, flowing to its plants."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from demo.hydrants import seed_inspections
from demo.manholes import seed_manhole_inspections
from demo.networks import seed_networks
from demo.territory import Territory, generate
from tests import factories
from tests.module_rows import check_references, module_transaction

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def land() -> Territory:
    return generate()


@pytest.fixture(scope="module")
def seeded(django_db_setup: None, django_db_blocker: Any, land: Territory) -> Iterator[None]:
    with module_transaction(django_db_blocker):
        for slug in ("cc-lys", "cc-val-de-rimarde"):
            factories.member(slug=slug)
        with factories.as_owner():
            seed_networks(lambda: land, 45, lambda _line: None)
            check_references()
            yield


def found(statement: str) -> list[tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def reached(family: str, sources: str, way: str) -> int:
    """How many pipes in a hundred are reached from nodes of these kinds."""
    (row,) = found(f"""
        with recursive reach (id) as (select id from {family}_node where kind in ({sources})
            union select case when p.start_node_id = r.id then p.end_node_id else p.start_node_id end
            from reach r join {family}_pipe p on {way})
        select 100 * count(*) filter (where start_node_id in (select id from reach)) / count(*) from {family}_pipe
    """)
    return row[0]


def crooked(family: str) -> list[tuple[int, ...]]:
    """Pipes that do not end on their nodes, nodes that lie on a pipe that does not end there, nodes in one place."""
    return found(f"""
        select p.id from {family}_pipe p join {family}_node a on a.id = p.start_node_id
        join {family}_node b on b.id = p.end_node_id
        where not st_equals(st_startpoint(p.geom), a.geom) or not st_equals(st_endpoint(p.geom), b.geom)
        union all select p.id from {family}_pipe p join {family}_node n on n.geom && st_expand(p.geom, 0.05)
        where p.owner_id = n.owner_id and st_dwithin(p.geom, n.geom, 0.05)
            and n.id not in (p.start_node_id, p.end_node_id)
        union all select n.id from {family}_node n join {family}_node m on m.geom && st_expand(n.geom, 0.05)
        where n.id < m.id and n.owner_id = m.owner_id and st_dwithin(n.geom, m.geom, 0.05)
    """)


@pytest.mark.slow
def test_the_demo_has_networks_that_are_sound_and_makes_them_once(seeded: None, land: Territory) -> None:
    counts = [f"select count(*), count(distinct owner_id) from {family}_pipe" for family in ("water", "sewer")]
    before = [found(one)[0] for one in counts]
    assert all(pipes > 1500 and members == 2 for pipes, members in before)
    assert crooked("water") == crooked("sewer") == []
    assert reached("water", "'tank', 'catchment'", "r.id in (p.start_node_id, p.end_node_id)") >= 85
    assert reached("sewer", "'treatment', 'outlet'", "r.id = p.end_node_id") >= 80
    (valves,) = found(
        "select count(*) filter (where position = 'closed'), count(*) filter (where condition = 'broken'),"
        " count(*) filter (where condition = 'buried') from water_node where kind = 'valve'"
    )
    assert min(valves) > 5
    assert found("select count(distinct kind) from water_anomaly where state = 'open'")[0][0] >= 4
    seed_networks(lambda: land, 45, lambda _line: None)
    assert [found(one)[0] for one in counts] == before


def test_what_is_drawn_in_the_demo_goes_on_with_the_references_of_its_kind(seeded: None) -> None:
    patterns = found(
        "select l.slug, n.patterns ->> 'valve', n.patterns ->> '' from features_numbering n"
        " join catalogue_layer l on l.id = n.layer_id join gis_core_member m on m.id = n.owner_id"
        " where m.slug = 'cc-lys' and l.slug like 'water-%' order by l.slug"
    )
    assert patterns == [("water-nodes", "LYS-V{0000}", None), ("water-pipes", None, "LYS-C{0000}")]
    assert found("select count(*) from water_node where kind = 'valve' and reference ~ '^LYS-V[0-9]{4}$'")[0][0] > 100


def test_hydrants_have_inspections_once_some_due_some_failing_one_unavailable(seeded: None) -> None:
    for _time in range(2):
        seed_inspections(45, lambda _line: None)
    ((hydrants, inspected, due, failing),) = found("""
        with last as (select hydrant, max(done_date) filter (where kind = 'technical') as day,
                             bool_or(verdict = 'not_compliant') as bad
                      from water_hydrant_inspection group by hydrant)
        select (select count(*) from water_node where kind = 'hydrant'), count(*),
               count(*) filter (where day < current_date - interval '3 years'), count(*) filter (where bad) from last
    """)
    assert 0.9 * hydrants < inspected < hydrants
    assert min(due, failing) > 2
    assert found("select count(*) from water_hydrant_unavailability where until_at is null") == [(2,)]


def test_manholes_have_inspections_once_some_due_some_to_repair_one_dangerous(seeded: None) -> None:
    for _time in range(2):
        seed_manhole_inspections(45, lambda _line: None)
    ((manholes, inspected, due, to_repair),) = found("""
        select (select count(*) from sewer_node where kind = 'manhole'), count(*),
               count(*) filter (where done_date < current_date - interval '5 years'),
               count(*) filter (where verdict = 'repair') from sewer_manhole_inspection
    """)
    assert 0.7 * manholes < inspected < manholes
    assert min(due, to_repair) > 2
    assert found("select count(*) from sewer_manhole_inspection where verdict = 'urgent'") == [(2,)]
