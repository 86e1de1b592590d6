"""Programs that write without the version they saw: whoever wrote the same fields lately is told."""

from collections.abc import Sequence
from datetime import timedelta

from psycopg import sql

from gis_core.database.statements import execute
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.features.services.read import fetch

LATELY = timedelta(days=7)
"""A program may have read what it replaces that long ago."""


def notify_authors(layer: Layer, feature_id: int, names: Sequence[str] | None, rights: Rights) -> tuple[str, ...]:
    """Tell those who wrote these fields ("geometry" among them; None: the whole row, which goes away); the fields.

    Called before the fields are written.
    """
    authors = field_authors(layer, feature_id)
    whole = authors.pop("*", None)
    fields = list(authors) if names is None else list(names)
    theirs: dict[int, list[str]] = {}
    for name in fields:
        person = authors.get(name, whole)
        if person is not None and person != rights.user_id:
            theirs.setdefault(person, []).append(name)
    if names is None and not theirs and whole is not None and whole != rights.user_id:
        theirs[whole] = []
    for person, overwritten in theirs.items():
        notify(person, layer, feature_id, "delete" if names is None else "update", overwritten)
    return tuple(sorted(name for overwritten in theirs.values() for name in overwritten))


def field_authors(layer: Layer, feature_id: int) -> dict[str, int | None]:
    """Who wrote each field last, among those written lately; "*" for a row that was made lately."""
    names = [column["name"] for column in layer.columns]
    statement = sql.SQL(
        "select a.field, a.by_user"
        " from (select to_jsonb(kept) as row from (select {} from {} where id = %(id)s) kept) now,"
        " arpent.field_authors(%(layer)s, %(id)s, now.row, pg_catalog.now() - %(lately)s) a"
        " where a.field = any(%(names)s)"
    ).format(sql.SQL(", ").join(map(sql.Identifier, names)), sql.Identifier(layer.table))
    seen = {"layer": layer.pk, "id": feature_id, "lately": LATELY, "names": [*names, "geometry", "*"]}
    return {row["field"]: row["by_user"] for row in fetch(statement, seen)}


def notify(person: int, layer: Layer, feature_id: int, action: str, fields: Sequence[str]) -> None:
    execute("select arpent.notify(%s, %s, %s, %s, %s)", [person, layer.pk, feature_id, action, list(fields)])
