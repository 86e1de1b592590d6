"""Small sheets of the cadastral plan for tests: squares of a hundred metres, one beside the other."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from shapely import LineString, Polygon, box

from benchmarks.plan_sheets import PlanSheet, archive_sheet

WEST, SOUTH, SIDE = 617_000.0, 6_717_000.0, 100.0


def square(number: int, inset: float = 0.0) -> Polygon:
    """The ground of the parcel `number`, from 1."""
    west = WEST + number * SIDE
    return box(west + inset, SOUTH + inset, west + SIDE - inset, SOUTH + SIDE - inset)


def sheet(idu: str = "901000AB01", *numbers: int, **given: Any) -> PlanSheet:
    """A sheet with these parcels (1 and 2 unless told otherwise), a building on each, a name of every kind."""
    numbers = numbers or (1, 2)
    outline = box(WEST + min(numbers) * SIDE, SOUTH, WEST + (max(numbers) + 1) * SIDE, SOUTH + SIDE)
    made = PlanSheet(
        idu=idu,
        parcels={f"{number:04d}": square(number) for number in numbers},
        outline=outline,
        commune=box(WEST - 1000, SOUTH - 1000, WEST + 3000, SOUTH + 1000),
        buildings=[square(number, 30) for number in numbers],
        places={"LES PRÉS": outline},
        waters={"La Touloubre": square(numbers[0], 45)},
        roads={"Rue de la Forge": LineString([(WEST, SOUTH), (WEST + 200, SOUTH)])},
        farm_roads={"Chemin d'exploitation": square(numbers[0], 48)},
    )
    return replace(made, **given)


def packed(folder: Path, made: PlanSheet, department: str = "45", name: str = "") -> Path:
    """The sheet's archive, named as it is published."""
    path = folder / (name or f"edigeo-{department}{made.idu}.tar.bz2")
    path.write_bytes(archive_sheet(made.files()))
    return path


def unpacked(folder: Path, made: PlanSheet, department: str = "45") -> Path:
    """The folder of the sheet's files."""
    below = folder / f"edigeo-{department}{made.idu}"
    below.mkdir(parents=True)
    for name, content in made.files().items():
        (below / name).write_bytes(content)
    return below
