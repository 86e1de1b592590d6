"""The history event of an import, and who may change a layer meanwhile."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.database.statements import execute
from gis_core.errors import Invalid
from layers.catalogue.models import Layer
from layers.features.services.origin import continue_event
from layers.intake.models import FileImport

# A layer's own row changes with its data: that belongs to the same event.
CATALOGUE = "catalogue_layer"


def open_event(order: FileImport, kind: str, counts: Mapping[str, Any] | None = None) -> int:
    """One history event for every change that this transaction makes to the layer's table from now on; its id."""
    table = require_layer(order).table
    order_detail = {"label": order.title, "import": order.pk, "mode": order.choices["mode"]}
    detail = {"from": "import", **order_detail, **(counts or {})}
    with connection.cursor() as cursor:
        statement = "select arpent.open_event(%s, %s::regclass, %s::jsonb)"
        cursor.execute(statement, [kind, table, json.dumps(detail)])
        (event,) = cursor.fetchone()
    continue_event([CATALOGUE], event)
    return int(event)


def require_layer(order: FileImport) -> Layer:
    """The layer that exists. Raises Invalid when it is gone."""
    if order.layer is None:
        raise Invalid(_("The layer no longer exists."))
    return order.layer


def one_at_a_time(layer: Layer) -> None:
    """Wait until no other import changes this layer, and keep others waiting until the transaction's end."""
    execute("select pg_advisory_xact_lock(hashtextextended('arpent import ' || %s, 0))", [layer.pk])


def keep_as_it_is(layer: Layer) -> None:
    """Let nobody write the layer's rows until the transaction's end; reading goes on."""
    statement = sql.SQL("lock table {} in share row exclusive mode").format(sql.Identifier(layer.table))
    execute(statement)
