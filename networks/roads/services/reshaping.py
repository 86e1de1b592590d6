"""What sections of road have of their own when one is split, or several become one.

The longest piece keeps the reference; the others get one made from it ("…/2"), so that the next import knows of what
they are pieces. What lies left and right, and the direction of traffic, follow the line of the first of several.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.contrib.gis.geos import GEOSGeometry, LineString
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from gis_core.database.statements import fetch_all
from gis_core.errors import Invalid
from layers.features.display import code_label
from networks.roads import code_lists
from networks.roads.models import RoadNode, RoadSection
from networks.roads.references import format_route

type Values = dict[str, Any]
LONGEST: Final = 60
SIDED: Final = (("name_left", "name_right"), ("insee_left", "insee_right"))
TURNED: Final = {"forward": "backward", "backward": "forward"}
ALIKE: Final = ("route", "department", "carriageway", "status", "manager", "level")
REFUSED: Final = {
    "road_too_short": gettext_lazy("Less than half a metre of road is left (%(place)s): cut or draw it farther away."),
    "road_put_back": gettext_lazy(
        "The end lies less than half a metre from its junction (%(place)s) and would be put back on it: move it or cut"
        " farther away."
    ),
}
"""What `arpent.join_section` refuses."""
LIMITS: Final = ("max_height_m", "max_width_m", "max_length_m", "max_weight_t", "max_axle_t")


def of_piece(_row: Values, _whole: GEOSGeometry, _piece: GEOSGeometry) -> Values:
    """Every piece is what the whole was."""
    return {}


def of_new_piece(row: Values) -> Values:
    """The reference of a new piece, and what an import keeps beside the whole."""
    more = read_more([row["id"]]).get(row["id"], {})
    whole = row["reference"]
    if not whole:
        return {"reference": None, "more": json.dumps(more)}
    whole = more.get("piece_of") or whole
    reference = f"{whole}/{next_number(row['owner_id'], whole)}"
    fits = len(reference) <= LONGEST
    return {"reference": reference if fits else None, "more": json.dumps(more | {"piece_of": whole})}


def next_number(owner: int, reference: str) -> int:
    """The first one that no piece of this section has."""
    rows = fetch_all(
        "select reference from road_section where owner_id = %s and starts_with(reference, %s)",
        [owner, f"{reference}/"],
    )
    taken = {one.rpartition("/")[2] for (one,) in rows}
    return next(number for number in range(2, len(taken) + 3) if str(number) not in taken)


def read_more(ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    rows = fetch_all("select id, more from road_section where id = any(%s)", [list(ids)])
    return {pk: json.loads(more) if isinstance(more, str) else more for pk, more in rows}


def of_whole(rows: Sequence[Values], union: GEOSGeometry) -> tuple[Values, GEOSGeometry]:
    """What several sections become, which runs as the first of them does. Raises Invalid where they differ in what a
    section has one of, and where another one ends between them."""
    if not isinstance(union, LineString):
        return {}, union
    refuse_different(rows)
    union = ends_at_junctions([row["id"] for row in rows], union)
    if runs_along(rows[0], union) is False:
        union = LineString(list(reversed(union.coords)), srid=union.srid)
    turned = [row if runs_along(row, union) is not False else swap_sides(row) for row in rows]
    values: Values = {}
    if len({row["traffic_way"] for row in turned}) > 1:
        raise Invalid(_("The traffic of these sections does not run the same way: they stay apart."))
    values["department"] = next((row["department"] for row in rows if row["department"]), "")
    for name in (one for pair in SIDED for one in pair):
        values[name] = next((row[name] for row in turned if row[name]), None)
    for name in LIMITS:
        values[name] = min((row[name] for row in rows if row[name] is not None), default=None)
    return values | {"more": json.dumps(merge_more(rows))}, union


def refuse_different(rows: Sequence[Values]) -> None:
    """Refuse to join sections that differ. Raises Invalid with what differs."""
    for name in ALIKE:
        results = {row[name] for row in rows} - {""}
        if len(results) > 1:
            text = ", ".join(sorted(format_value(name, one) for one in results))
            message = _("These sections differ in %(what)s (%(values)s): make it the same first, or leave them apart.")
            raise Invalid(message % {"what": column_label(name), "values": text})


def ends_at_junctions(ids: Sequence[int], union: LineString) -> LineString:
    """The union, with no other section at the nodes between its ends, which would be cut off; one that closes on itself
    begins where another one meets it. Raises Invalid.
    """
    ends = RoadSection.objects.filter(pk__in=ids).values_list("start_node_id", "end_node_id")
    between = [node for node, times in Counter(node for pair in ends for node in pair if node).items() if times > 1]
    there = Q(start_node_id__in=between) | Q(end_node_id__in=between)
    others = list(RoadSection.objects.filter(there).exclude(pk__in=ids).order_by("route", "pk"))
    meeting = set(between).intersection(node for one in others for node in (one.start_node_id, one.end_node_id))
    if union.closed and len(meeting) == 1:
        return ring_from(RoadNode.objects.get(pk=meeting.pop()), union)
    if others:
        message = _("%(road)s begins or ends between these sections and would be cut off: leave them apart.")
        raise Invalid(message % {"road": title_of(others[0])})
    return union


def ring_from(node: RoadNode, ring: LineString) -> LineString:
    """The same ring from the vertex that is nearest to a node."""
    places = ring.coords[:-1]
    first = min(range(len(places)), key=lambda rank: (places[rank][0] - node.geom.x) ** 2
                + (places[rank][1] - node.geom.y) ** 2)  # fmt: skip
    return LineString([*places[first:], *places[: first + 1]], srid=ring.srid)


def title_of(one: RoadSection) -> str:
    """As people know it."""
    road = format_route(one.route) if one.route else ""
    return road or one.name_left or one.name_right or one.reference or _("Another section")


def column_label(name: str) -> str:
    labels: Mapping[str, str] = {
        "route": _("their numbered road"),
        "department": _("their Département"),
        "carriageway": _("their carriageway"),
        "status": _("their legal status"),
        "manager": _("their manager"),
        "level": _("their level"),
    }
    return labels[name]


def format_value(name: str, value: Any) -> str:
    if value is None:
        return pgettext("road", "none")
    labels = {
        "carriageway": code_lists.CARRIAGEWAYS,
        "status": code_lists.STATUSES,
        "manager": code_lists.MANAGERS,
    }.get(name)
    return (
        code_label(labels, value, english=False) if labels else format_route(value) if name == "route" else str(value)
    )


def runs_along(row: Values, union: LineString) -> bool | None:
    """Whether a section's line runs as a longer one does; None for one that closes on itself."""
    line: Any = GEOSGeometry(memoryview(row["geom"]))
    if line.closed:
        return None
    # By places inside of it: where the longer one closes, an end is its beginning and its end.
    first, last = (union.project(line.interpolate_normalized(share)) for share in (1 / 3, 2 / 3))
    return bool((last - first) % union.length < union.length / 2 if union.closed else first < last)


def swap_sides(row: Values) -> Values:
    """What a section says of its sides when its line is turned."""
    results = dict(row)
    for left, right in SIDED:
        results[left], results[right] = row[right], row[left]
    results["traffic_way"] = TURNED.get(row["traffic_way"], row["traffic_way"])
    return results


def merge_more(rows: Sequence[Values]) -> dict[str, Any]:
    """What is kept beside the first, which remembers the references of the others for the next import."""
    beside = read_more([row["id"] for row in rows])
    first, *others = (beside.get(row["id"], {}) for row in rows)
    known = {*first.get("merged", []), *(one for more in others for one in more.get("merged", []))}
    known |= {more.get("piece_of") or row["reference"] for row, more in zip(rows[1:], others, strict=True)}
    known -= {None, first.get("piece_of") or rows[0]["reference"]}
    return first | ({"merged": sorted(known)} if known else {})
