"""The thin layer in front of Django."""

from collections.abc import Callable, Iterable
from typing import Any

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def tiles_first(django: Application) -> Application:
    return django
