"""What the platform asks of its apps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis_core.wiring.points import ExtensionPoint

if TYPE_CHECKING:
    from gis_core.letters.kinds import LetterKind

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
