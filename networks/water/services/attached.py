"""What hangs on pipes that are split or merged by hand: connections and repairs, each on the piece on which it lies."""

from collections.abc import Callable, Sequence
from functools import partial

from psycopg import sql

from layers.intake.services.loading import rows, run
from networks.water.families import FamilyName

HANGING = "select id from {table} where pipe_id = any(%(pipes)s) and {of}"
PUT = """
    with hanging as materialized (select id, geom from {table} where id = any(%(ids)s)),
    new_pipe as materialized (select id, geom from {pipes} where id = any(%(new_pipes)s))
    update {table} t set pipe_id = near.id from hanging h cross join lateral (
        select p.id from new_pipe p order by st_distance(p.geom, h.geom), p.id limit 1) near
    where t.id = h.id and t.pipe_id is distinct from near.id
"""


def note_attached(family: FamilyName, pipes: Sequence[int]) -> Callable[[Sequence[int]], None]:
    """What puts the connections and repairs of pipes on what these become (their ids), once that is written."""
    tables = {
        f"{family}_connection": sql.SQL("true"),
        "water_repair": sql.SQL("network = {}").format(sql.Literal(family)),
    }
    hanging = {
        table: [pk for (pk,) in rows(HANGING, table=sql.Identifier(table), of=of, pipes=list(pipes))]
        for table, of in tables.items()
    }
    return partial(attach_to_new_pipes, family, hanging)


def attach_to_new_pipes(family: FamilyName, hanging: dict[str, list[int]], new_pipes: Sequence[int]) -> None:
    pipes = sql.Identifier(f"{family}_pipe")
    for table, ids in hanging.items():
        if ids:
            run(PUT, table=sql.Identifier(table), pipes=pipes, ids=ids, new_pipes=list(new_pipes))
