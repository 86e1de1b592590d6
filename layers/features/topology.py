"""Tables whose rows keep a topology by triggers (networks, roads), and loaders that make it themselves."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def loading() -> Iterator[None]:
    """Inside, the worker's rows are taken as they are: the loader has made them a network itself, and checks it after.

    Obeyed for the worker and the owner of the tables, until the end of the transaction or of the block.
    """
    setting("off")
    yield
    setting("")


def setting(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('arpent.topology', %s, true)", [value])
