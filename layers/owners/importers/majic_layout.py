"""Where each value stands in the lines of MAJIC, year by year: the one place to change when the layout does.

Columns count from 1, as the DGFiP's descriptions do; the names are theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

type Place = tuple[int, int]
"""First column and width."""


@dataclass(frozen=True, slots=True)
class Record:
    """One kind of line: where its values stand. `width` is where the last of them ends; a shorter line was cut."""

    places: Mapping[str, Place]
    width: int = field(init=False)
    cut: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        slices = [slice(first - 1, first - 1 + width) for first, width in self.places.values()]
        object.__setattr__(self, "width", max(one.stop for one in slices))
        object.__setattr__(self, "cut", itemgetter(*slices))

    def read(self, line: str) -> dict[str, str]:
        """The values of a line, without the blanks around them."""
        return {name: value.strip() for name, value in zip(self.places, self.cut(line), strict=True)}

    def write(self, values: Mapping[str, object], width: int = 0) -> str:
        """The line that holds these values, cut to their places: what the fictitious deliveries are made with."""
        letters = [" "] * max(self.width, width)
        for name, value in values.items():
            first, length = self.places[name]
            letters[first - 1 : first - 1 + length] = str(value)[:length].ljust(length)
        return "".join(letters)


@dataclass(frozen=True, slots=True)
class Layout:
    """One file: where the kind of a line stands (None: all lines are of one kind, ""), and the kinds that are read."""

    kind: Place | None
    records: Mapping[str, Record]

    def kind_of(self, line: str) -> str:
        if self.kind is None:
            return ""
        first, width = self.kind
        return line[first - 1 : first - 1 + width]


PLACE: dict[str, Place] = {"ccodep": (1, 2), "ccodir": (3, 1), "ccocom": (4, 3)}
PARCEL: dict[str, Place] = PLACE | {"ccopre": (7, 3), "ccosec": (10, 2), "dnupla": (12, 4)}

NBAT = Layout(
    kind=(20, 2),
    records={
        "10": Record(
            PARCEL
            | {"dcntpa": (22, 9), "dnupro": (32, 6), "dnvoiri": (86, 4), "dindic": (90, 1)}
            | {"cconvo": (136, 4), "dvoilib": (140, 26)}
        ),
        "21": Record(PARCEL | {"ccosub": (16, 2), "dnupro": (31, 6)}),
        "30": Record(
            PARCEL | {"ccosub": (16, 2), "rnuexn": (18, 2), "gnexts": (39, 2), "jandeb": (41, 4), "jfinex": (45, 4)}
        ),
    },
)
BATI = Layout(
    kind=(31, 2),
    records={
        "00": Record(
            PLACE
            | {"invar": (7, 10), "ccopre": (36, 3), "ccosec": (39, 2), "dnupla": (41, 4)}
            | {"dnubat": (46, 2), "descr": (48, 2), "dniv": (50, 2), "dpor": (52, 5)}
        ),
        "10": Record(PLACE | {"invar": (7, 10), "dnupro": (38, 6)}),
    },
)
PROP = Layout(
    kind=None,
    records={
        "": Record(
            PLACE
            | {"dnupro": (7, 6), "dnulp": (13, 2), "dnuper": (19, 6), "ccodro": (25, 1), "ccodem": (26, 1)}
            | {"gtoper": (28, 1), "ccogrm": (38, 2), "ddenom": (57, 60)}
            | {"dlign3": (121, 30), "dlign4": (151, 36), "dlign5": (187, 30), "dlign6": (217, 32)}
            | {"dqualp": (287, 3), "dnomlp": (290, 30), "dprnlp": (320, 15), "jdatnss": (335, 10), "dldnss": (345, 58)}
            | {"dsiren": (467, 9), "dformjur": (534, 4), "dnomus": (538, 60), "dprnus": (598, 40)}
        )
    },
)
# What Arpent reads has not moved since 2024. A new year is a line here, with what moved in it.
LAYOUTS: dict[int, dict[str, Layout]] = {
    2024: {"NBAT": NBAT, "BATI": BATI, "PROP": PROP},
    2025: {"NBAT": NBAT, "BATI": BATI, "PROP": PROP},
    2026: {"NBAT": NBAT, "BATI": BATI, "PROP": PROP},
}
YEARS = ", ".join(map(str, LAYOUTS))
