"""Where the rows of a file lie before they come in: in the member's territory or not."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import shapely
from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.models import Member
from layers.features.display import display_number
from layers.intake.feature_table.rows import Delivered
from layers.intake.feature_table.source import FeatureTables
from layers.intake.services.loading import rows

DRAWN: Final = 400
MOST_COMMUNES: Final = 6

COMMUNES: Final = """
    with given as materialized (select st_setsrid(st_makepoint(x, y), 2154) as geom
        from unnest(%(xs)s::float8[], %(ys)s::float8[]) as g(x, y))
    select c.name || ' (' || c.insee || ')', count(*) from given g
        join gis_core_commune c on c.geom && g.geom and st_intersects(c.geom, g.geom)
    group by 1 order by 2 desc, 1
"""


def survey_rows(tables: FeatureTables, member: Member, delivered: Delivered) -> dict[str, Any]:
    """How many rows lie where, and some of their places for a small map (EPSG:2154)."""
    places = np.array([spot_of(one.geom) for one in delivered.rows]).reshape(-1, 2)
    communes = [shapely.from_wkb(bytes(one.wkb)) for one in member.communes.values_list("geom", flat=True)]
    inside = are_within(places, communes)
    outside = places[~inside] if communes else places[:0]
    return {
        "rows": delivered.read,
        "placed": len(places),
        "inside": int(inside.sum()),
        "outside": len(outside),
        "nowhere": max(0, delivered.read - len(places)),
        **whereabouts(outside, communes),
        **tables.numbers(places),
        "dots": {"inside": dots(places[inside] if communes else places), "outside": dots(outside)},
    }


def spot_of(shape: Any) -> tuple[float, float]:
    """What stands for a row: of a line, its middle."""
    spot = shape if shape.geom_type == "Point" else shape.interpolate(0.5, normalized=True)
    return spot.x, spot.y


def are_within(places: Any, communes: Sequence[Any]) -> Any:
    is_inside = np.zeros(len(places), dtype=bool)
    if communes and len(places):
        points = shapely.STRtree(shapely.points(places))
        is_inside[points.query(communes, predicate="intersects")[1]] = True
    return is_inside


def whereabouts(outside: Any, communes: Sequence[Any]) -> dict[str, Any]:
    """The communes of what lies outside, as far as they are known here, and how far from the territory it is."""
    if not len(outside):
        return {"communes": [], "elsewhere": 0, "away_km": None}
    counts = Counter(dict(rows(COMMUNES, **flat(outside))))
    around = shapely.convex_hull(shapely.union_all([shapely.envelope(one) for one in communes]))
    away = float(np.median(shapely.distance(shapely.points(outside), around))) / 1000
    nearest = counts.most_common(MOST_COMMUNES)
    elsewhere = max(0, len(outside) - sum(count for _name, count in nearest))
    return {"communes": [list(one) for one in nearest], "elsewhere": elsewhere, "away_km": round(away, 1)}


def flat(places: Any) -> dict[str, list[float]]:
    return {"xs": places[:, 0].tolist(), "ys": places[:, 1].tolist()}


def dots(places: Any) -> list[int]:
    """Some of them, all over: [x, y, …]."""
    return [round(float(one)) for one in places[:: -(-len(places) // DRAWN) or 1].ravel()]


def mostly_outside(survey: Mapping[str, Any] | None) -> bool:
    return bool(survey and survey["outside"] * 2 > survey["placed"])


def check_where(survey: Mapping[str, Any], member: Member) -> None:
    """Check that at most half of the rows lie outside the member's territory. Raises Invalid."""
    if mostly_outside(survey):
        message = _("%(count)s of %(all)s lie outside the territory of %(member)s: confirm that they are to come in.")
        numbers = {"count": display_number(survey["outside"], 0), "all": display_number(survey["placed"], 0)}
        raise Invalid(message % (numbers | {"member": member}), parameter="outside")
