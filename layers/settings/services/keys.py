"""The unique reference of a layer: changed by the worker, who alone may touch a table's indexes."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.database.statements import fetch_all
from gis_core.errors import Conflict, Invalid
from gis_core.jobs.services import start_job
from gis_core.members.rights import Rights
from gis_core.models import Job, User
from layers.catalogue.models import Layer
from layers.catalogue.tables import call

KIND = "layer_key"
MOST_EXAMPLES = 5
TWICE = sql.SQL(
    "select {column}::text from {table} where {column} is not null group by owner_id, {column} having count(*) > 1"
    " order by 1 limit %(most)s"
)


def ask_for_key(layer: Layer, column: str, *, rights: Rights, started_by: User) -> Job:
    """Have the worker make this column (none: "") the unique reference. Raises Invalid, Forbidden."""
    check_key(layer, column)
    return start_job(
        kind=KIND,
        title=_("Unique reference of %(layer)s") % {"layer": layer},
        owner=layer.owner,
        started_by=started_by,
        parameters={"layer": layer.pk, "column": column},
        rights=rights,
    )


def check_key(layer: Layer, column: str) -> str:
    if column and column not in {one["name"] for one in layer.columns if one["type"] in ("text", "integer")}:
        raise Invalid(_("The layer has no field of this name that could be a reference."), parameter="key_column")
    return column


@transaction.atomic
def set_key(layer: Layer, column: str) -> None:
    """For the worker. Raises Conflict, with some of the values that several objects have."""
    check_key(layer, column)
    try:
        with transaction.atomic():
            call("set_layer_key", layer.table, column or None)
    except IntegrityError as error:
        names = ", ".join(values_twice(layer, column))
        message = _("Several objects have the same value: %(names)s… Correct them first, then ask again.")
        raise Conflict(message % {"names": names}) from error
    layer.key_column = column
    layer.save(update_fields=["key_column"])


def values_twice(layer: Layer, column: str) -> list[str]:
    statement = TWICE.format(column=sql.Identifier(column), table=sql.Identifier(layer.table))
    return [str(value)[:60] for (value,) in fetch_all(statement, {"most": MOST_EXAMPLES})]
