"""How the database keeps water and sewers networks, whoever writes: which function looks at which change.

Beside these, their models' `security = "owner"` gives each table 900 version and 950 history (`secure_table.sql`). A
node put on a pipe splits it: `carry_pipes` calls `split_pipe`, which writes both pieces and what hangs on them.
"""

from gis_core.wiring.database import Trigger
from layers.features.numbering import numbering_trigger
from layers.features.topology import TOPOLOGY_WORKS
from networks.water.families import FamilyName

REPAIRS = Trigger(
    table="water_repair", order=20, name="pipe", fires="before insert or update", call="complete_repair()"
)


def network_triggers(family: FamilyName) -> tuple[Trigger, ...]:
    """Those of a family of tables: its pipes, nodes and connections."""
    return (
        topology(f"{family}_pipe", 20, "connect", "before insert or update", f"connect_pipe('{family}')"),
        topology(f"{family}_pipe", 30, "nodes", "after update or delete", f"leave_nodes('{family}')"),
        # The nodes first: repairs lie on pipes that are connected.
        topology(f"{family}_pipe", 40, "repairs", "after update or delete", f"follow_pipe('{family}')"),
        topology(f"{family}_node", 20, "place", "before insert or update", f"place_node('{family}')"),
        topology(f"{family}_node", 30, "pipes", "after insert or update", f"carry_pipes('{family}')"),
        topology(f"{family}_node", 40, "merge", "before delete", f"merge_pipes('{family}')"),
        topology(f"{family}_connection", 20, "attach", "before insert or update", f"attach_connection('{family}')"),
        # Plain junctions that a pipe makes at its ends come and go with it: they have no reference.
        numbering_trigger(
            f"{family}_node", when="coalesce(pg_catalog.current_setting('arpent.connecting', true), '') = ''"
        ),
        numbering_trigger(f"{family}_pipe"),
        numbering_trigger(f"{family}_connection"),
    )


def topology(table: str, order: int, name: str, fires: str, call: str) -> Trigger:
    return Trigger(table=table, order=order, name=name, fires=fires, call=call, when=TOPOLOGY_WORKS)
