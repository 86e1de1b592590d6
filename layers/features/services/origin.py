"""Where a write comes from, as the history tells it; and the one event that its changes belong to."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from gis_core.database.statements import fetch_one
from layers.catalogue.models import Layer

TABLE = "to_regclass('public.' || quote_ident(%s))"
SETTING = f"'arpent.event_' || {TABLE}::oid"

CONTINUED = (
    "select count(set_config('arpent.event_' || to_regclass('public.' || quote_ident(name))::oid, %s, true))"
    " from unnest(%s::text[]) name"
)

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
    detail = json.dumps({"event": kind, "from": origin.kind, "label": origin.label[:200]})
    ask(f"select set_config('arpent.origin', %s, true), set_config({SETTING}, '', true)", [detail, layer.table])
    yield
    ask("select set_config('arpent.origin', '', true)", [])


def event_of(layer: Layer) -> int | None:
    """The event of the changes that this transaction made last to the layer, None where it made none."""
    event_id = ask(f"select nullif(current_setting({SETTING}, true), '')::bigint", [layer.table])
    return None if event_id is None else int(event_id)


def continue_event(tables: Iterable[str], event_id: int | None) -> None:
    """In this transaction, changes of these tables belong to this event from now on; without one, to a new one."""
    setting = "" if event_id is None else str(event_id)
    ask(CONTINUED, [setting, list(tables)])


def open_event(tables: Sequence[str], detail: Mapping[str, Any], kind: str = "import") -> None:
    """One new event for every change that this transaction makes to these tables, and to the catalogue with them."""
    first, *others = tables
    event_id = ask("select arpent.open_event(%s, %s::regclass, %s::jsonb)", [kind, first, json.dumps(dict(detail))])
    continue_event([*others, "catalogue_layer"], event_id)


def annotate(layer: Layer, detail: dict[str, Any]) -> None:
    """Say more of the event of the last changes."""
    ask(f"select arpent.annotate_event({TABLE}, %s)", [layer.table, json.dumps(detail)])


def ask(statement: str, values: list[Any]) -> Any:
    return fetch_one(statement, values)[0]
