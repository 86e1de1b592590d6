"""Where a write comes from, as the history tells it; and the one event that its changes belong to."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from django.db import connection

from layers.catalogue.models import Layer

type Kind = Literal["web", "api", "qgis", "import"]


@dataclass(frozen=True, slots=True)
class Origin:
    """The kind of client, and what people call it (a token's name, a browser)."""

    kind: Kind
    label: str = ""

    @property
    def must_say_version(self) -> bool:
        """Whether a write needs the version that was seen: the web map always knows it, other programs may not."""
        return self.kind == "web"


@contextmanager
def event(layer: Layer, kind: str, origin: Origin) -> Iterator[None]:
    """Inside, in an open transaction, changes of the layer's table belong to one new event of this kind."""
    told = json.dumps({"event": kind, "from": origin.kind, "label": origin.label[:200]})
    setting(layer, told)
    yield
    setting(layer, "")


def setting(layer: Layer, origin: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config('arpent.origin', %s, true),"
            " set_config('arpent.event_' || to_regclass('public.' || quote_ident(%s))::oid, '', true)",
            [origin, layer.table],
        )


def annotate(layer: Layer, detail: dict[str, Any]) -> None:
    """Say more of the event (only inside of one that changed something)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select arpent.annotate_event(to_regclass('public.' || quote_ident(%s)), %s)",
            [layer.table, json.dumps(detail)],
        )
