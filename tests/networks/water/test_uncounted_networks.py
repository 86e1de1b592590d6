"""What follows a load before anybody has counted its rows: each question by its place alone."""

from typing import Any

import psycopg
import pytest
from django.db import connection

from gis_core.members.rights import SYSTEM, acting_as
from networks.water.families import WATER
from networks.water.services.graph import Graph
from tests import factories
from tests.imports.workers import address
from tests.networks.conftest import Network, X, Y

pytestmark = pytest.mark.django_db
SIZE = 6_000
# Without a join: a count of none, left by the test before, would have each node look for the next one among all.
FILLED = """
    insert into water_node (owner_id, kind, geom)
        select %(owner)s, 'junction', st_point(%(x)s + 10 * n, %(y)s, 2154) from generate_series(0, %(size)s) n;
    insert into water_pipe (owner_id, geom, start_node_id, end_node_id)
        select %(owner)s, st_makeline(geom, following), id, following_id from (
            select id, geom, lead(id) over (order by id) as following_id, lead(geom) over (order by id) as following
            from water_node) one
        where following_id is not null;
"""


@pytest.fixture(params=[False, True], ids=["never counted", "counted as empty"])
def loaded(request: pytest.FixtureRequest, network: Network) -> Network:
    """60 km of pipes that a transaction has just written; whoever counted rows meanwhile saw none of them."""
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute("select set_config('arpent.topology', 'off', true)")
        cursor.execute(FILLED, {"owner": network.member.pk, "x": X, "y": Y, "size": SIZE})
        cursor.execute("select set_config('arpent.topology', '', true)")
    if request.param:
        with psycopg.connect(**address(str(connection.settings_dict["NAME"])), autocommit=True) as beside:
            beside.execute("set role arpent_owner")
            beside.execute("analyze water_node, water_pipe, water_connection, water_repair")
    return network


def pipes_read(network: Network) -> int:
    """How many pipes this transaction has read so far, through which index whatever."""
    ((count,),) = network.rows(
        "select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint from pg_stat_xact_all_tables"
        " where relname = 'water_pipe'"
    )
    return int(count)


def asked(statement: str, **values: Any) -> None:
    with acting_as(SYSTEM), factories.as_worker(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_repairs_find_their_pipes_by_their_place(loaded: Network) -> None:
    before = pipes_read(loaded)
    asked(
        "insert into water_repair (owner_id, network, geom)"
        " select %(owner)s, 'water', st_point(%(x)s + 60 * n, %(y)s, 2154) from generate_series(1, 100) n",
        owner=loaded.member.pk,
        x=X,
        y=Y + 2,
    )
    assert loaded.rows("select count(distinct pipe_id) from water_repair") == [(100,)]
    assert pipes_read(loaded) - before < 1_000


def test_repairs_follow_a_pipe_by_their_place(loaded: Network) -> None:
    asked(
        "insert into water_repair (owner_id, network, geom) values (%(owner)s, 'water', st_point(%(x)s, %(y)s, 2154))",
        owner=loaded.member.pk,
        x=X + 1005,
        y=Y + 2,
    )
    ((pipe,),) = loaded.rows("select pipe_id from water_repair")
    before = pipes_read(loaded)
    loaded.node(1003, 0)
    assert pipes_read(loaded) - before < 1_000
    assert loaded.rows("select pipe_id from water_repair") == [(pipe,)]


def test_faults_of_an_import_are_looked_for_around_its_own_rows(loaded: Network) -> None:
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute("select set_config('arpent.topology', 'off', true)")
        cursor.execute("update water_pipe set import_id = 7; update water_node set import_id = 7")
        cursor.execute("select set_config('arpent.topology', '', true)")
    before = pipes_read(loaded)
    with acting_as(SYSTEM), factories.as_worker(), connection.cursor() as cursor:
        cursor.execute("select count(*) from arpent.network_faults('water', %s, 7)", [loaded.member.pk])
        assert cursor.fetchall() == [(0,)]
    assert pipes_read(loaded) - before < 30 * SIZE


def test_a_walk_reads_the_squares_that_it_meets(loaded: Network) -> None:
    before = pipes_read(loaded)
    with loaded.as_():
        Graph(WATER, loaded.member.pk).load_squares([(int(X // 250), int(Y // 250))])
    assert pipes_read(loaded) - before < 1_000
