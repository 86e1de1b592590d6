"""Assets of files beside what is here: the roads near them, the inspections that know better."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_noop

from layers.intake.feature_table.merging import Merge
from layers.intake.feature_table.rows import FeatureRow
from layers.intake.findings import Finding
from layers.intake.params import month_day_param, pair_param
from layers.intake.services.loading import rows
from networks.roads import code_lists
from networks.roads.importers.asset_tables import POINTS

NEAR_M: Final = 15.0
"""As in `arpent.bind_asset`."""
BESIDE_ROADS: Final = """
    with given as materialized (select geom, st_expand(geom, %(near)s) as box
        from unnest(%(xs)s::float8[], %(ys)s::float8[]) as g(x, y), st_setsrid(st_makepoint(x, y), 2154) as geom)
    select count(*) from given g where exists (select from road_section s
        where s.geom && g.box and st_dwithin(s.geom, g.geom, %(near)s))
"""


def count_beside_roads(places: Any) -> dict[str, Any]:
    """How many of some places ((n, 2), EPSG:2154) have a road nearby."""
    ((near,),) = rows(BESIDE_ROADS, near=NEAR_M, xs=places[:, 0].tolist(), ys=places[:, 1].tolist())
    return {"near": int(near)}


def keep_inspected_state(one: Any, row: FeatureRow, merged: Merge) -> Iterator[Finding]:
    """A condition that an inspection here has outdated is not taken."""
    if one.inspected_date is None or "state" not in (*merged.taken, *merged.both):
        return
    (merged.taken if "state" in merged.taken else merged.both).remove("state")
    if row.values.get("updated_date", date.min) > one.inspected_date:
        merged.taken.append("state")
        return
    code = gettext_noop("“%(name)s” was inspected on %(day)s: the condition of the file (%(state)s) is not taken.")
    state = pair_param(*code_lists.CONDITIONS[str(row.values["state"])])
    params = {"name": POINTS.name_of(row.values), "day": month_day_param(one.inspected_date), "state": state}
    yield Finding(file=row.file, row=row.row, code=code, params=params, severity="warning")
