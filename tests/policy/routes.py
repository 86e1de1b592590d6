"""Every address of the platform, with the lines of the policy table that name it."""

import re
from collections.abc import Iterator
from functools import cache

from django.urls import URLPattern, URLResolver, get_resolver

from tests.policy.table import Line, lines


def routes() -> Iterator[str]:
    """Every address pattern of the URLconf, the administration's included."""
    for route, _pattern in patterns():
        yield route


def patterns(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """The same, each with what it leads to."""
    for pattern in (resolver or get_resolver()).url_patterns:
        text = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, text)
        else:
            assert isinstance(pattern, URLPattern)
            yield re.sub(r"[\^$\\]", "", re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", text)), pattern


TABLE = lines()
ROUTES = sorted(set(routes()))


@cache
def lines_of(route: str) -> tuple[Line, ...]:
    """The lines of the table that name a route."""
    return tuple(line for line in TABLE if line.names(route))


def named_methods(route: str) -> set[str]:
    return {method for line in lines_of(route) for method in line.methods} - {"REST"}
