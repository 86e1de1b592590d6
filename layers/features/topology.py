"""Tables whose rows keep a topology by triggers (networks, roads), and loaders that make it themselves."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from gis_core.database.statements import execute

TOPOLOGY_WORKS: Final = """\
pg_catalog.current_setting('arpent.topology', true) is distinct from 'off'
or case pg_catalog.current_setting('role') when 'none' then session_user::text
    else pg_catalog.current_setting('role') end <> all (array['arpent_worker', 'arpent_owner'])"""
"""When the topology's triggers look at a row: always, but for those who load a network (`loading`).

The condition of a trigger costs a fiftieth of a function that is called to find out the same. It is read again where no
schema is searched (a restore).
"""


@contextmanager
def loading() -> Iterator[None]:
    """Inside, the worker's rows are taken as they are: the loader has made them a network itself, and checks it after.

    Obeyed for the worker and the owner of the tables, until the end of the transaction or of the block.
    """
    setting("off")
    yield
    setting("")


def setting(value: str) -> None:
    execute("select set_config('arpent.topology', %s, true)", [value])
