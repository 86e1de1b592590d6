"""How much of the platform the layers of a member take: layers that files became, their rows, their bytes with photos.

The site says how much each member may have (`QUOTA_LAYERS`, `QUOTA_ROWS`, `QUOTA_BYTES`; 0: no limit). What is there
stays; what would grow beyond it is refused.
"""

from collections.abc import Iterable
from typing import Any, Final

from django.conf import settings
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg import sql

from gis_core.database.statements import fetch_all
from gis_core.errors import Conflict
from gis_core.models import Member
from layers.catalogue.models import Layer
from layers.features.display import display_number
from layers.features.models import Attachment

MEBIBYTE: Final = 1_048_576
OWN: Final = "layer_"
TAKEN: Final = """
    select l.owner_id, count(*), coalesce(sum(greatest(t.reltuples, 0)), 0)::bigint,
        coalesce(sum(pg_total_relation_size(t.oid)), 0)::bigint
    from catalogue_layer l left join pg_class t on t.oid = to_regclass('public.' || quote_ident(l."table"))
    where l.owner_id = any(%s) and starts_with(l."table", %s) group by 1
"""
TEXTS: Final[dict[str, Any]] = {
    "layers": gettext_lazy("%(used)s of %(most)s layers"),
    "rows": gettext_lazy("%(used)s of %(most)s objects"),
    "bytes": gettext_lazy("%(used)s of %(most)s MB"),
}
ABOUT: Final[dict[str, Any]] = TEXTS | {"rows": gettext_lazy("about %(used)s of %(most)s objects")}

type Usage = dict[str, int]
"""What a member's layers take of what is limited: `layers`, `rows`, `bytes`."""


def limits() -> dict[str, int]:
    """How much each member may have of what is limited."""
    most = {"layers": settings.QUOTA_LAYERS, "rows": settings.QUOTA_ROWS, "bytes": settings.QUOTA_BYTES}
    return {name: limit for name, limit in most.items() if limit}


def measure_usage(member: Member | None, *names: str) -> Usage | None:
    """What a member's own layers take now, archived ones too, of all that is limited or of these names alone; None
    where nothing is.

    Rows are counted one by one, which takes time: who adds none asks for the other names.
    """
    wanted = [name for name in limits() if not names or name in names]
    if member is None or not wanted:
        return None
    usage = estimate_usage([member])[member.pk]
    return {name: count_rows(member) if name == "rows" else usage[name] for name in wanted}


def estimate_usage(members: Iterable[Member]) -> dict[int, Usage]:
    """What each of the members (by id) takes, in two queries: rows as the database last estimated them."""
    usages = {member.pk: {"layers": 0, "rows": 0, "bytes": 0} for member in members}
    for owner, layers, rows, size in fetch_all(TAKEN, [list(usages), OWN]):
        usages[owner] = {"layers": layers, "rows": rows, "bytes": size}
    photos = Attachment.objects.filter(layer__owner__in=list(usages), layer__table__startswith=OWN).order_by()
    for owner, size in photos.values_list("layer__owner").annotate(size=Sum("size_bytes")):
        usages[owner]["bytes"] += size
    return usages


def count_rows(member: Member) -> int:
    tables = Layer.objects.filter(owner=member, table__startswith=OWN).values_list("table", flat=True)
    total = 0
    for table in tables:
        ((count,),) = fetch_all(sql.SQL("select count(*) from {}").format(sql.Identifier(table)), {})
        total += int(count)
    return total


def check_growth(member: Member | None, before: Usage | None) -> None:
    """Nothing where what grew since `before`, of what that measured, stays within the limits.

    Raises Conflict, with the figures.
    """
    now = measure_usage(member, *before) if before else None
    if before is None or now is None:
        return
    beyond = [
        describe(TEXTS[name], name, used, limits()[name])
        for name, used in now.items()
        if limits()[name] < used > before[name]
    ]
    if beyond:
        message = _("%(member)s would have %(figures)s: delete some, or ask the agency for more. Nothing was done.")
        raise Conflict(message % {"member": member, "figures": ", ".join(beyond)})


def describe_usages(owners: Iterable[Member | None]) -> list[str]:
    """What members have of what is limited, in words, by their name; nothing where nothing is. No row is counted."""
    members = sorted((one for one in owners if one), key=lambda one: one.name)
    if not limits() or not members:
        return []
    usages = estimate_usage(members)
    figures = {
        one: [describe(ABOUT[name], name, usages[one.pk][name], most) for name, most in limits().items()]
        for one in members
    }
    return [f"{one} : {', '.join(texts)}" for one, texts in figures.items()]


def describe(text: Any, name: str, used: int, most: int) -> str:
    unit = MEBIBYTE if name == "bytes" else 1
    return str(text) % {"used": display_number(used / unit, 0), "most": display_number(most / unit, 0)}
