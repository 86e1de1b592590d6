"""The lines of the pages of imports, from the sources whose files they take."""

import sys
from collections.abc import Iterator

from django.urls import get_resolver, reverse

from layers.intake.desk import ImportDesk


def desks() -> list[ImportDesk]:
    """Those that the modules of pages declare, all of which the addresses of the platform load."""
    assert get_resolver().reverse_dict
    known = (one for module in list(sys.modules.values()) for one in vars(module).values())
    return list({id(one): one for one in known if isinstance(one, ImportDesk)}.values())


def rows(roles: tuple[str, ...]) -> Iterator[tuple[str, str, str, list[str]]]:
    """Route, methods, scope and statuses: for the roles of the source and the agency, of their own members' imports."""
    for desk in desks():
        allowed = desk.source().roles
        page = reverse(desk.urls[0])[1:]
        for route, methods, scope, status, agency in (
            (page, "GET,HEAD", "-", "200", "200"),
            (page, "POST", "own", "302", "302"),
            (page, "POST", "other", "404", "302"),
            (page, "POST", "none", "404", "404"),
            (f"{page}<int:import_id>/", "GET,HEAD", "own", "200", "200"),
            (f"{page}<int:import_id>/", "GET,HEAD", "other", "404", "200"),
            (f"{page}<int:import_id>/", "POST", "own", "302", "302"),
            (f"{page}<int:import_id>/", "POST", "other", "404", "302"),
            (f"{page}<int:import_id>/lignes.csv", "GET,HEAD", "own", "200", "200"),
            (f"{page}<int:import_id>/lignes.csv", "GET,HEAD", "other", "404", "200"),
        ):
            yield route, methods, scope, ["302", *(status if one in allowed else "403" for one in roles[1:-1]), agency]
