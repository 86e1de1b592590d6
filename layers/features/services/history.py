"""What happened to features: a timeline for each, those deleted, what was done to a layer; former versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.types.json import Jsonb

from gis_core.database.statements import fetch_all
from gis_core.desk.parameters import Parameters, integer
from gis_core.errors import Forbidden, NotFound
from gis_core.members.rights import Rights
from gis_core.models import User
from layers.catalogue.models import Layer
from layers.features.errors import Missing
from layers.features.services.read import LARGEST_ID, fetch, title_of

type Row = dict[str, Any]

ACTIONS = {"INSERT": "create", "UPDATE": "update", "DELETE": "delete"}
MOST_ENTRIES = 200
LINEAGE = ("split", "merge", "restored")
"""What the detail of an event may say of where its objects come from."""
GEOMETRY_4326 = "st_asgeojson(st_transform(st_force2d(geom), 4326), 7)::json as geometry"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which entries of a history are asked for: those before a place in it, the latest first."""

    before: int
    limit: int

    @classmethod
    def parse(cls, parameters: Parameters) -> "Stretch":
        """Which entries are wanted: those before a number, and how many. Raises Invalid."""
        return cls(
            integer(parameters, "before", 10**18 - 1, 1, 10**18 - 1), integer(parameters, "limit", 50, 1, MOST_ENTRIES)
        )


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Entries as JSON, the latest first; `before` continues, None at the end."""

    entries: list[dict[str, Any]]
    before: int | None


def check_may_read(layer: Layer, rights: Rights) -> None:
    """History names people: it is for those of the layer's owner. Raises Forbidden."""
    shared = layer.owner_id is None and layer.rows == Layer.Rows.OWNER and bool(rights.members())
    if not (rights.agency or layer.owner_id in rights.members() or shared):
        raise Forbidden(_("Only people of the layer's owner see its history."))


def feature_history(layer: Layer, feature_id: int, stretch: Stretch, rights: Rights) -> HistoryPage:
    """The timeline of one feature. Raises Forbidden, Missing."""
    check_may_read(layer, rights)
    now = current(layer, feature_id)
    rows = history_rows(layer, feature_id, now, stretch)
    if not rows and now is None:
        raise Missing
    people = names_of(rows)
    fields = layer.fields_for(rights)
    return page([timeline_entry(row, fields, people) for row in rows], rows, stretch)


def history_rows(layer: Layer, feature_id: int, now: Row | None, stretch: Stretch) -> list[Row]:
    statement = sql.SQL(
        "select id, operation, version, at, by_user, kind, moved, detail::json, former::json, latter::json, {}"
        " from arpent.feature_history(%(layer)s, %(id)s, %(now)s, %(geom)s, %(before)s, %(limit)s) h"
    ).format(sql.SQL(GEOMETRY_4326))
    return fetch(
        statement, query_values(layer, feature_id, now) | {"before": stretch.before, "limit": stretch.limit + 1}
    )


def query_values(layer: Layer, feature_id: int, now: Row | None) -> dict[str, Any]:
    """What statements about one feature are given: its layer, its id, its row and its geometry as they are now."""
    return {
        "layer": layer.pk,
        "id": min(feature_id, LARGEST_ID),
        "now": Jsonb(now["row"]) if now else None,
        "geom": now["geom"] if now else None,
    }


def current(layer: Layer, feature_id: int) -> Row | None:
    """The row as it is (`row`, JSON, without its geometry; `geom`, EWKB in hexadecimal), None for one not seen."""
    names = ["id", "version", "owner_id", "shared_with", "import_id", *(one["name"] for one in layer.columns)]
    statement = sql.SQL(
        "select (to_jsonb(kept) - '__geom')::json as row, kept.__geom::text as geom"
        " from (select {}, geom as __geom from {} where id = %(id)s) kept"
    ).format(
        sql.SQL(", ").join(map(sql.Identifier, dict.fromkeys(existing(layer, names)))), sql.Identifier(layer.table)
    )
    rows = fetch(statement, {"id": feature_id}) if feature_id <= LARGEST_ID else []
    return rows[0] if rows else None


def existing(layer: Layer, names: Sequence[str]) -> list[str]:
    """Those of the columns that the layer's table has."""
    rows = fetch_all(
        "select attname from pg_attribute where attrelid = to_regclass('public.' || quote_ident(%s))"
        " and attnum > 0 and not attisdropped",
        [layer.table],
    )
    there = {name for (name,) in rows}
    return [name for name in names if name in there]


def timeline_entry(row: Row, fields: Sequence[Mapping[str, Any]], people: Mapping[int, str]) -> dict[str, Any]:
    return {
        "version": row["version"],
        "at": row["at"].isoformat(),
        "by": people.get(row["by_user"] or 0, ""),
        "from": where_from(row),
        "action": ACTIONS[row["operation"]],
        "kind": row["kind"],
        "lineage": {name: row["detail"][name] for name in LINEAGE if name in row["detail"]} or None,
        "changes": changes(fields, row["former"] or {}, row["latter"] or {}),
        "geometry_changed": row["moved"],
        "geometry": row["geometry"],
    }


def changes(fields: Sequence[Mapping[str, Any]], before: Row, after: Row) -> list[dict[str, Any]]:
    """The fields that differ, as plain values."""
    return [
        {"name": name, "label": one["label"], "before": before.get(name), "after": after.get(name)}
        for one, name in ((one, one["name"]) for one in fields)
        if before.get(name) != after.get(name)
    ]


def where_from(row: Row) -> str:
    """Where a change came from, in words."""
    kinds = {"web": _("Map"), "qgis": "QGIS", "api": "API", "import": _("Import")}
    kind = kinds.get(row["detail"].get("from", "import" if row["kind"] == "import" else ""))
    label = row["detail"].get("label")
    return " · ".join(part for part in (kind or _("Database"), label) if part)


def names_of(rows: Sequence[Row]) -> dict[int, str]:
    """What people are called, by id."""
    people = User.objects.filter(pk__in={row["by_user"] for row in rows if row["by_user"]})
    return {person.pk: str(person) for person in people}


def page(entries: list[dict[str, Any]], rows: Sequence[Row], stretch: Stretch) -> HistoryPage:
    following = rows[stretch.limit - 1]["id"] if len(rows) > stretch.limit else None
    return HistoryPage(entries[: stretch.limit], following)


def list_deleted_features(layer: Layer, stretch: Stretch, rights: Rights) -> HistoryPage:
    """Features that were deleted and are not back. Raises Forbidden."""
    check_may_read(layer, rights)
    statement = sql.SQL(
        "select id, pk, version, at, by_user, former::json, {}"
        " from arpent.deleted_features(%(layer)s, %(before)s, %(limit)s)"
    )
    values = {"layer": layer.pk, "before": stretch.before, "limit": stretch.limit + 1}
    rows = fetch(statement.format(sql.SQL(GEOMETRY_4326)), values)
    people, back = names_of(rows), there(layer, [row["pk"] for row in rows])
    visible = {one["name"] for one in layer.fields_for(rights)}
    latest = page([describe_deleted(layer, row, visible, people) for row in rows], rows, stretch)
    return HistoryPage([entry for entry in latest.entries if entry["id"] not in back], latest.before)


def there(layer: Layer, ids: Sequence[int]) -> set[int]:
    statement = sql.SQL("select id from {} where id = any(%(ids)s)").format(sql.Identifier(layer.table))
    return {row["id"] for row in fetch(statement, {"ids": list(ids)})}


def describe_deleted(layer: Layer, row: Row, visible: set[str], people: Mapping[int, str]) -> dict[str, Any]:
    values = {name: value for name, value in row["former"].items() if name in visible}
    return {
        "id": row["pk"],
        "version": row["version"],
        "title": title_of(layer, values | {"id": row["pk"]}),
        "at": row["at"].isoformat(),
        "by": people.get(row["by_user"] or 0, ""),
        "geometry": row["geometry"],
    }


def layer_events(layer: Layer, stretch: Stretch, rights: Rights) -> HistoryPage:
    """What was done to a layer: edits, imports, raw SQL. Raises Forbidden."""
    check_may_read(layer, rights)
    statement = sql.SQL(
        "select id, kind, at, by_user, touched, detail::json from arpent.layer_events(%(layer)s, %(before)s, %(limit)s)"
    )
    rows = fetch(statement, {"layer": layer.pk, "before": stretch.before, "limit": stretch.limit + 1})
    people = names_of(rows)
    return page([event_entry(row, people) for row in rows], rows, stretch)


def event_entry(row: Row, people: Mapping[int, str]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "kind": row["kind"],
        "at": row["at"].isoformat(),
        "by": people.get(row["by_user"] or 0, ""),
        "from": where_from(row),
        "rows": row["touched"],
    }


@dataclass(frozen=True, slots=True)
class Former:
    """A feature as it was: its row as JSON, its geometry, and the last version that it has or had."""

    row: Row
    geometry: GEOSGeometry | None
    last_version: int


def former_version(layer: Layer, feature_id: int, version: int, rights: Rights) -> Former:
    """A feature as it was at a version, also one that is gone, with the last version of that state.

    Raises Forbidden, NotFound.
    """
    check_may_read(layer, rights)
    now = current(layer, feature_id)
    if now is not None and now["row"]["version"] == version:
        return Former(now["row"], geometry_of(now["geom"]), version)
    statement = sql.SQL(
        "select v.state::json, v.geom::text as geom, v.last_version"
        " from arpent.feature_version(%(layer)s, %(id)s, %(version)s, %(now)s, %(geom)s) v"
    )
    rows = fetch(statement, query_values(layer, feature_id, now) | {"version": version})
    if not rows:
        raise NotFound(_("There is no such version of this object, or you may not see it."))
    return Former(rows[0]["state"], geometry_of(rows[0]["geom"]), rows[0]["last_version"])


def geometry_of(ewkb: str | None) -> GEOSGeometry | None:
    return GEOSGeometry(ewkb) if ewkb else None
