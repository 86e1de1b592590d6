"""What a rule's verdict is made of. Reasons are codes with parameters: who shows them says them in a language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from shapely.geometry.base import BaseGeometry

TINY = 1e-6


class Status(StrEnum):
    """Never "authorised": the instructor decides, the system measures. In the order in which the worst is sought."""

    BROKEN = "broken"
    TO_JUDGE = "to_judge"
    RESPECTED = "respected"
    NOT_APPLICABLE = "not_applicable"


ORDER = {status: place for place, status in enumerate(Status)}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a status is what it is."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One attribute of a constraint against one volume, or all.

    `margin` is how far the limit is from being broken, below zero where it is; all in `unit` (m, ratio, %, levels).
    `volume` is its place in the project, from 0, None where it is about all.
    """

    name: str
    status: Status
    value: float | None = None
    limit: float | None = None
    margin: float | None = None
    accuracy: float | None = None
    unit: str = "m"
    where: BaseGeometry | None = None
    volume: int | None = None
    reference: str = ""
    reasons: tuple[Reason, ...] = ()

    @property
    def badness(self) -> tuple[int, float]:
        """The worst comes first."""
        return ORDER[self.status], 0.0 if self.margin is None else self.margin


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Of one constraint of a rule: the measure that decides, and those of its other attributes.

    `content` is the identifier of its text in level 1; `zone` the zone whose rule it is.
    """

    rule: str
    category: str
    status: Status
    measures: Sequence[Measure] = ()
    reasons: Sequence[Reason] = ()
    libelle: str = ""
    remark: str = ""
    content: str = ""
    zone: str = ""
    article: str = ""

    @property
    def decisive(self) -> Measure | None:
        return min(self.measures, key=lambda one: one.badness, default=None)


def compare(
    name: str, *, value: float, limit: float, margin: float, accuracy: float, unit: str = "m", **more: Any
) -> Measure:
    """A measure whose status follows from its margin: one smaller than the accuracy is to be judged."""
    reasons: tuple[Reason, ...] = ()
    if abs(margin) < accuracy - TINY:
        status, reasons = Status.TO_JUDGE, (Reason("margin_within_accuracy"),)
    else:
        status = Status.RESPECTED if margin >= -TINY else Status.BROKEN
    return Measure(
        name=name, status=status, value=value, limit=limit, margin=margin, accuracy=accuracy, unit=unit,
        reasons=(*reasons, *more.pop("reasons", ())), **more,
    )  # fmt: skip


def to_judge(name: str, code: str, /, **params: Any) -> Measure:
    """Nothing to measure: which words, or which data are missing."""
    return Measure(name=name, status=Status.TO_JUDGE, unit="", reasons=(Reason(code, params),))


def not_applicable(name: str, code: str, /, **params: Any) -> Measure:
    return Measure(name=name, status=Status.NOT_APPLICABLE, unit="", reasons=(Reason(code, params),))


def doubt(measure: Measure, *reasons: Reason) -> Measure:
    """The same, to be judged for these reasons, unless it does not apply."""
    status = measure.status if measure.status == Status.NOT_APPLICABLE else Status.TO_JUDGE
    return replace(measure, status=status, reasons=(*measure.reasons, *reasons))


def worst(measures: Iterable[Measure]) -> list[Measure]:
    """Of each attribute and reference the worst measure, in their order."""
    by_name: dict[tuple[str, str], Measure] = {}
    for one in measures:
        key = one.name, one.reference
        by_name[key] = min(by_name.get(key, one), one, key=lambda two: two.badness)
    return list(by_name.values())
