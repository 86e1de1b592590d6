"""What apps add to a feature's sheet: each gives `FEATURE_SHEETS` those of its layers; this module knows none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gis_core.members.rights import Rights
from layers.catalogue.columns import THIS_YEAR
from layers.features.display import display
from layers.features.points import FEATURE_SHEETS

type Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One line of a sheet; `display` is the value as people read it."""

    name: str
    label: str
    value: Any
    unit: str | None = None
    display: str

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("name", "label", "value", "unit", "display")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A page of the platform that goes on from a feature."""

    title: str
    url: str

    def as_json(self) -> dict[str, str]:
        return {"title": self.title, "url": self.url}


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """What an app says of one feature beyond its columns; None keeps what the layer gives."""

    title: str | None = None
    subtitle: str | None = None
    properties: Sequence[Property] = field(default_factory=tuple)
    """Lines; one that has the name of a column takes its place."""
    hidden: frozenset[str] = frozenset()
    """Columns that the additions repeat."""
    links: Sequence[Link] = field(default_factory=tuple)
    picture: str | None = None
    """The address of a drawing of it, which says no more than the title and subtitle do."""

    def and_also(self, other: "Addition") -> "Addition":
        """Both: the first title and subtitle, everything else of each."""
        return Addition(
            title=self.title or other.title,
            subtitle=self.subtitle or other.subtitle,
            properties=(*self.properties, *other.properties),
            hidden=self.hidden | other.hidden,
            links=(*self.links, *other.links),
            picture=self.picture or other.picture,
        )


type Describe = Callable[[Sequence[Values], Rights], Mapping[int, Addition]]
"""Additions by feature id, for rows of one layer (`id` and declared columns), in few queries whatever their number."""


def additions(slug: str, rows: Sequence[Values], rights: Rights) -> Mapping[int, Addition]:
    """What apps add, by feature id."""
    by_feature: dict[int, Addition] = {}
    for sheet in FEATURE_SHEETS.all() if rows else ():
        for pk, addition in sheet.describe(rows, rights).items() if sheet.layer == slug else ():
            by_feature[pk] = by_feature[pk].and_also(addition) if pk in by_feature else addition
    return by_feature


def column_property(column: Mapping[str, Any], value: Any) -> Property:
    """A declared column's line (label already in the asker's language)."""
    kind, unit = "text" if is_year(column) else column.get("type", "text"), column.get("unit")
    return Property(
        name=column["name"], label=column["label"], value=plain(value), unit=unit, display=display(value, kind, unit)
    )


def is_year(column: Mapping[str, Any]) -> bool:
    """Whether it counts years, by its own limits: their thousands are not set apart."""
    low, high = column.get("minimum"), column.get("maximum")
    if high == THIS_YEAR:
        return True
    return column.get("type") == "integer" and low is not None and high is not None and 1000 <= low <= high < 3000


def plain(value: Any) -> Any:
    """A JSON value."""
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
