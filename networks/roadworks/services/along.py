"""Works on a numbered road, now and to come."""

from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.database.statements import fetch_all
from gis_core.members.rights import Rights
from gis_core.models import Member
from layers.features.sheet import Link
from networks.roads.points import PagePart
from networks.roads.references import Road
from networks.roadworks.days import format_days
from networks.roadworks.models import Work
from networks.roadworks.services import works

MOST: Final = 20
# Those whose stretch runs along the road: what its sections meet may be works on another road that crosses it.
ALONG: Final = """
    with here as materialized (
        select id, geom, st_expand(geom, 10) as box from road_section
        where route = %(route)s and department = %(department)s),
    near as materialized (
        select distinct w.id, w.geom from here h join road_work w on w.geom && h.box
        where w.ends_on >= %(day)s and w.state <> 'cancelled' and st_dwithin(w.geom, h.geom, 10))
    select n.id from near n
    where exists (select from arpent.sections_under(n.geom) as under(id) join here h on h.id = under.id)
"""


def works_along(road: Road, rights: Rights) -> list[Work]:
    """The first to begin first, those that the asker sees."""
    ids = [pk for (pk,) in fetch_all(ALONG, road._asdict() | {"day": database_clock.today()})]
    return list(works.list_works(works.WorkQuery(), rights).filter(pk__in=ids).defer("geom", "geom_3857")[: MOST + 1])


def works_part(road: Road, rights: Rights) -> PagePart | None:
    """The part of a road's page."""
    rows = works_along(road, rights)
    items = [{"work": one, "days": format_days(one.starts_on, one.ends_on)} for one in rows[:MOST]]
    return "roadworks/along.html", {"works": items, "more": len(rows) > MOST, "most": MOST}


def new_works_here(reference: str, rights: Rights) -> Link | None:
    if not any(works.may_write(pk, rights) for pk in Member.objects.visible_to(rights).values_list("pk", flat=True)):
        return None
    return Link(title=_("New works here"), url=f"{reverse('work_new')}?{urlencode({'start': reference})}")
