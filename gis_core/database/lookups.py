"""Spatial lookups that keep the spatial index under row-level security.

`&&` is marked LEAKPROOF, `ST_Intersects` and its kin are not (their errors carry coordinates), so the planner may not
use their index support under a policy. Each lookup here adds the bounding-box test in front.
"""

from typing import Any

from django.contrib.gis.db.models import lookups
from django.contrib.gis.db.models.fields import BaseSpatialField


class Guarded:
    """Mixin: `lhs && rhs AND ST_X(lhs, rhs)`."""

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        bbox: Any = lookups.BBOverlapsLookup(self.lhs, self.rhs)  # type: ignore[attr-defined]
        box_sql, box_params = bbox.as_sql(compiler, connection)
        sql, params = super().as_sql(compiler, connection)  # type: ignore[misc]
        return f"({box_sql} AND {sql})", [*box_params, *params]


def guard(lookup: type[lookups.GISLookup]) -> type[lookups.GISLookup]:
    return type(f"Guarded{lookup.__name__}", (Guarded, lookup), {})


for _lookup in (
    lookups.IntersectsLookup,
    lookups.ContainsLookup,
    lookups.ContainsProperlyLookup,
    lookups.WithinLookup,
    lookups.CoversLookup,
    lookups.CoveredByLookup,
    lookups.TouchesLookup,
    lookups.OverlapsLookup,
    lookups.CrossesLookup,
    lookups.EqualsLookup,
):
    BaseSpatialField.register_lookup(guard(_lookup))


@BaseSpatialField.register_lookup
class GuardedDWithin(lookups.DWithinLookup):
    """`lhs && ST_Expand(rhs, d) AND ST_DWithin(lhs, rhs, d)`, the distance in the column's units (metres)."""

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        sql, params = super().as_sql(compiler, connection)
        lhs_sql, lhs_params = self.process_lhs(compiler, connection)
        rhs_sql, rhs_params = super(lookups.DistanceLookupBase, self).process_rhs(compiler, connection)
        distance_sql, distance_params = self.process_distance(compiler, connection)
        box = f"{lhs_sql} && ST_Expand({rhs_sql}, {distance_sql})"
        return f"({box} AND {sql})", [*lhs_params, *rhs_params, *distance_params, *params]
