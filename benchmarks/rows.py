"""What the benchmark says: one row per promised figure."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

Bound = Literal["at most", "at least"]
SIGNS = {"at most": "≤", "at least": "≥"}


@dataclass(frozen=True)
class Row:
    """A figure, what it is compared with, and whether the promise holds (None: it could not be measured).

    The promise of a `relative` row is about the ratio to the reference, elsewhere about our figure.
    """

    name: str
    ours: float | None
    unit: str
    bound: Bound
    goal: float
    reference: float | None = None
    note: str = ""
    skipped: bool = False
    relative: bool = False

    @property
    def ratio(self) -> float | None:
        return self.ours / self.reference if self.ours is not None and self.reference else None

    @property
    def holds(self) -> bool | None:
        figure = self.ratio if self.relative else self.ours
        if figure is None:
            return None
        return figure <= self.goal if self.bound == "at most" else figure >= self.goal

    @property
    def fails(self) -> bool:
        """Whether the row makes the command fail: not held, or not measured although it was to be."""
        return not self.skipped and self.holds is not True

    @property
    def promise(self) -> str:
        return f"{SIGNS[self.bound]} {self.goal:g} {'x' if self.relative else self.unit}"

    def as_json(self) -> dict[str, Any]:
        kept = asdict(self)
        verdict = {"ratio": self.ratio, "goal": self.promise, "holds": "skipped" if self.skipped else self.holds}
        return {name: kept[name] for name in ("name", "ours", "reference", "unit")} | verdict | {"note": self.note}

    @property
    def verdict(self) -> str:
        return "passé" if self.skipped else {True: "tenu", False: "NON TENU", None: "NON MESURÉ"}[self.holds]


HEADINGS = ("", "mesure", "Arpent", "référence", "unité", "rapport", "promesse")


def table(rows: list[Row]) -> str:
    """All rows in columns, then the reasons of those that were not measured."""
    cells = [HEADINGS, *(cells_of(row) for row in rows)]
    widths = [max(len(line[rank]) for line in cells) for rank in range(len(HEADINGS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]
    reasons = [f"{row.verdict} : {row.name} ({row.note})" for row in rows if row.holds is None and row.note]
    return "\n".join([*lines, *reasons])


def cells_of(row: Row) -> tuple[str, ...]:
    figures = (number(row.ours), number(row.reference))
    return row.verdict, row.name, *figures, row.unit, number(row.ratio), row.promise


def number(value: float | None) -> str:
    """Four significant digits, with a French comma."""
    if value is None:
        return "–"
    return f"{value:.0f}" if value >= 1000 else f"{value:.3g}".replace(".", ",")


def run_measure(rows: list[Row], measure: Callable[[], list[Row]]) -> list[Row]:
    """The rows of a measure; those it was to fill, unmeasured and with the reason, when it cannot be made."""
    try:
        return measure()
    except Exception as error:
        reason = f"{type(error).__name__} : {error}".splitlines()[0][:300]
        return [replace(row, ours=None, reference=None, note=reason) for row in rows]


def exit_code(rows: list[Row]) -> int:
    """0 when every promise holds; 1 when one does not, or was not measured."""
    return 1 if any(row.fails for row in rows) else 0
