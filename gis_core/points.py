"""What the platform asks of its apps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise

from gis_core.wiring.points import ExtensionPoint

if TYPE_CHECKING:
    from gis_core.letters.kinds import LetterKind

type Label = str | Promise

LETTER_KINDS: ExtensionPoint[LetterKind] = ExtensionPoint(
    "letters.kinds",
    "Kinds of letters that members write and whose templates they edit, in the order of the page of templates.",
    key=lambda kind: kind.code,
)


# -- operations -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of /metrics: `read` is called in the process that answers."""

    name: str
    description: str
    read: Callable[[], float]


MEASURES: ExtensionPoint[Measure] = ExtensionPoint(
    "operations.measures",
    "What is measured each time /metrics is read, in the order in which it is written.",
    key=lambda measure: measure.name,
)


# -- pages ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Desk:
    """Pages with a row of tabs: what they are called together."""

    slug: str
    label: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A tab of a desk: `name` is that of its page's address. Those for `technicians` are for who works on a network."""

    desk: str
    name: str
    label: Label
    order: int
    technicians: bool = False


DESKS: ExtensionPoint[Desk] = ExtensionPoint(
    "desk.desks", "Groups of pages that share a row of tabs; their order means nothing.", key=lambda desk: desk.slug
)
TABS: ExtensionPoint[Tab] = ExtensionPoint(
    "desk.tabs",
    "The tabs of each desk, by their order.",
    key=lambda tab: (tab.desk, tab.name),
    order=lambda tab: tab.order,
)
