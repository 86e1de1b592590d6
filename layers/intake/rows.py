"""What every importer's reading gives besides its rows: remarks and refusals, which reports make findings of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gis_core.errors import Invalid
from gis_core.files.reader import Problem
from layers.intake.messages import format_message


@dataclass(frozen=True, slots=True)
class Remark:
    """Something done to a row or worth telling about it."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be used; `index` counts from 1 in file order."""

    index: int
    identifier: str | None
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def by_reader(cls, problem: Problem) -> "Refused":
        """A feature that the restricted reader could not read."""
        return cls(problem.index or 0, problem.identifier, problem.code, problem.params)


class FileRefused(Invalid):
    """A file that can be read but is not what the importer needs."""

    def __init__(self, code: str, /, **params: Any) -> None:
        super().__init__(format_message(code, params), code=code)
        self.code, self.params = code, params


class RowUnusable(Exception):  # noqa: N818
    """Raised while one row is parsed; becomes a Refused."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.remark = Remark(code, params)


def date_or_remark(value: object, name: str, remarks: list[Remark]) -> date | None:
    """An ISO date; None for null, and None with a remark for anything else."""
    if value is None:
        return None
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        remarks.append(Remark("date_ignored", {"name": name, "value": str(value)[:40]}))
        return None
