"""Where a member's data may lie."""

from gis_core.database.statements import fetch_one
from gis_core.models import Member

# Boundaries are published generalised: what touches the territory within this distance belongs to it.
TOLERANCE_M = 100.0


def territory_wkb(member: Member | None) -> bytes | None:
    """The member's communes together (WKB, EPSG:2154), None for the whole platform; nowhere without communes."""
    if member is None:
        return None
    (wkb,) = fetch_one(
        "select st_asbinary(coalesce(st_multi(st_buffer(st_simplifypreservetopology(st_union(geom), 10), %s)),"
        " st_geomfromtext('MULTIPOLYGON EMPTY', 2154))) from gis_core_commune"
        " where insee in (select insee from gis_core_territory where member_id = %s)",
        [TOLERANCE_M, member.pk],
    )
    return bytes(wkb)
