"""What is found amiss in a file: a code with its parameters, kept as JSON, worded when somebody reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from django.utils.translation import gettext_noop

from gis_core.errors import ArpentError
from gis_core.files.reader import Problem
from layers.intake.import_loss import word_differences
from layers.intake.messages import MORE_ALIKE, format_message, format_param

type Severity = Literal["error", "warning"]
"""An error keeps its row out (the whole file, where a part of it would mislead); a warning says what was done."""

PLAIN: Final = (str, int, float, list, dict)
MOST_ALIKE: Final = 1_000
"""Findings of one file with the same words that are listed one by one; the others are counted."""
MOST_ITEMS: Final = 10_000
"""Findings of one file that are listed one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something amiss in a file.

    `code` is a key of `layers.intake.messages`, or an English sentence that the catalogues translate, with `params` to
    fill in. `row` counts from 1 in its file (None: the file itself), `identifier` is what the file calls the object,
    `place` is x, y in EPSG:2154. A `spare` row may be left out if somebody says so: what comes in is whole without it.
    """

    code: str
    params: Mapping[str, Any] = field(default_factory=dict, hash=False)
    severity: Severity = "error"
    file: str = ""
    row: int | None = None
    identifier: str | None = None
    place: tuple[float, float] | None = None
    spare: bool = False

    @property
    def message(self) -> str:
        """Its words in the current language."""
        return format_message(self.code, self.params)

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "params": json_of(self.params),
            "severity": self.severity,
            "file": self.file,
            "row": self.row,
            "identifier": self.identifier,
            "place": self.place and list(self.place),
            "spare": self.spare,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Finding:
        x_y = kept["place"]
        return cls(**{**kept, "place": (x_y[0], x_y[1]) if x_y else None})


def json_of(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as JSON values: what has none is a text."""
    return {name: one if one is None or isinstance(one, PLAIN) else str(one) for name, one in params.items()}


def word_report(report: Any) -> Any:
    """The report of a job, each of its findings with its message, each scope with its name in the current language."""
    if not isinstance(report, dict):
        return report
    read = word_differences(report)
    if isinstance(plan := report.get("plan"), dict):
        read["plan"] = word_differences(plan)
    if isinstance(kept := report.get("findings"), list):
        read["findings"] = [one | {"message": Finding.from_json(one).message} for one in kept]
    return read


def of_reader(problem: Problem, file: str, severity: Severity = "error") -> Finding:
    """What the restricted reader could not read."""
    return Finding(
        code=problem.code,
        params=problem.params,
        severity=severity,
        file=file,
        row=problem.index,
        identifier=problem.identifier,
    )


@dataclass(slots=True)
class Findings:
    """The findings of one file: listed one by one up to a limit, then counted."""

    file: str
    items: list[Finding] = field(default_factory=list)
    alike: dict[str, list[Any]] = field(default_factory=dict)
    beyond: int = 0

    def add(
        self,
        row: int | None,
        code: str,
        params: Mapping[str, Any] | None = None,
        severity: Severity = "warning",
        place: tuple[float, float] | None = None,
    ) -> None:
        """Note something about a row (None: about the file)."""
        given = dict(params or {})
        alike = self.alike.setdefault(f"{code}{given}", [code, given, 0])
        alike[2] += 1
        if row is not None and len(self.items) >= MOST_ITEMS:
            self.beyond += 1
        elif row is None or alike[2] <= MOST_ALIKE:
            self.items.append(Finding(file=self.file, row=row, code=code, params=given, severity=severity, place=place))

    def all(self) -> list[Finding]:
        """Those listed one by one, then how many more there were."""
        return [*self.items, *self.more()]

    def more(self) -> Iterator[Finding]:
        for code, params, count in self.alike.values():
            if count > MOST_ALIKE:
                more_alike = {"count": count - MOST_ALIKE, "alike": code, "params": params}
                yield Finding(file=self.file, code=MORE_ALIKE, params=more_alike, severity="warning")
        if self.beyond:
            beyond = gettext_noop("%(count)s more remarks on this file are not listed.")
            yield Finding(file=self.file, code=beyond, params={"count": self.beyond}, severity="warning")


def as_json(findings: Iterable[Finding], most: int) -> list[dict[str, Any]]:
    """Each once, what keeps rows out first, file by file and row by row, at most so many."""
    ordered = sorted(dict.fromkeys(findings), key=lambda one: (one.severity != "error", one.file, one.row or 0))
    return [one.as_json() for one in ordered[:most]]


def from_json(kept: Sequence[Mapping[str, Any]]) -> list[Finding]:
    return [Finding.from_json(one) for one in kept]


def errors_in(findings: Iterable[Finding]) -> int:
    """How many of them keep something out."""
    return sum(one.severity == "error" for one in findings)


def error_of[E: ArpentError](kind: type[E], code: str, /, *, parameter: str = "", **params: Any) -> E:
    """An error that a finding may keep: `code` is the English sentence that the catalogues translate, `parameter` the
    field of a request that it is about.
    """
    error = kind(str(format_param({"code": code, "params": params})), **({"parameter": parameter} if parameter else {}))
    error.code, error.params = code, params
    return error


class UnfitError(ValueError):
    """A row that cannot come in: the code of the message that says why, and what fills it in."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params

    def __str__(self) -> str:
        return format_message(self.code, self.params)
