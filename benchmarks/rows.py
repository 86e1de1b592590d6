"""What the benchmark says: one row per promised figure."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

Bound = Literal["at most", "at least"]


@dataclass(frozen=True)
class Row:
    """A figure, what it is compared with, and whether the promise holds (None: it could not be measured)."""

    name: str
    ours: float | None
    unit: str
    bound: Bound
    goal: float
    reference: float | None = None
    note: str = ""
    skipped: bool = False

    @property
    def ratio(self) -> float | None:
        return self.ours / self.reference if self.ours is not None and self.reference else None

    @property
    def holds(self) -> bool | None:
        """The promise is about the ratio where there is a reference, about our figure elsewhere."""
        figure = self.ratio if self.reference is not None else self.ours
        if figure is None:
            return None
        return figure <= self.goal if self.bound == "at most" else figure >= self.goal

    @property
    def fails(self) -> bool:
        return not self.skipped and self.holds is not True

    def as_json(self) -> dict[str, Any]:
        kept = asdict(self)
        goal = f"{self.bound} {self.goal:g}" + (" x" if self.reference is not None else f" {self.unit}")
        verdict = {"ratio": self.ratio, "goal": goal, "holds": "skipped" if self.skipped else self.holds}
        return {name: kept[name] for name in ("name", "ours", "reference", "unit")} | verdict | {"note": self.note}

    def line(self) -> str:
        verdict = "passé" if self.skipped else {True: "tenu", False: "NON TENU", None: "NON MESURÉ"}[self.holds]
        figures = " / ".join(f"{value:.4g}" for value in (self.ours, self.reference) if value is not None)
        ratio = f"= {self.ratio:.2f} " if self.ratio is not None else ""
        return f"{verdict:10} {self.name} : {figures} {self.unit} {ratio}({self.as_json()['goal']}) {self.note}"


def measured(rows: list[Row], measure: Callable[[], list[Row]]) -> list[Row]:
    """The rows of a measure; those it was to fill, unmeasured and with the reason, when it cannot be made."""
    try:
        return measure()
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"[:300]
        return [Row(row.name, None, row.unit, row.bound, row.goal, note=reason) for row in rows]
