"""How much of the platform the layers of a member take: layers that files became, their rows, their bytes with photos.

The site says how much each member may have (`QUOTA_LAYERS`, `QUOTA_ROWS`, `QUOTA_BYTES`; 0: no limit). What is there
stays; what would grow beyond it is refused.
"""

from dataclasses import dataclass
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
SIZE: Final = """
    select coalesce(sum(pg_total_relation_size(to_regclass('public.' || quote_ident(name)))), 0)
    from unnest(%s::text[]) name
"""
TEXTS: Final[dict[str, Any]] = {
    "layers": gettext_lazy("%(used)s of %(most)s layers"),
    "rows": gettext_lazy("%(used)s of %(most)s objects"),
    "bytes": gettext_lazy("%(used)s of %(most)s MB"),
}


@dataclass(frozen=True, slots=True)
class Usage:
    """What a member's layers take; `rows` is 0 where nobody limits them: counting takes time."""

    layers: int
    rows: int
    bytes: int


def limits() -> dict[str, int]:
    """How much each member may have of what is limited."""
    most = {"layers": settings.QUOTA_LAYERS, "rows": settings.QUOTA_ROWS, "bytes": settings.QUOTA_BYTES}
    return {name: limit for name, limit in most.items() if limit}


def measure_usage(member: Member | None) -> Usage | None:
    """What a member's own layers take now; None where nothing is limited. Archived ones count too."""
    if member is None or not limits():
        return None
    layers = Layer.objects.filter(owner=member, table__startswith="layer_")
    tables = list(layers.values_list("table", flat=True))
    ((size,),) = fetch_all(SIZE, [tables])
    photos = Attachment.objects.filter(layer__in=layers).aggregate(size=Sum("size_bytes"))["size"] or 0
    return Usage(len(tables), count_rows(tables) if "rows" in limits() else 0, int(size) + photos)


def count_rows(tables: list[str]) -> int:
    total = 0
    for table in tables:
        ((count,),) = fetch_all(sql.SQL("select count(*) from {}").format(sql.Identifier(table)), {})
        total += int(count)
    return total


def check_growth(member: Member | None, before: Usage | None) -> None:
    """Nothing where what grew since `before` stays within the limits. Raises Conflict, with the figures."""
    now = measure_usage(member)
    if now is None or before is None:
        return
    beyond = [
        describe(name, getattr(now, name), most)
        for name, most in limits().items()
        if most < getattr(now, name) > getattr(before, name)
    ]
    if beyond:
        message = _("%(member)s would have %(figures)s: delete some, or ask the agency for more. Nothing was done.")
        raise Conflict(message % {"member": member, "figures": ", ".join(beyond)})


def describe_usage(member: Member) -> str:
    """What a member has of what is limited, in words; "" where nothing is."""
    usage = measure_usage(member)
    return ", ".join(describe(name, getattr(usage, name), most) for name, most in limits().items()) if usage else ""


def describe(name: str, used: int, most: int) -> str:
    unit = MEBIBYTE if name == "bytes" else 1
    return str(TEXTS[name]) % {"used": display_number(used / unit, 0), "most": display_number(most / unit, 0)}
