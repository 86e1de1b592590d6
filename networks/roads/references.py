"""Places on a numbered road as road people write them: `D 2020 PR 12+350`. Knows neither Django nor the database.

A PR (point de repère) is a marker beside the road, about a kilometre from the next one but not exactly; a place is a
route, a marker, the metres after it (abscissa) and, on a dual carriageway, the side: D on the right and G on the left
as markers grow, U where there is one carriageway (IISR, art. 99-5; BD TOPO, POINT_DE_REPERE.COTE). Two Départements
may have a road of one number, and markers of the State's roads begin anew in each: `D 2020 (45) PR 12+350`.
"""

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

type Side = Literal["U", "D", "G"]

CLASSES = ("A", "N", "D", "M", "VC", "C", "CR")
"""Motorway, national, departmental, metropolitan, municipal roads, rural ways."""
NUMBERED = re.compile(
    r"\bR?(?P<class>VC|CR|[ANDMC])[\s.\-]*(?P<number>\d{1,4})(?P<suffix>BIS|TER|[A-Z]\d?)?\b", re.IGNORECASE
)
"""A road's number within a text."""
ROUTE = re.compile(
    r"(?:R(?=[DNM]))?(?P<class>VC|CR|[ANDMC])[\s.\-]*(?P<number>\d{1,4})(?!\s[UDG]$)"
    r"(?:\s?(?P<suffix>BIS|TER|QUATER|[A-Z]{1,2}\d{0,2}))?"
)
PLACE = re.compile(
    r"(?P<route>.+?)\s*[-–,]?\s*(?:(?P<told>(?<![A-Z])P\.?\s?[RK]\.?\s*)|\s)(?P<marker>\d{1,3})"
    r"(?:(?:\s*\+\s*|\s*[.,](?=\d{3}(?!\d))|(?(told)\s+|(?!)))(?P<metres>\d{1,5}(?:[.,]\d{1,2})?))?\s*(?:M(?:[ÈE]TRES?)?)?"
    r"(?:\s*[,-]?\s*(?:C[ÔO]T[ÉE]\s*)?(?P<side>[UDG])(?:ROITE?|AUCHE)?)?"
)
DEPARTMENT = re.compile(r"\s*\(\s*(2[AB]|\d{1,3})\s*\)")
CODE = re.compile(r"0*(9[78]\d|2[AB]|\d{1,2})(?:[.,]0+)?")
LONG = (
    (re.compile(r"^(?:ROUTE )?D[ÉE]PARTEMENTALE\b"), "D"),
    (re.compile(r"^(?:ROUTE )?NATIONALE\b"), "N"),
    (re.compile(r"^(?:ROUTE )?M[ÉE]TROPOLITAINE\b"), "M"),
)
BEFORE = re.compile(r"P\.?\s?[RK]\.?\s*\d{1,3}\s*[-–−]\s*\d")


class NotAReferenceError(ValueError):
    """A text that names no place on a numbered road."""


class Road(NamedTuple):
    """What is measured on its own: a number as it is kept, in one Département ("" where that is not known)."""

    route: str
    department: str = ""

    def __str__(self) -> str:
        return format_route(self.route) + (f" ({self.department})" if self.department else "")

    @property
    def slug(self) -> str:
        """As an address has it: "D2020-45"."""
        return f"{self.route}-{self.department}" if self.department else self.route


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A place: `route` as it is kept ("D2020"), metres after the marker; the side and the Département where given."""

    route: str
    marker: int
    metres: float = 0.0
    side: Side | None = None
    department: str = ""

    def __str__(self) -> str:
        side = f" {self.side}" if self.side in ("D", "G") else ""
        return f"{Road(self.route, self.department)} PR {self.marker}+{round(self.metres)}{side}"

    @property
    def beside(self) -> str:
        """Without its road, the metres in three figures as signs and orders have them: "PR 12+050"."""
        side = f" {self.side}" if self.side in ("D", "G") else ""
        return f"PR {self.marker}+{round(self.metres):03d}{side}"


def road_of(text: str) -> Road:
    """A road that somebody typed: "RD 2020 (45)", "D 2020". Raises NotAReferenceError."""
    rest, department = without_department(text)
    return Road(route_of(rest), department)


def road_of_slug(text: str) -> Road:
    """A road as an address has it, or as somebody typed it there. Raises NotAReferenceError."""
    number, _hyphen, code = text.partition("-")
    return Road(route_of(number), department_code(code)) if department_code(code) else road_of(text)


def without_department(text: str) -> tuple[str, str]:
    """A text, and the Département that it has in brackets."""
    match = DEPARTMENT.search(text.upper())
    if match is None or not (code := department_code(match[1])):
        return text, ""
    return f"{text[: match.start()]} {text[match.end() :]}", code


def department_code(text: str) -> str:
    """As it is kept: "45" for 45, 045 and 45.0, "" for what is no code."""
    match = CODE.fullmatch(text.strip().upper())
    return "" if match is None else match[1].zfill(2)


def route_of(text: str) -> str:
    """A route's number as it is kept: "RD 2020" and "d2020" are "D2020". Raises NotAReferenceError."""
    short = plain(text)
    for label, letter in LONG:
        short = label.sub(letter, short)
    match = ROUTE.fullmatch(short)
    if match is None:
        raise NotAReferenceError(text)
    return f"{match['class']}{int(match['number'])}{match['suffix'] or ''}"


def format_route(route: str) -> str:
    """A kept number as people read it: "D 2020"."""
    match = ROUTE.fullmatch(route)
    return f"{match['class']} {match['number']}{match['suffix'] or ''}" if match else route


def reference_of(text: str) -> Reference:
    """A place that somebody typed. Raises NotAReferenceError."""
    rest, department = without_department(text)
    match = PLACE.fullmatch(plain(rest))
    if match is None:
        raise NotAReferenceError(text)
    side: Side | None = match["side"]  # type: ignore[assignment]  # one of the three
    return Reference(
        route=route_of(match["route"]),
        marker=int(match["marker"]),
        metres=float((match["metres"] or "0").replace(",", ".")),
        side=side,
        department=department,
    )


def counts_backwards(text: str) -> bool:
    """Whether it has metres before a marker, "PR 12-30". That is no place: others write so from PR 12 to PR 30."""
    return BEFORE.search(plain(text)) is not None


def plain(text: str) -> str:
    return " ".join(text.upper().replace("\xa0", " ").replace("\u202f", " ").split())
