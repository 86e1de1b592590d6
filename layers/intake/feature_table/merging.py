"""What a source said of an object the last time, what it says now, what is here by now: which of them counts.

What our people corrected stays where the source says what it said before; what the source changed is taken where nobody
did here; where both did, what is here stays and somebody is told: markers and assets are what people survey, the file a
copy. (Sections have their own rule: their source is the reference, `sections`.) Pure.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import shapely

SAME_M: Final = 0.01
PLACE: Final = "place"
FOLLOWED: Final = "followed"
"""Where a road that changed has taken the place since (`arpent.followed`): nobody corrected it."""


@dataclass(slots=True)
class Merge:
    """Names of columns, `place` among them: to be written, corrected here and kept, changed on both sides."""

    taken: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    both: list[str] = field(default_factory=list)


def merge(now: Mapping[str, Any], before: Mapping[str, Any] | None, here: Mapping[str, Any]) -> Merge:
    """What of `now` counts; `before` is None of an object that no source has told of yet. All of them as they are kept.

    Of what no source has said yet, nothing is overwritten: where a column is empty here, it is filled.
    """
    merged = Merge()
    for name, value in now.items():
        own, former = here.get(name), (before or {}).get(name)
        if same(name, value, own):
            continue
        untouched = same(name, own, former) or (name == PLACE and same(name, own, (before or {}).get(FOLLOWED)))
        if former is not None and same(name, value, former):
            if not untouched:
                merged.kept.append(name)
        elif untouched:
            merged.taken.append(name)
        else:
            merged.both.append(name)
    return merged


def same(name: str, one: Any, other: Any) -> bool:
    """Formats and systems of coordinates turn one place into another by less than a centimetre."""
    if one == other or name != PLACE or one is None or other is None:
        return bool(one == other)
    first, second = shapely.from_wkt(one), shapely.from_wkt(other)
    return bool(shapely.equals_exact(first, second, SAME_M))


def value_as_json(value: Any) -> Any:
    """A value as JSON keeps it."""
    return value.isoformat() if isinstance(value, datetime.date) else value


def places_of(geoms: Sequence[Any]) -> list[str]:
    """To the millimetre."""
    return [str(one) for one in shapely.to_wkt(np.array(geoms, object), rounding_precision=3)] if len(geoms) else []


def place_of(geom: Any) -> str:
    return places_of([geom])[0]
