"""Rules of a layer: put in place by the worker, and the list of objects that break them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.types.json import Jsonb

from gis_core.database.statements import execute
from gis_core.desk.parameters import BBox, Parameters, bbox_4326, integer
from gis_core.errors import Conflict, Forbidden, Invalid
from gis_core.jobs.services import start_job
from gis_core.members.rights import ADMINISTRATORS, Rights
from gis_core.models import Job, User
from layers.catalogue.models import Layer
from layers.catalogue.validators import validate_rules
from layers.features.services.read import fetch, inside, title_of
from layers.features.services.refusals import rule_message

KIND = "layer_rules"
MOST_EXAMINED = 20_000
FAULTS = sql.SQL("""
    with examined as materialized (select array_agg(id) as ids from
        (select id from {table} where {where} order by id limit %(examined)s) few),
    fault as (select f.* from examined, arpent.rule_faults({name}::regclass, %(rule)s, examined.ids) f limit %(most)s)
    select fault.id, fault.other, st_x(fault.place) as x, st_y(fault.place) as y,
        st_x(degrees) as lon, st_y(degrees) as lat {columns}
    from fault join {table} t on t.id = fault.id, st_transform(st_setsrid(fault.place, 2154), 4326) degrees
    order by fault.id
""")


def check_rules(layer: Layer, rules: Any) -> list[dict[str, Any]]:
    """The rules, if this layer can have them. Raises Invalid."""
    try:
        validate_rules(rules)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), parameter="rules") from error
    names = {column["name"] for column in layer.columns}
    for rule in rules:
        if rule["kind"] == "unique" and rule["column"] not in names:
            message = _("The layer has no field called %(name)s.")
            raise Invalid(message % {"name": rule["column"]}, parameter="rules")
    checked: list[dict[str, Any]] = rules
    return checked


def check_may_rule(layer: Layer, rights: Rights) -> None:
    """Rules are for those who administer the layer's owner. Raises Forbidden."""
    if not rights.has_role(layer.owner_id, ADMINISTRATORS):
        raise Forbidden(_("Only GIS administrators of the layer's owner change its rules."))


def ask_for_rules(layer: Layer, rules: Any, *, rights: Rights, started_by: User) -> Job:
    """Have the worker give a layer these rules. Raises Forbidden, Invalid."""
    check_may_rule(layer, rights)
    return start_job(
        kind=KIND,
        title=_("Rules of %(layer)s") % {"layer": layer},
        owner=layer.owner,
        started_by=started_by,
        parameters={"layer": layer.pk, "rules": check_rules(layer, rules)},
        rights=rights,
    )


@transaction.atomic
def set_rules(layer: Layer, rules: Any) -> None:
    """Give a layer these rules and put the hard ones in place on its table: for the worker.

    Raises Invalid, Conflict where two objects have the reference that would be unique.
    """
    layer.rules = check_rules(layer, rules)
    layer.save(update_fields=["rules"])
    try:
        with transaction.atomic():
            execute("select arpent.apply_layer_rules(%s)", [layer.pk])
    except IntegrityError as error:
        message = _("Several objects have the same reference: correct them first (list of problems), then ask again.")
        raise Conflict(message) from error


@dataclass(frozen=True, slots=True)
class IssuesQuery:
    """Which problems are asked for: those in a bbox (EPSG:4326), so many of them."""

    bbox: BBox | None
    limit: int

    @classmethod
    def parse(cls, parameters: Parameters) -> "IssuesQuery":
        """Box in degrees (EPSG:4326) and number of issues, 100 if none is given. Raises Invalid."""
        return cls(bbox_4326(parameters), integer(parameters, "limit", 100, 1, 1000))


def issues(layer: Layer, query: IssuesQuery, rights: Rights) -> dict[str, Any]:
    """Objects that break the layer's rules; `complete` is false where not all of them were looked for."""
    where, values = inside(query.bbox)
    results: list[dict[str, Any]] = []
    for rule in layer.rules:
        results += faults(layer, rule, where, values | {"most": query.limit + 1 - len(results)}, rights)
        if len(results) > query.limit:
            break
    return {
        "results": results[: query.limit],
        "complete": len(results) <= query.limit and not many(layer, where, values),
    }


def many(layer: Layer, where: sql.Composable, values: Mapping[str, Any]) -> bool:
    """Whether there is more than is examined."""
    statement = sql.SQL("select count(*) as n from (select from {} where {} limit %(most)s) few")
    rows = fetch(statement.format(sql.Identifier(layer.table), where), {**values, "most": MOST_EXAMINED + 1})
    return bool(rows[0]["n"] > MOST_EXAMINED)


def faults(
    layer: Layer, rule: Mapping[str, Any], where: sql.Composable, values: Mapping[str, Any], rights: Rights
) -> list[dict[str, Any]]:
    names = [one["name"] for one in layer.fields_for(rights) if one["name"] == layer.title_field]
    statement = FAULTS.format(
        table=sql.Identifier(layer.table),
        name=sql.Literal(f"public.{layer.table}"),
        where=where,
        columns=sql.SQL("").join(sql.SQL(", t.{}").format(sql.Identifier(name)) for name in names),
    )
    rows = fetch(statement, {**values, "rule": Jsonb(dict(rule)), "examined": MOST_EXAMINED})
    return [issue(layer, rule, row) for row in rows]


def issue(layer: Layer, rule: Mapping[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    return {
        "rule": rule["kind"],
        "hard": bool(rule.get("hard")),
        "id": row["id"],
        "title": title_of(layer, row),
        "other": row["other"],
        "message": rule_message(rule["kind"], row["other"], row["x"], row["y"]),
        "center_4326": [round(row["lon"], 7), round(row["lat"], 7)],
    }
