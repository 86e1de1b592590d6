"""The list of anomalies: filtered, counted, page by page in the order of their severity; each in one sentence."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from django.contrib.gis.db.models.functions import Transform
from django.contrib.gis.geos import Polygon
from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.desk.list_query import ListQuery, bbox, choice, decimal, parameter
from gis_core.desk.parameters import BBox
from gis_core.errors import Invalid
from gis_core.members.rights import Rights
from layers.features.display import display_number
from networks.water.models import Anomaly, AnomalyQuerySet
from networks.water.services.anomalies.kinds import FAMILIES, KINDS, kinds_of
from networks.water.services.anomalies.plans import MODELS, capitalize_first, height, metres, object_label
from networks.water.services.anomalies.repairing import may_treat
from networks.water.services.visible import visible

LARGEST_ID = 2**63 - 1
MOST_ROWS = 1000
EVERY_STATE = "all"
STATES = (*Anomaly.State.values, EVERY_STATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomalyQuery(ListQuery):
    """Which anomalies of a family are asked for; `within_m` those measured at no more than this."""

    family: str = parameter(
        label=gettext_lazy("Network"),
        read=lambda given, name: read_one_of(given, name, FAMILIES, FAMILIES[0]),
        options=(("water", gettext_lazy("Drinking water")), ("sewer", gettext_lazy("Sewer"))),
        default=FAMILIES[0],
    )
    kind: str = choice(gettext_lazy("Anomaly"), every=gettext_lazy("All"), longest=24, description="kind of anomaly")
    state: str = parameter(
        label=gettext_lazy("State"),
        read=lambda given, name: read_one_of(given, name, STATES, Anomaly.State.OPEN),
        options=lambda _rights: [*Anomaly.State.choices, (EVERY_STATE, _("All"))],
        enum=STATES,
        default=Anomaly.State.OPEN,
    )
    member: str = parameter(read=lambda given, name: given.get(name, ""), description="short name", default="")
    bbox: BBox | None = bbox()
    within_m: float | None = decimal(low=0, high=1000, description="measured at no more than this")
    after: tuple[int, int] = parameter(
        read=lambda given, name: cursor(given.get(name, "")),
        paged=True,
        description="where the page begins, as `next` of the page before said",
        default=(0, 0),
    )

    @classmethod
    def parse(cls, given: Mapping[str, Any], **defaults: str) -> Self:
        """Which anomalies an address asks for; box in degrees, `within_m` in metres. Raises Invalid."""
        query = super(AnomalyQuery, cls).parse(given, **defaults)
        if query.kind and query.kind not in kinds_of(query.family):
            message = _("There is no kind of anomaly named “%(kind)s” here.")
            raise Invalid(message % {"kind": query.kind}, parameter="kind")
        return query


def read_one_of(given: Mapping[str, str], name: str, values: Sequence[str], default: str) -> str:
    """One of some values, the default where none is given. Raises Invalid."""
    value = given.get(name, "") or default
    if value not in values:
        message = _("“%(name)s” is one of: %(values)s.")
        raise Invalid(message % {"name": name, "values": ", ".join(values)}, parameter=name)
    return value


def cursor(text: str) -> tuple[int, int]:
    """Where a page begins: the severity and the id of the last one before. Raises Invalid."""
    if not text:
        return 0, 0
    severity, _dash, pk = text.partition("-")
    if not (severity in ("1", "2", "3") and pk.isascii() and pk.isdecimal() and len(pk) <= 18):
        raise Invalid(_("“after” is what “next” of the page before named."), parameter="after")
    return int(severity), int(pk)


def anomalies(query: AnomalyQuery, rights: Rights) -> AnomalyQuerySet:
    """Those that the user sees, without the page."""
    rows = Anomaly.objects.visible_to(rights).filter(family=query.family)
    if query.kind:
        rows = rows.filter(kind=query.kind)
    if query.state != EVERY_STATE:
        rows = rows.filter(state=query.state)
    if query.member:
        rows = rows.filter(owner__slug=query.member)
    if query.within_m is not None:
        rows = rows.filter(measured__distance_m__lte=query.within_m)
    if query.bbox:
        box = Polygon.from_bbox(query.bbox)
        box.srid = 4326
        box.transform(2154)
        rows = rows.filter(geom__bboverlaps=box, geom__intersects=box)
    return rows


def counts_by_kind(query: AnomalyQuery, rights: Rights) -> dict[str, int]:
    """How many anomalies there are of each kind, whatever the kind asked for; the serious ones first."""
    grouped = anomalies(query.but(kind=""), rights).order_by().values_list("kind").annotate(n=Count("pk"))
    counts = dict(grouped)
    return {name: counts[name] for name in KINDS if name in counts}


def rows_after(query: AnomalyQuery, rights: Rights) -> AnomalyQuerySet:
    """Those of the query from where its page begins, the serious ones first; each with `shape` (EPSG:4326)."""
    severity, pk = query.after
    rows = anomalies(query, rights).filter(Q(severity__gt=severity) | Q(severity=severity, pk__gt=pk))
    return rows.annotate(shape=Transform("geom", 4326)).select_related("owner", "decided_by").order_by("severity", "pk")


def cursor_after(row: Anomaly) -> str:
    """Where the page after a row begins."""
    return f"{row.severity}-{row.pk}"


def check_family(family: str) -> bool:
    return family in FAMILIES


# -- words ------------------------------------------------------------------------------------------------------------

type Objects = Mapping[tuple[str, int], Any]
SENTENCES: Final[dict[str, str | Promise]] = {
    "near_miss": gettext_lazy("%(object)s: %(distance)s from %(other)s, not joined."),
    "isolated": gettext_lazy("%(length)s of network, from %(object)s (pipes: %(pipes)s)."),
    "no_source": gettext_lazy("%(length)s of network, with %(object)s (pipes: %(pipes)s)."),
    "off_network": gettext_lazy("%(object)s is on no pipe."),
    "wrong_slope": gettext_lazy("%(object)s: from %(start)s up to %(end)s."),
    "below_invert": gettext_lazy("%(object)s arrives at %(z)s, the invert of %(other)s is at %(invert)s."),
    "cover_conflict": gettext_lazy("%(object)s: cover %(cover)s, below %(invert)s."),
    "cover_off_ground": gettext_lazy(
        "%(object)s: cover at %(cover)s, ground at %(ground)s: %(difference)s apart, %(allowed)s allowed."
    ),
    "diameter_drop": gettext_lazy("%(object)s is %(diameter)s mm wide, %(other)s upstream %(upstream)s mm."),
    "no_pipe": gettext_lazy("%(object)s hangs on no pipe."),
    "far_connection": gettext_lazy("%(object)s: %(distance)s from %(other)s."),
    "crossing": gettext_lazy("%(object)s and %(other)s."),
    "duplicate": gettext_lazy("%(object)s and %(other)s are the same."),
    "same_reference": gettext_lazy("“%(reference)s” and “%(written)s”."),
    "unlikely_year": gettext_lazy("%(object)s: %(years)s."),
    "unlikely_size": gettext_lazy("%(object)s: %(sizes)s."),
}


def objects_of(rows: Iterable[Anomaly], rights: Rights) -> Objects:
    """The objects that anomalies name, as far as they are there and seen: a query for each kind of object."""
    wanted: dict[tuple[str, str], set[int]] = defaultdict(set)
    for row in rows:
        wanted[row.family, row.object_kind].add(row.object_id)
        if row.other_id:
            wanted[row.family, row.other_kind].add(row.other_id)
    objects: dict[tuple[str, int], Any] = {}
    for (family, kind), ids in wanted.items():
        for one in visible(MODELS[family, kind], rights).filter(pk__in=ids).defer("geom", "more"):
            objects[kind, one.pk] = one
    return objects


def sentence(row: Anomaly, objects: Objects) -> str:
    """What is wrong, in one sentence with references and measures."""
    stated = row.measured
    years = [stated.get(name) for name in ("laid_from_year", "laid_to_year", "abandoned_year")]
    sizes = [
        f"{display_number(stated['diameter_mm'], 0)} mm" if stated.get("diameter_mm") is not None else "",
        metres(stated["depth_m"]) if stated.get("depth_m") is not None else "",
    ]
    given: dict[str, Any] = {
        "object": name_object(row.object_kind, row.object_id, objects),
        "other": name_object(row.other_kind, row.other_id, objects) if row.other_id else "",
        "distance": metres(stated.get("distance_m") or 0),
        "length": metres(stated.get("length_m") or 0),
        "pipes": stated.get("pipes", ""),
        "start": height(stated.get("start_z")),
        "end": height(stated.get("end_z")),
        "z": height(stated.get("z")),
        "invert": height(stated.get("invert_z") if row.kind == "below_invert" else highest(stated)),
        "cover": height(stated.get("cover_z")),
        "ground": height(stated.get("ground_z")),
        "difference": metres(abs(stated.get("difference_m") or 0)),
        "allowed": metres(stated.get("allowed_m") or 0),
        "diameter": stated.get("diameter_mm"),
        "upstream": stated.get("upstream_mm"),
        "reference": stated.get("reference"),
        "written": stated.get("other"),
        "years": ", ".join(str(year) for year in years if year is not None),
        "sizes": ", ".join(filter(None, sizes)),
    }
    return capitalize_first(str(SENTENCES.get(row.kind, "%(object)s.")) % given)


def highest(stated: Mapping[str, Any]) -> float | None:
    levels = [stated[name] for name in ("invert_z", "z") if stated.get(name) is not None]
    return max(levels, default=None)


def name_object(kind: str, pk: int, objects: Objects) -> str:
    one = objects.get((kind, pk))
    return object_label(kind, one) if one is not None else _("an object that is gone")


def as_json(row: Anomaly, objects: Objects, rights: Rights) -> dict[str, Any]:
    kind = KINDS[row.kind]
    return {
        "kind": row.kind,
        "label": str(kind.label),
        "words": sentence(row, objects),
        "advice": str(kind.advice),
        "gravity": row.severity,
        "state": row.state,
        "reason": row.reason,
        "member": row.owner.slug,
        "layer": f"{row.family}-{row.object_kind}s",
        "object": row.object_id,
        "other_layer": f"{row.family}-{row.other_kind}s" if row.other_id else None,
        "other": row.other_id or None,
        "measured": row.measured,
        "batch": kind.batch,
        "may_treat": may_treat(row, rights),
        "found_at": row.detected_at.isoformat(),
        "decided_at": row.decided_at.isoformat() if row.decided_at else None,
        "decided_by": str(row.decided_by) if row.decided_by else None,
    }


def describe_anomalies(rows: Sequence[Anomaly], rights: Rights) -> list[tuple[Anomaly, dict[str, Any]]]:
    objects = objects_of(rows, rights)
    return [(row, as_json(row, objects, rights)) for row in rows]
